/**
 * Files of photos that were moved to the trash or elsewhere. The files themselves are moved before the step is taken back
 * or done again (originals/mover.ts); here the library follows what has become of them.
 */

import { z } from 'zod';
import { photosText } from '../../../../shared/photo.ts';
import { batchById, batchFiles, photosWholly } from '../../catalog/batches.ts';
import type { Catalog } from '../../catalog/open.ts';
import { pathsOf } from '../../catalog/photos.ts';
import { putAway, takeBack } from '../../catalog/put-away.ts';
import { type Command, outcome, reversible } from './command.ts';
import { packedIdsSchema, packIds, unpackIds } from './packed-ids.ts';

const targetSchema = z.object({
  batch: z.int(),
  photos: packedIdsSchema,
  /** The folder they went to; null: the trash. */
  folder: z.string().nullable(),
});
type Target = z.infer<typeof targetSchema>;
export type MovedFilesCommand = Command<Target, 'here' | 'away'>;

/** What a batch has moved, as commands; none when nothing was. @param to where its files are now. */
export function movedCommands(catalog: Catalog, id: number, to: 'here' | 'away'): MovedFilesCommand[] {
  const batch = batchById(catalog, id);
  const photos = photosWholly(catalog, id, to === 'away' ? 'done' : 'back');
  if (!batch || photos.length === 0) return [];
  const { folder = null } = JSON.parse(batch.options) as { folder?: string };
  return [
    {
      kind: 'moved-files',
      target: { batch: id, photos: packIds(photos), folder },
      before: to === 'away' ? 'here' : 'away',
      after: to,
    },
  ];
}

export const movedFiles = reversible<Target, 'here' | 'away'>({
  name: 'moved-files',
  target: targetSchema,
  state: z.enum(['here', 'away']),
  bring(catalog, target, _from, to) {
    const { batch } = target;
    const wanted = to === 'away' ? 'done' : 'back';
    const reached = photosWholly(catalog, batch, wanted);
    const photos =
      to === 'away' ? putAway(catalog, stillThere(catalog, batch, reached), batch) : takeBack(catalog, reached);
    return outcome({
      photos,
      columns: ['presence', 'state', 'place'],
      folders: true,
      albums: [],
      notes: notesOf(catalog, target, wanted),
    });
  },
  label(commands) {
    const { target, after } = commands[0]!;
    const count = photosText(unpackIds(target.photos).length);
    const name = target.folder?.split(/[/\\]/).at(-1) || target.folder;
    if (after === 'here') return `Bring ${count} back`;
    return target.folder === null ? `Move ${count} to the trash` : `Move ${count} to ${name}`;
  },
  moving: ({ batch }, to) => ({ batch, to }),
});

/** Without photos that a scan has found at their new places already: those are in the library as they are. */
function stillThere(catalog: Catalog, batch: number, photos: readonly number[]): number[] {
  const sources = new Set(batchFiles(catalog, batch).map(({ source }) => source));
  const paths = pathsOf(catalog, photos);
  return photos.filter((photo) => paths.get(photo)?.some((path) => sources.has(path)));
}

/** What did not come along, with the first reason. */
function notesOf(catalog: Catalog, { batch, photos }: Target, wanted: 'done' | 'back'): string[] {
  const reached = new Set(photosWholly(catalog, batch, wanted));
  const missed = unpackIds(photos).filter((photo) => !reached.has(photo));
  if (missed.length === 0) return [];
  const isMissed = new Set(missed);
  const reason = batchFiles(catalog, batch).find((file) => isMissed.has(file.photo) && file.reason !== null)?.reason;
  const stay = missed.length === 1 ? 'stays' : 'stay';
  return [
    `${photosText(missed.length)} ${stay} as ${missed.length === 1 ? 'it is' : 'they are'}${reason ? `: ${reason}` : '.'}`,
  ];
}
