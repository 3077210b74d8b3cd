/** A clock that stands still while there is work and jumps to the next event when there is none: hours take seconds. */
import type { Clock, Lane } from '../../models/remote/dispatcher.ts';
import { EngineFailure } from '../../models/remote/failures.ts';
import { seededRandom } from '../../shared/random.ts';

export class VirtualTime implements Clock {
  #now = 0;
  /** A binary heap by time. */
  readonly #events: { at: number; wake: () => void }[] = [];
  now = (): number => this.#now;

  wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      signal?.addEventListener('abort', () => resolve(), { once: true });
      this.#push({ at: this.#now + Math.max(0, milliseconds), wake: resolve });
    });
  }

  /** Lets time pass until the work has ended. */
  async run(work: Promise<unknown>): Promise<void> {
    let ended = false;
    work.then(
      () => (ended = true),
      () => (ended = true),
    );
    for (;;) {
      // Everything that can go on without time does.
      await new Promise((resolve) => setImmediate(resolve));
      if (ended) break;
      const next = this.#pop();
      if (!next) throw new Error('Nothing will ever happen again, and the work has not ended.');
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
    await work;
  }

  #push(event: { at: number; wake: () => void }): void {
    const heap = this.#events;
    heap.push(event);
    for (let at = heap.length - 1; at > 0; ) {
      const above = (at - 1) >> 1;
      if (heap[above]!.at <= heap[at]!.at) break;
      [heap[above], heap[at]] = [heap[at]!, heap[above]!];
      at = above;
    }
  }

  #pop(): { at: number; wake: () => void } | undefined {
    const heap = this.#events;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    heap[0] = last;
    for (let at = 0; ; ) {
      let least = at;
      for (const below of [2 * at + 1, 2 * at + 2]) {
        if (below < heap.length && heap[below]!.at < heap[least]!.at) least = below;
      }
      if (least === at) return first;
      [heap[least], heap[at]] = [heap[at]!, heap[least]!];
      at = least;
    }
  }
}

export interface MadeEngine {
  name: string;
  atOnce: number;
  /** Milliseconds a photo, on average; each takes 0.5 to 1.5 times that. */
  takes: number;
  /** Milliseconds between two crashes, on average, and of each; it answers nobody meanwhile. */
  crashes?: { every: number; last: number };
  /** Share of photos over which it fails. */
  fails?: number;
}

/** An engine that only takes time, and how much of what it could do was lost to its crashes. */
export class SimulatedEngine implements Lane {
  readonly name: string;
  readonly atOnce: number;
  readonly #made: MadeEngine;
  readonly #time: VirtualTime;
  readonly #random: () => number;
  #downUntil = 0;
  #nextCrash = Number.POSITIVE_INFINITY;
  /** Crashes so far cut what was being done. */
  #crash = new AbortController();
  #downTime = 0;
  readonly done: number[] = [];

  constructor(made: MadeEngine, time: VirtualTime, seed: number) {
    this.name = made.name;
    this.atOnce = made.atOnce;
    this.#made = made;
    this.#time = time;
    this.#random = seededRandom(seed);
    this.#plan();
  }

  #plan(): void {
    const { crashes } = this.#made;
    if (crashes) this.#nextCrash = this.#time.now() + crashes.every * (0.5 + this.#random());
  }

  /** Crashes that are due happen before anything is asked of it. */
  #settle(): void {
    const { crashes } = this.#made;
    while (crashes && this.#time.now() >= this.#nextCrash) {
      this.#downUntil = this.#nextCrash + crashes.last;
      this.#downTime += crashes.last;
      this.#crash.abort();
      this.#crash = new AbortController();
      const from = this.#downUntil;
      this.#nextCrash = from + crashes.every * (0.5 + this.#random());
    }
  }

  get #isDown(): boolean {
    this.#settle();
    return this.#time.now() < this.#downUntil;
  }

  async alive(): Promise<void> {
    await this.#time.wait(20);
    if (this.#isDown) throw new EngineFailure('unreachable', `${this.name} is down.`);
  }

  async judge(photo: number, picture: Uint8Array): Promise<number> {
    if (picture[0] !== photo % 256) throw new Error('This is the picture of another photo.');
    if (this.#isDown) throw new EngineFailure('unreachable', `${this.name} is down.`);
    const takes = this.#made.takes * (0.5 + this.#random());
    const cut = this.#nextCrash - this.#time.now();
    await this.#time.wait(Math.min(takes, cut));
    if (this.#isDown || cut <= takes) throw new EngineFailure('broken', `${this.name} died over photo ${photo}.`);
    if (this.#random() < (this.#made.fails ?? 0)) throw new EngineFailure('broken', `${this.name} failed.`);
    this.done.push(photo);
    return photo;
  }

  /** Photos that it can do in a time, its crashes left out. */
  could(milliseconds: number): number {
    return (Math.max(0, milliseconds - Math.min(this.#downTime, milliseconds)) * this.#made.atOnce) / this.#made.takes;
  }
}
