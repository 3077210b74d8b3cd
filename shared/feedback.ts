/**
 * A person's own view of a photo, collected as AesMMIT was: coarse (five grades) to fine (what helps and what hurts, by
 * attribute, and what would be better), then how it feels. One line is enough; nothing is ever filled in beforehand.
 */
import { z } from 'zod';
import { LEVEL_FLOORS, LEVELS, type Level } from './grade.ts';
import { photoIdSchema } from './photo.ts';

/** What a view may speak of, in AesMMIT's words, each with a question that helps to look. */
export const ATTRIBUTES = {
  clarity: { label: 'Clarity', asks: 'Sharpness, noise, what can be made out' },
  color: { label: 'Color', asks: 'Harmony, saturation, white balance' },
  light: { label: 'Light', asks: 'Direction, softness, exposure' },
  object: { label: 'Object', asks: 'What it shows, moment, expression' },
  composition: { label: 'Composition', asks: 'Framing, balance, lines, background' },
} as const;
export type Attribute = keyof typeof ATTRIBUTES;
export const ATTRIBUTE_NAMES = Object.keys(ATTRIBUTES) as [Attribute, ...Attribute[]];

export const SIDES = ['helps', 'hurts'] as const;
export type Side = (typeof SIDES)[number];

const words = z.string().trim().max(500);

const attributeViewSchema = z.object({
  side: z.enum(SIDES),
  /** In what way; may be empty. */
  text: words.default(''),
  /** What would be better; may be empty. */
  suggestion: words.default(''),
});

export type AttributeViews = Partial<Record<Attribute, z.infer<typeof attributeViewSchema>>>;
/** What a person said. */
export interface PersonView {
  grade: Level | null;
  attributes: AttributeViews;
  feeling: string;
  line: string;
}

/** What a person said, from outside. */
export const viewSchema = z
  .object({
    grade: z.enum(LEVELS).nullable().default(null),
    attributes: z.partialRecord(z.enum(ATTRIBUTE_NAMES), attributeViewSchema).default({}),
    feeling: words.default(''),
    line: z.string().trim().max(2000).default(''),
  })
  .refine((view) => !isEmptyView(view), { message: 'Say something: a grade, a line, what helps or what hurts.' });

export function isEmptyView(view: PersonView): boolean {
  return view.grade === null && Object.keys(view.attributes).length === 0 && view.feeling === '' && view.line === '';
}

/** A view as it is kept. */
export const givenViewSchema = z.object({
  id: z.int(),
  photo: photoIdSchema.nullable(),
  /** Name in the settings when it was given; empty where none was set. */
  person: z.string(),
  givenAt: z.number(),
  /** Of the pixels that the photo has now. */
  isOfThisContent: z.boolean(),
  grade: z.enum(LEVELS).nullable(),
  attributes: z.partialRecord(z.enum(ATTRIBUTE_NAMES), attributeViewSchema),
  feeling: z.string(),
  line: z.string(),
});
export type GivenView = z.infer<typeof givenViewSchema>;

/** Why a photo is in a round. It says nothing of what anybody thinks of it. */
export const ASKED_FOR = {
  disagreement: 'critics and taste differ',
  unlike: 'unlike the others',
  again: 'seen before: do you agree with yourself?',
} as const;
export type AskedFor = keyof typeof ASKED_FOR;

export const roundSchema = z.object({
  id: z.int(),
  photos: z.array(
    z.object({
      photo: photoIdSchema,
      why: z.enum(Object.keys(ASKED_FOR) as [AskedFor, ...AskedFor[]]),
      done: z.boolean(),
    }),
  ),
});
export type Round = z.infer<typeof roundSchema>;

const interval = z.object({ value: z.number(), low: z.number(), high: z.number() });
export const agreementSchema = z.object({
  /** Views that were given, and of how many photos. */
  views: z.int(),
  photos: z.int(),
  with: z.array(
    z.object({
      /** `taste`, or a critic's name. */
      who: z.string(),
      title: z.string(),
      /** Photos with a grade of both. */
      photos: z.int(),
      /** Share that lands in the same of the five grades, or in one beside it, 0–1; null without photos. */
      same: z.number().nullable(),
      near: z.number().nullable(),
      /** Rank correlation with its 95 % interval; null under 20 photos, or where all are alike. */
      srcc: interval.nullable(),
    }),
  ),
  /** Of photos that the same person saw twice, first view against last. */
  oneself: z.object({ photos: z.int(), same: z.number().nullable(), near: z.number().nullable() }),
});
export type FeedbackAgreement = z.infer<typeof agreementSchema>;

/** A grade in words as 0–100: the middle of its band. */
export function valueOfLevel(level: Level): number {
  return LEVEL_FLOORS[level] + 10;
}

/** A view as one sentence after the other, for people and for the search. */
export function viewText(view: PersonView): string {
  const parts = [view.line];
  for (const name of ATTRIBUTE_NAMES) {
    const said = view.attributes[name];
    if (!said) continue;
    const text = said.text === '' ? '' : `: ${said.text}`;
    parts.push(`${ATTRIBUTES[name].label} ${said.side}${text}`, said.suggestion);
  }
  parts.push(view.feeling === '' ? '' : `It feels: ${view.feeling}`);
  return parts
    .filter((part) => part !== '')
    .map((part) => (/[.!?…]$/.test(part) ? part : `${part}.`))
    .join(' ');
}
