/**
 * Worker threads that look at photos, a few at a time. A worker that hangs or dies costs its photo, never the job. Photos whose
 * decoding holds much memory take turns.
 */
import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { UnreadablePhoto } from '../base/unreadable.ts';
import type { Analysis } from '../catalog/analyses.ts';
import { type Exiftool, type ExiftoolAnswer, type ExiftoolQuestion, openExiftool } from '../formats/exiftool.ts';
import { NO_METADATA } from '../formats/metadata.ts';
import type { AnalysisRequest } from './analyze.ts';

export type WorkMessage =
  | { type: 'look'; id: number; request: AnalysisRequest }
  | { type: 'full'; id: number; path: string }
  | { type: 'pixels'; id: number; path: string; longEdge: number };

export type ToWorker =
  | WorkMessage
  | { type: 'abort'; id: number }
  | { type: 'go'; id: number }
  | { type: 'answer'; id: number; answer: ExiftoolAnswer };

export type FromWorker =
  | { type: 'looked'; id: number; look: Analysis }
  | { type: 'full'; id: number; full: FullJpeg }
  | { type: 'pixels'; id: number; pixels: DecodedPixels }
  | { type: 'heavy' | 'light'; id: number }
  | { type: 'ask'; id: number; question: ExiftoolQuestion }
  | { type: 'error'; id: number; message: string; isForPeople: boolean; code: string | null };

export type FullJpeg = { jpeg: Uint8Array<ArrayBuffer>; width: number; height: number };

/** Upright sRGB, three bytes a pixel, row by row. */
export type DecodedPixels = { data: Uint8Array<ArrayBuffer>; width: number; height: number };

export type AnalysisPoolOptions = {
  /** Worker threads; default: the cores this process may use. */
  workers?: number;
  /** Seconds one photo may take before its worker is replaced. Default 60. */
  secondsPerPhoto?: number;
  /** Path of exiftool; default: the one that comes with the app. */
  exiftool?: string;
};

export type AnalysisOptions = {
  signal?: AbortSignal;
  /** Higher first; equal ones in the order they came. On screen: 2, this shoot: 1, the rest: 0. */
  priority?: number;
};

export interface AnalysisPool {
  /** Never rejects for a bad photo (that is a Look of state `failed`); rejects with the signal's reason when aborted, with a system error when previews cannot be written. */
  look(request: AnalysisRequest, options?: AnalysisOptions): Promise<Analysis>;
  /** All pixels as an upright sRGB JPEG (see full.ts). Rejects with UnreadablePhoto for a bad photo. */
  full(path: string, options?: AnalysisOptions): Promise<FullJpeg>;
  /** The picture itself, its long edge at most `longEdge` pixels. Rejects with UnreadablePhoto for a bad photo. */
  pixels(path: string, longEdge: number, options?: AnalysisOptions): Promise<DecodedPixels>;
  /** Leaves this many cores free, e.g. while a model runs on the CPU; at least one worker stays. */
  yieldCores(cores: number): void;
  /** Photos waiting or in work. */
  readonly pending: number;
  /** Ends the workers; what waits is rejected. */
  close(): Promise<void>;
}

type Item = {
  id: number;
  message: WorkMessage;
  priority: number;
  settle: (result: FromWorker | Error) => void;
  signal: AbortSignal | undefined;
  onAbort: () => void;
};

type Seat = { worker: Worker; item: Item | null; timer: NodeJS.Timeout | null };

const WORKER_HEAP_MEGABYTES = 128;

const workerFile = new URL(`./analysis-worker${extname(import.meta.url)}`, import.meta.url);

