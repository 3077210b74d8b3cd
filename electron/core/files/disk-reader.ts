/**
 * What is asked of the drives that photos lie on while a library is scanned: names, times, bytes to compare. Each question goes
 * to a process of its own choosing (disk-process.ts) and has a deadline: a network folder that hangs keeps neither the core's
 * thread nor one of the few threads by which Node reads files, and ending the core never waits for it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FoundFile, WalkProblem } from './walk.ts';
import type { RootEvent, WatchOptions } from './watch.ts';

export type DiskQuestion =
  | { type: 'walk' | 'hash' | 'fingerprint' | 'sidecar' | 'absent' | 'folder'; path: string }
  /** Answered by what happens there, until the process ends. */
  | { type: 'watch'; path: string; options: WatchOptions };

export type DiskAnswer =
  | { type: 'answer'; value: string | boolean | null }
  /** `code`: of a system error. */
  | { type: 'failed'; message: string; code: string | null }
  /** The process has come up; bytes still come. */
  | { type: 'alive' }
  /** `folder`: the next one that is read, relative to what is walked; null: the same as before. */
  | { type: 'root'; event: RootEvent }
  | { type: 'walked'; found: (FoundFile | WalkProblem)[]; folder: string | null };

/** The drive did not answer within the deadline, or the process that asked it died. */
export class SilentDrive extends Error {}

export interface DiskReader {
  /** As `walkRoot`. Where the drive falls silent a problem says so: the root's own when nothing of it was seen, else one that hides all of it. */
  walk(root: string, signal: AbortSignal): AsyncGenerator<FoundFile | WalkProblem>;
  /** Hash of all bytes of a file (fingerprint.ts). @throws when it cannot be read; SilentDrive; the signal's reason. */
  hash(path: string, signal: AbortSignal): Promise<string>;
  /** Size and hash of both ends (fingerprint.ts). @throws as `hash`. */
  fingerprint(path: string): Promise<string>;
  /** Which of the files of one name a sidecar says it belongs to. */
  extensionOfSidecar(path: string): Promise<string | null>;
  /** False also when the drive does not say. */
  isAbsent(path: string): Promise<boolean>;
  /** @throws when it cannot be looked at; SilentDrive. */
  isFolder(path: string): Promise<boolean>;
  /** Watches a root in a process of its own; where its drive falls silent the root has gone until the drive answers again. @returns ends it. */
  watch(root: string, onEvent: (event: RootEvent) => void): () => void;
  /** Ends the processes, whatever they wait for. */
  close(): void;
}

export type DiskReaderOptions = {
  /** Seconds of silence after which a drive is given up. Default 60: a big folder on a slow network takes its time. */
  seconds?: number;
  /** Seconds that an idle process is kept. Default 30. */
  idleSeconds?: number;
  /** Seconds after which a silent drive, or one whose process ended, is asked again by those who watch it. Default 30. */
  againSeconds?: number;
  watching?: WatchOptions;
  /** Folder for compiled code; default: none. */
  codeCache?: string;
};

type Asked = { tell: (answer: DiskAnswer) => void; fail: (error: Error) => void };

/** A process that does not come up within this time. */
const SECONDS_TO_START = 60;

const PROCESS_FILE = fileURLToPath(new URL(`./disk-process${extname(import.meta.url)}`, import.meta.url));

/** One process with at most one question; gone for good once it was given up. */
class Asker {
  readonly #child: ChildProcess;
  readonly #seconds: number;
  #asked: Asked | null = null;
  #timer: NodeJS.Timeout | undefined;
  /** It has come up: from here on it is the drive that is waited for. */
  #started = false;

  constructor(seconds: number, codeCache: string | undefined, onEnd: () => void) {
    this.#seconds = seconds;
    this.#child = fork(PROCESS_FILE, [], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
      execArgv: ['--max-old-space-size=256'],
      env: {
        ...process.env,
        ...(codeCache === undefined ? {} : { NODE_COMPILE_CACHE: codeCache }),
        ...(process.versions.electron ? { ELECTRON_RUN_AS_NODE: '1' } : {}),
      },
    });
    this.#child.on('message', (message) => {
      this.#started = true;
      this.#watch();
      this.#asked?.tell(message as DiskAnswer);
    });
    this.#child.on('exit', () => {
      onEnd();
      this.#fail('The process that asks drives ended.');
    });
    this.#child.on('error', (error) => {
      onEnd();
      this.#fail(`The process that asks drives did not start (${error.message}).`);
    });
    this.#release();
  }

  ask(question: DiskQuestion, asked: Asked): void {
    this.#asked = asked;
    this.#child.ref();
    this.#child.channel?.ref();
    this.#watch();
    // A failure shows as the process's end; one that could not be started has no channel.
    if (this.#child.connected) this.#child.send(question, () => {});
  }

  done(): void {
    clearTimeout(this.#timer);
    this.#asked = null;
    this.#release();
  }

  kill(): void {
    clearTimeout(this.#timer);
    this.#child.removeAllListeners('message');
    // One that waits for a drive may stay until the drive answers, or for good: nobody waits for it.
    this.#child.kill('SIGKILL');
    this.#release();
  }

  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#asked === null) return;
    const seconds = this.#started ? this.#seconds : SECONDS_TO_START;
    this.#timer = setTimeout(() => {
      this.#fail(`The drive did not answer within ${seconds} seconds.`);
    }, seconds * 1000);
  }

  #fail(sentence: string): void {
    const asked = this.#asked;
    this.#asked = null;
    asked?.fail(new SilentDrive(sentence));
  }

  #release(): void {
    this.#child.unref();
    this.#child.channel?.unref();
  }
}

