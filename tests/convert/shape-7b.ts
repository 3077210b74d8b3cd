/**
 * By hand: a checkpoint of LLaVA-1.5-7B's shape with random weights (13.5 GB) goes through the converter once, in a
 * process of its own; time, peak memory and disk are printed. Needs about 33 GB free; everything is deleted after.
 *
 *   node tests/convert/shape-7b.ts [folder for the temporary files] [quantization]
 */
import { fork } from 'node:child_process';
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { convertCheckpoint } from '../../models/convert/convert.ts';
import type { Quantization } from '../../models/quantizations.ts';
import { seededRandom } from '../../shared/random.ts';
import { configOf } from './checkpoints.ts';
import { tokenizerModel, trainVocabulary } from './vocabulary.ts';

const LLAVA = {
  embedding: 4096,
  feedForward: 11008,
  blocks: 32,
  heads: 32,
  keyHeads: 32,
  vision: { embedding: 1024, feedForward: 4096, blocks: 24, heads: 16, imageSize: 336, patchSize: 14 },
  projector: 'mlp2x_gelu',
} as const;
const VOCABULARY = 32000;

/** Names and shapes in the order of the published files. */
function* shapes(): Generator<[string, number[]]> {
  const { embedding: e, feedForward: f, vision } = LLAVA;
  yield ['model.embed_tokens.weight', [VOCABULARY, e]];
  for (let block = 0; block < LLAVA.blocks; block++) {
    const at = `model.layers.${block}`;
    for (const part of ['q_proj', 'k_proj', 'v_proj', 'o_proj']) yield [`${at}.self_attn.${part}.weight`, [e, e]];
    yield [`${at}.mlp.gate_proj.weight`, [f, e]];
    yield [`${at}.mlp.up_proj.weight`, [f, e]];
    yield [`${at}.mlp.down_proj.weight`, [e, f]];
    yield [`${at}.input_layernorm.weight`, [e]];
    yield [`${at}.post_attention_layernorm.weight`, [e]];
  }
  yield ['model.norm.weight', [e]];
  yield ['lm_head.weight', [VOCABULARY, e]];
  const { embedding: w, feedForward: v } = vision;
  const tower = 'model.vision_tower.vision_tower.vision_model';
  yield [`${tower}.embeddings.class_embedding`, [w]];
  yield [`${tower}.embeddings.patch_embedding.weight`, [w, 3, 14, 14]];
  yield [`${tower}.embeddings.position_embedding.weight`, [577, w]];
  for (const norm of ['pre_layrnorm', 'post_layernorm'])
    for (const part of ['weight', 'bias']) yield [`${tower}.${norm}.${part}`, [w]];
  for (let block = 0; block < vision.blocks; block++) {
    const at = `${tower}.encoder.layers.${block}`;
    for (const part of ['q_proj', 'k_proj', 'v_proj', 'out_proj']) {
      yield [`${at}.self_attn.${part}.weight`, [w, w]];
      yield [`${at}.self_attn.${part}.bias`, [w]];
    }
    for (const norm of ['layer_norm1', 'layer_norm2'])
      for (const part of ['weight', 'bias']) yield [`${at}.${norm}.${part}`, [w]];
    yield [`${at}.mlp.fc1.weight`, [v, w]];
    yield [`${at}.mlp.fc1.bias`, [v]];
    yield [`${at}.mlp.fc2.weight`, [w, v]];
    yield [`${at}.mlp.fc2.bias`, [w]];
  }
  yield ['model.mm_projector.0.weight', [e, w]];
  yield ['model.mm_projector.0.bias', [e]];
  yield ['model.mm_projector.2.weight', [e, e]];
  yield ['model.mm_projector.2.bias', [e]];
}

