/** Waiting within bounds: long loops stop for a moment now and then, and what may never end is not waited for. */
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

/** @returns whether the work has settled within this time; its failure is not this function's business. */
export async function settlesWithin(seconds: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), seconds * 1000);
  });
  const settled = work.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([settled, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
