/**
 * Writes GGUF version 3, the file format of llama.cpp. Tensor data is streamed, so a file may be far larger than
 * memory. Nothing appears under the final name until every byte is on the disk.
 * Source: ggml's docs/gguf.md.
 */
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Metadata value types with their numbers in the file. */
const VALUE_TYPES = {
  uint8: 0,
  int8: 1,
  uint16: 2,
  int16: 3,
  uint32: 4,
  int32: 5,
  float32: 6,
  bool: 7,
  string: 8,
  uint64: 10,
  int64: 11,
  float64: 12,
} as const;
const ARRAY_TYPE = 9;

type NumberType = Exclude<keyof typeof VALUE_TYPES, 'bool' | 'string' | 'uint64' | 'int64'>;
type ScalarValue =
  | { type: NumberType; value: number }
  | { type: 'uint64'; value: bigint }
  | { type: 'int64'; value: bigint }
  | { type: 'bool'; value: boolean }
  | { type: 'string'; value: string };
type ArrayValue =
  | { type: 'array'; of: NumberType; values: ArrayLike<number> }
  | { type: 'array'; of: 'uint64' | 'int64'; values: ArrayLike<bigint> }
  | { type: 'array'; of: 'bool'; values: ArrayLike<boolean> }
  | { type: 'array'; of: 'string'; values: ArrayLike<string> };

/** One metadata value with its exact type in the file. */
export type GgufValue = ScalarValue | ArrayValue;

/** Tensor types: number in the file, elements a block, bytes a block. Source: ggml.h and ggml-common.h. */
export const TENSOR_TYPES = {
  F32: { id: 0, blockSize: 1, blockBytes: 4 },
  F16: { id: 1, blockSize: 1, blockBytes: 2 },
  Q4_0: { id: 2, blockSize: 32, blockBytes: 18 },
  Q8_0: { id: 8, blockSize: 32, blockBytes: 34 },
  Q4_K: { id: 12, blockSize: 256, blockBytes: 144 },
  Q5_K: { id: 13, blockSize: 256, blockBytes: 176 },
  Q6_K: { id: 14, blockSize: 256, blockBytes: 210 },
  I32: { id: 26, blockSize: 1, blockBytes: 4 },
  BF16: { id: 30, blockSize: 1, blockBytes: 2 },
} as const;
export type TensorType = keyof typeof TENSOR_TYPES;

