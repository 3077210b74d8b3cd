/** A checkpoint with an adapter inside: every matrix that the adapter tunes becomes W + scale × b·a while it is read. */
import { ConversionError } from './failure.ts';
import { type Checkpoint, expectTensor } from './layout.ts';
import { NUMBER_BYTES, type StoredType, toFloats } from './numbers.ts';
import type { LowRank, OpenedAdapter } from './peft.ts';
import { elementCount, type SourceTensor } from './tensor-source.ts';

/** @throws ConversionError where the adapter was made for a model of another shape. */
export function withAdapter(checkpoint: Checkpoint, adapter: OpenedAdapter): Checkpoint {
  const text = new Map(checkpoint.text);
  for (const [module, pair] of adapter.lowRank) {
    const key = `${module}.weight`;
    if (!text.has(key)) throw new ConversionError(`The adapter tunes ${module}, which the checkpoint has not.`);
    const base = expectTensor(text, key, [pair.b.shape[0]!, pair.a.shape[1]!], 'language model');
    text.set(key, merged(base, pair));
  }
  const projector = new Map(checkpoint.projector);
  for (const [key, tensor] of adapter.projector) {
    expectTensor(projector, key, tensor.shape, 'projector');
    projector.set(key, tensor);
  }
  return { ...checkpoint, text, projector, warnings: [...checkpoint.warnings, ...adapter.warnings] };
}

/** In single precision whatever the base is stored in, so that small changes are not rounded away before the last step. */
function merged(base: SourceTensor, { a, b, scale }: LowRank): SourceTensor {
  const columns = base.shape[1]!;
  const rank = a.shape[0]!;
  const bytes = NUMBER_BYTES[base.type as StoredType];
  /** Both halves, while the tensor is being read through. */
  let held: Promise<[Float32Array, Float32Array]> | null = null;
  const whole = async (tensor: SourceTensor) => {
    const type = tensor.type as StoredType;
    return toFloats(await tensor.read(0, elementCount(tensor.shape) * NUMBER_BYTES[type]), type);
  };
  return {
    name: base.name,
    shape: base.shape,
    type: 'F32',
    origin: base.origin,
    async read(start, length) {
      const first = start / 4;
      const count = length / 4;
      const values = Float32Array.from(
        toFloats(await base.read(first * bytes, count * bytes), base.type as StoredType),
      );
      held ??= Promise.all([whole(a), whole(b)]);
      const [down, up] = await held;
      for (let at = 0; at < count; ) {
        const row = Math.floor((first + at) / columns);
        const from = (first + at) % columns;
        const length = Math.min(columns - from, count - at);
        for (let index = 0; index < rank; index++) {
          const factor = scale * up[row * rank + index]!;
          if (factor === 0) continue;
          const offset = index * columns + from;
          for (let column = 0; column < length; column++) values[at + column]! += factor * down[offset + column]!;
        }
        at += length;
      }
      if (first + count >= elementCount(base.shape)) held = null;
      return new Uint8Array(values.buffer);
    },
  };
}
