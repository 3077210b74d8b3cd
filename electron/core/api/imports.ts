/** Photos that come from a card, and their files in other programs. */
import { basename, dirname, relative } from 'node:path';
import { CoreError } from '../base/core-error.ts';
import { pathsOf } from '../catalog/photos.ts';
import { showToOthers } from '../originals/others.ts';
import type { Base } from './handler.ts';
import type { Services } from './services.ts';

/** Files of a plan that a page shows. */
const EXAMPLES = 60;

type Request = { card: string; ids: number[]; folder: string; backup: string | null; pattern: string };

export function importHandlers(os: Base, { originals, tokens }: Services) {
  const { cards, importer } = originals;
  const wanted = async ({ card, ids, folder, backup, pattern }: Request, signal: AbortSignal | undefined) => {
    const path = tokens.pathOf(card);
    return {
      request: {
        card: path,
        folder: tokens.pathOf(folder),
        backup: backup === null ? null : tokens.pathOf(backup),
        pattern,
      },
      photos: await cards.look(path, ids, signal),
    };
  };
  return {
    open: os.imports.open.handler(async ({ input, signal }) => {
      const path = tokens.pathOf(input.card);
      const photos = await cards.open(path, signal);
      return {
        path,
        photos: photos.map(({ id, relativePath, modifiedAt, files }) => ({
          id,
          name: basename(relativePath),
          folder: dirname(relativePath) === '.' ? '' : dirname(relativePath),
          files: files.length,
          bytes: files.reduce((sum, { size }) => sum + size, 0),
          modifiedAt,
        })),
      };
    }),
    look: os.imports.look.handler(async ({ input, signal }) => {
      const looked = await cards.look(tokens.pathOf(input.card), input.ids, signal);
      return looked.map(({ id, known, facts }) => ({
        id,
        known: known === null ? null : basename(known),
        takenAt: facts.takenAt,
      }));
    }),
    thumb: os.imports.thumb.handler(async ({ input, signal }) => {
      const jpeg = await cards.thumb(tokens.pathOf(input.card), input.id, signal);
      return { address: `data:image/jpeg;base64,${jpeg.toString('base64')}` };
    }),
    plan: os.imports.plan.handler(async ({ input, signal }) => {
      const { request, photos } = await wanted(input, signal);
      const { files, known } = await importer.plan(request, { signal, photos });
      const first = files.filter(({ photo }) => photo > 0);
      return {
        examples: first.slice(0, EXAMPLES).map(({ source, target }) => ({
          from: basename(source),
          to: relative(request.folder, target).replaceAll('\\', '/'),
        })),
        photos: new Set(first.map(({ photo }) => photo)).size,
        files: first.length,
        bytes: first.reduce((sum, { size }) => sum + size, 0),
        known: known.length,
      };
    }),
    start: os.imports.start.handler(async ({ input, signal }) => {
      const { request, photos } = await wanted(input, signal);
      const { job } = await importer.start(request, { signal, photos });
      return { job };
    }),
  };
}

export function fileHandlers(os: Base, { catalog }: Services) {
  const mainPaths = (ids: readonly number[]) => {
    const paths = pathsOf(catalog, ids);
    return ids.flatMap((id) => paths.get(id)?.[0] ?? []);
  };
  return {
    paths: os.files.paths.handler(({ input }) => ({ paths: mainPaths(input.ids) })),
    open: os.files.open.handler(async ({ input }) => {
      const [path] = mainPaths([input.id]);
      if (path === undefined) throw new CoreError('NOT_FOUND', 'This photo is no longer in the library.');
      await showToOthers(path, input.how);
      return {};
    }),
  };
}
