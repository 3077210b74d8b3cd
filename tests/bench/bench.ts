/** What a benchmark is: a module of this folder whose default export is one. */

export interface Measurement {
  label: string;
  value: number;
  /** `×` for a ratio of two things measured in this run, else seconds, ms, MB, … */
  unit: string;
  /** What was promised, as a bound on `value`. */
  target?: { most?: number; least?: number };
}

export interface Benchmark {
  name: string;
  /** One sentence: what is measured, against what. */
  about?: string;
  run(context: BenchContext): Promise<Measurement[]>;
}

export interface BenchContext {
  signal: AbortSignal;
  /** A line for the person who waits. */
  say(text: string): void;
}
