/**
 * Which frame stands for a moment, and by how much. The scene is the same, so only what can be seen in pixels decides:
 * eyes open, focus at the eye or the subject, nothing cut off, movement, exposure, noise. A tilt never does. What an
 * aesthetic critic would say is weak among frames this alike (FGAesthetics, CVPR 2026), so it is not asked.
 */
import type { Seen } from '../../../shared/facts.ts';
import type { MomentReason } from '../../../shared/moments.ts';

/** What is known of a frame; what is not known is null and counts for and against nobody. */
export interface Candidate {
  readonly id: number;
  readonly seen: Seen | null;
  /** The measured critic's technical quality, 0–100. */
  readonly technical: number | null;
  /** Whether a prominent face has its eyes closed. */
  readonly eyesClosed?: boolean | null;
  /** Focus at the worst prominent eye, 0–100. */
  readonly eyeFocus?: number | null;
}

export interface Decision {
  readonly top: number;
  /** Null for one candidate alone. */
  readonly second: number | null;
  readonly reason: MomentReason;
}

/** What can decide, heaviest first where two say the same; `words` name what the best frame is. */
const PARTS = {
  eyes: 'eyes open',
  whole: 'the only whole one',
  focus: 'sharpest',
  eyeFocus: 'sharpest at the eye',
  motion: 'steadiest',
  exposure: 'best exposed',
  noise: 'least noise',
  quality: 'technically best',
} as const;
type Part = keyof typeof PARTS;
type Penalties = Partial<Record<Part, number>>;

/** Points that a closed eye costs: more than softness that has to be looked for, less than a frame lost to blur. */
const CLOSED_EYES = 25;
/** Points that a frame costs of which something could not be decoded: noise in it is easily taken for detail. */
const DAMAGED = 60;
/** Points by which two frames differ when nobody would see it, and which one need not look for. */
const TOO_CLOSE = 1.5;
const LITTLE = 6;
const FAR = 20;
/** Points that are a margin of 1. */
const WHOLE_MARGIN = 40;

/** @param candidates one or more, in the order of capture: of equals the first is on top. */
export function decide(candidates: readonly Candidate[]): Decision {
  const penalties = penaltiesOf(candidates);
  const ranked = candidates
    .map(({ id }, index) => ({ id, index, total: sum(penalties[index]!) }))
    .sort((a, b) => a.total - b.total || a.index - b.index);
  const [top, second] = ranked;
  if (top === undefined) throw new Error('A moment has at least one frame.');
  if (second === undefined) return { top: top.id, second: null, reason: { text: '', margin: null, tooClose: false } };
  const known = candidates.some(({ seen, technical }) => seen !== null || technical !== null);
  if (!known) {
    return { top: top.id, second: second.id, reason: { text: 'the first one', margin: null, tooClose: false } };
  }
  const difference = second.total - top.total;
  const margin = Math.min(1, difference / WHOLE_MARGIN);
  if (difference < TOO_CLOSE) {
    return { top: top.id, second: second.id, reason: { text: 'too close to call', margin, tooClose: true } };
  }
  const text = `${PARTS[decisive(penalties[top.index]!, penalties[second.index]!)]}${marginWords(difference)}`;
  return { top: top.id, second: second.id, reason: { text, margin, tooClose: false } };
}

function marginWords(difference: number): string {
  if (difference < LITTLE) return ', by little';
  return difference >= FAR ? ', by far' : '';
}

function sum(penalties: Penalties): number {
  return Object.values(penalties).reduce((total, points) => total + points, 0);
}

/** In what the best frame is furthest ahead of the next one. */
function decisive(top: Penalties, second: Penalties): Part {
  let best: Part = 'quality';
  let most = Number.NEGATIVE_INFINITY;
  for (const part of Object.keys(PARTS) as Part[]) {
    const ahead = (second[part] ?? 0) - (top[part] ?? 0);
    if (ahead > most) [best, most] = [part, ahead];
  }
  return best;
}

/** Points that each frame loses against the best of the moment in each part. */
function penaltiesOf(candidates: readonly Candidate[]): Penalties[] {
  const penalties: Penalties[] = candidates.map(({ eyesClosed }) => (eyesClosed === true ? { eyes: CLOSED_EYES } : {}));
  const values: (number | null)[] = [];
  const known = new Float64Array(candidates.length);
  /** @param value null: not known, so no worse than the typical frame */
  const lose = (part: Part, value: (candidate: Candidate) => number | null, weight: number, most: number) => {
    let count = 0;
    for (const [index, candidate] of candidates.entries()) {
      const one = value(candidate);
      values[index] = one;
      if (one !== null) known[count++] = one;
    }
    if (count < 2) return;
    const sorted = known.subarray(0, count).sort();
    const least = sorted[0]!;
    const typical = sorted[count >> 1]!;
    for (let index = 0; index < candidates.length; index++) {
      const points = Math.min(most, weight * ((values[index] ?? typical) - least));
      penalties[index]![part] = (penalties[index]![part] ?? 0) + points;
    }
  };
  const hasEyes = candidates.every(({ eyeFocus }) => eyeFocus !== undefined && eyeFocus !== null);
  lose('whole', ({ seen }) => seen && (seen.missing ?? 0), 100, 60);
  lose('whole', ({ seen }) => seen && Number(seen.damage !== undefined), DAMAGED, DAMAGED);
  if (hasEyes) lose('eyeFocus', ({ eyeFocus }) => -eyeFocus!, 1, 40);
  lose('focus', ({ seen }) => seen && -(0.6 * seen.subjectFocus + 0.4 * seen.focus), hasEyes ? 0.3 : 1, 45);
  lose('motion', ({ seen }) => seen?.lostDetail ?? null, 0.15, 10);
  lose('exposure', ({ seen }) => seen?.clippedHighlights ?? null, 1.5, 25);
  lose('exposure', ({ seen }) => seen && Math.max(seen.clippedRed, seen.clippedGreen, seen.clippedBlue), 0.4, 15);
  lose('exposure', ({ seen }) => seen?.blockedShadows ?? null, 0.8, 20);
  lose('noise', ({ seen }) => seen?.noise ?? null, 0.8, 10);
  lose('quality', ({ technical }) => (technical === null ? null : -technical), 0.25, 15);
  return penalties;
}
