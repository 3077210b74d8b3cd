/** Lets indexing stand still for a moment without ending it: a model on the CPU and the decoders take turns. */
import { once } from 'node:events';

export class IndexGate {
  readonly #events = new EventTarget();
  #paused = false;
  #inside = 0;
  #jobs = 0;

  /** Whether indexing has work, be it standing still or not. */
  busy(): boolean {
    return this.#jobs > 0;
  }

  /** Counts a job that looks at photos, from its start to its end. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#jobs++;
    try {
      return await work();
    } finally {
      this.#jobs--;
    }
  }

  /** Waits until indexing may go on, then counts one photo as in hand. */
  async enter(signal: AbortSignal): Promise<void> {
    while (this.#paused) await once(this.#events, 'resumed', { signal });
    signal.throwIfAborted();
    this.#inside++;
  }

  leave(): void {
    this.#inside--;
    if (this.#inside === 0) this.#events.dispatchEvent(new Event('empty'));
  }

  /** Lets nothing more begin and waits for the photos in hand. */
  async pause(): Promise<void> {
    this.#paused = true;
    while (this.#paused && this.#inside > 0) await once(this.#events, 'empty');
  }

  resume(): void {
    this.#paused = false;
    this.#events.dispatchEvent(new Event('resumed'));
  }
}
