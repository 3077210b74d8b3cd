/** Damages checkpoint files in many ways; the parsers must answer with a result or a sentence, never anything else. */
import { ConversionError } from '../../models/convert/failure.ts';
import { parseJsonObject, type ReadableFile } from '../../models/convert/files.ts';
import { ggufSize } from '../../models/convert/gguf-writer.ts';
import { understandCheckpoint } from '../../models/convert/layout.ts';
import { asGgufFile, planProjectorFile, planTextFile } from '../../models/convert/mapping.ts';
import { readPytorch } from '../../models/convert/pytorch.ts';
import { readSafetensors } from '../../models/convert/safetensors.ts';
import type { SourceTensor, TensorSource } from '../../models/convert/tensor-source.ts';
import { readTokenizer } from '../../models/convert/tokenizer.ts';
import { seededRandom } from '../../shared/random.ts';
import { configOf, makeTensors, safetensors, type Tensors, TINY, torchZip } from './checkpoints.ts';
import { PLAIN } from './support.ts';
import { tokenizerJson, tokenizerModel, trainVocabulary } from './vocabulary.ts';

/** A file that is only in memory. */
export function fileInMemory(bytes: Buffer, name: string): ReadableFile {
  return {
    name,
    size: bytes.length,
    async read(start, length) {
      if (start < 0 || length < 0 || start + length > bytes.length)
        throw new ConversionError(`The file ${name} is truncated.`);
      return Uint8Array.prototype.slice.call(bytes, start, start + length);
    },
    close: async () => {},
  };
}

type Random = () => number;
const below = (random: Random, limit: number) => Math.floor(random() * limit);

/** One damage: a flipped bit, a cut, a copy, a removal, an extreme number, noise. Headers get most of it. */
function damage(bytes: Buffer, random: Random): Buffer {
  let result = Buffer.from(bytes);
  for (let times = 1 + below(random, 4); times > 0 && result.length > 0; times--) {
    const reach = random() < 0.7 ? Math.min(result.length, 4096) : result.length;
    const fromEnd = random() < 0.3;
    const offset = below(random, reach);
    const at = fromEnd ? result.length - 1 - offset : offset;
    const kind = below(random, 7);
    if (kind === 0) result[at]! ^= 1 << below(random, 8);
    if (kind === 1) result = result.subarray(0, at);
    if (kind === 2) result = Buffer.concat([result.subarray(0, at), result.subarray(at + 1 + below(random, 16))]);
    if (kind === 3) result.fill(random() < 0.5 ? 0xff : 0x7f, at, Math.min(result.length, at + 1 + below(random, 8)));
    if (kind === 4) {
      const from = below(random, result.length);
      const piece = Buffer.from(result.subarray(from, from + 1 + below(random, 64)));
      result = Buffer.concat([result.subarray(0, at), piece, result.subarray(at)]);
    }
    if (kind === 5) result[at] = below(random, 256);
    if (kind === 6 && at + 8 <= result.length)
      result.writeBigUInt64LE(BigInt.asUintN(64, BigInt(below(random, 2 ** 31)) << BigInt(below(random, 60))), at);
  }
  return result;
}

const STRANGE: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  0.5,
  1e308,
  2 ** 53,
  4294967296,
  1e9,
  '',
  '__proto__',
  'x'.repeat(300),
  [],
  [[]],
  {},
  [1, 2, 3],
  '\ud800',
  'gelu',
];

/** Replaces, removes or doubles values somewhere in a JSON document. */
function damageJson(value: unknown, random: Random): unknown {
  const copy: unknown = structuredClone(value);
  for (let times = 1 + below(random, 3); times > 0; times--) {
    let node = copy as Record<string, unknown>;
    for (;;) {
      const keys = Object.keys(node);
      if (keys.length === 0) break;
      const key = keys[below(random, keys.length)]!;
      const inner = node[key];
      if (typeof inner === 'object' && inner !== null && random() < 0.7) {
        node = inner as Record<string, unknown>;
        continue;
      }
      if (random() < 0.2) delete node[key];
      else node[key] = structuredClone(STRANGE[below(random, STRANGE.length)]);
      break;
    }
  }
  return copy;
}

export interface FuzzReport {
  files: number;
  /** How many were still understood. */
  accepted: number;
  /** Largest growth of resident memory, bytes. */
  memory: number;
}

