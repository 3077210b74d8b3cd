/**
 * What of a shoot would be kept: all undecided frames in one order, of which the best part is kept. Because the order
 * does not hang on how many are wanted, a frame that is kept among 100 is kept among 200 too, and a slider only moves a
 * line. (Only kinds that stay whole may be passed over where there is no room for all of their frames.)
 *
 * The order: first the best frame of every scene in which nothing is picked yet, so that no scene is lost; then the rest
 * by score, less what was said already (another frame of the same moment, one more of a crowded scene).
 * Never proposed: what a person marked, what nobody has judged. Kinds that stay whole are kept or fall as one.
 */
import type { Genre, Judge, RejectKind, Wish } from '../../../shared/culling.ts';
import { WHOLE_KINDS } from '../../../shared/moments.ts';
import { byCapture, type Frame, type FrameMoment } from './frames.ts';
import { keepReason, rejectReason } from './proposal-reasons.ts';
import { scenesOf } from './scenes.ts';
import { type Placed, placeFrames } from './signs.ts';

/** Frames that are kept or fall together: one, or all of a kind that stays whole. */
export type Unit = {
  moment: FrameMoment;
  /** Best first. */
  frames: readonly Frame[];
  placed: Placed;
  /** By the judge, 0–100. */
  score: number;
  /** Frames of its moment that stand before it, what a person picked among them. */
  rank: number;
  scene: number;
  /** 0 before 1. */
  tier: number;
  value: number;
};

/** Everything that does not hang on how many are wanted. */
export type RankedShoot = {
  /** Best first. */
  units: readonly Unit[];
  decided: readonly Frame[];
  unjudged: readonly Frame[];
  /** Undecided frames of whole kinds of which a person marked a part. */
  partly: readonly Frame[];
  moments: readonly FrameMoment[];
  frames: number;
};

export type Verdict = {
  frame: Frame;
  kept: boolean;
  score: number;
  reason: string;
  kind: RejectKind | null;
  better: number | null;
};

export type Decided = {
  /** Best first. */
  kept: readonly Unit[];
  fallen: readonly Unit[];
  /** Score of the last unit that is kept; null when none or all are. */
  line: number | null;
};

/** What another frame of the same moment loses, by how many stand before it. */
const REPEATS = [0, 10, 18, 24, 28, 30] as const;
const repeatLoss = (rank: number): number => REPEATS[Math.min(rank, REPEATS.length - 1)]!;
/** What one more frame of a scene loses for each doubling of those before it. */
const CROWD = 1.5;

/** 0–100 by a judge; null when there is nothing to judge by. Reasons that a person answered are given back. */
export function scoreOf(frame: Frame, by: Judge): number | null {
  const { technical, grade, taste, faults, answered } = frame;
  const given = faults.reduce((sum, { name, weight }) => (answered.has(name) ? sum - Math.min(0, weight) : sum), 0);
  const parts: [value: number | null, share: number][] =
    by === 'technical'
      ? [[technical ?? grade, 1]]
      : by === 'grade'
        ? [[grade ?? technical, 1]]
        : by === 'taste'
          ? [[taste ?? grade ?? technical, 1]]
          : taste === null
            ? [
                [grade, 0.6],
                [technical, 0.4],
              ]
            : [
                [grade, 0.4],
                [technical, 0.3],
                [taste, 0.3],
              ];
  let sum = 0;
  let shares = 0;
  for (const [value, share] of parts) {
    if (value === null) continue;
    sum += value * share;
    shares += share;
  }
  return shares === 0 ? null : Math.max(0, Math.min(100, sum / shares + given));
}

/** The part of a proposal that stays while a slider moves. @param genre says which differences count */
export function rankShoot(moments: readonly FrameMoment[], by: Judge, genre: Genre): RankedShoot {
  const ordered = moments.toSorted((a, b) => byCapture(a.frames[0]!, b.frames[0]!));
  const scenes = scenesOf(ordered.map(({ frames }) => ({ takenAt: frames[0]!.takenAt })));
  const units: Unit[] = [];
  const decided: Frame[] = [];
  const unjudged: Frame[] = [];
  const partly: Frame[] = [];
  const picked = new Set<number>();
  let count = 0;
  for (const [index, moment] of ordered.entries()) {
    const scene = scenes[index]!;
    count += moment.frames.length;
    for (const frame of moment.frames) {
      if (frame.decision === null) continue;
      decided.push(frame);
      if (frame.decision !== 'reject') picked.add(scene);
    }
    const open = moment.frames.filter(({ decision }) => decision === null);
    if (open.length === 0) continue;
    if (isWhole(moment)) {
      if (open.length < moment.frames.length) {
        partly.push(...open);
        continue;
      }
      const best = bestBy(open, by);
      if (best === null) unjudged.push(...open);
      else {
        const placed = { frame: best.frame, rank: 1, lost: 0, behind: [] };
        units.push({ moment, frames: open, placed, score: best.score, rank: 0, scene, tier: 1, value: best.score });
      }
      continue;
    }
    let rank = moment.frames.filter(({ decision }) => decision === 'pick' || decision === 'marked').length;
    let least = Number.POSITIVE_INFINITY;
    for (const placed of placeFrames(moment, genre)) {
      if (placed.frame.decision !== null) continue;
      const score = scoreOf(placed.frame, by);
      if (score === null) {
        unjudged.push(placed.frame);
        continue;
      }
      // A frame never comes before a better one of its moment.
      least = Math.min(least - 1e-6, score - repeatLoss(rank));
      units.push({ moment, frames: [placed.frame], placed, score, rank, scene, tier: 1, value: least });
      rank++;
    }
  }
  return { units: inOrder(units, picked), decided, unjudged, partly, moments: ordered, frames: count };
}

