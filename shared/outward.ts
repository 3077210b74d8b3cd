/** What leaves the library, as calls and documents say it. */
import { z } from 'zod';
import { photoIdSchema } from './photo.ts';

const failedSchema = z.array(z.object({ path: z.string(), reason: z.string() }));

/** What an export would do. Paths are for people: the page names none. */
export const exportPlanSchema = z.object({
  /** The first files: where from and where to, below the chosen folder. */
  examples: z.array(z.object({ from: z.string(), to: z.string(), isThere: z.boolean(), renamed: z.boolean() })),
  files: z.int(),
  photos: z.int(),
  /** Of the files they are made from, without those that are there already. */
  bytes: z.number(),
  /** Files that are there already with the same bytes. */
  skipped: z.int(),
  /** Files that get a number, because their name is taken. */
  renamed: z.int(),
  failed: failedSchema,
  /** Bytes free where they go; null when nobody can say. */
  free: z.number().nullable(),
});
export type ExportPlanView = z.infer<typeof exportPlanSchema>;

/** What would go to the trash, or to a folder in its place. */
export const trashPlanSchema = z.object({
  /** Photos that can go: what is moved is exactly these. */
  ids: z.array(photoIdSchema),
  /** All their files. */
  files: z.int(),
  bytes: z.number(),
  failed: failedSchema,
  /** Photos on drives that have no trash. */
  withoutTrash: z.array(photoIdSchema),
  /** Undo brings them back. */
  canBringBack: z.boolean(),
});
export type TrashPlanView = z.infer<typeof trashPlanSchema>;
