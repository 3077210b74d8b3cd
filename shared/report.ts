/** The critique of a shoot: every sentence comes with the counts that it was made from. */
import { z } from 'zod';
import { LEVELS } from './grade.ts';
import { photoIdSchema, quartersSchema } from './photo.ts';

const pictureSchema = z.object({
  id: photoIdSchema,
  version: z.int(),
  quarters: quartersSchema,
  name: z.string(),
  caption: z.string().nullable(),
});
export type ReportPicture = z.infer<typeof pictureSchema>;

/** Points of a small plot; both axes 0–1, from left and from the bottom. */
const plotSchema = z.object({
  title: z.string(),
  /** What stands at the ends of the axes. */
  x: z.tuple([z.string(), z.string()]),
  y: z.tuple([z.string(), z.string()]),
  points: z.array(z.object({ x: z.number(), y: z.number(), isWeak: z.boolean() })),
  /** One sentence with its counts. */
  caption: z.string(),
});
export type ReportPlot = z.infer<typeof plotSchema>;

export const shootReportSchema = z.object({
  /** `full`: for the photographer. `client`: picks and captions, no grades. */
  version: z.enum(['full', 'client']),
  title: z.string(),
  /** Who judged: `Keeplight · measured`. */
  judgedBy: z.string(),
  summary: z.string(),
  /** In the words of the writer model, where it was asked: every number in them is one of the report's. */
  words: z.object({ by: z.string(), sentences: z.array(z.string()), dropped: z.int() }).nullable(),
  numbers: z.array(z.object({ value: z.string(), label: z.string() })),
  best: z.object({ title: z.string(), pictures: z.array(pictureSchema) }),
  /** All picks, for clients. */
  gallery: z.array(pictureSchema),
  levels: z.array(z.object({ level: z.enum(LEVELS), count: z.int(), kept: z.int() })),
  timeline: z
    .object({
      title: z.string(),
      bars: z.array(z.object({ all: z.int(), kept: z.int() })),
      from: z.string(),
      to: z.string(),
      caption: z.string(),
    })
    .nullable(),
  weaknesses: z.array(
    z.object({
      reason: z.string(),
      count: z.int(),
      title: z.string(),
      detail: z.string(),
      examples: z.array(pictureSchema),
    }),
  ),
  /** What the person said of reasons that were given: those frames are not counted among the faults. */
  answered: z.array(
    z.object({ title: z.string(), count: z.int(), words: z.array(z.string()), examples: z.array(pictureSchema) }),
  ),
  plots: z.array(plotSchema),
  next: z.array(z.object({ text: z.string(), evidence: z.string() })),
});
export type ShootReport = z.infer<typeof shootReportSchema>;
