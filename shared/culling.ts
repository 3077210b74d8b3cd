/** Culling: what a shoot is, what a proposal is asked for and answers, which genre lets what count. */
import { z } from 'zod';
import { MOMENT_KINDS, momentReasonSchema } from './moments.ts';
import { photoIdSchema } from './photo.ts';
import { filterSchema, sourceSchema } from './query.ts';

/** Photos that are culled together. */
export const shootSchema = z.discriminatedUnion('kind', [
  /** A place of the sidebar as it is filtered: a folder with all below, an album. */
  z.object({ kind: z.literal('view'), source: sourceSchema, filter: filterSchema.default({}) }),
  z.object({ kind: z.literal('photos'), ids: z.array(photoIdSchema).min(1).max(100_000) }),
  /** A stretch of time, in milliseconds of the cameras' wall clocks, both ends included. */
  z.object({ kind: z.literal('time'), from: z.number(), to: z.number() }),
]);
export type Shoot = z.infer<typeof shootSchema>;

/** By what frames of different moments are weighed against each other. */
export const JUDGES = {
  technical: { label: 'Technical', meaning: 'Focus, motion, light and noise, from the pixels.' },
  grade: { label: 'Grade', meaning: 'What the critic says of the photo as a whole.' },
  taste: { label: 'Taste', meaning: 'What your own marks say that you like.' },
  blend: { label: 'Blend', meaning: 'Grade, technical quality and, once it is learned, your taste together.' },
} as const;
export type Judge = keyof typeof JUDGES;
export const JUDGE_NAMES = Object.keys(JUDGES) as [Judge, ...Judge[]];

interface GenreFacts {
  readonly label: string;
  /** For people: what counts here. */
  readonly note: string;
  /** Closed eyes of prominent faces speak against a frame. */
  readonly eyes: boolean;
  /** A leaning frame falls behind a level one of its moment. */
  readonly tilt: boolean;
  /** How much motion blur counts, against focus. */
  readonly motion: number;
}

const genres = <const T extends Record<string, GenreFacts>>(table: T): T => table;

/** Selective focus and silhouettes are punished in none: only focus at the subject and differences in a moment count. */
export const GENRES = genres({
  people: {
    label: 'People',
    note: 'Eyes of prominent faces count. Tilt does not.',
    eyes: true,
    tilt: false,
    motion: 1,
  },
  action: {
    label: 'Action',
    note: 'Wildlife and sports: focus at the subject and motion count. Eyes and tilt do not.',
    eyes: false,
    tilt: false,
    motion: 1.4,
  },
  landscape: {
    label: 'Landscape',
    note: 'Focus, light and a level horizon count. Eyes do not.',
    eyes: false,
    tilt: true,
    motion: 1,
  },
  architecture: {
    label: 'Buildings',
    note: 'Level lines, focus and light count. Eyes do not.',
    eyes: false,
    tilt: true,
    motion: 1,
  },
  product: {
    label: 'Product',
    note: 'Focus and light count. Eyes and tilt do not.',
    eyes: false,
    tilt: false,
    motion: 1,
  },
});
export type Genre = keyof typeof GENRES;
export const GENRE_NAMES = Object.keys(GENRES) as [Genre, ...Genre[]];

/** What is to be kept; every part narrows, an absent one does not. */
export const wishSchema = z.object({
  /** So many of what is undecided, in photos or per cent of them. */
  keep: z
    .discriminatedUnion('unit', [
      z.object({ unit: z.literal('photos'), amount: z.int().min(0) }),
      z.object({ unit: z.literal('percent'), amount: z.number().min(0).max(100) }),
    ])
    .nullable()
    .default(null),
  /** At most so many of one moment, what is picked already among them. */
  perMoment: z.int().min(1).nullable().default(null),
  /** Only what the judge gives at least this, 0–100. */
  above: z.number().min(0).max(100).nullable().default(null),
  by: z.enum(JUDGE_NAMES).default('blend'),
  /** Null: the one that is proposed for the shoot, or that a person chose for it. */
  genre: z.enum(GENRE_NAMES).nullable().default(null),
});
export type Wish = z.infer<typeof wishSchema>;

