/** One decoding process as the pool sees it: started, spoken to, ended, and why it ended. */
import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LocatedEvidence } from '../../../shared/evidence.ts';
import type { SeenFaces } from '../../../shared/face.ts';
import { sentenceForFileError } from '../base/file-error.ts';
import type { Failure } from '../base/unreadable.ts';
import type { Analysis } from '../catalog/analyses.ts';
import type { ExiftoolAnswer, ExiftoolQuestion } from '../formats/exiftool.ts';
import type { Metadata } from '../formats/metadata.ts';
import type { DecodePhase } from '../pixels/decode.ts';
import type { Development } from '../pixels/libraw.ts';
import type { AnalysisRequest } from './analyze.ts';
import type { EvidenceRequest } from './evidence/look-for-evidence.ts';
import type { FacesRequest } from './faces/look-for-faces.ts';

export type Work =
  | { type: 'look'; id: number; request: AnalysisRequest }
  /** `metadata`: what is known before the sidecar's word; `photo`: the file that it speaks of. */
  | { type: 'sidecar'; id: number; path: string; metadata: Metadata; photo: string }
  /** `development` null: the picture that the file shows of itself. */
  | { type: 'full'; id: number; path: string; development: Development | null }
  | { type: 'pixels'; id: number; path: string; longEdge: number; ownColors: boolean }
  | { type: 'faces'; id: number; request: FacesRequest }
  | { type: 'evidence'; id: number; request: EvidenceRequest };

export type ToDecoder =
  | Work
  | { type: 'abort'; id: number }
  | { type: 'go'; id: number }
  | { type: 'answer'; id: number; answer: ExiftoolAnswer };

/** The last message about a piece of work; memory of the process after it. */
export type Result = { id: number; residentBytes: number } & (
  | { type: 'looked'; look: Analysis }
  /** `content`: hash of all its bytes, taken before they are read: who changes it in between is noticed at the next scan. */
  | { type: 'sidecar'; content: string; metadata: Metadata; problem: string | null }
  | { type: 'full'; full: FullJpeg }
  | { type: 'pixels'; pixels: DecodedPixels }
  | { type: 'faces'; seen: SeenFaces }
  | { type: 'evidence'; found: LocatedEvidence[] }
  /** `failure` null: no sentence for people, an error of ours or of the disk for previews. */
  | { type: 'error'; message: string; failure: Failure | null; code: string | null }
);

export type FromDecoder =
  | Result
  | { type: 'started' }
  | { type: 'phase'; id: number; phase: DecodePhase }
  | { type: 'heavy' | 'light'; id: number }
  | { type: 'ask'; id: number; question: ExiftoolQuestion };

export type FullJpeg = { jpeg: Uint8Array<ArrayBuffer>; width: number; height: number };

/** Upright, three bytes a pixel, row by row; in the colors of `profile`, null: sRGB. */
export type DecodedPixels = {
  data: Uint8Array<ArrayBuffer>;
  width: number;
  height: number;
  profile: Uint8Array<ArrayBuffer> | null;
};

/** Why a process ended that nobody ended: a part of a sentence, and whose failure that is. */
export type DecoderEnd = { text: string; failure: Failure };

/** V8's own; what pictures hold lies outside it and is bounded by pixels/limits.ts. */
const HEAP_MEGABYTES = 512;
/**
 * V8 counts the pictures that a decoder holds outside its heap as growth of a heap that is small, and collects garbage
 * two or three times a photo: a tenth of all the work. The heap begins bigger; what it holds stays the same.
 */
const FIRST_HEAP_MEGABYTES = 128;
/** Reading, decoding and writing of one photo follow each other. */
const LIBUV_THREADS = 2;
const TAIL_CHARACTERS = 4000;

const PROCESS_FILE = fileURLToPath(new URL(`./decoding-process${extname(import.meta.url)}`, import.meta.url));

export class Decoder {
  readonly #child: ChildProcess;
  /** Resolves when the system says that the process is gone. */
  readonly gone: Promise<void>;

  /**
   * @param codeCache folder for compiled code, which halves the cost of a start; null: none.
   * @param onEnd called once, and not after `kill`.
   * @throws a system error when no process can be made.
   */
  constructor(codeCache: string | null, onMessage: (message: FromDecoder) => void, onEnd: (end: DecoderEnd) => void) {
    this.#child = fork(PROCESS_FILE, [String(process.pid)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${HEAP_MEGABYTES}`, `--initial-heap-size=${FIRST_HEAP_MEGABYTES}`],
      env: {
        ...process.env,
        UV_THREADPOOL_SIZE: String(LIBUV_THREADS),
        ...(codeCache === null ? {} : { NODE_COMPILE_CACHE: codeCache }),
        ...(process.versions.electron ? { ELECTRON_RUN_AS_NODE: '1' } : {}),
      },
    });
    const child = this.#child;
    let said = '';
    child.stderr?.on('data', (piece: Buffer) => {
      said = (said + piece.toString('utf8')).slice(-TAIL_CHARACTERS);
    });
    child.on('message', (message) => onMessage(message as FromDecoder));
    this.gone = new Promise((resolve) => {
      child.once('exit', () => resolve());
      // After its last words have arrived.
      child.once('close', (code, signal) => onEnd(endOf(said, code, signal)));
      child.on('error', (error) => {
        // A child that was never made does not exit.
        if (child.pid === undefined) resolve();
        onEnd({ text: sentenceForFileError(error).replace(/\.$/, ''), failure: 'machine' });
      });
    });
    (child.stderr as Socket | null)?.unref();
    this.release();
  }

  send(message: ToDecoder): void {
    if (this.#child.connected) this.#child.send(message, () => {}); // a failure shows as the process's end
  }

  /** This process keeps the core alive, as long as it has work. */
  hold(): void {
    this.#child.ref();
    this.#child.channel?.ref();
  }

  release(): void {
    this.#child.unref();
    this.#child.channel?.unref();
  }

  kill(): void {
    this.#child.removeAllListeners('message');
    this.#child.kill('SIGKILL');
  }
}

function endOf(said: string, code: number | null, signal: NodeJS.Signals | null): DecoderEnd {
  if (/heap out of memory|allocation failed/i.test(said))
    return { text: 'it needs more memory than one photo may have', failure: 'file' };
  if (signal === 'SIGKILL') return { text: 'the system ended it, perhaps for want of memory', failure: 'machine' };
  return { text: signal ? `the decoder crashed, ${signal}` : `the decoder ended, exit code ${code}`, failure: 'file' };
}
