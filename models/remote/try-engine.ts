/** One plain gray picture, judged: whether an engine answers, sees, goes on with an answer and gives probabilities. */
import { plainProbabilities } from '../runtime/level-scores.ts';
import { EngineFailure, PhotoRefused } from './failures.ts';
import type { RemoteLane } from './lane.ts';
import { askLevels } from './levels-call.ts';
import { writeOnce } from './writing.ts';

export interface Trial {
  grades: boolean;
  /** Share of all words that the five level words take, 0–1; null where it cannot grade. */
  share: number | null;
  /** Words of the list that were needed. */
  listed: number | null;
  milliseconds: number;
  /** For people. */
  text: string;
}

/** Below this share the words are not what it would say: it may be answering anew instead of going on. */
const APT_SHARE = 0.02;

/**
 * @param picture a data address of our own gray picture; no photo.
 * @throws EngineFailure, PhotoRefused where it cannot even write about a picture.
 */
export async function tryEngine(lane: RemoteLane, picture: string, signal: AbortSignal): Promise<Trial> {
  const started = performance.now();
  try {
    const { readings, listed, milliseconds } = await askLevels(lane, picture, signal);
    const share = readings.overall.mass;
    const percent = share < 0.01 ? `${(100 * share).toFixed(2)} %` : `${Math.round(100 * share)} %`;
    const isApt = share >= APT_SHARE;
    const best = Math.max(...plainProbabilities(readings.overall.logits));
    const doubt = isApt
      ? ''
      : ' That is little: the model may not be a grader, or the server begins a new answer instead of going on with the one that was begun.';
    return {
      ...{ grades: Number.isFinite(best), share, listed, milliseconds },
      text: `It grades: the five level words take ${percent} of what it would say.${doubt}`,
    };
  } catch (error) {
    if (!isWithoutProbabilities(error)) throw error;
    await writeOnce(lane, picture, signal);
    return {
      ...{ grades: false, share: null, listed: null, milliseconds: performance.now() - started },
      text: `It writes and cannot grade: ${error.message}`,
    };
  }
}

/** It answered, and what it gave is no grade. */
function isWithoutProbabilities(error: unknown): error is EngineFailure | PhotoRefused {
  return (error instanceof EngineFailure && error.lacks === 'probabilities') || error instanceof PhotoRefused;
}
