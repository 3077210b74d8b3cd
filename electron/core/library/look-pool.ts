/** Worker threads that look at photos, a few at a time. */
import type { Look, LookRequest } from './look.ts';

export type LookPoolOptions = {
  /** Worker threads; default: the cores this process may use. */
  workers?: number;
  /** Seconds one photo may take before its worker is replaced. Default 60. */
  secondsPerPhoto?: number;
};

export type LookOptions = {
  signal?: AbortSignal;
  /** Higher first; equal ones in the order they came. On screen: 2, this shoot: 1, the rest: 0. */
  priority?: number;
};

export interface LookPool {
  /** Never rejects for a bad photo (that is a Look of state `failed`); rejects with the signal's reason when aborted. */
  look(request: LookRequest, options?: LookOptions): Promise<Look>;
  /** Leaves this many cores free, e.g. while a model runs on the CPU; at least one worker stays. */
  yieldCores(cores: number): void;
  /** Photos waiting or in work. */
  readonly pending: number;
  /** Ends the workers and exiftool; what waits is rejected. */
  close(): Promise<void>;
}

export function openLookPool(_options: LookPoolOptions = {}): LookPool {
  throw new Error('openLookPool is not written yet');
}
