/** Calls about engines on other computers: what one is, what leaves, adding, testing and removing it. */
import { z } from 'zod';
import { call, nothing } from './contract-call.ts';

/** Long edges of the picture that may be sent, pixels. */
const edgeSchema = z.union([z.literal(336), z.literal(1024)]);
const addressSchema = z.string().trim().min(1).max(500);
const keySchema = z.string().trim().min(1).max(4000).nullable();

/** An engine that a person agreed to. */
export const remoteEngineSchema = z.object({
  address: z.string(),
  /** Name of the critic whose queue it shares, see `models.list`. */
  critic: z.string(),
  title: z.string(),
  /** As the server calls the model. */
  model: z.string(),
  server: z.string(),
  /** What the server says of the model, sha256. */
  hash: z.string(),
  edge: edgeSchema,
  /** Photos at the same time. */
  atOnce: z.int(),
  /** False: it gives no log-probabilities, so it writes and does not grade. */
  grades: z.boolean(),
  /** The sentence on what leaves, as it was agreed to. */
  sends: z.string(),
  key: z.enum(['none', 'file', 'keychain']),
  /** `idle`: not used since the start; `resting`: it failed and is asked again; `refused`: it must be mended. */
  state: z.enum(['idle', 'well', 'resting', 'refused']),
  problem: z.string().nullable(),
  /** Photos in hand, and done since the start. */
  running: z.int(),
  done: z.int(),
  photosPerMinute: z.number().nullable(),
});
export type RemoteEngine = z.infer<typeof remoteEngineSchema>;

/** What a server says before anything was agreed to; no picture was sent for it. */
export const engineProbeSchema = z.object({
  address: z.string(),
  server: z.string(),
  models: z.array(z.string()),
  atOnce: z.int(),
  /** What would leave, for each size of the picture: the sentence to agree to. */
  sends: z.array(z.object({ edge: edgeSchema, text: z.string() })),
});
export type EngineProbe = z.infer<typeof engineProbeSchema>;

/** What an engine made of a plain gray picture. */
export const engineTestSchema = z.object({
  address: z.string(),
  answers: z.boolean(),
  grades: z.boolean(),
  /** Share of all words that the five level words take, 0–1; null where it cannot grade. */
  share: z.number().nullable(),
  /** Words of the list of likeliest ones that were needed to find all five. */
  listed: z.int().nullable(),
  /** That one photo took. */
  milliseconds: z.number().nullable(),
  /** For people. */
  text: z.string(),
});
export type EngineTest = z.infer<typeof engineTestSchema>;

export const engineCalls = {
  engines: {
    list: call.input(nothing).output(z.array(remoteEngineSchema)),
    /** Asks a server what it is. Sends no picture and keeps nothing. */
    probe: call.input(z.object({ address: addressSchema, key: keySchema })).output(engineProbeSchema),
    /** Adds an engine, or changes the one at this address. `agreed` is the sentence of `probe`, word for word. */
    add: call
      .input(
        z.object({
          address: addressSchema,
          model: z.string().min(1).max(400),
          edge: edgeSchema,
          key: keySchema,
          atOnce: z.int().min(1).max(64).nullable(),
          agreed: z.string().max(2000),
        }),
      )
      .output(remoteEngineSchema),
    test: call.input(z.object({ address: addressSchema })).output(engineTestSchema),
    remove: call.input(z.object({ address: addressSchema })).output(nothing),
  },
};
