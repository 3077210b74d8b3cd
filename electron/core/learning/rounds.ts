/**
 * Which photos teach most: where those who judge differ, spread over kinds of pictures, and a few that were seen before,
 * so that a person learns how far they agree with themselves.
 */
import type { AskedFor } from '../../../shared/feedback.ts';
import { levelOf } from '../../../shared/grade.ts';
import type { Askable } from '../catalog/feedback.ts';

/** A round is over in a few minutes. */
const ROUND_SIZE = 10;
const MOST_AGAIN = 2;
/** Milliseconds after which somebody may be asked again. */
const AGAIN_AFTER = 12 * 3_600_000;
/** Of a photo's worth that is left when one of its kind is in the round already, for each of them. */
const SHARE_OF_SECOND = 0.5;

/** Points by which those who judge it differ; where only one does, half of what it is unsure of. @internal */
export function disagreement({ grade, technical, taste, confidence }: Askable): number {
  const values = [grade, technical, taste].filter((value) => value !== null);
  const spread = values.length < 2 ? 0 : Math.max(...values) - Math.min(...values);
  return spread + 50 * (1 - (confidence ?? 0));
}

/** What makes two pictures alike here: what stands out in them, how good they are thought to be, and the shoot. */
function kindsOf({ reasons, grade, technical, folder }: Askable): string[] {
  const value = grade ?? technical;
  return [`reason ${reasons.split(',')[0]}`, `level ${value === null ? 'none' : levelOf(value)}`, `folder ${folder}`];
}

/** @param now milliseconds. @returns at most ten, in an order that mixes them; empty where nothing is left to ask. */
export function chooseRound(askable: readonly Askable[], now: number): { photo: number; why: AskedFor }[] {
  const seen = new Set<string>();
  const single = askable.filter(({ content }) => !seen.has(content) && seen.add(content));
  const again = single
    .filter(({ seenAt }) => seenAt !== null && now - seenAt >= AGAIN_AFTER)
    .sort((a, b) => a.seenAt! - b.seenAt! || a.photo - b.photo)
    .slice(0, MOST_AGAIN)
    .map(({ photo }) => ({ photo, why: 'again' as const }));
  const fresh = single.filter(({ seenAt }) => seenAt === null);

  const worth = new Map(fresh.map((photo) => [photo, disagreement(photo)]));
  const median = [...worth.values()].sort((a, b) => a - b)[Math.floor(worth.size / 2)] ?? 0;
  const counts = new Map<string, number>();
  const stacks = new Set<number>();
  const chosen: { photo: number; why: AskedFor }[] = [];
  while (chosen.length < ROUND_SIZE - again.length) {
    let best: Askable | null = null;
    let highest = -1;
    for (const [photo, points] of worth) {
      if (photo.stack !== null && stacks.has(photo.stack)) continue;
      const alike = kindsOf(photo).reduce((sum, kind) => sum + (counts.get(kind) ?? 0), 0) / 3;
      const value = (points + 1) * SHARE_OF_SECOND ** alike;
      if (value > highest) [best, highest] = [photo, value];
    }
    if (!best) break;
    chosen.push({ photo: best.photo, why: worth.get(best)! > median ? 'disagreement' : 'unlike' });
    worth.delete(best);
    if (best.stack !== null) stacks.add(best.stack);
    for (const kind of kindsOf(best)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  // What was seen before stands in the middle, where nobody expects it.
  chosen.splice(Math.ceil(chosen.length / 2), 0, ...again);
  return chosen;
}
