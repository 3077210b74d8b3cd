/** Color profiles: what one calls itself, and small matrix profiles for pictures that only name their color space. Source: ICC.1:2022. */
import { decodeText } from './tiff.ts';

/** The profile's description; null when it is unreadable. */
export function profileDescription(icc: Buffer): string | null {
  const tag = tagsOf(icc).get('desc');
  const type = tag?.toString('latin1', 0, 4);
  if (tag !== undefined && type === 'desc' && tag.length > 12)
    return decodeText(untilNul(tag.subarray(12, 12 + tag.readUInt32BE(8))));
  if (tag === undefined || type !== 'mluc' || tag.length < 28) return null;
  const start = tag.readUInt32BE(24);
  const text = Buffer.from(tag.subarray(start, start + (tag.readUInt32BE(20) & ~1)));
  return decodeText(
    Buffer.from(
      text
        .subarray(0, text.length & ~1)
        .swap16()
        .toString('utf16le'),
    ),
  );
}

/**
 * RGB → XYZ (D50) of a matrix profile whose curves are straight lines; null for every other profile.
 * @returns three rows of three.
 */
export function linearMatrix(icc: Buffer): number[][] | null {
  const tags = tagsOf(icc);
  const columns: number[][] = [];
  for (const channel of ['r', 'g', 'b']) {
    const colorant = tags.get(`${channel}XYZ`);
    const curve = tags.get(`${channel}TRC`);
    if (colorant === undefined || colorant.length < 20 || curve === undefined || !isStraight(curve)) return null;
    columns.push([8, 12, 16].map((at) => colorant.readInt32BE(at) / 65536));
  }
  return [0, 1, 2].map((row) => columns.map((column) => column[row]!));
}

/** No entries or a gamma of 1; a parametric curve of gamma 1 (its first parameter). */
function isStraight(curve: Buffer): boolean {
  const type = curve.toString('latin1', 0, 4);
  if (type === 'para') return curve.length >= 16 && curve.readUInt16BE(8) === 0 && curve.readInt32BE(12) === 65536;
  if (type !== 'curv' || curve.length < 12) return false;
  const count = curve.readUInt32BE(8);
  if (count === 2 && curve.length >= 16) return curve.readUInt16BE(12) === 0 && curve.readUInt16BE(14) === 65535;
  return count === 0 || (count === 1 && curve.length >= 14 && curve.readUInt16BE(12) === 256);
}

/** The body of one tag, its type signature first; undefined when the profile has none. */
export function tagOf(icc: Buffer, signature: string): Buffer | undefined {
  return tagsOf(icc).get(signature);
}

function tagsOf(icc: Buffer): Map<string, Buffer> {
  const tags = new Map<string, Buffer>();
  if (icc.length < 132 || icc.toString('latin1', 36, 40) !== 'acsp') return tags;
  const count = Math.min(icc.readUInt32BE(128), 200);
  for (let index = 0, at = 132; index < count && at + 12 <= icc.length; index++, at += 12) {
    const start = icc.readUInt32BE(at + 4);
    tags.set(icc.toString('latin1', at, at + 4), icc.subarray(start, start + icc.readUInt32BE(at + 8)));
  }
  return tags;
}

function untilNul(text: Buffer): Buffer {
  const end = text.indexOf(0);
  return end === -1 ? text : text.subarray(0, end);
}

/** Red, green, blue and white as CIE xy. */
type Primaries = readonly (readonly [number, number])[];

const D65: readonly [number, number] = [0.3127, 0.329];
const SPACES: Record<
  'adobe-rgb' | 'display-p3' | 'bt2020' | 'prophoto-rgb',
  { name: string; primaries: Primaries; gamma: number | 'srgb' }
> = {
  'adobe-rgb': {
    name: 'Adobe RGB compatible',
    primaries: [[0.64, 0.33], [0.21, 0.71], [0.15, 0.06], D65],
    gamma: 563 / 256,
  },
  'display-p3': {
    name: 'Display P3 compatible',
    primaries: [[0.68, 0.32], [0.265, 0.69], [0.15, 0.06], D65],
    gamma: 'srgb',
  },
  'prophoto-rgb': {
    name: 'ProPhoto RGB compatible',
    primaries: [
      [0.7347, 0.2653],
      [0.1596, 0.8404],
      [0.0366, 0.0001],
      [0.3457, 0.3585],
    ],
    gamma: 1.8,
  },
  bt2020: {
    name: 'BT.2020 compatible',
    primaries: [[0.708, 0.292], [0.17, 0.797], [0.131, 0.046], D65],
    gamma: 'srgb',
  },
};

const built = new Map<string, Buffer>();

