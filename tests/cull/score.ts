/** Found moments against planted ones. */
import type { MomentKind } from '../../shared/moments.ts';

/** What was planted, by frame. */
export interface Planted {
  readonly moment: number;
  readonly kind: MomentKind | 'single';
  readonly best: boolean;
}
/** What was found: numbers of frames, which of them is on top. */
export interface Found {
  readonly kind: MomentKind;
  readonly frames: readonly number[];
  readonly top: number;
}

export interface Score {
  /** Of pairs of frames that belong together. */
  readonly f1: number;
  /** Of planted moments, those found of their kind. */
  readonly kinds: number;
  /** Of planted bursts, repeats and copies, those with their best on top. */
  readonly tops: number;
  /** Planted brackets, focus brackets and panoramas of which a frame is missing or elsewhere. */
  readonly split: number;
  /** What went wrong, for people. */
  readonly faults: string[];
}

const WHOLE: ReadonlySet<string> = new Set(['bracket', 'focus-bracket', 'panorama']);

export function scoreOf(planted: readonly Planted[], found: readonly Found[]): Score {
  const groupOf = new Map(found.flatMap((group) => group.frames.map((frame) => [frame, group] as const)));
  let [both, onlyFound, onlyPlanted] = [0, 0, 0];
  for (let one = 0; one < planted.length; one++) {
    for (let other = one + 1; other < planted.length; other++) {
      const belongs = planted[one]!.moment === planted[other]!.moment;
      const isFound = groupOf.has(one) && groupOf.get(one) === groupOf.get(other);
      if (belongs && isFound) both++;
      else if (isFound) onlyFound++;
      else if (belongs) onlyPlanted++;
    }
  }
  const faults: string[] = [];
  let [moments, rightKinds, judged, rightTops, split] = [0, 0, 0, 0, 0];
  const frames = planted.map((frame, index) => ({ ...frame, index }));
  for (const members of Map.groupBy(frames, ({ moment }) => moment).values()) {
    const { kind } = members[0]!;
    if (kind === 'single') continue;
    moments++;
    const groups = members.map(({ index }) => groupOf.get(index));
    const group = groups.find((one) => one !== undefined);
    const isRight = group?.kind === kind;
    if (isRight) rightKinds++;
    else faults.push(`${kind} of ${members.length} is ${groups.map((one) => one?.kind ?? '–').join(' ')}`);
    const isOne = groups.every((one) => one !== undefined && one === group);
    if (WHOLE.has(kind)) {
      if (!isOne) {
        split++;
        faults.push(`${kind} of ${members.length} is split: ${groups.map((one) => one?.kind ?? '–').join(' ')}`);
      }
      continue;
    }
    judged++;
    const best = members.find((member) => member.best);
    if (best !== undefined && groupOf.get(best.index)?.top === best.index) rightTops++;
    else faults.push(`${kind} of ${members.length}: another one than its best is on top`);
  }
  for (const group of found) {
    const mixed = new Set(group.frames.map((frame) => planted[frame]!.moment));
    if (mixed.size > 1) faults.push(`${group.kind} of ${group.frames.length} mixes ${mixed.size} moments`);
  }
  return {
    f1: (2 * both) / Math.max(1, 2 * both + onlyFound + onlyPlanted),
    kinds: rightKinds / Math.max(1, moments),
    tops: rightTops / Math.max(1, judged),
    split,
    faults,
  };
}
