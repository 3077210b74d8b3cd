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

/** A photo on a card. `id` is a number within the card, none of the library's. */
export const cardPhotoSchema = z.object({
  id: z.int(),
  /** Of its main file, and the folder of the card that it lies in. */
  name: z.string(),
  folder: z.string(),
  files: z.int(),
  bytes: z.number(),
  modifiedAt: z.number(),
});
export type CardPhotoView = z.infer<typeof cardPhotoSchema>;

/** What was found when it was looked into. */
export const cardLookSchema = z.object({
  id: z.int(),
  /** Name under which the library has the same picture; null: it is new. */
  known: z.string().nullable(),
  takenAt: z.number().nullable(),
});

export const importPlanSchema = z.object({
  /** The first files: names on the card, and where they go below the chosen folder. */
  examples: z.array(z.object({ from: z.string(), to: z.string() })),
  photos: z.int(),
  files: z.int(),
  /** Of one copy. */
  bytes: z.number(),
  /** Photos that the library has already. */
  known: z.int(),
});
export type ImportPlanView = z.infer<typeof importPlanSchema>;

/** Which photos could be written into. */
export const embedPlanSchema = z.object({
  photos: z.int(),
  /** Names of photos with content credentials (C2PA): writing makes their signature void. */
  signed: z.array(z.string()),
  failed: failedSchema,
});
export type EmbedPlanView = z.infer<typeof embedPlanSchema>;
