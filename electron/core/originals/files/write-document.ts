/** A document that a person asked for under a name of theirs. */
import { rename, rm } from 'node:fs/promises';
import { CoreError } from '../../base/core-error.ts';
import { claim, fileProblem, type Pieces, partOf, writeBeside } from './place-file.ts';

/**
 * Writes it whole or not at all. @param pieces all of it. @param replaces a file that is there already may go.
 * @returns its bytes
 * @throws CoreError CONFLICT when there is one and it may not; UNAVAILABLE with a sentence; what making a piece throws.
 */
export async function writeDocument(path: string, pieces: Pieces, replaces: boolean): Promise<number> {
  const part = partOf(path);
  try {
    const bytes = await writeBeside(part, pieces);
    if (replaces) await rename(part, path);
    else if (!(await claim(part, path)))
      throw new CoreError('CONFLICT', `${path} is there already: choose another name.`);
    return bytes;
  } catch (error) {
    throw error instanceof CoreError ? error : new CoreError('UNAVAILABLE', fileProblem(error, path), { cause: error });
  } finally {
    await rm(part, { force: true }).catch(() => {});
  }
}