async function makeCheckpoint(folder: string): Promise<number> {
  await mkdir(folder, { recursive: true });
  const random = seededRandom(1);
  const noise = new Float16Array(16 << 20);
  for (let index = 0; index < noise.length; index++) noise[index] = (random() + random() + random() - 1.5) * 0.04;
  const block = Buffer.from(noise.buffer);
  const all = [...shapes()];
  const cut = all.findIndex(([name]) => name.startsWith('model.layers.24.'));
  const weightMap: Record<string, string> = {};
  let total = 0;
  for (const [shard, part] of [all.slice(0, cut), all.slice(cut)].entries()) {
    const file = `model-0000${shard + 1}-of-00002.safetensors`;
    const header: Record<string, unknown> = {};
    let offset = 0;
    for (const [name, shape] of part) {
      const bytes = 2 * shape.reduce((product, size) => product * size, 1);
      header[name] = { dtype: 'F16', shape, data_offsets: [offset, offset + bytes] };
      weightMap[name] = file;
      offset += bytes;
    }
    const json = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    const handle = await open(join(folder, file), 'w');
    await handle.write(Buffer.concat([length, json]));
    for (let left = offset; left > 0; left -= Math.min(left, block.length))
      await handle.write(block, 0, Math.min(left, block.length));
    await handle.sync();
    await handle.close();
    total += offset;
  }
  await writeFile(
    join(folder, 'model.safetensors.index.json'),
    JSON.stringify({ metadata: { total_size: total }, weight_map: weightMap }),
  );
  const spec = {
    dimensions: LLAVA,
    type: 'F16',
    naming: 'llava',
    format: 'safetensors',
    shards: 2,
    tokenizer: 'model',
    tower: 'inside',
  } as const;
  await writeFile(join(folder, 'config.json'), JSON.stringify(configOf(spec, VOCABULARY)));
  const { pieces } = trainVocabulary();
  while (pieces.length < VOCABULARY) pieces.push({ text: `piece${pieces.length}`, score: -pieces.length, type: 1 });
  await writeFile(join(folder, 'tokenizer.model'), tokenizerModel({ pieces }));
  return total;
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(process.argv[2] ?? tmpdir(), 'keeplight-7b-'));
  const quantization = (process.argv[3] ?? 'Q4_K_M') as Quantization;
  try {
    const checkpoint = join(folder, 'llava-7b-shaped');
    const output = join(folder, 'out');
    const checkpointBytes = await makeCheckpoint(checkpoint);
    console.log(`made ${(checkpointBytes / 1e9).toFixed(2)} GB`);
    let diskPeak = 0;
    const watch = setInterval(async () => {
      const entries = await readdir(output, { recursive: true }).catch(() => []);
      const sizes = await Promise.all(entries.map((name) => stat(join(output, name)).catch(() => null)));
      diskPeak = Math.max(
        diskPeak,
        sizes.reduce((sum, info) => sum + (info?.isFile() ? info.size : 0), 0),
      );
    }, 500);
    const child = fork(fileURLToPath(import.meta.url), ['--child', checkpoint, output, quantization]);
    const result = await new Promise((resolve, reject) => {
      child.once('message', resolve);
      child.once('exit', (code) => reject(new Error(`The conversion ended with ${code}.`)));
    });
    clearInterval(watch);
    console.log(JSON.stringify({ ...(result as object), checkpointBytes, diskPeak }, null, 2));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function convert(checkpoint: string, output: string, quantization: Quantization): Promise<void> {
  const phases: Record<string, number> = {};
  let phase = '';
  let since = performance.now();
  const result = await convertCheckpoint({
    checkpoint,
    output,
    quantization,
    onProgress: (progress) => {
      if (progress.phase === phase) return;
      const now = performance.now();
      if (phase) phases[phase] = (now - since) / 1000;
      phase = progress.phase;
      since = now;
      console.log(
        `${phase} from ${Math.round(progress.fraction * 100)} %, ${progress.secondsLeft?.toFixed(0) ?? '?'} s left`,
      );
    },
  });
  phases[phase] = (performance.now() - since) / 1000;
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const highWater = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
  process.send?.({ ...result, phases, highWater }, () => process.exit(0));
}

if (process.argv[2] === '--child') await convert(process.argv[3]!, process.argv[4]!, process.argv[5] as Quantization);
else await main();