/** @throws Error naming the seed of the first file whose answer was neither a result nor a sentence. */
export async function fuzzParsers(count: number, seed: number): Promise<FuzzReport> {
  const vocabulary = trainVocabulary(40);
  const spec = {
    ...PLAIN,
    dimensions: {
      ...TINY,
      embedding: 16,
      feedForward: 24,
      blocks: 1,
      heads: 2,
      keyHeads: 1,
      vision: { ...TINY.vision, embedding: 64, feedForward: 16, blocks: 2, imageSize: 28 },
    },
  };
  const rows = vocabulary.pieces.length;
  const tensors = makeTensors(spec.dimensions, rows, 'F16');
  // Few and small tensors, so that damage meets the headers.
  const few: Tensors = new Map([...tensors].filter(([, { data }]) => data.length < 300).slice(0, 8));
  const originals = {
    safetensors: safetensors(few, 'F16'),
    bin: torchZip(few, 'F16'),
    model: tokenizerModel(vocabulary),
    json: tokenizerJson(vocabulary),
    config: configOf(spec, rows),
    hf: configOf({ ...spec, naming: 'hf' }, rows),
  };
  const source = await sourceOf(safetensors(tensors, 'F16'));
  const before = process.memoryUsage.rss();
  const report: FuzzReport = { files: 0, accepted: 0, memory: 0 };

  const targets: ((random: Random) => Promise<unknown> | unknown)[] = [
    async (random) =>
      readAll(await readSafetensors(fileInMemory(damage(originals.safetensors, random), 'a.safetensors'))),
    async (random) => readAll(await readPytorch(fileInMemory(damage(originals.bin, random), 'a.bin'))),
    (random) => tokenizer({ model: damage(originals.model, random) }, rows),
    (random) => tokenizer({ json: Buffer.from(JSON.stringify(damageJson(originals.json, random))) }, rows),
    (random) => tokenizer({ json: damage(Buffer.from(JSON.stringify(originals.json)), random) }, rows),
    (random) => {
      const base = random() < 0.5 ? originals.config : originals.hf;
      const config = parseJsonObject(Buffer.from(JSON.stringify(damageJson(base, random))), 'config.json');
      return plan(source, config, originals.model, rows);
    },
    (random) => {
      const config = parseJsonObject(damage(Buffer.from(JSON.stringify(originals.config)), random), 'config.json');
      return plan(source, config, originals.model, rows);
    },
    (random) => plan(damageShapes(source, random), originals.config, originals.model, rows),
  ];
  for (let index = 0; index < count; index++) {
    const random = seededRandom(seed + index);
    try {
      await targets[index % targets.length]!(random);
      report.accepted++;
    } catch (error) {
      if (!(error instanceof ConversionError))
        throw new Error(
          `File ${index} of seed ${seed} (target ${index % targets.length}) was not answered by a sentence.`,
          { cause: error },
        );
      if (error.message.length < 20 || error.message.length > 600 || !/[.…]$/.test(error.message.trim()))
        throw new Error(`File ${index} of seed ${seed}: "${error.message}" is no sentence.`);
    }
    report.files++;
    report.memory = Math.max(report.memory, process.memoryUsage.rss() - before);
  }
  return report;
}

async function readAll(tensors: readonly SourceTensor[]): Promise<void> {
  for (const tensor of tensors)
    await tensor.read(0, 1).catch((error: unknown) => {
      if (!(error instanceof ConversionError)) throw error;
    });
}

async function sourceOf(bytes: Buffer): Promise<TensorSource> {
  const tensors = await readSafetensors(fileInMemory(bytes, 'model.safetensors'));
  return { tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])), close: async () => {} };
}

function damageShapes(source: TensorSource, random: Random): TensorSource {
  const tensors = new Map(source.tensors);
  const names = [...tensors.keys()];
  for (let times = 1 + below(random, 3); times > 0; times--) {
    const name = names[below(random, names.length)]!;
    const tensor = tensors.get(name);
    if (!tensor) continue;
    const kind = below(random, 5);
    const shape = [...tensor.shape];
    if (kind === 0) tensors.delete(name);
    if (kind === 1) shape[below(random, shape.length)] = [0, 1, 3, 2 ** 31, 2 ** 52, 1e6][below(random, 6)]!;
    if (kind === 2) shape.push(1 + below(random, 3));
    if (kind === 3) shape.pop();
    if (kind === 4) tensors.set(`model.layers.${below(random, 99999)}.${name.split('.').slice(-2).join('.')}`, tensor);
    if (kind > 0 && kind < 4) tensors.set(name, { ...tensor, shape });
  }
  return { tensors, close: async () => {} };
}

function tokenizer(files: { model?: Buffer; json?: Buffer }, rows: number) {
  return readTokenizer(
    { model: files.model ?? null, json: files.json ?? null, added: null, config: null, modelConfig: null },
    rows,
  );
}

function plan(source: TensorSource, config: Record<string, unknown>, model: Buffer, rows: number): number {
  const checkpoint = understandCheckpoint({ source, config });
  const provenance = { name: 'fuzz', licence: 'llama2', source: 'fuzz' };
  const words = tokenizer(
    { model },
    checkpoint.textLayout.vocabulary === rows ? rows : checkpoint.textLayout.vocabulary,
  );
  const size = (file: Parameters<typeof asGgufFile>[0]) => ggufSize(asGgufFile(file, 'F16'));
  return size(planTextFile(checkpoint, words, provenance)) + size(planProjectorFile(checkpoint, provenance));
}
