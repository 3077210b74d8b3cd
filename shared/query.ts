/** A view of the library: where from, which, in what order, under which headers. A smart album is a saved query. */
import { z } from 'zod';
import { LEVELS } from './grade.ts';
import { COLORS, FLAGS, KINDS, PHOTO_STATES } from './photo.ts';
import { firstSort, GROUP_KEYS, SORT_KEYS } from './sorts.ts';

export const sourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all') }),
  /** A folder with everything below it. */
  z.object({ kind: z.literal('folder'), id: z.int() }),
  z.object({ kind: z.literal('album'), id: z.int() }),
  /** The strongest of each month or folder. */
  z.object({ kind: z.literal('best'), of: z.enum(['month', 'folder']) }),
  z.object({ kind: z.literal('recent') }),
  z.object({ kind: z.literal('rejected') }),
  z.object({ kind: z.literal('problems') }),
]);
export type Source = z.infer<typeof sourceSchema>;

const range = z.object({ min: z.number().optional(), max: z.number().optional() });

/** Every key narrows; an absent or empty key does not. Within a list any value matches. */
export const filterSchema = z.object({
  grade: range.optional(),
  levels: z.array(z.enum(LEVELS)).optional(),
  flags: z.array(z.enum(FLAGS)).optional(),
  stars: range.optional(),
  colors: z.array(z.enum(COLORS)).optional(),
  /** Days as YYYY-MM-DD in the camera's wall time, both ends included. */
  date: z.object({ from: z.iso.date().optional(), to: z.iso.date().optional() }).optional(),
  cameras: z.array(z.string()).optional(),
  lenses: z.array(z.string()).optional(),
  iso: range.optional(),
  /** How crisp the sharpest parts are, and what draws the eye: 0–100. */
  focus: range.optional(),
  subjectFocus: range.optional(),
  kinds: z.array(z.enum(KINDS)).optional(),
  folders: z.array(z.int()).optional(),
  gps: z.boolean().optional(),
  /** How many faces were found; a photo that was not looked at has none of these numbers. */
  faces: range.optional(),
  /** Names of reasons, see shared/measures.ts and the critics. */
  reasons: z.array(z.string()).optional(),
  states: z.array(z.enum(PHOTO_STATES)).optional(),
  keywords: z.array(z.string()).optional(),
  /** Words that must all occur in names, folders, keywords, captions or critiques. */
  text: z.string().max(500).optional(),
});
export type Filter = z.infer<typeof filterSchema>;

export const querySchema = z.object({
  source: sourceSchema,
  filter: filterSchema,
  sort: z.object({ key: z.enum(SORT_KEYS), order: z.enum(['asc', 'desc']) }),
  group: z.enum(GROUP_KEYS),
  /**
   * `collapsed`: a stack shows one frame. `together`: the frames of each stand together, in the order of capture, where
   * the first of them by the sort would stand. `open`: stacks are not minded.
   */
  stacks: z.enum(['open', 'together', 'collapsed']).default('open'),
  /** Stacks that are the other way round: open among collapsed ones, collapsed among those that stand together. */
  toggledStacks: z.array(z.int()).max(10_000).optional(),
});
export type Query = z.infer<typeof querySchema>;

export const ALL_PHOTOS: Query = {
  source: { kind: 'all' },
  filter: {},
  sort: firstSort('technical'),
  group: 'none',
  stacks: 'open',
};

/** Bytes of one photo in a packed order: id (uint32, little endian), then aspect ratio × 1000 (uint16). */
export const PACKED_BYTES = 6;