/** @param picked scenes that keep a frame already */
function inOrder(units: Unit[], picked: ReadonlySet<number>): Unit[] {
  const byValue = (a: Unit, b: Unit) => a.tier - b.tier || b.value - a.value || a.frames[0]!.id - b.frames[0]!.id;
  // Those that come later in a scene lose more: the order within moments stays.
  const inScene = new Map<number, number>();
  for (const unit of units.sort(byValue)) {
    const before = inScene.get(unit.scene) ?? 0;
    inScene.set(unit.scene, before + 1);
    if (before === 0 && !picked.has(unit.scene)) unit.tier = 0;
    else unit.value -= CROWD * Math.log2(1 + before);
  }
  return units.sort(byValue);
}

export const isWhole = ({ kind }: FrameMoment): boolean => kind !== null && WHOLE_KINDS.has(kind);

function bestBy(frames: readonly Frame[], by: Judge): { frame: Frame; score: number } | null {
  let best: { frame: Frame; score: number } | null = null;
  for (const frame of frames) {
    const score = scoreOf(frame, by);
    if (score !== null && (best === null || score > best.score)) best = { frame, score };
  }
  return best;
}

/** How many photos the wish means; without a number all that pass its other parts. @internal for tests */
export function wantedCount({ keep }: Pick<Wish, 'keep'>, undecided: number): number {
  if (keep === null) return undecided;
  if (keep.unit === 'photos') return Math.min(keep.amount, undecided);
  return Math.min(undecided, keep.amount === 0 ? 0 : Math.max(1, Math.round((keep.amount / 100) * undecided)));
}

/** Where the line falls. Quick: this is what a slider asks. */
export function decide({ units }: RankedShoot, wish: Pick<Wish, 'keep' | 'perMoment' | 'above'>): Decided {
  const undecided = units.reduce((sum, { frames }) => sum + frames.length, 0);
  let room = wantedCount(wish, undecided);
  const kept: Unit[] = [];
  const fallen: Unit[] = [];
  for (const unit of units) {
    const most = unit.moment.kind === 'duplicate' ? 1 : (wish.perMoment ?? Number.POSITIVE_INFINITY);
    const passes = (wish.above === null || unit.score >= wish.above) && (unit.rank < most || isWhole(unit.moment));
    if (passes && unit.frames.length <= room) {
      kept.push(unit);
      room -= unit.frames.length;
    } else fallen.push(unit);
  }
  const line = fallen.length === 0 ? null : (kept.at(-1)?.score ?? null);
  return { kept, fallen, line };
}

/** Each frame of these units with its reason. @param genre as in `rankShoot` */
export function verdictsOf(units: readonly Unit[], decided: Decided, by: Judge, genre: Genre): Verdict[] {
  const isKept = new Set(decided.kept);
  const keptOf = new Map<FrameMoment, Frame>();
  for (const unit of decided.kept) if (!keptOf.has(unit.moment)) keptOf.set(unit.moment, unit.placed.frame);
  return units.flatMap((unit) => {
    const kept = isKept.has(unit);
    const why = kept
      ? { text: keepReason(unit), kind: null, better: null }
      : rejectReason(unit, keptOf.get(unit.moment) ?? pickedOf(unit.moment), decided.line, genre);
    return unit.frames.map((frame) => ({
      frame,
      kept,
      score: scoreOf(frame, by) ?? unit.score,
      reason: why.text,
      kind: why.kind,
      better: why.better,
    }));
  });
}

/** The frame of a moment that a person picked, where there is one. */
function pickedOf({ frames }: FrameMoment): Frame | null {
  return (
    frames.find(({ decision }) => decision === 'pick') ?? frames.find(({ decision }) => decision === 'marked') ?? null
  );
}
