/** Who waits goes first: work that nobody waits for rests while questions come. */
import { setTimeout as after } from 'node:timers/promises';

/** Milliseconds without a question after which work goes on. */
const CALM = 50;
/** Milliseconds after which it goes on in any case. */
const PATIENCE = 1000;

export class Questions {
  #last = Number.NEGATIVE_INFINITY;

  /** A person's window has asked something. */
  came(): void {
    this.#last = performance.now();
  }

  /** Ends when none has come for a while, or when that takes too long. */
  async calm(): Promise<void> {
    const end = performance.now() + PATIENCE;
    for (;;) {
      const now = performance.now();
      const rest = Math.min(this.#last + CALM, end) - now;
      if (rest <= 0) return;
      await after(rest, undefined, { ref: false });
    }
  }
}
