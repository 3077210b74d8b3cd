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
  about?: string | ((context: BenchContext) => string);
  run(context: BenchContext): Promise<Measurement[]>;
}

export interface BenchContext {
  /** Of `--photos`: how many instead of what the benchmark takes. */
  photos?: number;
  /** Of `--library`: the data folder in which they are made, kept for the next run. */
  library?: string;
  signal: AbortSignal;
  /** A line for the person who waits. */
  say(text: string): void;
}
