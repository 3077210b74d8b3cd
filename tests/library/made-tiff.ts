/** Writes TIFF files of any layout, uncompressed, as LZW or Zstandard, for tests of readers. */
import { zstdCompressSync } from 'node:zlib';

export type MadeTiff = {
  width: number;
  height: number;
  bits: number;
  samples: number;
  photometric: number;
  /** 1 unsigned, 2 signed, 3 floats (of 16 and 64 bits). */
  format?: number;
  isPlanar?: boolean;
  /** Edge of square tiles; strips of all rows without. */
  tile?: number;
  isLzw?: boolean;
  isZstandard?: boolean;
  /** Of luma and color: pixels across and down that share their color; `at` is asked for the first of them. */
  subsampling?: [number, number];
  /** Value of a sample as it is stored. */
  at: (x: number, y: number, sample: number) => number;
};

export function makeTiff(made: MadeTiff): Buffer {
  const { width, height, bits, samples, photometric, format = 1, isPlanar = false, tile, isLzw = false } = made;
  const { isZstandard = false, subsampling } = made;
  const [wide, high] = [tile ?? width, tile ?? height];
  const pieces: Buffer[] = [];
  for (const plane of isPlanar
    ? Array.from({ length: samples }, (_, index) => [index])
    : [Array.from({ length: samples }, (_, index) => index)])
    for (let top = 0; top < height; top += high)
      for (let left = 0; left < width; left += wide) {
        const pack = format === 3 ? packFloats : packRow;
        const rows = Array.from({ length: high }, (_, y) =>
          pack(
            Array.from({ length: wide }, (__, x) =>
              plane.map((sample) => (left + x < width && top + y < height ? made.at(left + x, top + y, sample) : 0)),
            ).flat(),
            bits,
          ),
        );
        const body = subsampling === undefined ? Buffer.concat(rows) : unitsOf(made, subsampling);
        pieces.push(isLzw ? lzw(body) : isZstandard ? zstdCompressSync(body) : body);
      }
  const places: number[] = [];
  let position = 8;
  for (const piece of pieces) {
    places.push(position);
    position += piece.length + (piece.length & 1);
  }
  const sizes = pieces.map(({ length }) => length);
  const entries: [tag: number, type: 3 | 4, values: number[]][] = [
    [256, 4, [width]],
    [257, 4, [height]],
    [258, 3, Array.from({ length: samples }, () => bits)],
    [259, 3, [isLzw ? 5 : isZstandard ? 50_000 : 1]],
    [262, 3, [photometric]],
    ...(tile === undefined ? ([[273, 4, places]] as [number, 4, number[]][]) : []),
    [277, 3, [samples]],
    ...(tile === undefined
      ? ([
          [278, 4, [height]],
          [279, 4, sizes],
        ] as [number, 4, number[]][])
      : []),
    [284, 3, [isPlanar ? 2 : 1]],
    ...(tile === undefined
      ? []
      : ([
          [322, 4, [tile]],
          [323, 4, [tile]],
          [324, 4, places],
          [325, 4, sizes],
        ] as [number, 4, number[]][])),
    ...(samples > 3 ? ([[338, 3, Array.from({ length: samples - 3 }, () => 0)]] as [number, 3, number[]][]) : []),
    [339, 3, Array.from({ length: samples }, () => format)],
    ...(subsampling === undefined ? [] : ([[530, 3, subsampling]] as [number, 3, number[]][])),
  ];
  const table = Buffer.alloc(2 + entries.length * 12 + 4);
  table.writeUInt16LE(entries.length, 0);
  const extra: Buffer[] = [];
  let extraAt = position + table.length;
  for (const [index, [tag, type, values]] of entries.entries()) {
    const at = 2 + index * 12;
    const body = Buffer.alloc(values.length * (type === 3 ? 2 : 4));
    for (const [one, value] of values.entries())
      type === 3 ? body.writeUInt16LE(value, one * 2) : body.writeUInt32LE(value, one * 4);
    table.writeUInt16LE(tag, at);
    table.writeUInt16LE(type, at + 2);
    table.writeUInt32LE(values.length, at + 4);
    if (body.length <= 4) body.copy(table, at + 8);
    else {
      table.writeUInt32LE(extraAt, at + 8);
      extra.push(body);
      extraAt += body.length;
    }
  }
  const header = Buffer.from('49492a0000000000', 'hex');
  header.writeUInt32LE(position, 4);
  const even = (piece: Buffer) => ((piece.length & 1) === 1 ? Buffer.concat([piece, Buffer.alloc(1)]) : piece);
  return Buffer.concat([header, ...pieces.map(even), table, ...extra]);
}

