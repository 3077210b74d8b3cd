import { z } from 'zod';

/** A critic that can be chosen, as the page shows it. */
export const modelSchema = z.object({
  name: z.string(),
  title: z.string(),
  /** What it is good at, for people. */
  about: z.string(),
  /** `measured` is always there; `builtin` comes from the registry; `local` was added by a person. */
  origin: z.enum(['measured', 'builtin', 'local']),
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
  active: z.boolean(),
  /** Photos that have a critique of this model, current hash and prompt version. */
  graded: z.int(),
  /** A low-rank adapter that is added to another model of the shelf, 0–2 times; null for a model without one. */
  adapter: z.object({ base: z.string(), scale: z.number() }).nullable(),
});
export type Model = z.infer<typeof modelSchema>;

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
