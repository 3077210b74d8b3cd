/**
 * Processes that look at photos, a few at a time. One that hangs or dies costs its photo, never the core: whatever
 * opens and parses a stranger's bytes does so in them. Photos whose decoding holds much memory take turns.
 */

import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import type { LocatedEvidence } from '../../../shared/evidence.ts';
import type { SeenFaces } from '../../../shared/face.ts';
import { sentenceForFileError } from '../base/file-error.ts';
import { settlesWithin } from '../base/pauses.ts';
import type { Quarters } from '../base/quarters.ts';
import { LostPhoto, UnreadablePhoto } from '../base/unreadable.ts';
import type { Analysis } from '../catalog/analyses.ts';
import { type Exiftool, openExiftool } from '../formats/exiftool.ts';
import { NO_METADATA } from '../formats/metadata.ts';
import type { DecodePhase } from '../pixels/decode.ts';
import type { Development } from '../pixels/libraw.ts';
import type { AnalysisRequest } from './analyze.ts';
import {
  type DecodedPixels,
  Decoder,
  type DecoderEnd,
  type FromDecoder,
  type FullJpeg,
  type Result,
  type Work,
} from './decoder.ts';
import type { EvidenceRequest } from './evidence/look-for-evidence.ts';
import type { FacesRequest } from './faces/look-for-faces.ts';

export type AnalysisPoolOptions = {
  /** Processes at work; default: the cores this process may use. */
  workers?: number;
  /** Seconds one photo may take before its process is ended. Default 60. */
  secondsPerPhoto?: number;
  /** Seconds within which a drive must have given up a file of up to 160 MB. Default 20. */
  secondsToRead?: number;
  /** Seconds that an idle process is kept. Default 30. */
  idleSeconds?: number;
  /** A process that holds more after a photo is replaced, bytes. Default 700 MB. */
  mostResidentBytes?: number;
  /** Folder for compiled code, made when it is missing; default: none. */
  codeCache?: string;
  /** Path of exiftool; default: the one that comes with the app. */
  exiftool?: string;
};

export type AnalysisOptions = {
  signal?: AbortSignal;
  /** Higher first; equal ones in the order they came. On screen: 2, this shoot: 1, the rest: 0. */
  priority?: number;
};

/** How a person turned the photo of the file; 0 for a file that is in no library. */
type Turned = { quarters?: Quarters | undefined };

export interface AnalysisPool {
  /** Never rejects for a bad photo (that is a Look of state `failed`); rejects with the signal's reason when aborted, with a system error when previews cannot be written. */
  look(request: AnalysisRequest, options?: AnalysisOptions): Promise<Analysis>;
  /** All pixels as an upright sRGB JPEG (pixels/full-picture.ts); with `development` the RAW's own. Rejects with UnreadablePhoto for a bad photo. */
  full(path: string, options?: AnalysisOptions & Turned & { development?: Development | undefined }): Promise<FullJpeg>;
  /** The picture itself, its long edge at most `longEdge` pixels; sRGB, unless it may keep its own colors. Rejects with UnreadablePhoto for a bad photo. */
  pixels(
    path: string,
    longEdge: number,
    options?: AnalysisOptions & Turned & { ownColors?: boolean | undefined },
  ): Promise<DecodedPixels>;
  /** Faces of a photo that has its preview. Rejects with UnreadablePhoto where they cannot be looked for. */
  faces(request: FacesRequest, options?: AnalysisOptions): Promise<SeenFaces>;
  /** Where in a file its measures were taken. Rejects with UnreadablePhoto for a bad photo. */
  evidence(request: EvidenceRequest, options?: AnalysisOptions): Promise<LocatedEvidence[]>;
  /** Photos waiting or in work. */
  readonly pending: number;
  /** Ends the processes, within seconds whatever they do; what waits is rejected. */
  close(): Promise<void>;
}

type Item = {
  id: number;
  work: Work;
  priority: number;
  settle: (result: Result | Error) => void;
  signal: AbortSignal | undefined;
  onAbort: () => void;
};

type Seat = {
  decoder: Decoder;
  /** Its process has come up; work that was sent before lies in the pipe. */
  started: boolean;
  item: Item | null;
  phase: DecodePhase;
  /** It has waited for a drive so long that another may use its core. */
  stalled: boolean;
  /** For the whole photo, and for its being read. */
  timers: NodeJS.Timeout[];
  idle: NodeJS.Timeout | null;
};

