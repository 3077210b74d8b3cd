/**
 * A model that runs on other computers, as the rest of Keeplight knows models: it grades, explains and talks. One session
 * stands for all engines that serve the same model; the dispatcher shares the work out among them.
 *
 * A photo is graded in nine short requests to one engine, each the photo, the question and the beginning of an answer;
 * what is read is the probabilities of the next word. The photo comes first in all nine, so that a server that keeps what
 * it has read looks at it once.
 */
import type {
  ChatRequest,
  ExplainRequest,
  GradeResult,
  MemoryReport,
  ModelError,
  ModelEvent,
  ModelImage,
  ModelSession,
  Pixels,
  SessionInfo,
} from '../model-api.ts';
import { nullPictures } from '../runtime/grader.ts';
import { keepBias, keptBias } from '../runtime/kept-bias.ts';
import { type Bias, biasFrom, plainProbabilities, type Reading, scoreReadings } from '../runtime/level-scores.ts';
import { JUDGEMENTS, type Judgement } from '../runtime/prompts.ts';
import { Dispatcher, type LaneState } from './dispatcher.ts';
import { EngineFailure } from './failures.ts';
import { laneOf, NO_PROBABILITIES, type RemoteEngine, type RemoteLane } from './lane.ts';
import { askLevels, type Levels } from './levels-call.ts';
import { RemoteWriter } from './writing.ts';

export interface RemoteOptions {
  /** Critic's name; part of a critique's identity. */
  name: string;
  /** What it is called wherever it runs. */
  model: string;
  /** What the servers say of the model, see ServerFacts.hashOf; one for all of them. */
  hash: string;
  /** Long edge of the picture that is sent, pixels. */
  edge: number;
  /** False: it gives no log-probabilities. */
  grades: boolean;
  engines: readonly RemoteEngine[];
  /** A picture file without metadata as it is sent, its long edge at most `edge`: JPEG for photos, PNG for our own. */
  encode: (pixels: Pixels, edge: number, format: 'jpeg' | 'png') => Promise<Uint8Array>;
  /** Folder for what was measured once of a model; null: measured at every opening. */
  cacheDirectory: string | null;
  /** How the engines are has changed. */
  onChange?: () => void;
  /** Milliseconds, see DispatcherOptions. */
  patience?: number;
}

export interface RemoteSession extends ModelSession {
  /** How each engine is. */
  states(): LaneState[];
}

/** Version of prompts and preprocessing; a picture of another size is judged otherwise. */
export const remotePromptVersion = (edge: number): string => `chat-levels-1/${edge}`;

/** Pictures that are kept because the same photo is often asked about again. */
const PICTURES_KEPT = 32;

