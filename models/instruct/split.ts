/**
 * Which shoots are held out. Photos of one shoot look alike, and so do copies and frames of one moment wherever they lie:
 * whatever belongs together stays on one side.
 */
import { seededRandom } from '../../shared/random.ts';

interface Member {
  /** Pixels. */
  content: string;
  /** Folder and day. */
  shoot: string;
  /** Moment; null for a photo by itself. */
  moment: number | null;
}

/** Of the pictures, so many are held out, as nearly as whole shoots allow. */
const HELD_OUT = 0.2;

/** @returns contents that are held out for validation; none where all belong together. */
export function heldOut(members: readonly Member[], seed: number): Set<string> {
  const parents = new Map<string, string>();
  const root = (key: string): string => {
    let at = key;
    while (parents.get(at) !== undefined && parents.get(at) !== at) at = parents.get(at)!;
    return at;
  };
  const unite = (a: string, b: string) => {
    for (const key of [a, b]) if (!parents.has(key)) parents.set(key, key);
    parents.set(root(a), root(b));
  };
  for (const { content, shoot, moment } of members) {
    unite(`content ${content}`, `shoot ${shoot}`);
    if (moment !== null) unite(`content ${content}`, `moment ${moment}`);
  }
  const groups = Map.groupBy(new Set(members.map(({ content }) => content)), (content) => root(`content ${content}`));
  if (groups.size < 2) return new Set();
  const random = seededRandom(seed);
  const order = [...groups.values()]
    .map((contents) => ({ contents: contents.sort(), at: 0 }))
    .sort((a, b) => (a.contents[0]! < b.contents[0]! ? -1 : 1));
  for (const group of order) group.at = random();
  order.sort((a, b) => a.at - b.at);
  const wanted = HELD_OUT * order.reduce((sum, { contents }) => sum + contents.length, 0);
  const held = new Set<string>();
  let left = groups.size;
  for (const { contents } of order) {
    const better = Math.abs(held.size + contents.length - wanted) < Math.abs(held.size - wanted);
    if (left < 2 || !(better || held.size === 0)) continue;
    for (const content of contents) held.add(content);
    left -= 1;
    if (held.size >= wanted) break;
  }
  return held;
}