/** One strip of luma, and for every so many of them one color. */
function unitsOf({ width, height, at }: MadeTiff, [across, down]: [number, number]): Buffer {
  const units: number[] = [];
  for (let top = 0; top < height; top += down)
    for (let left = 0; left < width; left += across) {
      for (let y = top; y < top + down; y++) for (let x = left; x < left + across; x++) units.push(at(x, y, 0));
      units.push(at(left, top, 1), at(left, top, 2));
    }
  return Buffer.from(units);
}

/** Little-endian floats of 16 (of no sign, 1 or more times 2⁻¹⁴) or 64 bits. */
function packFloats(values: number[], bits: number): Buffer {
  const row = Buffer.alloc((values.length * bits) / 8);
  for (const [index, value] of values.entries()) {
    if (bits === 64) row.writeDoubleLE(value, index * 8);
    else if (value > 0) {
      const exponent = Math.floor(Math.log2(value));
      row.writeUInt16LE(((exponent + 15) << 10) + Math.round((value / 2 ** exponent - 1) * 1024), index * 2);
    }
  }
  return row;
}

/** Values of `bits` each, the highest bit first below a byte's size, little-endian above; rows end at a byte. */
function packRow(values: number[], bits: number): Buffer {
  if (bits % 8 === 0) {
    const row = Buffer.alloc((values.length * bits) / 8);
    for (const [index, value] of values.entries()) row.writeUIntLE(value, (index * bits) / 8, bits / 8);
    return row;
  }
  const row = Buffer.alloc(Math.ceil((values.length * bits) / 8));
  for (const [index, value] of values.entries())
    for (let bit = 0; bit < bits; bit++) {
      const at = index * bits + bit;
      row[at >> 3]! |= ((value >> (bits - 1 - bit)) & 1) << (7 - (at & 7));
    }
  return row;
}

/** Real LZW with a growing table, as TIFF 6.0 section 13 describes it. */
function lzw(data: Buffer): Buffer {
  const codes: [value: number, width: number][] = [];
  let table = new Map<string, number>();
  let next = 258;
  let width = 9;
  const clear = () => {
    codes.push([256, width]);
    table = new Map();
    next = 258;
    width = 9;
  };
  clear();
  const codeOf = (text: string) => (text.length === 1 ? text.charCodeAt(0) : table.get(text)!);
  let known = '';
  for (const byte of data) {
    const longer = known + String.fromCharCode(byte);
    if (longer.length === 1 || table.has(longer)) {
      known = longer;
      continue;
    }
    codes.push([codeOf(known), width]);
    table.set(longer, next++);
    if (next === 512 || next === 1024 || next === 2048) width++;
    else if (next === 4095) clear();
    known = String.fromCharCode(byte);
  }
  if (known !== '') codes.push([codeOf(known), width]);
  if (known !== '') next++;
  if (next === 512 || next === 1024 || next === 2048) width++;
  codes.push([257, width]);
  const out = Buffer.alloc(Math.ceil(codes.reduce((sum, [, size]) => sum + size, 0) / 8));
  let at = 0;
  for (const [value, size] of codes)
    for (let bit = size - 1; bit >= 0; bit--, at++) out[at >> 3]! |= ((value >> bit) & 1) << (7 - (at & 7));
  return out;
}
