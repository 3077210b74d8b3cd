/**
 * The typed face of the bridge, and the only file that touches node-llama-cpp's private side: the model object of its
 * addon (`_model`), and how it loads an adapter (`_getOrLoadLora`), which its own contexts call for `lora`. It holds for one exact version, which is checked before anything is loaded.
 */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { getLlama, type Llama, LlamaLogLevel, type LlamaModel } from 'node-llama-cpp';
import { messageOf } from '../../shared/error-message.ts';
import { ModelError } from '../model-api.ts';
import { type Backend, bridgeFile, NODE_LLAMA_CPP, nodeLlamaCppVersion } from './place.ts';

export interface EyesOptions {
  /** Path of the projector. */
  mmproj: string;
  useGpu: boolean;
  threads: number;
  contextSize: number;
  /** Tokens that are computed at once. */
  batchSize: number;
  /** Sequences that may share the context, the first included. At most 32. */
  sequences: number;
  /** Upper bound of a photo's tokens where that follows its size; 0 = the model's own. */
  imageTokens: number;
  /** Keys and values in full precision and no flash attention: slower, for comparisons with a reference. */
  exact: boolean;
  /** A low-rank adapter that is added to the weights; absent: none. */
  adapter?: LoadedAdapter;
  /** How strongly, 1 as it was trained. */
  adapterScale?: number;
}

/** An adapter that node-llama-cpp has loaded for one model; it lives as long as that model. */
export interface LoadedAdapter {
  readonly brand: 'AddonModelLora';
}

/** What looking at a picture gave. */
export interface Look {
  tokens: number;
  positions: number;
  /** Mean, then standard deviation, of the projected tokens. */
  features: Float32Array;
  /** All projected tokens one after the other, when asked for. */
  embeddings: Float32Array | null;
  /** Ids of the special tokens that the model wants before and after the picture. */
  before: Int32Array;
  after: Int32Array;
}

/** models/bridge/eyes.cpp, with tower, reader and sampler behind it. Errors are `kind: what`; see `explain`. */
export interface Eyes {
  open(options: EyesOptions): Promise<{
    contextSize: number;
    batchSize: number;
    embeddingLength: number;
    /** Whether keep() can go back to every position; false for models that carry a state from token to token. */
    rewindsAnywhere: boolean;
    complaints: string;
  }>;
  tokenize(text: string, addSpecial: boolean, parseSpecial: boolean): Int32Array;
  look(rgb: Uint8Array, width: number, height: number, keepEmbeddings: boolean): Promise<Look>;
  /** Reads the picture that was looked at into sequence 0. @returns the position after it. */
  placeImage(position: number): Promise<number>;
  /** Forgets everything from `position` on, and all branches. @returns false where the model cannot forget a part. */
  keep(position: number): boolean;
  /** Remembers where sequence 0 stands, 0 or 1, so that keep() can come back where it cannot go back to everywhere. */
  mark(which: 0 | 1): void;
  /** Sequences 1…count continue where sequence 0 stands. */
  branch(count: number): void;
  /**
   * Reads tokens, each into the sequences of its bits.
   * @returns for every output token, in order: log Σ exp of all logits, then the words' logits.
   */
  decode(
    tokens: Int32Array,
    positions: Int32Array,
    sequences: Uint32Array,
    outputs: Uint8Array,
    words: Int32Array,
  ): Promise<Float32Array>;
  startSampling(temperature: number, topK: number, topP: number, repeatPenalty: number, seed: number): void;
  /** Reads tokens into sequence 0 and takes the next one. */
  next(tokens: Int32Array, position: number): Promise<{ token: number; end: boolean; piece: Buffer }>;
  /** Ends what is being computed with `stopped`, and everything after it, until resume(). */
  stop(): void;
  resume(): void;
  setThreads(threads: number): void;
  memory(): { model: number; context: number; compute: number };
  close(): Promise<void>;
}

interface Native {
  Eyes: new (model: object) => Eyes;
  quantize(input: string, output: string, ftype: number, threads: number, bufferBytes: number): Promise<void>;
  version(): string;
}

/** llama.cpp with eyes, loaded into this process. */
export interface Engine {
  llama: Llama;
  backend: Backend;
  native: Native;
  /** What llama.cpp warned of since the last call. */
  complaints(): string;
}

/**
 * Loads node-llama-cpp's prebuilt llama.cpp and the bridge beside it. Nothing is ever compiled or fetched here.
 * @throws ModelError `no-bridge`.
 */
export async function startEngine(gpu: 'auto' | 'off' | 'cuda' | 'vulkan' | 'metal', threads: number): Promise<Engine> {
  const version = await nodeLlamaCppVersion();
  if (version !== NODE_LLAMA_CPP)
    throw new ModelError(
      'no-bridge',
      `AesExpert needs node-llama-cpp ${NODE_LLAMA_CPP} and ${version} is installed; run "npm ci".`,
    );
  let said = '';
  const llama = await getLlama({
    gpu: gpu === 'off' ? false : gpu,
    build: 'never',
    maxThreads: threads,
    logLevel: LlamaLogLevel.warn,
    logger: (level, message) => {
      if (level === LlamaLogLevel.error || level === LlamaLogLevel.fatal) said = `${said}${message}\n`.slice(-4000);
    },
  }).catch((error: Error) => {
    throw new ModelError('no-bridge', `llama.cpp cannot be started here: ${firstLine(error.message)}`, {
      cause: error,
    });
  });
  const backend: Backend = llama.gpu === false ? 'cpu' : llama.gpu;
  const file = bridgeFile(backend);
  if (!existsSync(file))
    throw new ModelError(
      'no-bridge',
      'AesExpert cannot see yet: its bridge is not built for this machine. "keeplight doctor" says how to mend that.',
    );
  let native: Native;
  try {
    native = createRequire(import.meta.url)(file) as Native;
  } catch (error) {
    throw new ModelError('no-bridge', `The bridge does not fit this machine: ${firstLine((error as Error).message)}`, {
      cause: error,
    });
  }
  const complaints = () => {
    const taken = said;
    said = '';
    return taken.trim();
  };
  return { llama, backend, native, complaints };
}

/** Gives a model of node-llama-cpp eyes. They keep the model alive; close them before it is disposed of. */
export function eyesFor(engine: Engine, model: LlamaModel): Eyes {
  const inner = (model as unknown as { _model?: unknown })._model;
  if (typeof inner !== 'object' || inner === null)
    throw new ModelError('no-bridge', 'This node-llama-cpp is built otherwise than the bridge expects.');
  return new engine.native.Eyes(inner);
}

/** Loads an adapter for this model through node-llama-cpp. @throws Error with llama.cpp's words where it does not fit. */
export async function loadAdapter(model: LlamaModel, file: string): Promise<LoadedAdapter> {
  const inner = model as unknown as { _getOrLoadLora?: (file: string) => Promise<LoadedAdapter> };
  if (typeof inner._getOrLoadLora !== 'function')
    throw new ModelError('no-bridge', 'This node-llama-cpp is built otherwise than the bridge expects.');
  return inner._getOrLoadLora(file);
}

/** The kind and the words of an error that the bridge threw. */
export function explain(error: unknown): { kind: string; what: string } {
  const message = messageOf(error);
  const match = /^(closed|stopped|full|engine|input|mmproj|context): ([\s\S]*)$/.exec(message);
  return match ? { kind: match[1]!, what: match[2]!.trim() } : { kind: 'engine', what: message.trim() };
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}
