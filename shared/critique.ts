/** One critic's judgement of one photo. */
import { z } from 'zod';
import { DIMENSIONS, LEVELS } from './grade.ts';

/** A change with a number, which the page can show on the photo and never writes to it. */
export const adjustmentSchema = z.discriminatedUnion('kind', [
  /** Degrees clockwise that make the picture level. */
  z.object({ kind: z.literal('straighten'), degrees: z.number().min(-45).max(45) }),
  /** Shares of width and height cut from each edge. */
  z.object({
    kind: z.literal('crop'),
    left: z.number().min(0).max(0.9),
    top: z.number().min(0).max(0.9),
    right: z.number().min(0).max(0.9),
    bottom: z.number().min(0).max(0.9),
  }),
  /** Stops; highlights are held (compressed, not clipped) when holdHighlights is set. */
  z.object({ kind: z.literal('exposure'), ev: z.number().min(-5).max(5), holdHighlights: z.boolean().default(false) }),
  /** Relative gains of red and blue against green that neutralise a cast, with the shift in kelvin for people. */
  z.object({
    kind: z.literal('white-balance'),
    red: z.number().min(0.2).max(5),
    blue: z.number().min(0.2).max(5),
    kelvin: z.number(),
  }),
  /** Linear stretch of luminance about the middle; 1 = unchanged. */
  z.object({ kind: z.literal('contrast'), factor: z.number().min(0.2).max(4) }),
]);
export type Adjustment = z.infer<typeof adjustmentSchema>;

export const reasonSchema = z.object({
  /** Stable identifier such as `soft-focus`; filters and statistics use it. */
  name: z.string(),
  /** Grade points that this reason costs (negative) or earns (positive). */
  weight: z.number(),
  /** A sentence for people, with the number that shows it. */
  text: z.string(),
});
export type Reason = z.infer<typeof reasonSchema>;

export const suggestionSchema = z.object({
  text: z.string(),
  adjustment: adjustmentSchema.nullable(),
});
export type Suggestion = z.infer<typeof suggestionSchema>;

const probabilitiesSchema = z.tuple([z.number(), z.number(), z.number(), z.number(), z.number()]);

export const dimensionScoreSchema = z.object({
  /** 0–100. */
  value: z.number(),
  /** In the order of LEVELS; null where the critic computes a score without level words. */
  probabilities: probabilitiesSchema.nullable(),
});

/** Identity of who judged: together with the photo's content it is the cache key of a critique. */
export const criticIdSchema = z.object({
  /** `measured`, or a model's registry name. */
  critic: z.string(),
  /** sha256 of the model's files, or the measured critic's version. */
  modelHash: z.string(),
  promptVersion: z.string(),
});
export type CriticId = z.infer<typeof criticIdSchema>;

export const critiqueSchema = criticIdSchema.extend({
  /** Grade, 0–100. */
  value: z.number().min(0).max(100),
  level: z.enum(LEVELS),
  /** 0–1. */
  confidence: z.number().min(0).max(1),
  /** Of the five levels; null for a critic that does not speak in levels. */
  probabilities: probabilitiesSchema.nullable(),
  dimensions: z.partialRecord(z.enum(DIMENSIONS), dimensionScoreSchema),
  /** Technical score 0–100 from pixels alone; null from a model. */
  technical: z.number().nullable(),
  /** Heaviest first. */
  reasons: z.array(reasonSchema),
  suggestions: z.array(suggestionSchema),
  /** Written explanation, when one was asked for. */
  text: z.string().nullable(),
  /** Name of the model that wrote it; null where that is the critic itself, or nothing is written. */
  writer: z.string().nullable().default(null),
  /** Milliseconds since 1970. */
  createdAt: z.number(),
});
export type Critique = z.infer<typeof critiqueSchema>;