export function openAnalysisPool(options: AnalysisPoolOptions = {}): AnalysisPool {
  const size = Math.max(1, options.workers ?? availableParallelism());
  const seconds = options.secondsPerPhoto ?? 60;
  // Decoding runs on libuv's threads, four by default for the whole process. The shells say it earlier, this is for others.
  process.env.UV_THREADPOOL_SIZE ??= String(Math.max(4, size + 2));
  giveWorkersRoom();
  const seats: Seat[] = [];
  const waiting = new Map<number, Set<Item>>();
  let waitingCount = 0;
  const heavyQueue: Item[] = [];
  let heavy: Item | null = null;
  let yielded = 0;
  let nextId = 1;
  let closed = false;
  // One for all workers.
  let exiftool: Exiftool | null = null;

  const start = (): Seat => {
    const seat: Seat = { worker: new Worker(workerFile, { name: 'look' }), item: null, timer: null };
    seat.worker.on('message', (message: FromWorker) => receive(seat, message));
    seat.worker.on('error', (error) => lose(seat, error));
    seat.worker.on('exit', () => lose(seat, new Error('the worker ended')));
    seat.worker.unref();
    seats.push(seat);
    return seat;
  };

  const receive = (seat: Seat, message: FromWorker) => {
    const { item } = seat;
    if (item === null || item.id !== message.id) return;
    if (message.type === 'heavy') {
      clearTimer(seat);
      heavyQueue.push(item);
      admitHeavy();
    } else if (message.type === 'light') leaveHeavy(item);
    else if (message.type === 'ask') {
      exiftool ??= openExiftool(options.exiftool);
      const { id, question } = message;
      void exiftool.ask(question).then((answer) => {
        if (seat.item === item) seat.worker.postMessage({ type: 'answer', id, answer } satisfies ToWorker);
      });
    } else finish(seat, message);
  };

  const finish = (seat: Seat, result: FromWorker | Error) => {
    const { item } = seat;
    clearTimer(seat);
    seat.item = null;
    seat.worker.unref();
    if (item !== null) {
      leaveHeavy(item);
      item.settle(result);
    }
    assign();
  };

  /** A worker that died or was given up: its photo fails, another takes its seat when there is work. */
  const lose = (seat: Seat, reason: Error) => {
    const index = seats.indexOf(seat);
    if (index === -1) return;
    seats.splice(index, 1);
    finish(seat, new UnreadablePhoto(`Looking at it failed and was given up (${reason.message}).`));
  };

  const setTimer = (seat: Seat) => {
    seat.timer = setTimeout(() => {
      const { worker } = seat;
      lose(seat, new Error(`it took longer than ${seconds} seconds`));
      void worker.terminate();
    }, seconds * 1000);
  };

  const clearTimer = (seat: Seat) => {
    if (seat.timer !== null) clearTimeout(seat.timer);
    seat.timer = null;
  };

  const admitHeavy = () => {
    if (heavy !== null) return;
    heavy = heavyQueue.shift() ?? null;
    const seat = seats.find(({ item }) => item !== null && item === heavy);
    if (seat === undefined) return;
    setTimer(seat);
    seat.worker.postMessage({ type: 'go', id: seat.item!.id } satisfies ToWorker);
  };

  const leaveHeavy = (item: Item) => {
    const index = heavyQueue.indexOf(item);
    if (index !== -1) heavyQueue.splice(index, 1);
    if (heavy !== item) return;
    heavy = null;
    admitHeavy();
  };

  const assign = () => {
    if (closed) return;
    const allowed = Math.max(1, size - yielded);
    while (waitingCount > 0) {
      if (seats.filter(({ item }) => item !== null).length >= allowed) return;
      const seat = seats.find(({ item }) => item === null) ?? start();
      const item = takeNext(waiting);
      waitingCount--;
      seat.item = item;
      seat.worker.ref();
      setTimer(seat);
      seat.worker.postMessage(item.message);
    }
  };

  const ask = (make: (id: number) => WorkMessage, { signal, priority = 0 }: AnalysisOptions): Promise<FromWorker> =>
    new Promise((resolve, reject) => {
      if (closed) throw new Error('The look pool is closed.');
      signal?.throwIfAborted();
      const id = nextId++;
      const item: Item = {
        id,
        message: make(id),
        priority,
        signal,
        onAbort: () => {
          if (waiting.get(priority)?.delete(item) === true) waitingCount--;
          else seats.find((seat) => seat.item === item)?.worker.postMessage({ type: 'abort', id } satisfies ToWorker);
          reject(signal?.reason);
        },
        settle: (result) => {
          signal?.removeEventListener('abort', item.onAbort);
          if (result instanceof Error) reject(result);
          else resolve(result);
        },
      };
      signal?.addEventListener('abort', item.onAbort, { once: true });
      const equals = waiting.get(priority) ?? new Set();
      waiting.set(priority, equals.add(item));
      waitingCount++;
      assign();
    });

  return {
    async look(request, analysisOptions = {}) {
      try {
        const answer = await ask((id) => ({ type: 'look', id, request }), analysisOptions);
        if (answer.type === 'looked') return answer.look;
        throw errorOf(answer);
      } catch (error) {
        if (error instanceof UnreadablePhoto) return failedAnalysis(request, error.message);
        throw error;
      }
    },
    async full(path, analysisOptions = {}) {
      const answer = await ask((id) => ({ type: 'full', id, path }), analysisOptions);
      if (answer.type === 'full') return answer.full;
      throw errorOf(answer);
    },
    async pixels(path, longEdge, analysisOptions = {}) {
      const answer = await ask((id) => ({ type: 'pixels', id, path, longEdge }), analysisOptions);
      if (answer.type === 'pixels') return answer.pixels;
      throw errorOf(answer);
    },
    yieldCores(cores) {
      yielded = Math.max(0, cores);
      assign();
    },
    get pending() {
      return waitingCount + seats.filter(({ item }) => item !== null).length;
    },
    async close() {
      closed = true;
      const leaving = seats.splice(0);
      for (const equals of waiting.values())
        for (const item of equals) item.settle(new Error('The look pool was closed.'));
      waiting.clear();
      waitingCount = 0;
      for (const seat of leaving) {
        clearTimer(seat);
        seat.item?.settle(new Error('The look pool was closed.'));
      }
      await Promise.all([...leaving.map(({ worker }) => worker.terminate()), exiftool?.close()]);
    },
  };
}

/**
 * V8 counts the pictures that a worker holds outside its heap as growth of a heap that is small, and collects garbage
 * two or three times a photo: a tenth of all the work. Heaps of new threads begin bigger; what they hold stays the same.
 */
function giveWorkersRoom(): void {
  // Electron may have locked the flags, and to set one then ends the process.
  if (process.versions.electron === undefined) setFlagsFromString(`--initial-heap-size=${WORKER_HEAP_MEGABYTES}`);
}

/** Highest priority first, then first come. There is at least one. */
function takeNext(waiting: Map<number, Set<Item>>): Item {
  const priorities = [...waiting.keys()].filter((priority) => waiting.get(priority)!.size > 0);
  const equals = waiting.get(Math.max(...priorities))!;
  const [item] = equals;
  equals.delete(item!);
  return item!;
}

function errorOf(answer: FromWorker): Error {
  if (answer.type !== 'error') return new Error(`The worker answered with ${answer.type}.`);
  if (answer.isForPeople) return new UnreadablePhoto(answer.message);
  const error = new Error(answer.message);
  return answer.code === null ? error : Object.assign(error, { code: answer.code });
}

function failedAnalysis(request: AnalysisRequest, reason: string): Analysis {
  return {
    state: 'failed',
    reason,
    fileIndex: 0,
    kinds: request.files.map(() => null),
    fingerprints: request.files.map(() => null),
    contentHash: null,
    metadata: NO_METADATA,
    sidecarProblem: null,
    picture: null,
  };
}
