/** Why an evaluation cannot run: a sentence for people. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
}
