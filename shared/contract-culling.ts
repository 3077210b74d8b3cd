/** Calls on moments, on culling a shoot, and on what was learned of a person's taste. */
import { z } from 'zod';
import { call, idsSchema, nothing } from './contract-call.ts';
import {
  ANSWERS,
  cullFrameSchema,
  cullMomentSchema,
  GENRE_NAMES,
  proposalPartSchema,
  proposalSchema,
  proposedSchema,
  shootSchema,
  suggestionPlanSchema,
  wishSchema,
} from './culling.ts';
import { MOMENT_KINDS, momentSchema } from './moments.ts';
import { photoIdSchema } from './photo.ts';
import { likenessSchema } from './settings.ts';

/** What was learned of a person's taste, and whether it is used. */
export const tasteSchema = z.object({
  /** Photos with a mark or an answer that taste learns from. */
  marks: z.int(),
  /** Learned, better than the grade by enough, and switched on. */
  ready: z.boolean(),
  /** Share 0–1 of pairs of photos that it puts right, on photos that it has not seen; null before it can be told. */
  accuracy: z.number().nullable(),
  /** The same of the grade alone. */
  baseline: z.number().nullable(),
  /** What speaks for (positive) and against a photo, in grade points for a usual difference; heaviest first. */
  features: z.array(z.object({ name: z.string(), weight: z.number() })),
  /** A sentence: what it can do, or why it is not used. */
  text: z.string(),
});
export type TasteState = z.infer<typeof tasteSchema>;

/** The moment that a photo would be in: `moment` tells it from others, `size` counts its frames. */
const wouldBeSchema = z.object({
  photo: photoIdSchema,
  moment: z.int(),
  kind: z.enum(MOMENT_KINDS),
  size: z.int(),
  top: z.boolean(),
});
export type WouldBe = z.infer<typeof wouldBeSchema>;

export const cullingCalls = {
  moments: {
    /** The moments that these photos are in. */
    of: call.input(z.object({ ids: z.array(photoIdSchema).max(2000) })).output(z.array(momentSchema)),
    /**
     * How many another likeness would find; the hand-made ones among them. Asking again ends the question before.
     * `shown`: of which of them these photos would be part.
     */
    count: call.input(z.object({ likeness: likenessSchema, ids: z.array(photoIdSchema).max(2000).optional() })).output(
      z.object({
        moments: z.int(),
        photos: z.int(),
        kinds: z.partialRecord(z.enum(MOMENT_KINDS), z.int()),
        shown: z.array(wouldBeSchema).optional(),
      }),
    ),
    /** Finds all again by this likeness, which becomes the setting; hand-made ones stay. */
    regroup: call.input(z.object({ likeness: likenessSchema })).output(nothing),
    /** Puts photos together, as one step of the history. */
    stack: call.input(z.object({ ids: idsSchema })).output(momentSchema),
    /** Takes the moments of these photos apart. */
    unstack: call.input(z.object({ ids: idsSchema })).output(nothing),
    /** Parts one moment in two: these photos, and its others. */
    split: call.input(z.object({ ids: idsSchema })).output(nothing),
    /** Puts a photo on top of its moment. */
    putOnTop: call.input(z.object({ id: photoIdSchema })).output(nothing),
  },
  culling: {
    /** A shoot in its moments, in order of capture, with what is decided and where one was. */
    open: call.input(z.object({ shoot: shootSchema })).output(
      z.object({
        moments: z.array(cullMomentSchema),
        decided: z.array(photoIdSchema),
        picked: z.array(photoIdSchema),
        rejected: z.array(photoIdSchema),
        place: photoIdSchema.nullable(),
        genre: z.enum(GENRE_NAMES),
        genreProposed: z.enum(GENRE_NAMES),
      }),
    ),
    /** The frames of one moment, and what Enter would do in it. */
    moment: call
      .input(z.object({ shoot: shootSchema, photos: z.array(photoIdSchema).min(1).max(2000) }))
      .output(z.object({ frames: z.array(cullFrameSchema), plan: suggestionPlanSchema })),
    /** Remembers where one is. */
    stay: call.input(z.object({ shoot: shootSchema, photo: photoIdSchema })).output(nothing),
    /** The shoot that was open last. */
    last: call.input(nothing).output(z.object({ shoot: shootSchema.nullable() })),
    setGenre: call.input(z.object({ shoot: shootSchema, genre: z.enum(GENRE_NAMES).nullable() })).output(nothing),
    /** Stretches of time between long pauses, oldest first. */
    stretches: call
      .input(nothing)
      .output(z.array(z.object({ from: z.number(), to: z.number(), count: z.int(), first: photoIdSchema }))),
    /** What would be kept; nothing is marked. */
    propose: call
      .input(
        z.object({
          shoot: shootSchema,
          wish: wishSchema,
          part: proposalPartSchema.default('border'),
          limit: z.int().min(0).max(500).default(16),
        }),
      )
      .output(proposalSchema),
    /** Marks what is proposed as one step; `except` stays as it is. */
    apply: call
      .input(
        z.object({
          shoot: shootSchema,
          wish: wishSchema,
          only: z.enum(['both', 'picks']).default('both'),
          except: idsSchema.default([]),
        }),
      )
      .output(z.object({ picked: z.int(), rejected: z.int() })),
    /** A person's answer to a reason; null takes it back. `similar`: photos for which the same reason was given. */
    answer: call
      .input(
        z.object({
          shoot: shootSchema.nullable(),
          photos: z.array(photoIdSchema).min(1).max(2000),
          reason: z.string().min(1).max(100),
          answer: z.enum(ANSWERS).nullable(),
          word: z.string().trim().max(200).default(''),
        }),
      )
      .output(z.object({ changed: z.int(), similar: z.array(photoIdSchema) })),
    /** Rejected but high, picked but low. */
    secondLook: call
      .input(z.object({ shoot: shootSchema, limit: z.int().min(1).max(200).default(24) }))
      .output(z.object({ rejectedHigh: z.array(proposedSchema), pickedLow: z.array(proposedSchema) })),
  },
  taste: {
    state: call.input(nothing).output(tasteSchema),
    /** Forgets the marks up to now; later ones are learned from. */
    reset: call.input(nothing).output(tasteSchema),
    /** What was learned, as a document to keep. */
    export: call.input(nothing).output(z.object({ document: z.string() })),
  },
};