/** A tensor to write. */
export interface GgufTensor {
  /** At most 63 bytes (GGML_MAX_NAME). */
  name: string;
  /** Outermost dimension first, as PyTorch and Hugging Face say it: `[rows, columns]`. One to four dimensions. */
  shape: readonly number[];
  type: TensorType;
  /**
   * The tensor's bytes, row after row, little-endian, in pieces of any size; called once, when its turn comes.
   * A piece may be reused by the producer once the next one is asked for.
   */
  data: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

export interface GgufFile {
  /** Keys in the order in which they are written, such as `general.architecture`. */
  metadata: Readonly<Record<string, GgufValue>> | ReadonlyMap<string, GgufValue>;
  tensors: readonly GgufTensor[];
  /** Bytes; a power of two, at least 8. Default 32. */
  alignment?: number;
}

export interface WriteOptions {
  signal?: AbortSignal;
  /** Called after each piece with the bytes written so far and the size of the whole file. */
  onProgress?: (written: number, total: number) => void;
}

/** Bytes that a tensor takes. @throws RangeError where the shape does not fit the type. */
export function tensorBytes(shape: readonly number[], type: TensorType): number {
  const { blockSize, blockBytes } = TENSOR_TYPES[type];
  if (shape.length < 1 || shape.length > 4)
    throw new RangeError(`A tensor has 1 to 4 dimensions, not ${shape.length}.`);
  let elements = 1;
  for (const dimension of shape) {
    if (!Number.isSafeInteger(dimension) || dimension < 1)
      throw new RangeError(`A tensor's dimensions are whole numbers from 1 on, not ${dimension}.`);
    elements *= dimension;
  }
  const rowLength = shape.at(-1)!;
  if (rowLength % blockSize !== 0)
    throw new RangeError(`${type} needs rows of a multiple of ${blockSize} elements, not ${rowLength}.`);
  const bytes = (elements / blockSize) * blockBytes;
  if (!Number.isSafeInteger(bytes)) throw new RangeError(`A tensor of shape [${shape.join(', ')}] is too large.`);
  return bytes;
}

/** The temporary name under which a file is written until it is whole. */
function partialName(path: string): string {
  return `${path}.partial`;
}

/** Size in bytes that the file will have. */
export function ggufSize(file: GgufFile): number {
  return layOut(file).total;
}

/**
 * Writes the file under `<path>.partial`, flushes it to the disk and renames it to `path`. When anything fails, the
 * partial file is removed; after a kill it is left behind and overwritten by the next attempt.
 * @returns the file's size in bytes.
 * @throws RangeError for metadata or tensors that the format cannot hold, Error when a tensor yields more or fewer
 * bytes than its shape says, the signal's reason when aborted.
 */
export async function writeGguf(path: string, file: GgufFile, options: WriteOptions = {}): Promise<number> {
  const { signal, onProgress } = options;
  signal?.throwIfAborted();
  const { head, alignment, sizes, total } = layOut(file);
  await mkdir(dirname(path), { recursive: true });
  const partial = partialName(path);
  const handle = await open(partial, 'w');
  try {
    let written = 0;
    const write = async (bytes: Uint8Array) => {
      let offset = 0;
      while (offset < bytes.byteLength) offset += (await handle.write(bytes, offset)).bytesWritten;
      written += bytes.byteLength;
      onProgress?.(written, total);
    };
    await write(head);
    for (const [index, tensor] of file.tensors.entries()) {
      const expected = sizes[index]!;
      let received = 0;
      for await (const piece of tensor.data()) {
        signal?.throwIfAborted();
        received += piece.byteLength;
        if (received > expected) break;
        await write(piece);
      }
      if (received !== expected)
        throw new Error(
          `The tensor ${tensor.name} gave ${received > expected ? 'more than ' : ''}${Math.min(received, expected)} bytes; its shape needs ${expected}.`,
        );
      const padding = padded(expected, alignment) - expected;
      if (padding > 0) await write(new Uint8Array(padding));
    }
    signal?.throwIfAborted();
    await handle.sync();
    await handle.close();
    await rename(partial, path);
    await syncDirectory(dirname(path));
    return written;
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(partial, { force: true });
    throw error;
  }
}

/** Makes a rename in this directory durable. Windows has no such call and needs none. */
export async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function padded(size: number, alignment: number): number {
  return Math.ceil(size / alignment) * alignment;
}

/** Everything before the tensor data, checked; the sizes of the tensors, and of the file. */
function layOut(file: GgufFile): { head: Uint8Array; alignment: number; sizes: number[]; total: number } {
  const alignment = file.alignment ?? 32;
  if (!Number.isInteger(Math.log2(alignment)) || alignment < 8 || alignment > 2 ** 20)
    throw new RangeError(`The alignment is a power of two from 8 to 1048576, not ${alignment}.`);
  const metadata = new Map(file.metadata instanceof Map ? file.metadata : Object.entries(file.metadata));
  if (alignment !== 32 || metadata.has('general.alignment'))
    metadata.set('general.alignment', { type: 'uint32', value: alignment });

  const out = new ByteSink();
  out.uint32(0x46554747); // "GGUF"
  out.uint32(3);
  out.uint64(BigInt(file.tensors.length));
  out.uint64(BigInt(metadata.size));
  for (const [key, value] of metadata) {
    if (key.length === 0 || Buffer.byteLength(key) > 65535)
      throw new RangeError('A metadata key has 1 to 65535 bytes.');
    out.string(key);
    writeValue(out, key, value);
  }

  const names = new Set<string>();
  const sizes: number[] = [];
  let offset = 0;
  for (const tensor of file.tensors) {
    if (tensor.name.length === 0 || Buffer.byteLength(tensor.name) > 63)
      throw new RangeError(`A tensor's name has 1 to 63 bytes; "${tensor.name}" does not.`);
    if (names.has(tensor.name)) throw new RangeError(`Two tensors have the name ${tensor.name}.`);
    names.add(tensor.name);
    const size = tensorBytes(tensor.shape, tensor.type);
    sizes.push(size);
    out.string(tensor.name);
    out.uint32(tensor.shape.length);
    for (const dimension of tensor.shape.toReversed()) out.uint64(BigInt(dimension));
    out.uint32(TENSOR_TYPES[tensor.type].id);
    out.uint64(BigInt(offset));
    offset += padded(size, alignment);
  }
  out.zeros(padded(out.length, alignment) - out.length);
  const head = out.bytes();
  return { head, alignment, sizes, total: head.byteLength + offset };
}

function writeValue(out: ByteSink, key: string, value: GgufValue): void {
  if (value.type !== 'array') {
    out.uint32(VALUE_TYPES[value.type]);
    writeScalar(out, key, value);
    return;
  }
  out.uint32(ARRAY_TYPE);
  out.uint32(VALUE_TYPES[value.of]);
  out.uint64(BigInt(value.values.length));
  for (let index = 0; index < value.values.length; index++)
    writeScalar(out, key, { type: value.of, value: value.values[index] } as ScalarValue);
}

/** Lowest and highest value of each whole-number type. */
const RANGES = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65535],
  int16: [-32768, 32767],
  uint32: [0, 4294967295],
  int32: [-2147483648, 2147483647],
} as const;

