/** Checks a GGUF adapter against the model that it is to be added to, before either is loaded. */
import { basename } from 'node:path';
import { type GgufHeader, numberIn, readGgufHeader, textIn } from './gguf-header.ts';
import { ModelError } from './model-api.ts';

interface AdapterFacts {
  bytes: number;
  /** Matrices of the model that it changes. */
  matrices: number;
  /** Lowest and highest rank of its parts. */
  rank: readonly [number, number];
  /** As written in the file; 0: the strength alone counts. */
  alpha: number;
}

/** @throws ModelError `bad-file` or `mismatch` with one sentence. */
export async function inspectAdapter(adapter: string, model: string | GgufHeader): Promise<AdapterFacts> {
  const header = await readGgufHeader(adapter);
  const base = typeof model === 'string' ? await readGgufHeader(model) : model;
  const name = basename(adapter);
  if (textIn(header, 'general.type') !== 'adapter')
    throw new ModelError(
      'bad-file',
      `${name} is no adapter: it is a file of the kind "${textIn(header, 'general.type') ?? 'model'}".`,
    );
  if (textIn(header, 'adapter.type') !== 'lora')
    throw new ModelError(
      'bad-file',
      `${name} is an adapter of the kind "${textIn(header, 'adapter.type') ?? 'unknown'}"; lora is needed.`,
    );
  if (header.metadata.has('adapter.alora.invocation_tokens'))
    throw new ModelError('bad-file', `${name} acts only after certain words (aLoRA), which Keeplight never says.`);
  const [made, wanted] = [textIn(header, 'general.architecture'), textIn(base, 'general.architecture')];
  if (made !== wanted)
    throw new ModelError(
      'mismatch',
      `${name} was made for a model of the kind "${made ?? 'unknown'}" and ${basename(base.path)} is "${wanted ?? 'unknown'}".`,
    );

  let [lowest, highest] = [Number.POSITIVE_INFINITY, 0];
  let matrices = 0;
  for (const [tensor, { dimensions, type }] of header.tensors) {
    if (tensor.endsWith('.lora_b')) {
      if (!header.tensors.has(`${tensor.slice(0, -1)}a`))
        throw new ModelError('bad-file', `${name} has only one half of ${printable(tensor)}.`);
      continue;
    }
    if (!tensor.endsWith('.lora_a'))
      throw new ModelError('bad-file', `${name} holds ${printable(tensor)}, which is no part of a low-rank adapter.`);
    const target = tensor.slice(0, -'.lora_a'.length);
    const other = header.tensors.get(`${target}.lora_b`);
    if (!other) throw new ModelError('bad-file', `${name} has only one half of ${printable(target)}.`);
    if (target === 'token_embd.weight')
      throw new ModelError('bad-file', `${name} tunes the embedding of words, which Keeplight does not apply.`);
    const matrix = base.tensors.get(target);
    if (!matrix)
      throw new ModelError('mismatch', `${name} tunes ${printable(target)}, which ${basename(base.path)} has not.`);
    const [input = 0, output = 0] = matrix.dimensions;
    const [, rank = 0] = dimensions;
    if (dimensions[0] !== input || other.dimensions[1] !== output || other.dimensions[0] !== rank || rank < 1)
      throw new ModelError(
        'mismatch',
        `${name} was made for another model: its ${printable(target)} is ${dimensions[0]} → ${other.dimensions[1]} and the model's ${input} → ${output}.`,
      );
    for (const kind of [type, other.type])
      if (kind !== 0 && kind !== 1 && kind !== 30)
        throw new ModelError('bad-file', `${name} is quantized; F32, F16 or BF16 is needed.`);
    lowest = Math.min(lowest, rank);
    highest = Math.max(highest, rank);
    matrices += 1;
  }
  if (matrices === 0) throw new ModelError('bad-file', `${name} changes nothing: it holds no matrices.`);
  return { bytes: header.bytes, matrices, rank: [lowest, highest], alpha: numberIn(header, 'adapter.lora.alpha') ?? 0 };
}

function printable(text: string): string {
  return /^[\x20-\x7e]{1,80}$/.test(text) ? text : 'an entry';
}
