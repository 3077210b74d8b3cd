/**
 * What the core's process and the model's process say to each other. Node frames the messages (structured clone over
 * the channel of a forked process); both ends check what arrives.
 */
import { z } from 'zod';
import { DIMENSIONS, LEVELS } from '../../shared/grade.ts';
import { PROMPT_NAMES } from '../../shared/model.ts';

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
const id = z.int().nonnegative();
const photo = { id, key: z.string().min(1).max(500) };
const explainRequest = z.object({
  level: z.enum(LEVELS).optional(),
  evidence: z.array(z.string().max(500)).max(32).optional(),
  maximumTokens: z.int().min(1).max(8192).optional(),
  temperature: z.number().min(0).max(5).optional(),
  seed: z.int().min(0).max(4294967295).optional(),
});
const turn = z.object({ role: z.enum(['person', 'critic']), text: z.string().max(100_000) });
const openOptions = z.object({
  name: z.string(),
  model: z.string().min(1),
  mmproj: z.string().min(1),
  adapter: z.object({ path: z.string().min(1), scale: z.number().min(0).max(4) }).optional(),
  family: z.enum(['vicuna-v1', 'qwen', 'template']).optional(),
  gpu: z.enum(['auto', 'off', 'cuda', 'vulkan', 'metal']).optional(),
  gpuLayers: z.int().min(0).max(999).nullish(),
  threads: z.int().min(0).max(1024).optional(),
  contextSize: z.int().min(1).max(1_048_576).optional(),
  cacheDirectory: z.string().nullish(),
  prompt: z.enum(PROMPT_NAMES).optional(),
  calibrated: z.boolean().optional(),
  exact: z.boolean().optional(),
});
const CODES = [
  'no-bridge',
  'bad-file',
  'mismatch',
  'memory',
  'died',
  'bad-input',
  'closed',
  'unreachable',
  'refused',
] as const;
const code = z.enum(CODES);

export const requestSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('open'), options: openOptions }),
  z.object({ kind: z.literal('grade'), ...photo, trace: z.boolean() }),
  /** Only the vision tower looks. */
  z.object({ kind: z.literal('glimpse'), ...photo }),
  z.object({ kind: z.literal('explain'), ...photo, request: explainRequest }),
  z.object({
    kind: z.literal('chat'),
    ...photo,
    request: explainRequest.extend({
      history: z.array(turn).max(10_000).optional(),
      question: z.string().max(100_000),
    }),
  }),
  /** Answer to `need`. */
  z.object({ kind: z.literal('pixels'), id, width: z.int(), height: z.int(), data: bytes }),
  /** The pixels cannot be had. */
  z.object({ kind: z.literal('no-pixels'), id, message: z.string() }),
  z.object({ kind: z.literal('stop'), id }),
  z.object({ kind: z.literal('memory'), id }),
]);
export type Request = z.infer<typeof requestSchema>;

const five = z.tuple([z.number(), z.number(), z.number(), z.number(), z.number()]).readonly();
const milliseconds = z.object({
  load: z.number(),
  preprocess: z.number(),
  encode: z.number(),
  prefill: z.number(),
  questions: z.number(),
});
const trace = z.object({
  questions: z.array(
    z.object({
      name: z.string(),
      before: z.array(z.int()),
      after: z.array(z.int()),
      words: z.array(z.int()),
      logits: z.array(z.number()),
      probabilities: z.array(z.number()),
    }),
  ),
  milliseconds,
});
const gradeResult = z.object({
  value: z.number().min(0).max(100),
  level: z.enum(LEVELS),
  confidence: z.number().min(0).max(1),
  mass: z.number(),
  probabilities: five,
  dimensions: z.record(z.enum(DIMENSIONS), z.object({ value: z.number(), probabilities: five })),
  features: z.custom<Float32Array>((value) => value instanceof Float32Array),
  milliseconds,
  trace: trace.nullable(),
});
const glimpse = z.object({
  features: z.custom<Float32Array>((value) => value instanceof Float32Array),
  milliseconds: z.object({ preprocess: z.number(), encode: z.number() }),
});
const modelEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('looking') }),
  z.object({
    kind: z.literal('section'),
    section: z.enum(['grade', 'reasons', 'feeling', 'suggestions']),
    title: z.string(),
  }),
  z.object({ kind: z.literal('token'), text: z.string() }),
  z.object({ kind: z.literal('note'), text: z.string() }),
  z.object({
    kind: z.literal('end'),
    reason: z.enum(['complete', 'stopped', 'length']),
    tokens: z.int(),
    milliseconds: z.object({ first: z.number(), all: z.number() }),
  }),
]);
const modelInfo = z.object({
  name: z.string(),
  description: z.string(),
  family: z.enum(['vicuna-v1', 'qwen', 'template']),
  backend: z.enum(['cpu', 'cuda', 'vulkan', 'metal']),
  device: z.string().nullable(),
  layers: z.object({ gpu: z.int(), all: z.int() }),
  threads: z.int(),
  contextSize: z.int(),
  imageTokens: z.int(),
  imageSize: z.int().nullable(),
  featureLength: z.int(),
  promptVersion: z.string(),
  loadMilliseconds: z.number(),
  notes: z.array(z.string()),
});

export const answerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), share: z.number() }),
  z.object({ kind: z.literal('opened'), info: modelInfo }),
  z.object({ kind: z.literal('not-opened'), code, message: z.string(), withoutGpu: z.boolean() }),
  /** The pixels of this piece of work are needed. */
  z.object({ kind: z.literal('need'), id }),
  /** This piece of work has begun: it is the one that counts if the process dies now. */
  z.object({ kind: z.literal('working'), id }),
  z.object({ kind: z.literal('graded'), id, result: gradeResult }),
  z.object({ kind: z.literal('glimpsed'), id, result: glimpse }),
  z.object({ kind: z.literal('event'), id, event: modelEvent }),
  z.object({ kind: z.literal('failed'), id, code, message: z.string() }),
  z.object({ kind: z.literal('stopped'), id }),
  z.object({
    kind: z.literal('memory'),
    id,
    report: z.object({
      residentBytes: z.number(),
      device: z.object({ used: z.number(), total: z.number() }).nullable(),
      tokensPerSecond: z.number().nullable(),
    }),
  }),
]);
export type Answer = z.infer<typeof answerSchema>;