function writeScalar(out: ByteSink, key: string, scalar: ScalarValue): void {
  if (scalar.type === 'string') out.string(scalar.value);
  else if (scalar.type === 'bool') out.uint8(scalar.value ? 1 : 0);
  else if (scalar.type === 'float32') out.float32(scalar.value);
  else if (scalar.type === 'float64') out.float64(scalar.value);
  else if (scalar.type === 'uint64' || scalar.type === 'int64') {
    const fits = scalar.type === 'uint64' ? BigInt.asUintN(64, scalar.value) : BigInt.asIntN(64, scalar.value);
    if (fits !== scalar.value) throw new RangeError(`${key}: ${scalar.value} does not fit into ${scalar.type}.`);
    out.uint64(BigInt.asUintN(64, scalar.value));
  } else {
    const [lowest, highest] = RANGES[scalar.type];
    if (!Number.isInteger(scalar.value) || scalar.value < lowest || scalar.value > highest)
      throw new RangeError(`${key}: ${scalar.value} does not fit into ${scalar.type}.`);
    if (scalar.type === 'uint8' || scalar.type === 'int8') out.uint8(scalar.value & 0xff);
    else if (scalar.type === 'uint16' || scalar.type === 'int16') out.uint16(scalar.value & 0xffff);
    else out.uint32(scalar.value >>> 0);
  }
}

/** A growing little-endian buffer. */
class ByteSink {
  #buffer = Buffer.alloc(1 << 16);
  length = 0;

  #reserve(bytes: number): number {
    const start = this.length;
    this.length += bytes;
    if (this.length > this.#buffer.byteLength) {
      const larger = Buffer.alloc(Math.max(this.length, this.#buffer.byteLength * 2));
      this.#buffer.copy(larger, 0, 0, start);
      this.#buffer = larger;
    }
    return start;
  }
  uint8(value: number): void {
    const start = this.#reserve(1);
    this.#buffer.writeUInt8(value, start);
  }
  uint16(value: number): void {
    const start = this.#reserve(2);
    this.#buffer.writeUInt16LE(value, start);
  }
  uint32(value: number): void {
    const start = this.#reserve(4);
    this.#buffer.writeUInt32LE(value, start);
  }
  uint64(value: bigint): void {
    const start = this.#reserve(8);
    this.#buffer.writeBigUInt64LE(value, start);
  }
  float32(value: number): void {
    const start = this.#reserve(4);
    this.#buffer.writeFloatLE(value, start);
  }
  float64(value: number): void {
    const start = this.#reserve(8);
    this.#buffer.writeDoubleLE(value, start);
  }
  string(value: string): void {
    const bytes = Buffer.from(value);
    this.uint64(BigInt(bytes.byteLength));
    const start = this.#reserve(bytes.byteLength);
    bytes.copy(this.#buffer, start);
  }
  zeros(count: number): void {
    const start = this.#reserve(count);
    this.#buffer.fill(0, start, start + count);
  }
  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.length);
  }
}