/** Why frames fall, one word each: the bars of a proposal. */
export const REJECT_KINDS = {
  beside: { label: 'better frame beside it' },
  soft: { label: 'soft at eye or subject' },
  eyes: { label: 'eyes closed' },
  motion: { label: 'motion' },
  exposure: { label: 'exposure' },
  tilt: { label: 'leaning' },
  same: { label: 'the same picture twice' },
  below: { label: 'below the line' },
} as const;
export type RejectKind = keyof typeof REJECT_KINDS;
export const REJECT_KIND_NAMES = Object.keys(REJECT_KINDS) as [RejectKind, ...RejectKind[]];

/** One frame of a proposal. */
export const proposedSchema = z.object({
  id: photoIdSchema,
  kept: z.boolean(),
  /** By the judge, 0–100. */
  score: z.number(),
  /** For people. */
  reason: z.string(),
  /** Null for a kept frame. */
  kind: z.enum(REJECT_KIND_NAMES).nullable(),
  /** The kept frame that is better, where it falls behind one. */
  better: photoIdSchema.nullable(),
});
export type Proposed = z.infer<typeof proposedSchema>;

/** What of a proposal is shown frame by frame. */
export const proposalPartSchema = z.union([
  z.literal('border'),
  z.literal('lost'),
  z.literal('kept'),
  z.enum(REJECT_KIND_NAMES),
]);
export type ProposalPart = z.infer<typeof proposalPartSchema>;

export const proposalSchema = z.object({
  photos: z.int(),
  /** Left alone: what a person marked, what nobody has judged, moments of a kind that stays whole of which a part is marked. */
  decided: z.int(),
  unjudged: z.int(),
  undecided: z.int(),
  keep: z.int(),
  reject: z.int(),
  /** Scored like the last frame that is kept; null when none or all are. */
  line: z.number().nullable(),
  moments: z.int(),
  momentsKept: z.int(),
  /** Moments of kinds that stay whole, none of them divided. */
  whole: z.int(),
  genre: z.enum(GENRE_NAMES),
  genreProposed: z.enum(GENRE_NAMES),
  /** Whether taste may be asked. */
  tasteReady: z.boolean(),
  why: z.array(z.object({ kind: z.enum(REJECT_KIND_NAMES), count: z.int() })),
  /** The part that was asked for: the border's frames in pairs from the line outwards, others best first. */
  shown: z.array(proposedSchema),
  shownTotal: z.int(),
  milliseconds: z.number(),
});
export type Proposal = z.infer<typeof proposalSchema>;

/** A moment of a shoot as cull mode walks through it; a photo that belongs to none is a moment of its own. */
export const cullMomentSchema = z.object({
  /** Null for a photo alone. */
  id: z.int().nullable(),
  kind: z.enum(MOMENT_KINDS).nullable(),
  /** In order of capture. */
  photos: z.array(photoIdSchema).min(1),
  top: photoIdSchema,
});
export type CullMoment = z.infer<typeof cullMomentSchema>;

/** One frame among the frames of its moment. */
export const cullFrameSchema = z.object({
  id: photoIdSchema,
  /** 1 is the best. */
  rank: z.int(),
  score: z.number().nullable(),
  /** A few words for the strip: `best`, `second`, `soft at the subject`. */
  badge: z.string(),
  /** Whether the badge names a fault. */
  fault: z.boolean(),
  /** A sentence: what speaks for or against it, with numbers. */
  text: z.string(),
  /** Where to look closer, in shares of width and height: the subject, or the eye where it is known. */
  at: z.object({ x: z.number(), y: z.number() }).nullable(),
  /** Reasons that a person can answer: by the critic, or against the frames beside it. */
  reasons: z.array(
    z.object({
      name: z.string(),
      text: z.string(),
      answered: z.enum(['meant', 'otherwise']).nullable(),
      /** What the person added in their own words; empty when they said none. */
      word: z.string(),
    }),
  ),
  /** What decides, as rows of label and value. */
  facts: z.array(z.object({ label: z.string(), value: z.string(), aside: z.string().nullable() })),
});
export type CullFrame = z.infer<typeof cullFrameSchema>;

/** What Enter would do, said before. */
export const suggestionPlanSchema = z.object({
  pick: z.array(photoIdSchema),
  reject: z.array(photoIdSchema),
  /** On the key: `pick best, reject rest`. */
  words: z.string(),
  /** Over the picture: `Best of this moment: sharpest at the subject, by little`. */
  title: z.string(),
  reason: momentReasonSchema,
});
export type SuggestionPlan = z.infer<typeof suggestionPlanSchema>;

export const ANSWERS = ['meant', 'otherwise'] as const;
export type Answer = (typeof ANSWERS)[number];
