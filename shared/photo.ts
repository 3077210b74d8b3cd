/** What the page and the command line know about a photo. Paths are for people to read; a photo is named by id. */
import { z } from 'zod';
import { critiqueSchema, reasonSchema, suggestionSchema } from './critique.ts';
import { gradeEstimateSchema } from './estimate.ts';
import { seenFacesSchema } from './face.ts';
import { LEVELS } from './grade.ts';
import { MOMENT_KINDS } from './moments.ts';
import { STATEMENT_FIELDS } from './statement.ts';

export const photoIdSchema = z.int().positive();
export type PhotoId = z.infer<typeof photoIdSchema>;

export const FLAGS = ['pick', 'none', 'reject'] as const;
export type Flag = (typeof FLAGS)[number];

export const COLORS = ['none', 'red', 'yellow', 'green', 'blue', 'purple'] as const;
export type Color = (typeof COLORS)[number];

export const KINDS = [
  'jpeg',
  'raw',
  'raw+jpeg',
  'heic',
  'avif',
  'png',
  'tiff',
  'webp',
  'gif',
  'bmp',
  'jxl',
  'jp2',
  'psd',
  'other',
] as const;
export type Kind = (typeof KINDS)[number];

/**
 * `pending`: found, not looked at yet. `ready`: previews and measures exist. `failed`: the file is broken, see `error`.
 * `missing`: the file has gone, or its drive is not connected; previews and marks stay.
 */
export const PHOTO_STATES = ['pending', 'ready', 'failed', 'missing'] as const;
export type PhotoState = (typeof PHOTO_STATES)[number];

export const TIME_PRECISIONS = ['second', 'day', 'month', 'year'] as const;
export type TimePrecision = (typeof TIME_PRECISIONS)[number];

export const gradeSchema = z.object({
  /** 0–100. */
  value: z.number(),
  level: z.enum(LEVELS),
  /** Registry name of the model, or `measured`. */
  critic: z.string(),
  /** 0–1. */
  confidence: z.number(),
});

/** What a tile of the grid needs. */
export const photoRowSchema = z.object({
  id: photoIdSchema,
  /** Changes whenever the previews do; part of every picture address. */
  version: z.int(),
  name: z.string(),
  kind: z.enum(KINDS),
  state: z.enum(PHOTO_STATES),
  error: z.string().nullable(),
  /** Pixels as seen upright; 0 when unknown. */
  width: z.int(),
  height: z.int(),
  /** Tiny blurred placeholder as a data URL, null until looked at. */
  placeholder: z.string().nullable(),
  /** Milliseconds of the camera's wall clock read as if it were UTC; null when no date is believed. */
  takenAt: z.number().nullable(),
  folderId: z.int(),
  /** By the chosen model where it has judged the photo, else by the measured critic: its technical quality. */
  grade: gradeSchema.nullable(),
  /** Technical quality by the measured critic, 0–100, whoever graded; null until looked at. */
  technical: z.number().nullable(),
  /** What the chosen grader would say, where it has not graded the photo and what was learned of it is good enough. */
  estimate: gradeEstimateSchema.nullable(),
  flag: z.enum(FLAGS),
  stars: z.int().min(0).max(5),
  color: z.enum(COLORS),
  /** The moment that it is in (shared/moments.ts); null where it stands alone. */
  stack: z.object({ id: z.int(), kind: z.enum(MOMENT_KINDS), size: z.int(), top: z.boolean() }).nullable(),
  /** Seconds, f-number, ISO and millimetres as built; null where the file does not say. */
  settings: z.object({
    shutter: z.number().nullable(),
    aperture: z.number().nullable(),
    iso: z.number().nullable(),
    focalLength: z.number().nullable(),
  }),
});
export type PhotoRow = z.infer<typeof photoRowSchema>;

export const exposureSchema = z.object({
  camera: z.string().nullable(),
  lens: z.string().nullable(),
  /** Seconds. */
  shutter: z.number().nullable(),
  /** f-number. */
  aperture: z.number().nullable(),
  iso: z.number().nullable(),
  /** Millimetres, as built. */
  focalLength: z.number().nullable(),
  /** Millimetres for the field of view on 35 mm film. */
  focalLength35: z.number().nullable(),
});

export const photoDetailSchema = photoRowSchema.extend({
  /** Names of the photo's files, the one that is shown first; sidecars last. */
  files: z.array(z.object({ name: z.string(), role: z.enum(['main', 'companion', 'sidecar']), bytes: z.number() })),
  /** Root and folders, for people. */
  folderPath: z.string(),
  /** Which tag or text the date is known from (core/formats/capture-time.ts). */
  takenAtSource: z.string().nullable(),
  /** How exactly it is known; null without a date. `takenAt` is the beginning of a day, month or year. */
  takenAtPrecision: z.enum(TIME_PRECISIONS).nullable(),
  /** Minutes east of UTC, null when the camera did not say. */
  takenAtOffset: z.number().nullable(),
  exposure: exposureSchema,
  /** The camera's own number: tells two bodies of one model apart. */
  cameraSerial: z.string().nullable(),
  location: z.object({ latitude: z.number(), longitude: z.number() }).nullable(),
  /** What file and sidecar say where a person marked otherwise; null when they agree or say nothing. */
  fileSays: z.object({ flag: z.enum(FLAGS), stars: z.int().min(0).max(5), color: z.enum(COLORS) }).nullable(),
  /** Where a sidecar says something else and said it since library and sidecar last agreed. */
  differences: z.array(
    z.object({
      field: z.enum(STATEMENT_FIELDS),
      ours: z.union([z.string(), z.number()]).nullable(),
      theirs: z.union([z.string(), z.number()]).nullable(),
    }),
  ),
  colorProfile: z.string().nullable(),
  title: z.string().nullable(),
  caption: z.string().nullable(),
  creator: z.string().nullable(),
  keywords: z.array(z.string()),
  /** Named regions from metadata, upright, shares of width and height. */
  faces: z.array(
    z.object({ name: z.string().nullable(), x: z.number(), y: z.number(), width: z.number(), height: z.number() }),
  ),
  /** Faces that were found in the pixels; null where they were not looked for. */
  seenFaces: seenFacesSchema.nullable(),
  /** Everything computed from pixels; keys and units in shared/measures.ts. Null until looked at. */
  measures: z.record(z.string(), z.unknown()).nullable(),
  /** Of the critique that counts, then warnings about faces, which weigh nothing. */
  reasons: z.array(reasonSchema),
  suggestions: z.array(suggestionSchema),
  /** Newest of each critic. */
  critiques: z.array(critiqueSchema),
  /** Share 0–1 of the library's photos with a lower grade of the same critic. */
  percentile: z.number().nullable(),
  albums: z.array(z.int()),
});
export type PhotoDetail = z.infer<typeof photoDetailSchema>;

/** A number of photos as people read it: `1 photo`, `1,204 photos`. */
export function photosText(count: number): string {
  return count === 1 ? '1 photo' : `${count.toLocaleString('en')} photos`;
}
