/**
 * What the core may ask of a running model, and what it gets. The model lives in a process of its own
 * (model-process.ts); process-client.ts opens it and returns a ModelSession.
 */
import type { Dimension, Level, LevelProbabilities } from '../shared/grade.ts';
import type { PromptName } from '../shared/model.ts';

/**
 * How a model is spoken to: LLaVA-1.5's Vicuna words, the turns of Qwen's models with thinking left out, or the chat
 * template inside the model's file.
 */
export type PromptFamily = 'vicuna-v1' | 'qwen' | 'template';

export interface OpenOptions {
  /** Registry name; part of a critique's identity. */
  name: string;
  /** Path of the text model, GGUF. */
  model: string;
  /** Path of the projector, GGUF. */
  mmproj: string;
  /** A low-rank adapter in GGUF that is added to the model's weights `scale` times, 1 as it was trained. */
  adapter?: { path: string; scale: number };
  /** Default: `vicuna-v1` for LLaVA-1.5 shaped models without a chat template of another kind, `qwen` for Qwen3-VL and 3.5, else `template`. */
  family?: PromptFamily;
  /** Compute backend; `auto` takes the best that works and falls back to the CPU, saying so in `info.notes`. */
  gpu?: 'auto' | 'off' | 'cuda' | 'vulkan' | 'metal';
  /** Layers on the GPU; null or absent = as many as fit. */
  gpuLayers?: number | null;
  /** Threads on the CPU; 0 or absent = physical cores that are free, never more than the machine has. */
  threads?: number;
  /** Tokens of context; absent = enough for one photo, its questions and a conversation. */
  contextSize?: number;
  /** Folder where what was measured once of a model is kept, such as its bias on pictures that show nothing. */
  cacheDirectory?: string | null;
  /** How a grade is asked for; part of a critique's identity. Default: `plain`. */
  prompt?: PromptName;
  /** The model was trained to answer in the level words: its probabilities are taken as they are. Default: no. */
  calibrated?: boolean;
  /** Keys and values in full precision: slower and more exact. Default: where the weights are in full precision. */
  exact?: boolean;
  /** Loading, 0–1. */
  onProgress?: (share: number) => void;
  /** Milliseconds without progress after which loading is given up. Default: two minutes. */
  patience?: number;
  /** Milliseconds of silence over work in hand after which the process is ended. Default: ten minutes. */
  answerPatience?: number;
}

/** An upright picture in sRGB, three bytes a pixel, row after row. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8Array;
}

/**
 * One photo. `key` names its content: while the process still holds the photo of the same key, nothing is read,
 * looked at or computed again. `read` is called only when the pixels are needed.
 */
export interface ModelImage {
  key: string;
  read: (signal?: AbortSignal) => Pixels | Promise<Pixels>;
}

/** What is known of a model wherever it runs. */
export interface SessionInfo {
  name: string;
  /** Of the file, such as `llama 7B Q4_K - Medium`. */
  description: string;
  family: PromptFamily;
  /** Who computes: `cpu`, `cuda`, `vulkan` or `metal` here, `remote` on other computers. */
  backend: 'cpu' | 'cuda' | 'vulkan' | 'metal' | 'remote';
  /** The device's name, or the addresses. */
  device: string | null;
  /** Version of everything that shapes a grade besides the weights: prompts, words, preprocessing. */
  promptVersion: string;
  /** Sentences for people about what is not as asked: a GPU that failed, a projector that was put right. */
  notes: string[];
  /** False where it writes but cannot grade. */
  grades: boolean;
  /** Photos that are best in hand at the same time; null: one, or two where it is quick. */
  atOnce: number | null;
}

export interface ModelInfo extends Omit<SessionInfo, 'grades' | 'atOnce'> {
  backend: 'cpu' | 'cuda' | 'vulkan' | 'metal';
  layers: { gpu: number; all: number };
  threads: number;
  contextSize: number;
  /** Tokens that one photo takes (of a square photo, where it depends on the shape). */
  imageTokens: number;
  /** Width and height that the vision tower looks at; null where it follows the photo. */
  imageSize: number | null;
  /** Length of GradeResult.features: twice the width of the model's embeddings. */
  featureLength: number;
  /** Milliseconds that loading took. */
  loadMilliseconds: number;
}

export interface TraceQuestion {
  /** `overall` or a dimension. */
  name: string;
  /** Token ids from the beginning of the text up to the image. */
  before: number[];
  /** Token ids from the image to the last of the stem. */
  after: number[];
  /** Ids of the five level words, best first (first token of a word that has several). */
  words: number[];
  /** Raw logits of the five words; full log-probabilities where a word has several tokens. */
  logits: number[];
  /** Their plain softmax, no bias subtracted. */
  probabilities: number[];
}

export interface GradeMilliseconds {
  load: number;
  preprocess: number;
  encode: number;
  prefill: number;
  questions: number;
}

export interface GradeTrace {
  /** Nine: overall, then the dimensions in the order of DIMENSIONS. */
  questions: TraceQuestion[];
  milliseconds: GradeMilliseconds;
}

