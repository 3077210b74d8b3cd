/** A document that a person asked for under a name of theirs. */
import { rename, rm } from 'node:fs/promises';
import { CoreError } from '../../base/core-error.ts';
import { claim, fileProblem, partOf, writeBeside } from './place-file.ts';

/**
 * Writes it whole or not at all. @param replaces a file that is there already may go.
 * @throws CoreError CONFLICT when there is one and it may not; UNAVAILABLE with a sentence.
 */
export async function writeDocument(path: string, bytes: Uint8Array, replaces: boolean): Promise<void> {
  const part = partOf(path);
  try {
    await writeBeside(part, bytes);
    if (replaces) await rename(part, path);
    else if (!(await claim(part, path)))
      throw new CoreError('CONFLICT', `${path} is there already: choose another name.`);
  } catch (error) {
    throw error instanceof CoreError ? error : new CoreError('UNAVAILABLE', fileProblem(error, path), { cause: error });
  } finally {
    await rm(part, { force: true }).catch(() => {});
  }
}
