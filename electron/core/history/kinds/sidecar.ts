/** A sidecar beside a photo, written. The file itself is put back by originals/ before a step is undone or done again. */
import { z } from 'zod';
import { COLORS, FLAGS } from '../../../../shared/photo.ts';
import { MARK_COLUMNS } from '../../../../shared/photo-columns.ts';
import { marksOf } from '../../catalog/marks.ts';
import type { Catalog } from '../../catalog/open.ts';
import { landWord } from '../../catalog/sidecars.ts';
import { type Command, type Kind, outcome } from './command.ts';

const saidSchema = z.object({
  mark: z.object({ flag: z.enum(FLAGS), stars: z.int().min(0).max(5), color: z.enum(COLORS) }),
  words: z.object({
    title: z.string().nullable(),
    caption: z.string().nullable(),
    keywords: z.array(z.string()),
    paths: z.array(z.string()),
    metadataDate: z.number().nullable(),
  }),
});

/** `hash` of the bytes, which the catalog keeps; null: no file. `said`: what the photo's files say with it. */
const stateSchema = z.object({ hash: z.string().nullable(), said: saidSchema });
const targetSchema = z.object({ photo: z.int(), root: z.int(), path: z.string() });

export type SidecarCommand = Command<z.infer<typeof targetSchema>, z.infer<typeof stateSchema>>;

export const sidecar: Kind<SidecarCommand['target'], SidecarCommand['before']> = {
  name: 'sidecar',
  target: targetSchema,
  state: stateSchema,
  apply: (catalog, { target, after }) => land(catalog, target.photo, after, 'written'),
  revert: (catalog, { target, before }) => land(catalog, target.photo, before, 'put back'),
  label: (commands) =>
    commands.length === 1 ? 'Write 1 sidecar' : `Write ${commands.length.toLocaleString('en')} sidecars`,
  beside: ({ target, before, after }) => ({
    root: target.root,
    path: target.path,
    photo: target.photo,
    before: before.hash,
    after: after.hash,
  }),
};

function land(catalog: Catalog, photo: number, { said }: SidecarCommand['before'], how: 'written' | 'put back') {
  if (marksOf(catalog, [photo]).length === 0) return outcome({ vanished: 1 });
  landWord(catalog, photo, said, how);
  return outcome({ photos: [photo], columns: [...MARK_COLUMNS, 'keywords', 'metadata'] });
}
