/**
 * How alike two photos are: the one definition that all kinds of moments use. Always asked of a frame and the
 * representative of a moment, never of neighbours one after the other, so that a slow pan is not chained into one.
 *
 * Two fingerprints of few different bits are alike. Otherwise the signatures decide: the local structure of luminance
 * (what is left when the mean of the surroundings is taken away, so that exposure and vignettes do not count) is
 * correlated at the shift that fits best.
 */
import { hashDistance } from '../../../../shared/facts.ts';
import type { Signature } from '../../../../shared/signature.ts';

export interface Fingerprint {
  readonly dHash: string;
  readonly pHash: string;
}

/** Bits of the two 64-bit fingerprints in which the same view may differ: no more need be asked. Source: SCIENCE, section 6. */
export const SAME_BITS = 8;
/** Bits at which fingerprints alone, where there is no signature, say that nothing is alike. */
const UNLIKE_BITS = 20;
/** Above this many bits views have nothing in common that a small shift would explain: two of chance have 64. */
const HOPELESS_BITS = 52;
/** Shift in cells of the coarse structure that a hand makes between two frames of the same view. */
const HAND = 3;

export function bitsBetween(one: Fingerprint, other: Fingerprint): number {
  return hashDistance(one.dHash, other.dHash) + hashDistance(one.pHash, other.pHash);
}

/** What is left of a picture, cell by cell, in whole numbers whose squares sum up to less than 2³¹. */
interface Plane {
  readonly width: number;
  readonly height: number;
  readonly cells: Int16Array;
  /** Sums of squares of all cells above and to the left of a corner, row by row: made when it is first correlated. */
  energies: Int32Array | null;
}

/** Local structure on two scales, ready to be correlated. */
export interface Structure {
  /** In half levels of luminance. */
  readonly fine: Plane;
  /** Half as many cells each way, and half as many again. */
  readonly coarse: Plane;
  readonly rough: Plane;
  /** Standard deviation of the structure, 0–255: below about 1 there is nothing to correlate. */
  readonly strength: number;
}

/** Cells on each side of one over which its surroundings are averaged. */
const SURROUNDINGS = 5;

/** Sums of luminance of each column's surroundings, and one over the cells of each, used again for every picture. */
const scratch = { columns: new Int32Array(0), shares: new Float64Array(0) };

/** Planes of many pictures share a piece of memory: one of its own costs more than what is computed in it. */
const SLAB = 32_768;
let slab = { buffer: new ArrayBuffer(0), used: 0 };

function cellsFor(count: number): Int16Array<ArrayBuffer> {
  const bytes = (2 * count + 7) & ~7;
  if (slab.used + bytes > slab.buffer.byteLength) slab = { buffer: new ArrayBuffer(Math.max(SLAB, bytes)), used: 0 };
  const cells = new Int16Array(slab.buffer, slab.used, count);
  slab.used += bytes;
  return cells;
}

export function structureOf({ width, height, luma }: Signature): Structure {
  if (scratch.columns.length < width) scratch.columns = new Int32Array(width);
  if (scratch.shares.length < width) scratch.shares = new Float64Array(width);
  const { columns, shares } = scratch;
  columns.fill(0);
  const cells = cellsFor(width * height);
  const first = Math.min(width, SURROUNDINGS);
  let energy = 0;
  let rows = 0;
  let rowsBefore = 0;
  for (let y = 0; y < SURROUNDINGS && y < height; y++, rows++) addRow(columns, luma, y * width, width, 1);
  for (let y = 0, at = 0; y < height; y++) {
    if (y + SURROUNDINGS < height) {
      addRow(columns, luma, (y + SURROUNDINGS) * width, width, 1);
      rows++;
    }
    if (y > SURROUNDINGS) {
      addRow(columns, luma, (y - SURROUNDINGS - 1) * width, width, -1);
      rows--;
    }
    if (rows !== rowsBefore) {
      for (let x = 0; x < width; x++) {
        shares[x] = 1 / (rows * (Math.min(width, x + SURROUNDINGS + 1) - Math.max(0, x - SURROUNDINGS)));
      }
      rowsBefore = rows;
    }
    let sum = 0;
    for (let x = 0; x < first; x++) sum = (sum + columns[x]!) | 0;
    for (let x = 0; x < width; x++, at++) {
      if (x + SURROUNDINGS < width) sum = (sum + columns[x + SURROUNDINGS]!) | 0;
      if (x > SURROUNDINGS) sum = (sum - columns[x - SURROUNDINGS - 1]!) | 0;
      const value = luma[at]! - sum * shares[x]!;
      energy += value * value;
      // Rounded; the offset keeps what is cut off positive.
      cells[at] = ((2 * value + 512.5) | 0) - 512;
    }
  }
  const fine: Plane = { width, height, cells, energies: null };
  const coarse = halved(fine);
  return { fine, coarse, rough: halved(coarse), strength: Math.sqrt(energy / luma.length) };
}

