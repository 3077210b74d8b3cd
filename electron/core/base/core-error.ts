/** What goes wrong on purpose: a code of the contract's closed set and a sentence for people. */

export type CoreErrorCode =
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'INVALID'
  | 'UNAVAILABLE'
  | 'DISK_FULL'
  | 'READ_ONLY'
  | 'MODEL_FAILED';

export class CoreError extends Error {
  readonly code: CoreErrorCode;
  constructor(code: CoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CoreError';
    this.code = code;
  }
}
