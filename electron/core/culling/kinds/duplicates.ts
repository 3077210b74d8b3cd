/**
 * Duplicates: one picture in several files, in another format, size or color space, or copied. The same bytes; or
 * pictures that look the same, taken at the same moment (or without a time, when its metadata got lost), and whose names do
 * not count them as two frames.
 */
import type { Frame } from '../../catalog/moments.ts';
import { fileCounterOf } from '../../formats/file-name-dates.ts';
import type { Group, Looks } from './kind.ts';
import { align, bitsBetween } from './likeness.ts';

/** Bits of both fingerprints that compression, scaling and another color space change, and what the worst of it does. */
const SAME_PICTURE_BITS = 6;
const MOST_BITS = 16;
/** Structure of one picture correlates like this whatever was done to its tones. */
const SAME_PICTURE = 0.97;
/** Fingerprints are looked up by parts of this many hexadecimal digits: of four parts one is equal where few bits differ. */
const PART = 4;
/** Photos of one time, or of one part of a fingerprint, beyond which it tells nothing. */
const CROWD = 200;

export function findDuplicates(frames: readonly Frame[], looks: Looks): Group[] {
  const sets = new Sets(frames.length);
  const join = (index: number, other: number) => sets.join(index, other);
  forEachTogether(
    frames,
    ({ content }) => content,
    (index, first) => join(index, first),
  );
  const test = (index: number, other: number) => {
    if (sets.of(index) === sets.of(other)) return;
    if (isSamePicture(frames[index]!, frames[other]!, looks)) join(index, other);
  };
  forEachPair(frames, ({ takenAt }) => (takenAt === null ? null : String(takenAt)), test);
  // A picture without a time may be a copy of any other: it is looked for by its fingerprint.
  const untimed = frames.flatMap(({ takenAt }, index) => (takenAt === null ? [index] : []));
  if (untimed.length > 0) {
    const byPart = new Map<string, number[]>();
    for (const [index, { pHash }] of frames.entries()) {
      for (let at = 0; at < 16; at += PART) {
        const key = `${at} ${pHash.slice(at, at + PART)}`;
        const known = byPart.get(key);
        if (known) known.push(index);
        else byPart.set(key, [index]);
      }
    }
    for (const index of untimed) {
      for (let at = 0; at < 16; at += PART) {
        const others = byPart.get(`${at} ${frames[index]!.pHash.slice(at, at + PART)}`) ?? [];
        if (others.length > CROWD) continue;
        for (const other of others) if (other !== index) test(index, other);
      }
    }
  }
  return sets.groups().map((members) => ({ kind: 'duplicate', frames: members.map((index) => frames[index]!) }));
}

function isSamePicture(one: Frame, other: Frame, looks: Looks): boolean {
  const bits = bitsBetween(one, other);
  if (bits > MOST_BITS) return false;
  if (one.body !== '' && other.body !== '' && one.body !== other.body) return false;
  const isOneName = stemOf(one.name) === stemOf(other.name);
  if (!isOneName) {
    const [first, second] = [fileCounterOf(one.name), fileCounterOf(other.name)];
    // A camera that counts both took two frames.
    if (first !== null && second !== null) return false;
    // Frames of one second whose names say nothing: only another format or size, or a clock that is finer, tells a copy.
    const isOther = one.kind !== other.kind || one.width !== other.width || one.height !== other.height;
    const isOneSecond = one.takenAt !== null && other.takenAt !== null && one.takenAt % 1000 === 0;
    if (!isOther && isOneSecond) return false;
  }
  const first = looks.structure(one.id);
  const second = looks.structure(other.id);
  if (first === null || second === null) return bits <= SAME_PICTURE_BITS;
  return align(first, second, 1, 1).likeness >= SAME_PICTURE;
}

/** What people and programs add to the name of a copy. */
const ADDED =
  /(?:[ _-]*(?:copy|edit(?:ed)?|export|web|small|large|srgb|p3|adobe ?rgb|kopie|copie|no[_-]?exif)|[ _-]*\(\d+\))+$/i;

function stemOf(name: string): string {
  const stem = name.replace(/\.[^.]*$/, '').replace(/^(?:copy of )/i, '');
  return (stem.replace(ADDED, '') || stem).toLowerCase();
}

/** Hands each item that shares a key with an earlier one to `together`, with the first of them. */
function forEachTogether(
  frames: readonly Frame[],
  keyOf: (frame: Frame) => string | null,
  together: (index: number, first: number) => void,
): void {
  const firsts = new Map<string, number>();
  for (const [index, frame] of frames.entries()) {
    const key = keyOf(frame);
    if (key === null) continue;
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, index);
    else together(index, first);
  }
}

function forEachPair(
  frames: readonly Frame[],
  keyOf: (frame: Frame) => string | null,
  pair: (index: number, other: number) => void,
): void {
  const known = new Map<string, number[]>();
  for (const [index, frame] of frames.entries()) {
    const key = keyOf(frame);
    if (key === null) continue;
    const others = known.get(key);
    if (others === undefined) known.set(key, [index]);
    else {
      for (const other of others) pair(index, other);
      if (others.length < CROWD) others.push(index);
    }
  }
}

/** Which items belong together, joined pair by pair. */
class Sets {
  readonly #parents: Int32Array;

  constructor(count: number) {
    this.#parents = Int32Array.from({ length: count }, (_, index) => index);
  }

  of(index: number): number {
    let root = index;
    while (this.#parents[root] !== root) root = this.#parents[root]!;
    for (let at = index; at !== root; ) {
      const next = this.#parents[at]!;
      this.#parents[at] = root;
      at = next;
    }
    return root;
  }

  join(one: number, other: number): void {
    const [first, second] = [this.of(one), this.of(other)];
    this.#parents[Math.max(first, second)] = Math.min(first, second);
  }

  /** Members of each set of two or more, rising. */
  groups(): number[][] {
    const members = new Map<number, number[]>();
    for (let index = 0; index < this.#parents.length; index++) {
      const root = this.of(index);
      if (root === index) continue;
      const known = members.get(root);
      if (known) known.push(index);
      else members.set(root, [root, index]);
    }
    return [...members.values()];
  }
}
