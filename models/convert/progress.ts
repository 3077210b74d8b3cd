/** How far a conversion is, and how long the rest will take. */
import { stat } from 'node:fs/promises';

/** What the conversion does now, in order. */
export type ConversionPhase = 'check' | 'projector' | 'model' | 'quantize';

export interface ConversionProgress {
  phase: ConversionPhase;
  /** Of the whole conversion, 0–1, never falling. */
  fraction: number;
  /** Estimate; null until it is worth something. */
  secondsLeft: number | null;
}

const PHASES: readonly ConversionPhase[] = ['check', 'projector', 'model', 'quantize'];

/** Turns work done into a fraction of the whole and an estimate of the rest. */
export class Progress {
  readonly #work: Readonly<Record<ConversionPhase, number>>;
  readonly #total: number;
  readonly #notify: ((progress: ConversionProgress) => void) | undefined;
  readonly #begun = performance.now();
  #phase: ConversionPhase = 'check';
  #before = 0;
  #fraction = 0;
  #lastNotice = Number.NEGATIVE_INFINITY;

  constructor(work: Readonly<Record<ConversionPhase, number>>, notify?: (progress: ConversionProgress) => void) {
    this.#work = work;
    this.#total = PHASES.reduce((sum, phase) => sum + work[phase], 0);
    this.#notify = notify;
  }

  enter(phase: ConversionPhase): void {
    this.#phase = phase;
    this.#before = PHASES.slice(0, PHASES.indexOf(phase)).reduce((sum, earlier) => sum + this.#work[earlier], 0);
    this.#lastNotice = Number.NEGATIVE_INFINITY;
    this.report(0);
  }

  /** @param done work of this phase. At most ten notices a second go out. */
  report(done: number): void {
    const reached = (this.#before + Math.min(done, this.#work[this.#phase])) / this.#total;
    this.#fraction = Math.max(this.#fraction, Math.min(reached, 1));
    const now = performance.now();
    if (now - this.#lastNotice < 100) return;
    this.#lastNotice = now;
    const elapsed = (now - this.#begun) / 1000;
    const secondsLeft = this.#fraction > 0.01 ? (elapsed / this.#fraction) * (1 - this.#fraction) : null;
    this.#notify?.({ phase: this.#phase, fraction: this.#fraction, secondsLeft });
  }

  /** Follows a file that the engine's library writes. @returns a function that stops it. */
  watchFile(path: string, expected: number): () => void {
    const timer = setInterval(async () => {
      const size = (await stat(path).catch(() => null))?.size ?? 0;
      this.report(Math.min(size / expected, 0.99) * this.#work.quantize);
    }, 500);
    timer.unref();
    return () => clearInterval(timer);
  }

  finish(): void {
    this.#notify?.({ phase: this.#phase, fraction: 1, secondsLeft: 0 });
  }
}
