/** Long loops of the core stop for a moment now and then, so that a key press in between is not felt. */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Longest stretch of work between two turns of the event loop, in milliseconds: half a frame. */
const STRETCH = 8;

/** @returns a function to be awaited in every round of the loop; it throws the signal's reason when aborted. */
export function breathing(signal: AbortSignal): () => Promise<void> | undefined {
  let began = performance.now();
  return () => {
    signal.throwIfAborted();
    if (performance.now() - began < STRETCH) return undefined;
    return nextTurn().then(() => {
      began = performance.now();
    });
  };
}