/** A process that does not come up within this time. */
const SECONDS_TO_START = 60;
/** Starts that fail in a row before what waits is given back. */
const STARTS = 3;
/** A drive that has not answered for so long keeps no core busy. */
const STALL_SECONDS = 2;
/** Processes that may wait for drives beside those at work. */
const STALLED = 4;
const SECONDS_TO_CLOSE = 3;
/** What a sidecar is read with goes before the next photo of the same rank. */
const SIDECAR_PRIORITY = 0.5;
/** A sidecar is small: parsing it takes milliseconds. */
const SECONDS_PER_SIDECAR = 10;

const CLOSED = 'The look pool was closed.';

export function openAnalysisPool(options: AnalysisPoolOptions = {}): AnalysisPool {
  const size = Math.max(1, options.workers ?? availableParallelism());
  const seconds = options.secondsPerPhoto ?? 60;
  const secondsToRead = options.secondsToRead ?? 20;
  const idleSeconds = options.idleSeconds ?? 30;
  const mostResidentBytes = options.mostResidentBytes ?? 700 * 2 ** 20;
  const seats: Seat[] = [];
  /** Ended, but not yet gone. */
  const leaving = new Set<Decoder>();
  const waiting = new Map<number, Set<Item>>();
  let waitingCount = 0;
  const heavyQueue: Item[] = [];
  let heavy: Item | null = null;
  let nextId = 1;
  let failedStarts = 0;
  /** Processes that could be made; after a failure no more are tried while there is one. */
  let affordable = Number.POSITIVE_INFINITY;
  let closed = false;
  // One for all processes.
  let exiftool: Exiftool | null = null;

  const start = (): Seat => {
    const seat: Seat = {
      decoder: new Decoder(
        options.codeCache ?? null,
        (message) => receive(seat, message),
        (end) => lose(seat, end),
      ),
      started: false,
      item: null,
      phase: 'reading',
      stalled: false,
      timers: [],
      idle: null,
    };
    seats.push(seat);
    return seat;
  };

  const receive = (seat: Seat, message: FromDecoder) => {
    const { item } = seat;
    if (message.type === 'started') {
      seat.started = true;
      failedStarts = 0;
      if (item !== null) setTimers(seat);
      return;
    }
    if (item === null || item.id !== message.id) return;
    switch (message.type) {
      case 'phase':
        seat.phase = message.phase;
        setTimers(seat);
        break;
      case 'heavy':
        clearTimers(seat);
        heavyQueue.push(item);
        admitHeavy();
        break;
      case 'light':
        leaveHeavy(item);
        break;
      case 'ask': {
        exiftool ??= openExiftool(options.exiftool);
        const { id, question } = message;
        void exiftool.ask(question).then((answer) => {
          if (seat.item === item) seat.decoder.send({ type: 'answer', id, answer });
        });
        break;
      }
      default:
        if (message.residentBytes > mostResidentBytes) remove(seat);
        finish(seat, message);
    }
  };

  const finish = (seat: Seat, result: Result | Error) => {
    const { item } = seat;
    clearTimers(seat);
    seat.item = null;
    seat.decoder.release();
    if (seats.includes(seat)) {
      seat.idle = setTimeout(() => remove(seat), idleSeconds * 1000);
      seat.idle.unref();
    }
    if (item !== null) {
      leaveHeavy(item);
      item.settle(result);
    }
    assign();
  };

  /** Ends the process of a seat, if it has not ended by itself. */
  const remove = (seat: Seat): boolean => {
    const index = seats.indexOf(seat);
    if (index === -1) return false;
    seats.splice(index, 1);
    clearTimers(seat);
    if (seat.idle !== null) clearTimeout(seat.idle);
    const { decoder } = seat;
    leaving.add(decoder);
    void decoder.gone.then(() => leaving.delete(decoder));
    decoder.kill();
    return true;
  };

  /** A process that died or was given up: its photo fails, another takes its seat when there is work. */
  const lose = (seat: Seat, { text, failure }: DecoderEnd) => {
    if (!remove(seat)) return;
    const { item } = seat;
    if (!seat.started && item !== null) {
      // Nothing of the photo was touched yet: it is not to blame, and goes first again.
      seat.item = null;
      notStarted(item, text);
      assign();
      return;
    }
    const loss = failure === 'machine' && seat.phase !== 'decoding' ? 'silent' : 'died';
    finish(seat, new LostPhoto(`Looking at it failed and was given up (${text}).`, failure, loss));
  };

  /** There are too few open files or too little memory for one more process: those at work take over, if there are any. */
  const notStarted = (item: Item, text: string) => {
    failedStarts++;
    const others = seats.filter(({ started }) => started).length;
    affordable = Math.max(1, others);
    if (others > 0 || failedStarts < STARTS) {
      putBack(item);
      return;
    }
    failedStarts = 0;
    item.settle(new UnreadablePhoto(`The process that reads pictures did not start (${text}).`, 'machine'));
  };

  const setTimers = (seat: Seat) => {
    const after = (limit: number, run: () => void) => seat.timers.push(setTimeout(run, limit * 1000));
    clearTimers(seat);
    if (!seat.started) {
      after(SECONDS_TO_START, () => lose(seat, { text: 'it does not answer', failure: 'machine' }));
      return;
    }
    if (seat.phase === 'reading') {
      const text = `the drive did not answer within ${secondsToRead} seconds`;
      after(secondsToRead, () => lose(seat, { text, failure: 'machine' }));
      after(STALL_SECONDS, () => {
        seat.stalled = true;
        assign();
      });
      return;
    }
    const limit = seat.item?.work.type === 'sidecar' ? Math.min(seconds, SECONDS_PER_SIDECAR) : seconds;
    const failure = seat.phase === 'streaming' ? 'machine' : 'file';
    after(limit, () => lose(seat, { text: `it took longer than ${limit} seconds`, failure }));
  };

  const clearTimers = (seat: Seat) => {
    for (const timer of seat.timers.splice(0)) clearTimeout(timer);
    seat.stalled = false;
  };

  const admitHeavy = () => {
    if (heavy !== null) return;
    heavy = heavyQueue.shift() ?? null;
    const seat = seats.find(({ item }) => item !== null && item === heavy);
    if (seat === undefined || heavy === null) return;
    setTimers(seat);
    seat.decoder.send({ type: 'go', id: heavy.id });
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
    if (waitingCount === 0 && !seats.some(({ item }) => item !== null)) affordable = Number.POSITIVE_INFINITY;
    while (waitingCount > 0) {
      const allowed = Math.min(affordable, size);
      const busy = seats.filter(({ item }) => item !== null);
      if (busy.length >= affordable) return;
      if (busy.filter(({ stalled }) => !stalled).length >= allowed || busy.length >= allowed + STALLED) return;
      const item = takeNext(waiting);
      waitingCount--;
      let seat: Seat;
      try {
        seat = seats.find((candidate) => candidate.item === null) ?? start();
      } catch (error) {
        notStarted(item, sentenceForFileError(error).replace(/\.$/, ''));
        continue;
      }
      if (seat.idle !== null) clearTimeout(seat.idle);
      seat.idle = null;
      seat.item = item;
      seat.phase = 'reading';
      seat.decoder.hold();
      setTimers(seat);
      seat.decoder.send(item.work);
    }
  };

  /** Before its equals. */
  const putBack = (item: Item) => {
    waiting.set(item.priority, new Set([item, ...(waiting.get(item.priority) ?? [])]));
    waitingCount++;
  };

  const ask = (make: (id: number) => Work, { signal, priority = 0 }: AnalysisOptions): Promise<Result> =>
    new Promise((resolve, reject) => {
      if (closed) throw new Error('The look pool is closed.');
      signal?.throwIfAborted();
      const id = nextId++;
      const item: Item = {
        id,
        work: make(id),
        priority,
        signal,
        onAbort: () => {
          if (waiting.get(priority)?.delete(item) === true) waitingCount--;
          else seats.find((seat) => seat.item === item)?.decoder.send({ type: 'abort', id });
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

  /** A sidecar that cannot be read costs what it says, nothing else of the photo. */
  const addSidecars = async (
    look: Analysis,
    { files, sidecars = [] }: AnalysisRequest,
    { signal, priority = 0 }: AnalysisOptions,
  ) => {
    for (const path of sidecars) {
      let content: string | null = null;
      try {
        const { metadata } = look;
        const answer = await ask((id) => ({ type: 'sidecar', id, path, metadata, photo: files[0] ?? path }), {
          signal,
          priority: priority + SIDECAR_PRIORITY,
        });
        if (answer.type !== 'sidecar') throw errorOf(answer);
        content = answer.content;
        look.metadata = answer.metadata;
        look.sidecarProblem ??= answer.problem;
      } catch (error) {
        if (!(error instanceof UnreadablePhoto)) throw error;
        look.sidecarProblem ??= `${basename(path)}: ${error.message}`;
        if (error.failure === 'machine') look.failure = 'machine';
      }
      look.contents.push(content);
    }
  };

  return {
    async look(request, analysisOptions = {}) {
      try {
        const answer = await ask((id) => ({ type: 'look', id, request }), analysisOptions);
        if (answer.type !== 'looked') throw errorOf(answer);
        await addSidecars(answer.look, request, analysisOptions);
        return answer.look;
      } catch (error) {
        if (error instanceof UnreadablePhoto) return failedAnalysis(request, error);
        throw error;
      }
    },
    async full(path, { development = null, quarters = 0, ...analysisOptions } = {}) {
      const answer = await ask((id) => ({ type: 'full', id, path, development, quarters }), analysisOptions);
      if (answer.type === 'full') return answer.full;
      throw errorOf(answer);
    },
    async pixels(path, longEdge, { ownColors = false, quarters = 0, ...analysisOptions } = {}) {
      const answer = await ask((id) => ({ type: 'pixels', id, path, longEdge, ownColors, quarters }), analysisOptions);
      if (answer.type === 'pixels') return answer.pixels;
      throw errorOf(answer);
    },
    async faces(request, analysisOptions = {}) {
      const answer = await ask((id) => ({ type: 'faces', id, request }), analysisOptions);
      if (answer.type === 'faces') return answer.seen;
      throw errorOf(answer);
    },
    async evidence(request, analysisOptions = {}) {
      const answer = await ask((id) => ({ type: 'evidence', id, request }), analysisOptions);
      if (answer.type === 'evidence') return answer.found;
      throw errorOf(answer);
    },
    get pending() {
      return waitingCount + seats.filter(({ item }) => item !== null).length;
    },
    async close() {
      closed = true;
      for (const equals of waiting.values()) for (const item of equals) item.settle(new Error(CLOSED));
      waiting.clear();
      waitingCount = 0;
      for (const seat of [...seats]) {
        remove(seat);
        seat.item?.settle(new Error(CLOSED));
        seat.item = null;
      }
      // A process that waits for a drive within the system is gone only when the drive answers; nobody waits for that.
      const gone = Promise.all([...[...leaving].map((decoder) => decoder.gone), exiftool?.close()]);
      await settlesWithin(SECONDS_TO_CLOSE, gone);
    },
  };
}

/** Highest priority first, then first come. There is at least one. */
function takeNext(waiting: Map<number, Set<Item>>): Item {
  const priorities = [...waiting.keys()].filter((priority) => waiting.get(priority)!.size > 0);
  const equals = waiting.get(Math.max(...priorities))!;
  const [item] = equals;
  equals.delete(item!);
  return item!;
}

function errorOf(answer: Result): Error {
  if (answer.type !== 'error') return new Error(`The decoder answered with ${answer.type}.`);
  if (answer.failure !== null) return new UnreadablePhoto(answer.message, answer.failure);
  const error = new Error(answer.message);
  return answer.code === null ? error : Object.assign(error, { code: answer.code });
}

function failedAnalysis(request: AnalysisRequest, error: UnreadablePhoto): Analysis {
  return {
    state: 'failed',
    reason: error.message,
    failure: error.failure,
    loss: error instanceof LostPhoto ? error.loss : null,
    fileIndex: 0,
    kinds: request.files.map(() => null),
    fingerprints: request.files.map(() => null),
    contents: [],
    metadata: NO_METADATA,
    sidecarProblem: null,
    picture: null,
    isKept: false,
  };
}
