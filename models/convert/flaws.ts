/** Looks at every number of some tensors once, before anything is made of them. */
import { ConversionError } from './failure.ts';
import { inspectNumbers, isStoredType, NUMBER_BYTES } from './numbers.ts';
import { shown } from './safetensors.ts';
import { elementCount, type SourceTensor } from './tensor-source.ts';

const PIECE_BYTES = 4 << 20;

/** Bytes of a tensor's numbers; 0 where its format is not read. */
export function bytesOf(tensor: SourceTensor): number {
  return isStoredType(tensor.type) ? elementCount(tensor.shape) * NUMBER_BYTES[tensor.type] : 0;
}

/**
 * @param onBytes gets the bytes that were looked at so far.
 * @returns the tensors that hold numbers beyond half precision. @throws ConversionError at the first that is no number.
 */
export async function beyondHalfPrecision(
  tensors: readonly SourceTensor[],
  options: { signal?: AbortSignal | undefined; onBytes?: (done: number) => void } = {},
): Promise<Set<SourceTensor>> {
  const large = new Set<SourceTensor>();
  let done = 0;
  for (const tensor of tensors) {
    if (!isStoredType(tensor.type)) continue;
    const bytes = bytesOf(tensor);
    for (let start = 0; start < bytes; start += PIECE_BYTES) {
      options.signal?.throwIfAborted();
      const piece = await tensor.read(start, Math.min(PIECE_BYTES, bytes - start));
      const { notFinite, beyondHalf } = inspectNumbers(piece, tensor.type);
      if (notFinite >= 0)
        throw new ConversionError(
          `${shown(tensor.name)} in ${tensor.origin} holds a value that is no finite number (element ${start / NUMBER_BYTES[tensor.type] + notFinite}): the checkpoint is damaged.`,
        );
      if (beyondHalf) large.add(tensor);
      done += piece.byteLength;
      options.onBytes?.(done);
    }
  }
  return large;
}
