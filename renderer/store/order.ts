/** The order of a view as the core packs it: ids and aspect ratios of every photo, in two typed arrays. */
import type { Section } from '../../shared/contract.ts';
import { PACKED_BYTES } from '../../shared/query.ts';

export interface Order {
  readonly ids: Uint32Array;
  /** Width ÷ height of each photo, seen upright. */
  readonly ratios: Float32Array;
  readonly sections: readonly Section[];
  readonly total: number;
  /** Photos of the view: more than `total` while only the beginning of its order is here. */
  readonly expected: number;
  /** Index of a photo, or -1. */
  indexOf(id: number): number;
}

/** What a photo of unknown size is laid out as: 3:2, the most common frame. */
const UNKNOWN_RATIO = 1.5;

export const EMPTY_ORDER: Order = makeOrder(new Uint32Array(0), new Float32Array(0), []);

/** True of the beginning of an order, until the whole is here. */
export const isHead = ({ total, expected }: Order): boolean => total < expected;

/** Unpacks `photos.order` or `photos.head`. @param packed base64 of PACKED_BYTES a photo @param expected of a head */
export function unpackOrder(packed: string, sections: readonly Section[], expected?: number): Order {
  // Browsers of before 2025 have the slower way only.
  const { fromBase64 } = Uint8Array as { fromBase64?: (text: string) => Uint8Array };
  const bytes =
    fromBase64 === undefined
      ? Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0))
      : fromBase64.call(Uint8Array, packed);
  const total = Math.floor(bytes.length / PACKED_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ids = new Uint32Array(total);
  const ratios = new Float32Array(total);
  for (let index = 0; index < total; index++) {
    const at = index * PACKED_BYTES;
    ids[index] = view.getUint32(at, true);
    const thousandths = view.getUint16(at + 4, true);
    ratios[index] = thousandths === 0 ? UNKNOWN_RATIO : thousandths / 1000;
  }
  return makeOrder(ids, ratios, sections, expected);
}

function makeOrder(ids: Uint32Array, ratios: Float32Array, sections: readonly Section[], expected = ids.length): Order {
  let indexes: Indexes | null = null;
  return {
    ids,
    ratios,
    sections,
    total: ids.length,
    expected,
    indexOf(id) {
      indexes ??= indexesOf(ids);
      return indexes.get(id) ?? -1;
    },
  };
}

interface Indexes {
  get(id: number): number | undefined;
}

/** Ids are nearly as many as the highest of them says: then an array tells in 4 ms of a million what a map needs 150 for. */
const SPARSE = 8;

function indexesOf(ids: Uint32Array): Indexes {
  let most = 0;
  for (let index = 0; index < ids.length; index++) most = Math.max(most, ids[index]!);
  if (most > 1000 && most > SPARSE * ids.length) {
    const indexes = new Map<number, number>();
    for (let index = 0; index < ids.length; index++) indexes.set(ids[index]!, index);
    return indexes;
  }
  // Places from 1, so that 0 says that there is none.
  const places = new Uint32Array(most + 1);
  for (let index = 0; index < ids.length; index++) places[ids[index]!] = index + 1;
  return { get: (id) => (places[id] ?? 0) - 1 };
}

/**
 * The new order, but with everything up to `held` as it stands: what is on screen keeps its place and its box while
 * photos are found and graded in the background. What the new order no longer holds leaves. Null when nothing above
 * `held` would have moved, so that the new order itself can stand.
 */
export function holdOrder(shown: Order, now: Order, held: number): Order | null {
  const end = Math.min(held, shown.total);
  let moves = false;
  for (let index = 0; index < end && !moves; index++) {
    moves = shown.ids[index] !== now.ids[index] || shown.ratios[index] !== now.ratios[index];
  }
  if (!moves) return null;
  const ids = new Uint32Array(now.total);
  const ratios = new Float32Array(now.total);
  const kept = new Set<number>();
  for (let index = 0; index < end; index++) {
    const id = shown.ids[index]!;
    if (now.indexOf(id) < 0) continue;
    ids[kept.size] = id;
    ratios[kept.size] = shown.ratios[index]!;
    kept.add(id);
  }
  let at = kept.size;
  for (let index = 0; index < now.total; index++) {
    const id = now.ids[index]!;
    if (kept.has(id)) continue;
    ids[at] = id;
    ratios[at++] = now.ratios[index]!;
  }
  return makeOrder(ids, ratios, []);
}

/** True when both hold the same photos, in whatever order: only a judgement has moved them. */
export function samePhotos(first: Order, second: Order): boolean {
  return first.total === second.total && first.ids.every((id) => second.indexOf(id) >= 0);
}

/** True when both name the same photos with the same sizes in the same order under the same headers. */
export function sameOrder(first: Order, second: Order): boolean {
  if (
    first.total !== second.total ||
    first.expected !== second.expected ||
    first.sections.length !== second.sections.length
  )
    return false;
  for (let index = 0; index < first.total; index++) {
    if (first.ids[index] !== second.ids[index] || first.ratios[index] !== second.ratios[index]) return false;
  }
  return first.sections.every((section, index) => {
    const other = second.sections[index]!;
    return section.key === other.key && section.label === other.label && section.start === other.start;
  });
}
