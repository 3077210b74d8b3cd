/** Why a checkpoint cannot be converted: a sentence for people that names what was found and what is needed. */
export class ConversionError extends Error {
  override readonly name = 'ConversionError';
}
