/** What goes wrong on purpose: a code of the contract's closed set and a sentence for people. */

export type CoreErrorCode =
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'INVALID'
  | 'UNAVAILABLE'
  | 'DISK_FULL'
  | 'READ_ONLY'
  | 'MODEL_FAILED';

/** What can be done about a library that does not open: each a way out that a person chooses. */
export type Mending = { kind: 'restore'; file: string } | { kind: 'salvage' } | { kind: 'fresh' };
/** @property text names it on a button: `Take the backup of yesterday 18:20`. */
export type MendingChoice = Mending & { text: string };

export class CoreError extends Error {
  readonly code: CoreErrorCode;
  /** Ways out; empty when there is nothing to choose. */
  readonly choices: readonly MendingChoice[];
  constructor(code: CoreErrorCode, message: string, options?: ErrorOptions & { choices?: readonly MendingChoice[] }) {
    super(message, options);
    this.name = 'CoreError';
    this.code = code;
    this.choices = options?.choices ?? [];
  }
}