function addRow(columns: Int32Array, luma: Uint8Array, from: number, width: number, sign: 1 | -1): void {
  for (let x = 0; x < width; x++) columns[x] = (columns[x]! + sign * luma[from + x]!) | 0;
}

function halved({ cells, width, height }: Plane): Plane {
  const [across, down] = [width >> 1, height >> 1];
  const half = cellsFor(across * down);
  for (let y = 0; y < down; y++) {
    for (let x = 0, at = 2 * y * width; x < across; x++, at += 2) {
      half[y * across + x] = (cells[at]! + cells[at + 1]! + cells[at + width]! + cells[at + width + 1]!) >> 1;
    }
  }
  return { width: across, height: down, cells: half, energies: null };
}

function energiesOf(plane: Plane): Int32Array {
  if (plane.energies !== null) return plane.energies;
  const { width, height, cells } = plane;
  const stride = width + 1;
  const energies = new Int32Array(stride * (height + 1));
  for (let y = 0, at = 0; y < height; y++) {
    let row = 0;
    const below = (y + 1) * stride;
    for (let x = 1; x <= width; x++, at++) {
      row = (row + Math.imul(cells[at]!, cells[at]!)) | 0;
      energies[below + x] = (energies[below - stride + x]! + row) | 0;
    }
  }
  plane.energies = energies;
  return energies;
}

/** Correlation −1–1 of two planes of one size where they overlap when the other one is moved by (dx, dy) cells. */
function correlation(one: Plane, other: Plane, dx: number, dy: number): number {
  const { width, height } = one;
  const left = Math.max(0, dx);
  const right = Math.min(width, width + dx);
  const top = Math.max(0, dy);
  const bottom = Math.min(height, height + dy);
  const ones = energyWithin(energiesOf(one), width + 1, left, top, right, bottom);
  const others = energyWithin(energiesOf(other), width + 1, left - dx, top - dy, right - dx, bottom - dy);
  if (!(ones > 0 && others > 0)) return 0;
  const [first, second] = [one.cells, other.cells];
  const back = dy * width + dx;
  let product = 0;
  for (let y = top; y < bottom; y++) {
    const end = y * width + right;
    for (let at = y * width + left; at < end; at++) {
      product = (product + Math.imul(first[at]!, second[at - back]!)) | 0;
    }
  }
  return product / Math.sqrt(ones * others);
}

function energyWithin(
  energies: Int32Array,
  stride: number,
  left: number,
  top: number,
  right: number,
  bottom: number,
): number {
  const [above, below] = [top * stride, bottom * stride];
  return (energies[below + right]! - energies[below + left]! - energies[above + right]! + energies[above + left]!) | 0;
}

export interface Alignment {
  /** Correlation of the structure at the best shift, 0–1. */
  readonly likeness: number;
  /** By how much of its width and height the view of the other one lies to the right and below. */
  readonly right: number;
  readonly below: number;
}

/** With less than a fifth in common a likeness would be chance. */
const MOST_SHIFT = 0.8;

/** Correlation from which two views have not moved. */
const STILL = 0.9;
/** Correlation below which a closer look finds nothing in common either. */
const UNRELATED = 0.35;
/** Shifts that are all tried, and of more, how many are looked at closer. */
const NARROW = 100;
const PROMISING = 5;

