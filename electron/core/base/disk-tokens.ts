/** Names for places on the disk, so that the page never names a path: each stands for one that this core has shown. */
import { randomBytes } from 'node:crypto';
import { CoreError } from './core-error.ts';

/** Older names are forgotten; a person who comes back after so many opens the dialog again. */
const MOST_TOKENS = 20_000;

export class DiskTokens {
  readonly #paths = new Map<string, string>();
  readonly #tokens = new Map<string, string>();

  /** The name for a path; the same path keeps its name. */
  tokenFor(path: string): string {
    const known = this.#tokens.get(path);
    if (known !== undefined) return known;
    const token = randomBytes(18).toString('base64url');
    this.#paths.set(token, path);
    this.#tokens.set(path, token);
    if (this.#paths.size > MOST_TOKENS) {
      const [oldest, oldPath] = this.#paths.entries().next().value!;
      this.#paths.delete(oldest);
      this.#tokens.delete(oldPath);
    }
    return token;
  }

  /** @throws CoreError NOT_FOUND for a name that was never given, or is forgotten. */
  pathOf(token: string): string {
    const path = this.#paths.get(token);
    if (path === undefined)
      throw new CoreError('NOT_FOUND', 'This choice is no longer known. Choose the folder again.');
    return path;
  }
}
