/** This computer's folders, for choosing one where no native dialog is. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CoreError } from '../base/core-error.ts';
import { nameKey } from '../base/name-key.ts';
import { roots } from '../catalog/folders.ts';
import { firstFolder, nearestFolder, placesToLook } from '../files/places.ts';
import { extensionOf, RASTER_EXTENSIONS, RAW_EXTENSIONS } from '../formats/identify.ts';
import type { Base } from './handler.ts';
import type { Services } from './services.ts';

/** Folders of earlier roots that are offered. */
const MOST_RECENT = 5;

const byName = (a: { name: string }, b: { name: string }): number => {
  const [first, second] = [nameKey(a.name), nameKey(b.name)];
  return first < second ? -1 : first > second ? 1 : 0;
};

export function diskHandlers(os: Base, { tokens, catalog }: Services) {
  /** Folders that hold roots, the newest first. */
  const recent = () =>
    [
      ...new Set(
        roots(catalog)
          .reverse()
          .map((root) => dirname(root.path)),
      ),
    ].slice(0, MOST_RECENT);
  const named = (path: string) => ({ token: tokens.tokenFor(path), name: basename(path) || path });
  return {
    list: os.disk.list.handler(async ({ input }) => {
      const { path, rest } =
        input.typed !== undefined
          ? await nearestFolder(input.typed)
          : { path: input.token === null ? await firstFolder(recent()) : tokens.pathOf(input.token), rest: '' };
      const entries = await readFolder(path);
      const folders: string[] = [];
      const files: { path: string; bytes: number }[] = [];
      let pictures = 0;
      for (const entry of entries) {
        if (entry.name.startsWith('.')) continue;
        const full = join(path, entry.name);
        const kind = entry.isSymbolicLink() ? await kindBehind(full) : entry;
        if (kind?.isDirectory()) folders.push(full);
        else if (kind?.isFile()) {
          const extension = extensionOf(entry.name);
          if (RASTER_EXTENSIONS.has(extension) || RAW_EXTENSIONS.has(extension)) pictures++;
          if (input.files === 'gguf' && extension === 'gguf')
            files.push({ path: full, bytes: (await stat(full)).size });
        }
      }
      const parent = dirname(path);
      return {
        path,
        here: named(path),
        parent: parent === path ? null : named(parent),
        rest,
        places: (await placesToLook(recent())).map((place) => ({ ...named(place.path), kind: place.kind })),
        folders: folders.map(named).sort(byName),
        files: files.map((file) => ({ ...named(file.path), bytes: file.bytes })).sort(byName),
        pictures,
      };
    }),
  };
}

async function readFolder(path: string) {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT') throw new CoreError('NOT_FOUND', `${path} is not there any more.`);
    if (code === 'EACCES' || code === 'EPERM') throw new CoreError('UNAVAILABLE', `You may not look into ${path}.`);
    throw new CoreError('UNAVAILABLE', `${path} cannot be read.`, { cause: error });
  }
}

async function kindBehind(path: string) {
  try {
    return await stat(path);
  } catch {
    return null;
  }
}
