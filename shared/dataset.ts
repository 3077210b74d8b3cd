/** Instruction data made from people's views: what the page and the command line show of it. */
import { z } from 'zod';

export const QUESTION_TYPES = ['yes-no', 'what', 'how', 'why', 'multiple-choice'] as const;
export type QuestionType = (typeof QUESTION_TYPES)[number];

/** One entry of LLaVA's form; `qtype` of a description is `description`. */
export const instructionSchema = z.object({
  id: z.string(),
  /** Path below the folder `images`. */
  image: z.string(),
  conversations: z.array(z.object({ from: z.enum(['human', 'gpt']), value: z.string() })),
  type: z.enum(['description', 'question']),
  qtype: z.enum(['description', ...QUESTION_TYPES]),
});
export type Instruction = z.infer<typeof instructionSchema>;

export const datasetOptionsSchema = z.object({
  /** `by-shoot`: whole shoots are held out for validation. */
  split: z.enum(['none', 'by-shoot']).default('by-shoot'),
  /** `model`: the chosen writer words answers anew, kept only where it says nothing that the person did not say. */
  qa: z.enum(['rules', 'model']).default('rules'),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31)
    .default(1),
  /** For the card; empty: it says that none was given. */
  licence: z.string().trim().max(200).default(''),
  consent: z.string().trim().max(1000).default(''),
});
export type DatasetOptions = z.infer<typeof datasetOptionsSchema>;

/** What `dataset export --json` prints. */
export const datasetReportSchema = z.object({
  folder: z.string(),
  views: z.int(),
  pictures: z.int(),
  train: z.int(),
  validation: z.int(),
  shoots: z.object({ train: z.int(), validation: z.int() }),
  byType: z.record(z.string(), z.int()),
  /** Answers of the yes-no questions. */
  yes: z.int(),
  no: z.int(),
  /** Answers that the writer worded anew, and those of its that said something new and were left out. */
  worded: z.object({ kept: z.int(), refused: z.int() }),
  /** Views that could not be used, with a sentence. */
  left: z.array(z.object({ photo: z.int().nullable(), reason: z.string() })),
  files: z.array(z.string()),
  milliseconds: z.number(),
});
export type DatasetReport = z.infer<typeof datasetReportSchema>;
