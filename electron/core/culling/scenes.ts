/** Where a day of photos has its pauses: scenes inside a shoot, and shoots inside a library. */

export type Timed = { takenAt: number | null };

/** A pause this many times the usual one between two frames begins another scene, within these bounds. */
const TIMES_THE_USUAL = 12;
const SHORTEST_PAUSE = 90_000;
const LONGEST_PAUSE = 20 * 60_000;

/** Half of the pauses are shorter; of frames taken one after the other, bursts aside. */
function usualPause(times: readonly number[]): number {
  const pauses: number[] = [];
  for (let index = 1; index < times.length; index++) {
    const pause = times[index]! - times[index - 1]!;
    if (pause > 1500) pauses.push(pause);
  }
  pauses.sort((a, b) => a - b);
  return pauses[pauses.length >> 1] ?? 0;
}

/**
 * The scene of each item, counted from 0, by pauses in time.
 * @param items in order of capture; those without a time last, all of them one scene
 */
export function scenesOf(items: readonly Timed[]): number[] {
  const times = items.flatMap(({ takenAt }) => takenAt ?? []);
  const pause = Math.min(LONGEST_PAUSE, Math.max(SHORTEST_PAUSE, TIMES_THE_USUAL * usualPause(times)));
  let scene = 0;
  let before: number | null = null;
  return items.map(({ takenAt }, index) => {
    const isNew = takenAt === null ? before !== null : before !== null && takenAt - before > pause;
    if (isNew && index > 0) scene++;
    before = takenAt;
    return scene;
  });
}

/** Hours without a photo after which another shoot begins. */
const SHOOT_PAUSE = 6 * 3_600_000;

export type Stretch = { from: number; to: number; count: number; first: number };

/** Shoots as stretches of time between long pauses. @param photos in order of capture, each with a time */
export function shootsByPauses(photos: readonly { id: number; takenAt: number }[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const { id, takenAt } of photos) {
    const last = stretches.at(-1);
    if (last && takenAt - last.to <= SHOOT_PAUSE) {
      last.to = takenAt;
      last.count++;
    } else stretches.push({ from: takenAt, to: takenAt, count: 1, first: id });
  }
  return stretches;
}
