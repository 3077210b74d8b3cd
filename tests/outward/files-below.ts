/** Every file below a folder with a hash of its bytes: what a test compares before and after. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export function filesBelow(folder: string): { path: string; hash: string }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({
      path: path.slice(folder.length + 1),
      hash: createHash('sha256').update(readFileSync(path)).digest('hex'),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