export function openDiskReader({
  seconds = 60,
  idleSeconds = 30,
  againSeconds = 30,
  watching = {},
  codeCache,
}: DiskReaderOptions = {}): DiskReader {
  const idle = new Map<Asker, NodeJS.Timeout>();
  const all = new Set<Asker>();
  let closed = false;

  const take = (): Asker => {
    if (closed) throw new Error('The reader of drives is closed.');
    for (const [asker, timer] of idle) {
      clearTimeout(timer);
      idle.delete(asker);
      return asker;
    }
    const asker = new Asker(seconds, codeCache, () => forget(asker));
    all.add(asker);
    return asker;
  };
  const forget = (asker: Asker) => {
    clearTimeout(idle.get(asker));
    idle.delete(asker);
    all.delete(asker);
  };
  const giveUp = (asker: Asker) => {
    forget(asker);
    asker.kill();
  };
  const giveBack = (asker: Asker) => {
    asker.done();
    if (closed || !all.has(asker)) return;
    idle.set(asker, setTimeout(() => giveUp(asker), idleSeconds * 1000).unref());
  };

  /** Settles once; `onPart` is told what comes before. */
  const ask = (question: DiskQuestion, onPart: (part: DiskAnswer) => void = () => {}, signal?: AbortSignal) =>
    new Promise<string | boolean | null>((resolve, reject) => {
      signal?.throwIfAborted();
      const asker = take();
      const onAbort = () => {
        giveUp(asker);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      const settle = () => signal?.removeEventListener('abort', onAbort);
      asker.ask(question, {
        tell: (answer) => {
          if (answer.type === 'alive' || answer.type === 'walked' || answer.type === 'root') {
            onPart(answer);
            return;
          }
          settle();
          giveBack(asker);
          if (answer.type === 'answer') resolve(answer.value);
          else reject(Object.assign(new Error(answer.message), answer.code === null ? {} : { code: answer.code }));
        },
        fail: (error) => {
          settle();
          giveUp(asker);
          reject(error);
        },
      });
    });

  return {
    async *walk(root, signal) {
      const found: (FoundFile | WalkProblem)[] = [];
      let more = Promise.withResolvers<void>();
      let state: 'walking' | 'done' | Error = 'walking';
      let isBelow = false;
      const wake = () => {
        more.resolve();
        more = Promise.withResolvers();
      };
      ask(
        { type: 'walk', path: root },
        (part) => {
          if (part.type !== 'walked') return;
          found.push(...part.found);
          isBelow ||= part.found.length > 0 || (part.folder ?? '') !== '';
          wake();
        },
        signal,
      ).then(
        () => {
          state = 'done';
          wake();
        },
        (error: Error) => {
          state = error;
          wake();
        },
      );
      for (;;) {
        const { promise } = more;
        yield* found.splice(0);
        if (found.length > 0) continue;
        const now = state as 'walking' | 'done' | Error;
        if (now === 'done') return;
        if (now instanceof SilentDrive) {
          yield { type: 'problem', relativePath: '', reason: now.message, hidesContents: true, rootGone: !isBelow };
          return;
        }
        if (now instanceof Error) throw now;
        await promise;
      }
    },
    hash: async (path, signal) => (await ask({ type: 'hash', path }, undefined, signal)) as string,
    fingerprint: async (path) => (await ask({ type: 'fingerprint', path })) as string,
    extensionOfSidecar: async (path) =>
      ask({ type: 'sidecar', path }).then(
        (value) => value as string | null,
        () => null,
      ),
    isAbsent: (path) =>
      ask({ type: 'absent', path }).then(
        (value) => value === true,
        () => false,
      ),
    isFolder: async (path) => (await ask({ type: 'folder', path })) === true,
    watch(root, onEvent) {
      const ending = new AbortController();
      let isThere = true;
      const begin = () => {
        ask(
          { type: 'watch', path: root, options: watching },
          (part) => {
            if (part.type !== 'root' || ending.signal.aborted) return;
            if (part.event.type === 'watched') isThere = true;
            if (part.event.type === 'gone') isThere = false;
            onEvent(part.event);
          },
          ending.signal,
        ).catch(() => {
          if (ending.signal.aborted || closed) return;
          if (isThere) onEvent({ type: 'gone' });
          isThere = false;
          setTimeout(() => !ending.signal.aborted && !closed && begin(), againSeconds * 1000).unref();
        });
      };
      begin();
      return () => ending.abort();
    },
    close() {
      closed = true;
      for (const asker of [...all]) giveUp(asker);
    },
  };
}
