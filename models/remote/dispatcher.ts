/**
 * One queue over several engines. Every engine takes as much at once as it can; one that fails rests, longer each time,
 * and is asked after its health before it gets work again, one piece first. What it was doing goes back to the head of
 * the queue. Every piece of work is with one engine at a time and is answered exactly once. Knows no network and, by its
 * clock, no time of its own.
 */
import { ModelError } from '../model-api.ts';
import { EngineFailure, PhotoRefused } from './failures.ts';

/** One engine as the dispatcher sees it. */
export interface Lane {
  /** Its address, for people. */
  readonly name: string;
  /** Pieces of work that it takes at the same time, 1 or more. */
  readonly atOnce: number;
  /** Resolves when it answers. @throws EngineFailure. */
  alive(signal: AbortSignal): Promise<void>;
}

export interface Clock {
  /** Milliseconds. */
  now(): number;
  /** Resolves later, or at once when aborted. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export interface LaneState {
  name: string;
  /** `new`: not asked yet; `resting`: it failed and is asked again later; `refused`: it rests until it is mended. */
  state: 'new' | 'well' | 'resting' | 'refused';
  /** Why it rests; null when it does not. */
  problem: string | null;
  running: number;
  /** Pieces of work done since it was opened. */
  done: number;
  /** Of the last minute; null before the first. */
  perMinute: number | null;
}

export interface DispatcherOptions<Engine extends Lane> {
  lanes: readonly Engine[];
  clock?: Clock;
  /** Milliseconds without any well engine after which waiting work fails. Default: two minutes. */
  patience?: number;
  onChange?: () => void;
}

interface Task<Engine> {
  work: (lane: Engine, signal: AbortSignal) => Promise<unknown>;
  signal: AbortSignal | undefined;
  urgent: boolean;
  /** Engines that broke over it. */
  broken: number;
  resolve: (value: never) => void;
  reject: (reason: unknown) => void;
}

interface Post<Engine> {
  lane: Engine;
  state: LaneState['state'];
  problem: string | null;
  running: number;
  done: number;
  /** Times at which work was done, of the last minute. */
  recent: number[];
  firstAt: number | null;
  /** Failures in a row: above 0 it has yet to show that it is well. */
  failures: number;
  /** Pieces of work at the same time: fewer than `atOnce` after it said that it has too much to do. */
  limit: number;
  /** Done since the limit changed. */
  sinceLimit: number;
  /** Photos that it refused in a row, and nothing done in between. */
  refusals: number;
  /** It rests until its health was asked. */
  asleep: boolean;
}

const SHORTEST_REST = 1000;
const LONGEST_REST = 60_000;
/** Engines that may break over one piece of work before it is given up. */
const MOST_BROKEN = 3;
/** Refusals in a row after which it is the engine, not the photos. */
const MOST_REFUSALS = 8;
const PATIENCE = 120_000;
const MINUTE = 60_000;

const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  wait: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      signal.addEventListener('abort', end, { once: true });
    }),
};

export class Dispatcher<Engine extends Lane> {
  readonly #posts: Post<Engine>[];
  readonly #clock: Clock;
  readonly #patience: number;
  readonly #onChange: () => void;
  /** What a person waits for. */
  readonly #urgent: Task<Engine>[] = [];
  /** Work that came back, first; then what is new. */
  readonly #returned: Task<Engine>[] = [];
  readonly #waiting: Task<Engine>[] = [];
  readonly #closing = new AbortController();
  /** Since when every engine has failed last; null while one has not. */
  #aloneSince: number | null = null;
  #watching = false;

