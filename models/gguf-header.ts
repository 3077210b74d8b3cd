/**
 * Reads and checks the head of a GGUF file before llama.cpp touches it: a truncated or hostile file gets a sentence
 * here instead of an assertion there. Nothing is allocated that the file's size does not pay for.
 * Source: ggml's docs/gguf.md and ggml-common.h.
 */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { ModelError } from './model-api.ts';

export type HeaderValue =
  | string
  | number
  | boolean
  | { type: number; length: number; values: (string | number | boolean)[] };

export interface GgufHeader {
  path: string;
  /** Size of the file, bytes. */
  bytes: number;
  metadata: Map<string, HeaderValue>;
  /** Name → dimensions, innermost first, as the file has them, and where its numbers begin in the file. */
  tensors: Map<string, { dimensions: number[]; type: number; bytes: number | null; offset: number }>;
}

/** Bytes and elements a block, of the tensor types whose layout is known here. Others are not measured. */
const BLOCKS: Record<number, readonly [bytes: number, elements: number]> = {
  0: [4, 1],
  1: [2, 1],
  2: [18, 32],
  3: [20, 32],
  6: [22, 32],
  7: [24, 32],
  8: [34, 32],
  10: [84, 256],
  11: [110, 256],
  12: [144, 256],
  13: [176, 256],
  14: [210, 256],
  30: [2, 1],
};
const HEAD_LIMIT = 512 * 1024 * 1024;
/** Values of an array that are kept; longer ones (vocabularies) are walked over. */
const KEPT_VALUES = 4096;

/** @throws ModelError `bad-file` with a sentence. */
export async function readGgufHeader(path: string): Promise<GgufHeader> {
  const name = basename(path);
  const bad = (what: string) => new ModelError('bad-file', `${name} ${what}.`);
  const info = await stat(path).catch(() => null);
  if (!info) throw bad('is not there');
  if (!info.isFile()) throw bad('is not a file');
  const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw bad(`cannot be read (${error.code ?? error.message})`);
  });
  try {
    const reader = new Reader(handle, info.size, () => bad('is truncated or damaged: its header does not end'));
    if (info.size < 24 || (await reader.uint32()) !== 0x46554747) throw bad('is not a GGUF file');
    const version = await reader.uint32();
    if (version < 2 || version > 3) throw bad(`is GGUF version ${version}, which this engine does not read`);
    const tensorCount = await reader.count(24);
    const valueCount = await reader.count(13);
    const metadata = new Map<string, HeaderValue>();
    for (let index = 0; index < valueCount; index++) {
      const key = await reader.string();
      const value = await readValue(reader, await reader.uint32(), 0);
      if (value === null) throw bad(`is damaged: the type of ${printable(key)} is unknown`);
      metadata.set(key, value);
    }
    const alignment = Number(metadata.get('general.alignment') ?? 32);
    if (!Number.isInteger(Math.log2(alignment))) throw bad('is damaged: its alignment is no power of two');

    const tensors: GgufHeader['tensors'] = new Map();
    const ends: [name: string, end: number][] = [];
    for (let index = 0; index < tensorCount; index++) {
      const tensor = await reader.string();
      const rank = await reader.uint32();
      if (rank > 4) throw bad(`is damaged: ${printable(tensor)} has ${rank} dimensions`);
      const dimensions: number[] = [];
      for (let axis = 0; axis < rank; axis++) dimensions.push(await reader.uint64());
      const type = await reader.uint32();
      const offset = await reader.uint64();
      const elements = dimensions.reduce((product, size) => product * size, 1);
      if (!Number.isSafeInteger(elements) || elements < 0) throw bad(`is damaged: ${printable(tensor)} is too large`);
      const block = BLOCKS[type];
      if (tensors.has(tensor)) throw bad(`is damaged: ${printable(tensor)} is in it twice`);
      const bytes = block ? Math.ceil(elements / block[1]) * block[0] : null;
      tensors.set(tensor, { dimensions, type, bytes, offset });
      ends.push([tensor, offset + (bytes ?? 0)]);
    }
    const start = Math.ceil(reader.offset / alignment) * alignment;
    for (const tensor of tensors.values()) tensor.offset += start;
    for (const [tensor, end] of ends)
      if (start + end > info.size)
        throw bad(`is truncated: ${printable(tensor)} ends at byte ${start + end} and the file has ${info.size}`);
    return { path, bytes: info.size, metadata, tensors };
  } finally {
    await handle.close();
  }
}