/** @throws ModelError when an address is none. Nothing is asked of the engines yet. */
export function openRemote(options: RemoteOptions): RemoteSession {
  const lanes = options.engines.map(laneOf);
  const dispatcher = new Dispatcher<RemoteLane>({
    lanes,
    ...(options.patience === undefined ? {} : { patience: options.patience }),
    ...(options.onChange ? { onChange: options.onChange } : {}),
  });
  const exited = Promise.withResolvers<ModelError | null>();
  const pictures = new Map<string, Promise<string>>();
  const info: SessionInfo = {
    name: options.name,
    description: `${options.model} on ${lanes.map(({ name }) => name).join(', ')}`,
    family: 'template',
    backend: 'remote',
    device: lanes.map(({ name }) => name).join(', '),
    promptVersion: remotePromptVersion(options.edge),
    notes: options.grades ? [] : [NO_PROBABILITIES],
    grades: options.grades,
    // One more for each engine is being read and made small while they work.
    atOnce: dispatcher.room + lanes.length,
  };
  let bias: Promise<Bias> | null = null;

  function pictureOf(image: ModelImage, signal?: AbortSignal): Promise<string> {
    const known = pictures.get(image.key);
    if (known) return known;
    const made = (async () =>
      dataAddress(await options.encode(await image.read(signal), options.edge, 'jpeg'), 'jpeg'))();
    pictures.set(image.key, made);
    made.catch(() => pictures.delete(image.key));
    if (pictures.size > PICTURES_KEPT + (info.atOnce ?? 0)) pictures.delete(pictures.keys().next().value ?? '');
    return made;
  }

  function readLevels(picture: string, signal: AbortSignal | undefined, urgent: boolean): Promise<Levels> {
    return dispatcher.run((lane, stop) => askLevels(lane, picture, stop), { signal, urgent });
  }

  /** What the model says of pictures that show nothing: measured once, whichever engine does it. */
  function biasOfModel(): Promise<Bias> {
    bias ??= (async () => {
      const identity = ['remote', options.model, options.hash, info.promptVersion];
      const kept = await keptBias(options.cacheDirectory, identity);
      if (kept) return kept;
      const readings: Record<Judgement, Reading>[] = [];
      for (const pixels of nullPictures(options.edge)) {
        const picture = dataAddress(await options.encode(pixels, options.edge, 'png'), 'png');
        readings.push((await readLevels(picture, undefined, true)).readings);
      }
      const measured = biasFrom(readings);
      await keepBias(options.cacheDirectory, identity, measured);
      return measured;
    })();
    bias.catch(() => {
      bias = null;
    });
    return bias;
  }

  async function grade(
    image: ModelImage,
    { trace = false, signal }: { trace?: boolean; signal?: AbortSignal } = {},
  ): Promise<GradeResult> {
    if (!options.grades) throw new EngineFailure('refused', NO_PROBABILITIES);
    const started = performance.now();
    const picture = await pictureOf(image, signal);
    const preprocess = performance.now() - started;
    const fair = await abortable(biasOfModel(), signal);
    const { readings, milliseconds: questions } = await readLevels(picture, signal, false);
    const milliseconds = { load: 0, preprocess, encode: 0, prefill: 0, questions };
    return { ...scoreReadings(readings, fair), features: null, milliseconds, trace: trace ? traceOf(readings) : null };

    function traceOf(read: Record<Judgement, Reading>): GradeResult['trace'] {
      const questionsAsked = JUDGEMENTS.map((name) => {
        const { logits } = read[name];
        const probabilities = [...plainProbabilities(logits)];
        return { name, before: [], after: [], words: [], logits: [...logits], probabilities };
      });
      return { questions: questionsAsked, milliseconds };
    }
  }

  const writer = new RemoteWriter({
    dispatcher,
    pictureOf,
    async levelOf(image: ModelImage, signal: AbortSignal | undefined) {
      return options.grades ? (await grade(image, { signal })).level : null;
    },
  });

  return {
    info,
    exited: exited.promise,
    states: () => dispatcher.states(),
    grade,
    explain: (image: ModelImage, request: ExplainRequest = {}, signal?: AbortSignal): AsyncIterable<ModelEvent> =>
      writer.explain(image, request, signal),
    chat: (image: ModelImage, request: ChatRequest, signal?: AbortSignal): AsyncIterable<ModelEvent> =>
      writer.chat(image, request, signal),
    pace: () => paceOf(dispatcher.states()),
    async memory(): Promise<MemoryReport> {
      return { residentBytes: 0, device: null, tokensPerSecond: writer.tokensPerSecond };
    },
    async close() {
      dispatcher.close();
      for (const { agent } of lanes) agent.destroy();
      exited.resolve(null);
    },
  };
}

export function dataAddress(bytes: Uint8Array, format: 'jpeg' | 'png'): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return `data:image/${format};base64,${text}`;
}

function paceOf(states: readonly LaneState[]): string | null {
  const working = states.filter(({ state }) => state !== 'resting' && state !== 'refused');
  const minute = Math.round(states.reduce((sum, { perMinute }) => sum + (perMinute ?? 0), 0));
  const engines = states.length === 1 ? '' : `${working.length} of ${states.length} engines`;
  const speed = minute > 0 ? `${minute.toLocaleString('en')} photos a minute` : '';
  return [engines, speed].filter(Boolean).join(', ') || null;
}

/** The caller stops waiting; what it waited for goes on, because others may wait too. */
async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const stop = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
