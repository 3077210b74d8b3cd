/** Keys come from a file or from stdin: what stands on a command line can be seen by every user of the machine. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { UsageError } from './verb.ts';

/** @param file undefined: none. @throws UsageError when it is empty or cannot be read. */
export async function readKey(file: string | undefined): Promise<string | null> {
  if (file === undefined) return null;
  const content = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8').catch(() => null);
  if (content === null) throw new UsageError('The file with the key cannot be read.');
  const key = content.trim();
  if (key === '' || /[^\x21-\x7e]/.test(key)) throw new UsageError('That is no key: one word on one line is.');
  return key;
}
