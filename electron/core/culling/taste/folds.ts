/** Which photos are held out together, so that what was learned is tried on photos that taught it nothing. */
import { seededRandom } from '../../../../shared/random.ts';

export const FOLDS = 5;

/** `moment`: null where it belongs to none. */
type Held = { shoot: string; moment: number | null };

/** Whole shoots where there are enough of them, else whole moments; by size, into the emptiest part. */
export function foldsOf(marked: readonly Held[]): number[] {
  const shoots = new Set(marked.map(({ shoot }) => shoot));
  const keyOf = ({ shoot, moment }: Held, index: number): string =>
    shoots.size >= FOLDS ? shoot : moment === null ? `photo ${index}` : `moment ${moment}`;
  const groups = Map.groupBy(marked.keys(), (index) => keyOf(marked[index]!, index));
  const folds = new Array<number>(marked.length).fill(0);
  const sizes = new Array<number>(FOLDS).fill(0);
  const random = seededRandom(7);
  const shuffled = [...groups.values()].map((group) => ({ group, at: random() }));
  shuffled.sort((a, b) => b.group.length - a.group.length || a.at - b.at);
  for (const { group } of shuffled) {
    const emptiest = sizes.indexOf(Math.min(...sizes));
    sizes[emptiest]! += group.length;
    for (const index of group) folds[index] = emptiest;
  }
  return folds;
}