const UNLIKE: Alignment = { likeness: 0, right: 0, below: 0 };

/**
 * Where the other view lies on the first one.
 * @param across, down how far to look, in cells of the coarse structure (24 along the long edge)
 * @returns likeness 0 for pictures of other proportions or without structure
 */
export function align(one: Structure, other: Structure, across: number, down: number): Alignment {
  const { width, height } = one.fine;
  if (width !== other.fine.width || height !== other.fine.height) return UNLIKE;
  const mostX = Math.min(across, Math.floor(one.coarse.width * MOST_SHIFT));
  const mostY = Math.min(down, Math.floor(one.coarse.height * MOST_SHIFT));
  const still = correlation(one.coarse, other.coarse, 0, 0);
  const [[x, y], agreed] = still < STILL ? shiftBetween(one, other, mostX, mostY) : [NO_SHIFT, still];
  if (agreed < UNRELATED) {
    return { likeness: Math.max(0, agreed), right: x / one.coarse.width, below: y / one.coarse.height };
  }
  const near = field(1, 1).map(([dx, dy]): Shift => [2 * x + dx, 2 * y + dy]);
  const [[[right, below], likeness]] = bestOf(one.fine, other.fine, near) as [Agreed];
  return { likeness: Math.max(0, likeness), right: right / width, below: below / height };
}

type Shift = readonly [x: number, y: number];
type Agreed = readonly [shift: Shift, correlation: number];
const NO_SHIFT: Shift = [0, 0];

/** The best shift in cells of the coarse structure; of a wide field only where the rough structure agrees most. */
function shiftBetween(one: Structure, other: Structure, mostX: number, mostY: number): Agreed {
  if ((2 * mostX + 1) * (2 * mostY + 1) <= NARROW) return bestOf(one.coarse, other.coarse, field(mostX, mostY))[0]!;
  const rough = bestOf(one.rough, other.rough, field(Math.ceil(mostX / 2), Math.ceil(mostY / 2)), PROMISING);
  const near = rough.flatMap(([[x, y]]) =>
    field(1, 1).map(([dx, dy]): Shift => [within(2 * x + dx, mostX), within(2 * y + dy, mostY)]),
  );
  return bestOf(one.coarse, other.coarse, near)[0]!;
}

const within = (value: number, most: number): number => Math.max(-most, Math.min(most, value));

const fields = new Map<number, readonly Shift[]>();

/** All shifts up to so many cells, none first. */
function field(mostX: number, mostY: number): readonly Shift[] {
  const key = mostX * 256 + mostY;
  const known = fields.get(key);
  if (known !== undefined) return known;
  const shifts: Shift[] = [NO_SHIFT];
  for (let y = -mostY; y <= mostY; y++) {
    for (let x = -mostX; x <= mostX; x++) if (x !== 0 || y !== 0) shifts.push([x, y]);
  }
  fields.set(key, shifts);
  return shifts;
}

/** So many shifts at which two planes agree most, the best one first; of equals the one that was named first. */
function bestOf(one: Plane, other: Plane, shifts: readonly Shift[], many = 1): Agreed[] {
  const best: Agreed[] = [];
  for (const shift of shifts) {
    const value = correlation(one, other, shift[0], shift[1]);
    if (best.length === many && value <= best.at(-1)![1]) continue;
    const place = best.findIndex(([, known]) => known < value);
    best.splice(place < 0 ? best.length : place, 0, [shift, value]);
    if (best.length > many) best.pop();
  }
  return best;
}

/** @returns 0 nothing alike – 1 the same view. */
export function likenessOf(
  one: Fingerprint,
  other: Fingerprint,
  structures: () => readonly [Structure | null, Structure | null],
): number {
  const bits = bitsBetween(one, other);
  if (bits <= SAME_BITS) return 1 - bits / 128;
  if (bits > HOPELESS_BITS) return 0;
  const [first, second] = structures();
  if (first === null || second === null) return Math.max(0, 1 - bits / UNLIKE_BITS);
  return align(first, second, HAND, HAND).likeness;
}