  constructor(options: DispatcherOptions<Engine>) {
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#patience = options.patience ?? PATIENCE;
    this.#onChange = options.onChange ?? (() => {});
    this.#posts = options.lanes.map((lane) => ({
      ...{ lane, state: 'new' as const, problem: null, running: 0, done: 0, recent: [], firstAt: null },
      ...{ failures: 0, limit: lane.atOnce, sinceLimit: 0, refusals: 0, asleep: false },
    }));
  }

  /** Pieces of work that keep every engine busy. */
  get room(): number {
    return this.#posts.reduce((sum, { lane }) => sum + lane.atOnce, 0);
  }

  states(): LaneState[] {
    return this.#posts.map((post) => {
      this.#forget(post);
      const span = post.firstAt === null ? 0 : Math.min(MINUTE, this.#clock.now() - post.firstAt);
      const { state, problem, running, done, recent } = post;
      const perMinute = span <= 0 ? null : (recent.length * MINUTE) / Math.max(span, 1000);
      return { name: post.lane.name, state, problem, running, done, perMinute };
    });
  }

  /**
   * Has an engine do a piece of work; another one when that fails.
   * @param options.urgent a person waits for it: it goes before all else, also beyond what an engine takes at once.
   * @throws what the work threw about itself; ModelError `unreachable` when no engine answers for too long; the signal's
   *   reason; ModelError `closed`.
   */
  run<T>(
    work: (lane: Engine, signal: AbortSignal) => Promise<T>,
    options: { urgent?: boolean; signal?: AbortSignal | undefined } = {},
  ): Promise<T> {
    const { signal, urgent = false } = options;
    return new Promise<T>((resolve, reject) => {
      if (this.#closing.signal.aborted) return reject(closed());
      if (signal?.aborted) return reject(signal.reason);
      // A job's signal outlives its photos: whatever still listens to it keeps them in memory.
      const leave = () => signal?.removeEventListener('abort', withdraw);
      const task: Task<Engine> = {
        ...{ work, signal, urgent, broken: 0 },
        resolve(value) {
          leave();
          resolve(value);
        },
        reject(reason) {
          leave();
          reject(reason);
        },
      };
      const withdraw = () => this.#withdraw(task);
      signal?.addEventListener('abort', withdraw, { once: true });
      (urgent ? this.#urgent : this.#waiting).push(task);
      this.#fill();
    });
  }

  /** Work in hand is stopped; all that waits fails with `closed`. */
  close(): void {
    this.#closing.abort(closed());
    for (const task of this.#drained()) task.reject(closed());
  }

  #drained(): Task<Engine>[] {
    return [...this.#urgent.splice(0), ...this.#returned.splice(0), ...this.#waiting.splice(0)];
  }

  #withdraw(task: Task<Engine>): void {
    for (const list of [this.#urgent, this.#returned, this.#waiting]) {
      const index = list.indexOf(task);
      if (index < 0) continue;
      list.splice(index, 1);
      task.reject(task.signal?.reason);
    }
  }

  /** Gives work to every engine that has room, the least busy first. */
  #fill(): void {
    while (this.#urgent.length > 0) {
      const [post] = this.#well().sort((a, b) => a.running / a.lane.atOnce - b.running / b.lane.atOnce);
      if (!post) break;
      void this.#do(post, this.#urgent.shift()!);
    }
    for (;;) {
      if (this.#returned.length === 0 && this.#waiting.length === 0) break;
      const free = this.#well().filter((post) => post.running < this.#roomOf(post));
      const [post] = free.sort((a, b) => a.running / a.lane.atOnce - b.running / b.lane.atOnce);
      if (!post) break;
      void this.#do(post, (this.#returned.shift() ?? this.#waiting.shift())!);
    }
    this.#mind();
  }

  #well(): Post<Engine>[] {
    return this.#posts.filter((post) => !post.asleep);
  }

  /** One that has just failed shows with one piece of work that it is well again. */
  #roomOf(post: Post<Engine>): number {
    return post.failures > 0 ? 1 : post.limit;
  }

  async #do(post: Post<Engine>, task: Task<Engine>): Promise<void> {
    post.running += 1;
    const closing = this.#closing.signal;
    const signal = task.signal ? AbortSignal.any([task.signal, closing]) : closing;
    try {
      const value = await task.work(post.lane, signal);
      this.#succeeded(post);
      task.resolve(value as never);
    } catch (error) {
      if (signal.aborted) task.reject(signal.reason);
      else if (error instanceof EngineFailure) this.#failed(post, task, error);
      else {
        if (error instanceof PhotoRefused) this.#refusedPhoto(post, error);
        task.reject(error);
      }
    } finally {
      post.running -= 1;
      this.#onChange();
      this.#fill();
    }
  }

  #succeeded(post: Post<Engine>): void {
    const now = this.#clock.now();
    post.state = 'well';
    post.problem = null;
    post.failures = 0;
    post.refusals = 0;
    post.done += 1;
    post.sinceLimit += 1;
    if (post.limit < post.lane.atOnce && post.sinceLimit >= 4 * post.limit) {
      post.limit += 1;
      post.sinceLimit = 0;
    }
    post.firstAt ??= now;
    post.recent.push(now);
    this.#forget(post);
  }

  #forget(post: Post<Engine>): void {
    const from = this.#clock.now() - MINUTE;
    let old = 0;
    while (old < post.recent.length && post.recent[old]! < from) old += 1;
    if (old > 0) post.recent.splice(0, old);
  }

  #failed(post: Post<Engine>, task: Task<Engine>, error: EngineFailure): void {
    if (error.trouble === 'broken') task.broken += 1;
    if (task.broken >= MOST_BROKEN) {
      task.reject(new PhotoRefused(`${task.broken} times an engine failed over this photo. ${error.message}`));
    } else if (task.urgent) this.#urgent.unshift(task);
    else this.#returned.push(task);
    this.#rest(post, error);
  }

  #refusedPhoto(post: Post<Engine>, error: PhotoRefused): void {
    post.refusals += 1;
    if (post.refusals < MOST_REFUSALS) return;
    post.refusals = 0;
    this.#rest(post, new EngineFailure('refused', `${error.message} It refused ${MOST_REFUSALS} photos in a row.`));
  }

  /** Other work of the same engine may fail at the same moment: it rests once. */
  #rest(post: Post<Engine>, error: EngineFailure): void {
    if (post.asleep) return;
    if (error.trouble === 'busy') {
      post.limit = Math.max(1, post.limit - 1);
      post.sinceLimit = 0;
    }
    post.asleep = true;
    post.failures += 1;
    post.state = error.trouble === 'refused' ? 'refused' : 'resting';
    post.problem = error.message;
    this.#onChange();
    void this.#wake(post, error.wait);
  }

  /** After a rest its health is asked, again and again, each rest twice as long as the one before. */
  async #wake(post: Post<Engine>, wanted: number | null): Promise<void> {
    const { signal } = this.#closing;
    for (let wait = wanted; ; wait = null) {
      const rest = Math.min(LONGEST_REST, SHORTEST_REST * 2 ** Math.min(post.failures - 1, 10));
      await this.#clock.wait(wait ?? rest, signal);
      if (signal.aborted) return;
      try {
        await post.lane.alive(signal);
        break;
      } catch (error) {
        if (signal.aborted) return;
        post.failures += 1;
        if (error instanceof EngineFailure) post.problem = error.message;
        this.#onChange();
      }
    }
    post.asleep = false;
    this.#onChange();
    this.#fill();
  }

  /** Work that waits for engines none of which is well is given up in the end; at once where waiting cannot help. */
  #mind(): void {
    if (this.#posts.every(({ state }) => state === 'refused')) this.#giveUp();
    if (this.#posts.some(({ failures }) => failures === 0)) this.#aloneSince = null;
    else this.#aloneSince ??= this.#clock.now();
    if (this.#aloneSince !== null && !this.#watching) void this.#watch();
  }

  async #watch(): Promise<void> {
    this.#watching = true;
    const { signal } = this.#closing;
    while (this.#aloneSince !== null && !signal.aborted) {
      const left = this.#aloneSince + this.#patience - this.#clock.now();
      const isTrying = this.#posts.some(({ running }) => running > 0);
      if (left <= 0 && !isTrying) {
        this.#giveUp();
        break;
      }
      await this.#clock.wait(Math.max(left, SHORTEST_REST), signal);
    }
    this.#watching = false;
  }

  #giveUp(): void {
    const tasks = this.#drained();
    if (tasks.length === 0) return;
    const problems = [...new Set(this.#posts.map(({ problem }) => problem).filter((text) => text !== null))];
    const error = new ModelError('unreachable', `No engine can be used now. ${problems.join(' ')}`);
    for (const task of tasks) task.reject(error);
  }
}

const closed = () => new ModelError('closed', 'The engines were let go.');
