/** Loads a model and its projector into this process. Runs in the model's process only. */

import { basename } from 'node:path';
import { type ChatHistoryItem, type LlamaModel, resolveChatWrapper, SpecialToken } from 'node-llama-cpp';
import { messageOf } from '../../shared/error-message.ts';
import {
  type Engine,
  type Eyes,
  explain,
  eyesFor,
  type LoadedAdapter,
  loadAdapter,
  startEngine,
} from '../bridge/eyes.ts';
import { fingerprintOf } from '../fingerprint.ts';
import { ModelError, type ModelInfo, type OpenOptions, type PromptFamily, type Turn } from '../model-api.ts';
import { inspectPair, type PairFacts } from '../preflight.ts';
import { inspectAdapter } from '../preflight-adapter.ts';
import { chooseThreads } from './cpu-threads.ts';
import { promptOf, qwenStyle, type Style, styleFromTemplate, VICUNA } from './prompts.ts';

/** A model that is ready to look at photos. */
export interface Loaded {
  engine: Engine;
  model: LlamaModel;
  eyes: Eyes;
  facts: PairFacts;
  style: Style;
  info: ModelInfo;
  /** Of all files, from samples of their bytes, and the adapter's strength. */
  fingerprint: string;
  /** Its probabilities are taken as they are, no bias subtracted. */
  calibrated: boolean;
  /** Whether what was read can be forgotten from any place on. */
  rewindsAnywhere: boolean;
}

/** One for each judgement; the first is the photo's own. */
export const SEQUENCES = 9;
/** What the engine itself needs beside weights and context, bytes. */
const ENGINE_BYTES = 300e6;

/** Loading failed on the GPU; the parent starts again without it. */
export class GpuFailedError extends Error {
  override name = 'GpuFailedError';
}

/** @throws ModelError; GpuFailedError where the CPU is worth a try. */
export async function loadModel(
  options: OpenOptions,
  onProgress: (share: number) => void,
  signal?: AbortSignal,
): Promise<Loaded> {
  const started = performance.now();
  const facts = await inspectPair(options.model, options.mmproj);
  const added = options.adapter ? await inspectAdapter(options.adapter.path, options.model) : null;
  const contextSize = contextFor(facts, options.contextSize);
  const exact = options.exact ?? facts.fullPrecision;
  const needed =
    facts.bytes +
    (added?.bytes ?? 0) +
    contextSize * facts.bytesPerToken * (exact ? 2 : 1) +
    (SEQUENCES + 2) * facts.bytesPerSequence +
    ENGINE_BYTES;
  const threads = await chooseThreads(options.threads ?? 0);
  const notes = [...facts.notes];
  const engine = await engineFor(options.gpu ?? 'auto', threads, notes);
  const video = engine.backend === 'cpu' ? null : await engine.llama.getVramState();
  checkMemory(basename(options.model), needed, video ? video.total - video.used : 0);
  signal?.throwIfAborted();

  const onGpu = engine.backend !== 'cpu';
  let model: LlamaModel;
  try {
    model = await engine.llama.loadModel({
      modelPath: options.model,
      gpuLayers: onGpu ? (options.gpuLayers ?? { fitContext: { contextSize } }) : 0,
      onLoadProgress: onProgress,
      // On the CPU quantized weights are laid out anew: a mapped file would stay in memory beside its copy.
      useMmap: onGpu || !facts.quantized,
      ...(signal ? { loadSignal: signal } : {}),
      ignoreMemorySafetyChecks: !onGpu, // checked above, with a sentence
    });
  } catch (error) {
    signal?.throwIfAborted();
    if (onGpu) throw new GpuFailedError(reasonOf(error, engine));
    throw new ModelError('bad-file', `${basename(options.model)} cannot be loaded: ${reasonOf(error, engine)}`);
  }
  let adapter: LoadedAdapter | null = null;
  try {
    if (options.adapter) adapter = await loadAdapter(model, options.adapter.path);
  } catch (error) {
    const name = basename(options.adapter?.path ?? '');
    throw new ModelError(
      'mismatch',
      `${name} cannot be added to ${basename(options.model)}: ${reasonOf(error, engine)}`,
    );
  }
  const eyes = eyesFor(engine, model);
  let opened: Awaited<ReturnType<Eyes['open']>>;
  try {
    opened = await eyes.open({
      mmproj: options.mmproj,
      useGpu: onGpu && options.gpuLayers !== 0,
      threads,
      contextSize,
      batchSize: Math.min(contextSize, Math.max(512, Math.ceil(facts.imageTokens / 64) * 64)),
      sequences: SEQUENCES,
      imageTokens: facts.imageSize === null ? facts.imageTokens : 0,
      exact,
      ...(adapter ? { adapter, adapterScale: options.adapter?.scale ?? 1 } : {}),
    });
  } catch (error) {
    const { kind, what } = explain(error);
    const reason = [what, engine.complaints()].filter(Boolean).join(' ').split('\n').at(-1)?.trim();
    if (onGpu) throw new GpuFailedError(reason ?? kind);
    if (kind === 'mmproj')
      throw new ModelError('bad-file', `${basename(options.mmproj)} cannot be loaded: ${reason || 'it is damaged'}.`);
    throw new ModelError('memory', `There is not enough memory for the model's context: ${reason || kind}.`);
  }

  const family = options.family ?? familyOf(facts);
  const { style, version } = promptOf(styleOf(family, model, facts), options.prompt ?? 'plain');
  const devices = onGpu ? await engine.llama.getGpuDeviceNames() : [];
  const info: ModelInfo = {
    name: options.name,
    description: model.typeDescription,
    family,
    backend: engine.backend,
    device: devices[0] ?? null,
    layers: { gpu: model.gpuLayers, all: facts.blocks + 1 },
    threads,
    contextSize: opened.contextSize,
    imageTokens: facts.imageTokens,
    imageSize: facts.imageSize,
    featureLength: 2 * opened.embeddingLength,
    promptVersion: version,
    loadMilliseconds: performance.now() - started,
    notes,
  };
  const fingerprint = await fingerprintOf([
    options.model,
    options.mmproj,
    ...(options.adapter ? [options.adapter.path] : []),
  ]);
  return {
    engine,
    model,
    eyes,
    facts,
    style,
    info,
    fingerprint: options.adapter ? `${fingerprint} × ${options.adapter.scale}` : fingerprint,
    rewindsAnywhere: opened.rewindsAnywhere,
    calibrated: options.calibrated ?? false,
  };
}

