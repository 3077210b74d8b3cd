import { z } from 'zod';

/** What is fetched shall arrive as it was sent: secure, or from this machine. */
const SECURE_OR_LOOPBACK = /^(https:\/\/.+|http:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?(\/.*)?)$/i;
const mirrorAddress = z.url().regex(SECURE_OR_LOOPBACK, {
  error: 'The mirror must begin with https:// (http:// only on this machine).',
});

/** Likeness (0–1) from which two frames are found to show the same view. */
export const likenessSchema = z.number().min(0.2).max(0.95);
const labelWord = z.string().trim().min(1).max(60);

/** Every setting with its default: a missing or unreadable one falls back alone, never the whole document. */
export const settingsSchema = z.object({
  theme: z.enum(['dark', 'light', 'system']).default('dark'),
  /** Action name (shared/actions.ts) → chords that replace the defaults. */
  keys: z.record(z.string(), z.array(z.string())).default({}),
  autoAdvance: z.boolean().default(false),
  cull: z
    .object({
      /** Where a decision leads in cull mode. */
      advance: z.enum(['frame', 'moment', 'stay']).default('frame'),
    })
    .prefault({}),
  person: z
    .object({
      /** By whom views of photos are given. */
      name: z.string().trim().max(100).default(''),
    })
    .prefault({}),
  taste: z
    .object({
      /** Learn from marks and use what was learned. */
      use: z.boolean().default(true),
    })
    .prefault({}),
  /** Look for faces. Off: none is looked for, and what was found is deleted. */
  faces: z.boolean().default(true),
  grid: z
    .object({
      layout: z.enum(['justified', 'square']).default('justified'),
      /** Row height in CSS pixels. */
      size: z.number().min(80).max(480).default(190),
      badges: z.boolean().default(true),
      /** File name and shooting data stand under every photo. */
      names: z.boolean().default(false),
    })
    .prefault({}),
  moments: z
    .object({
      likeness: likenessSchema.default(0.6),
    })
    .prefault({}),
  performance: z
    .object({
      /** Worker threads for indexing; 0 = as many as the machine has cores. */
      workers: z.int().min(0).max(64).default(0),
      /** Threads of the model on the CPU; 0 = automatic. */
      modelThreads: z.int().min(0).max(64).default(0),
      gpu: z.enum(['auto', 'off', 'cuda', 'vulkan', 'metal']).default('auto'),
      /** Layers on the GPU; null = as many as fit. */
      gpuLayers: z.int().min(0).max(999).nullable().default(null),
      /** Minutes without use after which the model leaves the memory. */
      unloadAfterMinutes: z.number().min(1).max(1440).default(10),
    })
    .prefault({}),
  sidecars: z
    .object({
      /** Write marks and words into sidecars as they are made; `ask`: off, and the person has not been asked yet. */
      live: z.enum(['ask', 'off', 'on']).default('ask'),
      /** Words of the color labels, in the language of the program that reads them. */
      labels: z
        .object({
          red: labelWord.default('Red'),
          yellow: labelWord.default('Yellow'),
          green: labelWord.default('Green'),
          blue: labelWord.default('Blue'),
          purple: labelWord.default('Purple'),
        })
        .prefault({}),
      /** Write a reject as a rating of −1 as well, which Bridge and darktable read: it takes the place of the stars. */
      rejectAsRating: z.boolean().default(false),
      /** Writing into JPEG, HEIC, TIFF and DNG files themselves is offered. */
      embed: z.boolean().default(false),
      /** Write grade and critique along. */
      judgements: z.boolean().default(true),
    })
    .prefault({}),
  models: z
    .object({
      /** The grader: registry name of the model whose grades sort the library; null = the measured critic. */
      active: z.string().nullable().default(null),
      /** The writer: the model that explains, answers and words comparisons; null = the grader, where it can write. */
      writer: z.string().nullable().default(null),
      /** Base address that replaces the registry's download host. */
      mirror: mirrorAddress.nullable().default(null),
      /** Grade new photos in the background without being asked. */
      gradeInBackground: z.boolean().default(true),
      /** The person does not want models offered outside of their own view. */
      offerTurnedAway: z.boolean().default(false),
    })
    .prefault({}),
});
export type Settings = z.infer<typeof settingsSchema>;
