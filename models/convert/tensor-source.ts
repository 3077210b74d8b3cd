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

/** Product of the dimensions. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}