export interface GradeResult {
  /** 0–100, from `probabilities`. */
  value: number;
  level: Level;
  /** 0–1: certainty of the five probabilities (1 − normalised entropy). */
  confidence: number;
  /** Share of all words that the five level words take together in the overall answer, 0–1: how apt the question was. */
  mass: number;
  /** Bias of null images subtracted. */
  probabilities: LevelProbabilities;
  dimensions: Record<Dimension, { value: number; probabilities: LevelProbabilities }>;
  /**
   * Mean, then standard deviation, of the projected image tokens: what taste and similarity work with.
   * Null from an engine elsewhere, which shows none.
   */
  features: Float32Array | null;
  milliseconds: GradeMilliseconds;
  trace: GradeTrace | null;
}

/** What the vision tower alone saw of a photo. */
export interface Glimpse {
  /** As in GradeResult. */
  features: Float32Array;
  milliseconds: Pick<GradeMilliseconds, 'preprocess' | 'encode'>;
}

/** What is written down about a photo by others, handed to the model in words. Few and short. */
export interface ExplainRequest {
  /** The level that a grader gave, this model or another; default: what this model's own grading says. */
  level?: Level;
  /** Measured facts, one sentence each, such as `The subject is out of focus.` */
  evidence?: readonly string[];
  /** Upper bound of tokens a section. Default 160. */
  maximumTokens?: number;
  /** 0 = always the likeliest word. Default 0.2. */
  temperature?: number;
  /** Same seed, same words. Default 1. */
  seed?: number;
}

export interface Turn {
  role: 'person' | 'critic';
  text: string;
}

export interface ChatRequest extends ExplainRequest {
  /** Earlier turns about this photo, oldest first. */
  history?: readonly Turn[];
  question: string;
}

/** Sections of an explanation, in the order in which AesMMIT asks: coarse to fine. */
export const SECTIONS = ['grade', 'reasons', 'feeling', 'suggestions'] as const;
export type ExplanationSection = (typeof SECTIONS)[number];

export type ModelEvent =
  /** Before the first word: the photo is being looked at. */
  | { kind: 'looking' }
  | { kind: 'section'; section: ExplanationSection; title: string }
  | { kind: 'token'; text: string }
  /** A sentence for people about the conversation, such as that its beginning no longer fits. */
  | { kind: 'note'; text: string }
  | {
      kind: 'end';
      /** `length`: the bound of tokens was reached. */
      reason: 'complete' | 'stopped' | 'length';
      tokens: number;
      /** Until the first token, and in all. */
      milliseconds: { first: number; all: number };
    };

export interface MemoryReport {
  /** Bytes of the process that are in memory now. */
  residentBytes: number;
  /** Bytes on the GPU in use by all programs, and its size; null without one. */
  device: { used: number; total: number } | null;
  tokensPerSecond: number | null;
}

/** A model that is ready. Calls may be made at any time; they are worked off one after the other, or as it can. */
export interface ModelSession {
  readonly info: SessionInfo;
  /** Resolves when the process is gone: null after close(), else the reason. */
  readonly exited: Promise<ModelError | null>;
  grade(image: ModelImage, options?: { trace?: boolean; signal?: AbortSignal }): Promise<GradeResult>;
  /** Lets only the vision tower look, a small part of the work of a grade. Absent where engines elsewhere show no features. */
  glimpse?(image: ModelImage, signal?: AbortSignal): Promise<Glimpse>;
  explain(image: ModelImage, request?: ExplainRequest, signal?: AbortSignal): AsyncIterable<ModelEvent>;
  chat(image: ModelImage, request: ChatRequest, signal?: AbortSignal): AsyncIterable<ModelEvent>;
  /** How the work is shared out now and how fast it goes, for people; null where there is nothing to say. */
  pace?(): string | null;
  /** Does not wait for the work in hand. */
  memory(): Promise<MemoryReport>;
  /** Ends the process; work in hand fails with `closed`. */
  close(): Promise<void>;
}

/** A model in a process of this computer. */
export interface LocalSession extends ModelSession {
  glimpse(image: ModelImage, signal?: AbortSignal): Promise<Glimpse>;
  readonly info: ModelInfo & Pick<SessionInfo, 'grades' | 'atOnce'>;
}

export type ModelErrorCode =
  /** The bridge is not built, or not for this machine. `keeplight doctor` says how to mend it. */
  | 'no-bridge'
  /** A file is missing, truncated, hostile or of a kind that the engine cannot run. */
  | 'bad-file'
  /** Projector and model do not belong together. */
  | 'mismatch'
  /** Too big for this machine's memory. */
  | 'memory'
  /** The process died while it worked: the queue counts a strike against the photo. */
  | 'died'
  /** This photo or this question cannot be worked on; the process lives on. */
  | 'bad-input'
  /** close() was called. */
  | 'closed'
  /** No engine elsewhere could be used for too long, or the only ones there are refuse. */
  | 'unreachable'
  /** An engine elsewhere refuses this photo or question; another time it may not. */
  | 'refused';

/** Everything that a model can fail with; the message is a sentence for people. */
export class ModelError extends Error {
  readonly code: ModelErrorCode;
  constructor(code: ModelErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ModelError';
    this.code = code;
  }
}
