/** Where tensors come from: files of a checkpoint, or memory. The mapping to GGUF knows nothing else of a checkpoint. */

/** One tensor as it is stored. */
export interface SourceTensor {
  readonly name: string;
  /** Outermost dimension first; empty for a single number. */
  readonly shape: readonly number[];
  /** `F32`, `F16`, `BF16`, or another name that the converter refuses where it would need the numbers. */
  readonly type: string;
  /** For sentences: the file's name, or where else it lives. */
  readonly origin: string;
  /** Bytes `start` to `start + length` of its numbers, row after row, little-endian. */
  read(start: number, length: number): Promise<Uint8Array>;
}

export interface TensorSource {
  readonly tensors: ReadonlyMap<string, SourceTensor>;
  close(): Promise<void>;
}

/** Tensors that are in memory already: tests and tiny models. */
export function tensorsInMemory(
  tensors: Iterable<readonly [name: string, tensor: { shape: readonly number[]; data: Float32Array }]>,
): TensorSource {
  const map = new Map<string, SourceTensor>();
  for (const [name, { shape, data }] of tensors) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    map.set(name, {
      name,
      shape,
      type: 'F32',
      origin: 'memory',
      read: async (start, length) => bytes.slice(start, start + length),
    });
  }
  return { tensors: map, close: async () => {} };
}

/** Product of the dimensions. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}
