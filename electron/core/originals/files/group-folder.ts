/** Free names in a folder for files of photos; those of one photo get the same number. */
import { basename, extname, join } from 'node:path';
import type { NewBatchFile } from '../../catalog/batches.ts';
import { isTaken } from './place-file.ts';

export async function groupFolder(
  files: readonly Omit<NewBatchFile, 'target'>[],
  folder: string,
): Promise<NewBatchFile[]> {
  const given = new Set<string>();
  const isFree = async (path: string) => !given.has(path.toLowerCase()) && !(await isTaken(path));
  const placed: NewBatchFile[] = [];
  for (const photo of new Set(files.map((file) => file.photo))) {
    const group = files.filter((file) => file.photo === photo);
    for (let number = 1; ; number++) {
      const targets = group.map(({ source }) => {
        const name = basename(source);
        const stem = basename(group[0]!.source, extname(group[0]!.source));
        const ending = name.startsWith(stem) ? name.slice(stem.length) : extname(name);
        return join(folder, number === 1 ? name : `${name.slice(0, name.length - ending.length)}-${number}${ending}`);
      });
      let free = true;
      for (const target of targets) free &&= await isFree(target);
      if (!free) continue;
      for (const [index, target] of targets.entries()) {
        given.add(target.toLowerCase());
        placed.push({ ...group[index]!, target });
      }
      break;
    }
  }
  return placed;
}
