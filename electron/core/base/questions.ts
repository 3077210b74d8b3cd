/** Who waits goes first: work that nobody waits for rests while questions come. */
import { setTimeout as after } from 'node:timers/promises';

/** Milliseconds without a question after which work goes on. */
const CALM = 50;
/** Milliseconds after which it goes on in any case. */
const PATIENCE = 1000;

/** Milliseconds that a window has for its first question, and after it to show what it asks for; quiet that ends it. */
const OPENING = 4000;
const SHOWING = 3000;
const QUIET = 250;

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

  /** Ends when the first window has what it asked for, or when none comes. */
  async firstAnswered(): Promise<void> {
    let end = performance.now() + OPENING;
    let hasAsked = false;
    for (;;) {
      const now = performance.now();
      if (!hasAsked && Number.isFinite(this.#last)) {
        hasAsked = true;
        end = now + SHOWING;
      }
      if (now >= end || (hasAsked && now - this.#last >= QUIET)) return;
      await after(CALM, undefined, { ref: false });
    }
  }
}
