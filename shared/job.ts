import { z } from 'zod';

export const JOB_STATES = ['queued', 'running', 'paused', 'done', 'failed', 'cancelled'] as const;

export const jobSchema = z.object({
  id: z.int(),
  kind: z.enum([
    'index',
    'grade',
    'download',
    'convert',
    'demo',
    'judge',
    'faces',
    'sidecars',
    'export',
    'move',
    'import',
    'embed',
    'document',
    'dataset',
  ]),
  title: z.string(),
  /** What it is doing now, for people. */
  description: z.string(),
  state: z.enum(JOB_STATES),
  /** Units done and in all; total is null while it is being counted. */
  done: z.number(),
  total: z.number().nullable(),
  /** Units that failed; each has its reason where it happened. */
  failed: z.number(),
  /** What one unit is called, plural: photos, MB. */
  unit: z.string(),
  /** Units a second over the last half minute; null until known. */
  rate: z.number().nullable(),
  /** Seconds left at that rate. */
  secondsLeft: z.number().nullable(),
  error: z.string().nullable(),
  canPause: z.boolean(),
  createdAt: z.number(),
});
export type Job = z.infer<typeof jobSchema>;
