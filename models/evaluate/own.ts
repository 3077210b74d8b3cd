/** How well a critic knows one photographer: its grades against what that person decided. */
import { agreementOf, type Interval, shareOf } from './statistics.ts';

/** Photos under which an agreement says nothing. */
export const LEAST_DECIDED = 20;

export interface Decided {
  photo: number;
  /** The moment that it belongs to, null for a photo by itself. */
  moment: number | null;
  /** 0 rejected, 1–5 stars; a pick without stars counts as 4, a grade in words from bad 1 to excellent 5. */
  decision: number;
}

export interface OwnAgreement {
  /** Photos that were decided and graded. */
  photos: number;
  /** Rank correlation with the decisions, −1 to 1, 95 % bootstrap interval; null where too few were decided, or all alike. */
  srcc: Interval | null;
  /** Share of pairs that the person ordered and the critic orders the same way, 0–1. */
  pairs: Interval | null;
  /** The same of pairs within one moment alone: of frames that show the same. */
  momentPairs: { count: number; share: Interval | null };
  /** For each decision that occurs, lowest first: how the critic grades such photos. */
  calibration: { decision: number; photos: number; mean: number; low: number; high: number }[];
}

/** @param grades of the critic by photo, 0–100 */
export function ownAgreement(decided: readonly Decided[], grades: ReadonlyMap<number, number>): OwnAgreement {
  const judged = decided.filter(({ photo }) => grades.has(photo));
  const predicted = judged.map(({ photo }) => grades.get(photo)!);
  const truth = judged.map(({ decision }) => decision);
  const differs = new Set(truth).size > 1;
  const agreement = judged.length >= LEAST_DECIDED && differs ? agreementOf(predicted, truth) : null;
  const within = pairsWithinMoments(judged, grades);
  return {
    photos: judged.length,
    srcc: agreement === null || Number.isNaN(agreement.srcc.value) ? null : agreement.srcc,
    pairs: agreement?.pairAccuracy ?? null,
    momentPairs: { count: within.count, share: within.count === 0 ? null : shareOf(within.right, within.count) },
    calibration: calibrationOf(judged, grades),
  };
}

function pairsWithinMoments(judged: readonly Decided[], grades: ReadonlyMap<number, number>) {
  let [right, count] = [0, 0];
  const moments = Map.groupBy(judged, ({ moment }) => moment);
  for (const [moment, frames] of moments) {
    if (moment === null) continue;
    for (const [index, one] of frames.entries()) {
      for (const other of frames.slice(index + 1)) {
        if (one.decision === other.decision) continue;
        const ahead = (grades.get(one.photo)! - grades.get(other.photo)!) * (one.decision - other.decision);
        right += ahead > 0 ? 1 : ahead === 0 ? 0.5 : 0;
        count++;
      }
    }
  }
  return { right, count };
}

function calibrationOf(judged: readonly Decided[], grades: ReadonlyMap<number, number>): OwnAgreement['calibration'] {
  return [...Map.groupBy(judged, ({ decision }) => decision)]
    .sort(([a], [b]) => a - b)
    .map(([decision, photos]) => {
      const values = photos.map(({ photo }) => grades.get(photo)!).sort((a, b) => a - b);
      const at = (share: number) => values[Math.min(values.length - 1, Math.floor(share * values.length))]!;
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return { decision, photos: values.length, mean, low: at(0.25), high: at(0.75) };
    });
}
