/** Content identity of files. */

/** Finds a moved or renamed file again: size and a hash of both ends, cheap for any size. @throws when the file cannot be read */
export async function fingerprintFile(_path: string): Promise<string> {
  throw new Error('fingerprintFile is not written yet');
}