/** A whole number of the metadata, or null. */
export function numberIn(header: GgufHeader, key: string): number | null {
  const value = header.metadata.get(key);
  return typeof value === 'number' ? value : null;
}

/** A text of the metadata, or null. */
export function textIn(header: GgufHeader, key: string): string | null {
  const value = header.metadata.get(key);
  return typeof value === 'string' ? value : null;
}

function printable(text: string): string {
  return /^[\x20-\x7e]{1,80}$/.test(text) ? text : 'an entry';
}

async function readValue(reader: Reader, type: number, depth: number): Promise<HeaderValue | null> {
  switch (type) {
    case 0:
      return (await reader.take(1)).readUInt8();
    case 1:
      return (await reader.take(1)).readInt8();
    case 2:
      return (await reader.take(2)).readUInt16LE();
    case 3:
      return (await reader.take(2)).readInt16LE();
    case 4:
      return reader.uint32();
    case 5:
      return (await reader.take(4)).readInt32LE();
    case 6:
      return (await reader.take(4)).readFloatLE();
    case 7:
      return (await reader.take(1)).readUInt8() !== 0;
    case 8:
      return reader.string();
    case 9: {
      if (depth > 2) return null;
      const of = await reader.uint32();
      const length = await reader.count(1);
      const values: (string | number | boolean)[] = [];
      for (let index = 0; index < length; index++) {
        const value = await readValue(reader, of, depth + 1);
        if (value === null) return null;
        if (typeof value !== 'object' && index < KEPT_VALUES) values.push(value);
      }
      return { type: of, length, values };
    }
    case 10:
      return reader.uint64();
    case 11:
      return Number((await reader.take(8)).readBigInt64LE());
    case 12:
      return (await reader.take(8)).readDoubleLE();
    default:
      return null;
  }
}

/** Reads a file forward in large pieces. */
class Reader {
  #piece = Buffer.alloc(0);
  #at = 0;
  offset = 0;
  readonly #handle: FileHandle;
  readonly #size: number;
  readonly #truncated: () => ModelError;

  constructor(handle: FileHandle, size: number, truncated: () => ModelError) {
    this.#handle = handle;
    this.#size = size;
    this.#truncated = truncated;
  }

  take(length: number): Promise<Buffer> | Buffer {
    if (this.#at + length <= this.#piece.length) {
      const bytes = this.#piece.subarray(this.#at, this.#at + length);
      this.#at += length;
      this.offset += length;
      return bytes;
    }
    return this.#fill(length);
  }
  async #fill(length: number): Promise<Buffer> {
    if (this.offset + length > Math.min(this.#size, HEAD_LIMIT)) throw this.#truncated();
    const wanted = Math.min(Math.max(length, 1 << 20), this.#size - this.offset);
    const piece = Buffer.alloc(wanted);
    const { bytesRead } = await this.#handle.read(piece, 0, wanted, this.offset);
    if (bytesRead < length) throw this.#truncated();
    this.#piece = piece.subarray(0, bytesRead);
    this.#at = length;
    this.offset += length;
    return this.#piece.subarray(0, length);
  }
  async uint32(): Promise<number> {
    return (await this.take(4)).readUInt32LE();
  }
  async uint64(): Promise<number> {
    return Number((await this.take(8)).readBigUInt64LE());
  }
  /** A number of things of at least `bytes` bytes each: no more than the file can hold. */
  async count(bytes: number): Promise<number> {
    const count = await this.uint64();
    if (count * bytes > this.#size) throw this.#truncated();
    return count;
  }
  async string(): Promise<string> {
    const length = await this.uint64();
    if (length > this.#size) throw this.#truncated();
    return (await this.take(length)).toString('utf8');
  }
}