/** A matrix profile for a color space that a file names without carrying a profile (DCF option file R03, nclx 12). */
export function namedProfile(space: keyof typeof SPACES): Buffer {
  const known = built.get(space);
  if (known !== undefined) return known;
  const { name, primaries, gamma } = SPACES[space];
  const [red, green, blue] = toD50(primaries);
  const text = Buffer.alloc(12 + name.length + 1 + 78);
  text.write('desc', 0, 'latin1');
  text.writeUInt32BE(name.length + 1, 8);
  text.write(name, 12, 'latin1');
  const curve = gamma === 'srgb' ? srgbCurve() : gammaCurve(gamma);
  const profile = assemble([
    ['desc', text],
    ['wtpt', xyz([0.9642, 1, 0.8249])],
    ['rXYZ', xyz(red!)],
    ['gXYZ', xyz(green!)],
    ['bXYZ', xyz(blue!)],
    ['rTRC', curve],
    ['gTRC', curve],
    ['bTRC', curve],
    ['cprt', Buffer.concat([Buffer.from('text\0\0\0\0', 'latin1'), Buffer.from('No copyright\0', 'latin1')])],
  ]);
  built.set(space, profile);
  return profile;
}

type Triple = readonly [number, number, number];

/** XYZ of the three primaries, scaled to the white point and adapted to D50 (Bradford). */
function toD50(primaries: Primaries): Triple[] {
  const columns = primaries.map(([x, y]): Triple => [x / y, 1, (1 - x - y) / y]);
  const white = columns[3]!;
  const matrix = [0, 1, 2].map((row) => [0, 1, 2].map((column) => columns[column]![row]!));
  const scale = solve(matrix, white);
  const bradford = [
    [0.8951, 0.2664, -0.1614],
    [-0.7502, 1.7135, 0.0367],
    [0.0389, -0.0685, 1.0296],
  ];
  const from = times(bradford, white);
  const to = times(bradford, [0.9642, 1, 0.8249]);
  return [0, 1, 2].map((column) => {
    const cone = times(bradford, columns[column]!.map((value) => value * scale[column]!) as unknown as Triple);
    return solve(bradford, cone.map((value, index) => (value * to[index]!) / from[index]!) as unknown as Triple);
  });
}

function times(matrix: readonly (readonly number[])[], vector: Triple): Triple {
  return matrix.map((row) => row[0]! * vector[0] + row[1]! * vector[1] + row[2]! * vector[2]) as unknown as Triple;
}

/** Cramer's rule for three unknowns. */
function solve(matrix: readonly (readonly number[])[], right: Triple): Triple {
  const determinant = (m: readonly (readonly number[])[]) =>
    m[0]![0]! * (m[1]![1]! * m[2]![2]! - m[1]![2]! * m[2]![1]!) -
    m[0]![1]! * (m[1]![0]! * m[2]![2]! - m[1]![2]! * m[2]![0]!) +
    m[0]![2]! * (m[1]![0]! * m[2]![1]! - m[1]![1]! * m[2]![0]!);
  const whole = determinant(matrix);
  return [0, 1, 2].map(
    (column) => determinant(matrix.map((row, y) => row.map((value, x) => (x === column ? right[y]! : value)))) / whole,
  ) as unknown as Triple;
}

function xyz(values: Triple): Buffer {
  const tag = Buffer.alloc(20);
  tag.write('XYZ ', 0, 'latin1');
  for (const [index, value] of values.entries()) tag.writeInt32BE(Math.round(value * 65536), 8 + index * 4);
  return tag;
}

function gammaCurve(gamma: number): Buffer {
  const tag = Buffer.alloc(16);
  tag.write('curv', 0, 'latin1');
  tag.writeUInt32BE(1, 8);
  tag.writeUInt16BE(Math.round(gamma * 256), 12);
  return tag;
}

function srgbCurve(): Buffer {
  const tag = Buffer.alloc(12 + 1024 * 2);
  tag.write('curv', 0, 'latin1');
  tag.writeUInt32BE(1024, 8);
  for (let index = 0; index < 1024; index++) {
    const value = index / 1023;
    const linear = value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    tag.writeUInt16BE(Math.round(linear * 65535), 12 + index * 2);
  }
  return tag;
}

function assemble(tags: [string, Buffer][]): Buffer {
  const table = Buffer.alloc(4 + tags.length * 12);
  table.writeUInt32BE(tags.length, 0);
  const bodies: Buffer[] = [];
  let position = 128 + table.length;
  for (const [index, [name, body]] of tags.entries()) {
    const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
    table.write(name, 4 + index * 12, 'latin1');
    table.writeUInt32BE(position, 8 + index * 12);
    table.writeUInt32BE(body.length, 12 + index * 12);
    bodies.push(padded);
    position += padded.length;
  }
  const header = Buffer.alloc(128);
  header.writeUInt32BE(position, 0);
  header.writeUInt32BE(0x02100000, 8);
  header.write('mntrRGB XYZ ', 12, 'latin1');
  header.write('acsp', 36, 'latin1');
  for (const [index, value] of [0.9642, 1, 0.8249].entries())
    header.writeInt32BE(Math.round(value * 65536), 68 + index * 4);
  return Buffer.concat([header, table, ...bodies]);
}