/** The wanted backend, or the CPU with a note. Nothing of the other backend is in the process then. */
async function engineFor(gpu: NonNullable<OpenOptions['gpu']>, threads: number, notes: string[]): Promise<Engine> {
  try {
    const engine = await startEngine(gpu, threads);
    if (engine.backend === 'cpu' && gpu !== 'off' && gpu !== 'auto')
      notes.push(`The GPU cannot be used (${gpu}), so the model runs on the processor.`);
    return engine;
  } catch (error) {
    if (gpu === 'off' || gpu === 'auto') throw error;
    notes.push(`The GPU cannot be used (${gpu}), so the model runs on the processor.`);
    return startEngine('off', threads);
  }
}

/**
 * Places of the context: enough for the photo, its questions and a conversation. It may be more than the model was
 * trained for, since branches of questions stand side by side at the same positions.
 */
function contextFor(facts: PairFacts, wanted: number | undefined): number {
  const usual = Math.max(2048, Math.ceil((facts.imageTokens + 1472) / 256) * 256);
  const size = wanted ?? usual;
  if (size < facts.imageTokens + 192)
    throw new ModelError(
      'bad-input',
      `A context of ${size} tokens is too short for a photo of ${facts.imageTokens} tokens; ${facts.imageTokens + 192} are needed.`,
    );
  return size;
}

function checkMemory(name: string, needed: number, video: number): void {
  const free = process.availableMemory() + video;
  if (needed <= free) return;
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  throw new ModelError(
    'memory',
    `${name} needs about ${gigabytes(needed)} of memory and this computer has ${gigabytes(free)} free.`,
  );
}

function familyOf(facts: PairFacts): PromptFamily {
  const own = facts.chatTemplate;
  if (facts.qwen && (own === null || own.includes('<|im_start|>'))) return 'qwen';
  return facts.llava && (own === null || /USER:[\s\S]*ASSISTANT:/.test(own)) ? 'vicuna-v1' : 'template';
}

function styleOf(family: PromptFamily, model: LlamaModel, facts: PairFacts): Style {
  if (family === 'vicuna-v1') return VICUNA;
  // The template writes an empty thought where thinking is left out; models without one do not think.
  if (family === 'qwen') return qwenStyle(/<think>\\n\\n<\/think>/.test(facts.chatTemplate ?? ''));
  return templateStyle(model);
}

function templateStyle(model: LlamaModel): Style {
  const wrapper = resolveChatWrapper(model, { warningLogs: false });
  const special = { BOS: '', EOS: model.tokens.eosString ?? '', NL: '\n', EOT: model.tokens.eotString ?? '', SEP: '' };
  const render = (turns: readonly Turn[]) => {
    const chatHistory: ChatHistoryItem[] = turns.map((turn) =>
      turn.role === 'person' ? { type: 'user', text: turn.text } : { type: 'model', response: [turn.text] },
    );
    chatHistory.push({ type: 'model', response: [''] });
    const { contextText } = wrapper.generateContextState({ chatHistory });
    const text = contextText.values
      .map((value) => {
        if (typeof value === 'string') return value;
        return value instanceof SpecialToken ? special[value.value] : value.value;
      })
      .join('');
    // The token that begins a text is added when it is cut into tokens.
    const begin = model.tokens.bosString;
    return begin && text.startsWith(begin) ? text.slice(begin.length) : text;
  };
  try {
    return styleFromTemplate(render);
  } catch (error) {
    throw new ModelError('bad-file', `The model's chat template cannot be used: ${(error as Error).message}`);
  }
}

function reasonOf(error: unknown, engine: Engine): string {
  const said = engine.complaints().split('\n').at(-1);
  const own = messageOf(error);
  return (said || own).trim();
}
