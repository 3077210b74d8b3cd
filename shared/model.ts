import { z } from 'zod';

/** The two places that a model can fill: numbers, and words. */
export const SLOTS = ['grader', 'writer'] as const;
export type Slot = (typeof SLOTS)[number];

/**
 * Ways of asking for a grade. They differ by one space where the answer follows the question's turn directly: `plain` is
 * how Q-ReAlign was trained and its README asks, `spaced` how its authors' scorer asks.
 */
export const PROMPT_NAMES = ['plain', 'spaced'] as const;
export type PromptName = (typeof PROMPT_NAMES)[number];

/** What grading takes here, by a measurement of this machine and the model's size; or as it was measured while grading. */
export const estimateSchema = z.object({
  secondsPerPhoto: z.number(),
  /** Of the photos that it has not judged. */
  librarySeconds: z.number(),
  /** `graded`: from grading itself; `probed`: from the ten-second measurement. */
  from: z.enum(['graded', 'probed']),
});
export type Estimate = z.infer<typeof estimateSchema>;

/** Such as `about 3 s a photo, 8 h for your library`. */
export function estimateText({ secondsPerPhoto, librarySeconds }: Estimate): string {
  const each = `about ${timeText(secondsPerPhoto)} a photo`;
  return librarySeconds < 1 ? each : `${each}, ${timeText(librarySeconds)} for your library`;
}

function timeText(seconds: number): string {
  if (seconds < 1) return `${Math.max(0.1, seconds).toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** A critic that can be chosen, as the page shows it. */
export const modelSchema = z.object({
  name: z.string(),
  title: z.string(),
  /** What it is good at, for people. */
  about: z.string(),
  /** `measured` is always there; `builtin` comes from the registry; `local` was added by a person; `remote` runs elsewhere. */
  origin: z.enum(['measured', 'builtin', 'local', 'remote']),
  state: z.enum(['installed', 'installing', 'available', 'broken']),
  problem: z.string().nullable(),
  /** Bytes on disk once installed, and bytes that must be fetched first. */
  bytes: z.number().nullable(),
  downloadBytes: z.number().nullable(),
  /** Bytes of memory it needs to run. */
  memoryBytes: z.number().nullable(),
  licence: z.string().nullable(),
  /** Words that a person agrees to before anything is fetched. */
  licenceText: z.string().nullable(),
  homepage: z.url().nullable(),
  /** True when files come as a checkpoint and are converted here. */
  converts: z.boolean(),
  /** Whether it is the grader. */
  active: z.boolean(),
  /** Whether it is the writer. */
  writes: z.boolean(),
  /** What it can fill. */
  slots: z.array(z.enum(SLOTS)),
  /** Null for the measured critic, and before anything was measured. */
  estimate: estimateSchema.nullable(),
  /** Photos that have a critique of this model, current hash and prompt version. */
  graded: z.int(),
  /** A low-rank adapter that is added to another model of the shelf, 0–2 times; null for a model without one. */
  adapter: z.object({ base: z.string(), scale: z.number() }).nullable(),
});
export type Model = z.infer<typeof modelSchema>;

/** What no grader of ours can know, for people: it stands beside every grade of a model. */
export const BLIND_SPOTS =
  'It saw a copy of a few hundred pixels (AesExpert: 336), so focus and blinks are not in this grade: the measures below ' +
  'know them. Grades learned from public votes (AVA) agree with experts by about .35.';

/** A grader that takes so long or less is worth its wait: AesExpert is recommended then. */
const WORTH_WAITING_SECONDS = 20;

/**
 * The grader and the writer that fit this machine, by what was measured: the best critic where it is quick enough, else
 * the small pair. @returns null before anything was measured, and where nothing fits.
 */
export function fittingPair(models: readonly Model[]): { grader: Model; writer: Model } | null {
  const offered = models.filter(({ origin, estimate }) => origin === 'builtin' && estimate !== null);
  const both = offered.find(({ slots }) => slots.length === SLOTS.length);
  if (both && both.estimate!.secondsPerPhoto <= WORTH_WAITING_SECONDS) return { grader: both, writer: both };
  const only = (slot: Slot) => offered.find(({ slots }) => slots.length === 1 && slots[0] === slot);
  const [grader, writer] = [only('grader'), only('writer')];
  return grader && writer ? { grader, writer } : null;
}

/** What the running model process says of itself. */
export const engineSchema = z.object({
  state: z.enum(['absent', 'stopped', 'loading', 'ready', 'failed']),
  problem: z.string().nullable(),
  model: z.string().nullable(),
  backend: z.string().nullable(),
  device: z.string().nullable(),
  layers: z.object({ gpu: z.int(), all: z.int() }).nullable(),
  memoryBytes: z.number().nullable(),
  deviceMemoryBytes: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
  threads: z.int().nullable(),
});
export type Engine = z.infer<typeof engineSchema>;
