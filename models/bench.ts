/**
 * Measures the engine: `node models/bench.ts [--shape tiny|1b|7b] [--photos 3] [--json]`. Works on models with random
 * weights, written on the spot: time does not depend on what weights say. Each bar says what was promised.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { crc32, deflateSync } from 'node:zlib';
import { buildOracle, type OracleText } from './bridge/oracle.ts';
import { type ModelSession, openModel, type Pixels } from './critic.ts';
import { Grading } from './grading.ts';
import { type Loaded, loadModel } from './loading.ts';
import { prepare } from './preprocess.ts';
import { Sight } from './sight.ts';
import { type ModelPair, makeRealSizedModel, makeTinyModel } from './tiny/make.ts';
import { uniformFrom } from './tiny/random.ts';

export type BenchShape = 'tiny' | '1b' | '7b';

export interface Bar {
  name: string;
  /** What was measured, with its unit in `text`. */
  value: number;
  /** What was promised: `value` must not be beyond it. */
  limit: number;
  /** `at most` or `at least`. */
  bound: 'at most' | 'at least';
  kept: boolean;
  text: string;
}

export interface EngineBench {
  shape: BenchShape;
  backend: string;
  threads: number;
  /** Medians, milliseconds. */
  milliseconds: {
    grade: number;
    encode: number;
    prefill: number;
    nineTogether: number;
    overallAlone: number;
    questionOnceStemsOneByOne: number;
    eachQuestionWhole: number;
    bareFloor: number;
    asText: number | null;
    firstWord: number;
    decodeStep: number;
    questionPrefill: number;
  };
  photosPerMinute: number;
  memoryBytes: number;
  bars: Bar[];
}

export interface BenchOptions {
  shape?: BenchShape;
  photos?: number;
  gpu?: 'auto' | 'off' | 'cuda' | 'vulkan' | 'metal';
  signal?: AbortSignal;
  log?: (line: string) => void;
}

/** Runs everything once. Takes minutes for real proportions on a processor. */
export async function benchEngine(options: BenchOptions = {}): Promise<EngineBench> {
  const { shape = '1b', photos = 3, gpu = 'off', signal, log = () => {} } = options;
  const directory = await mkdtemp(join(tmpdir(), 'keeplight-bench-'));
  try {
    log(`Writing a model of ${shape} proportions …`);
    const pair = shape === 'tiny' ? await makeTinyModel(directory) : await makeRealSizedModel(directory, shape, signal);
    const open = { name: `bench-${shape}`, ...pair, gpu, threads: availableParallelism() };
    log('Measuring bare encode, prefill and questions …');
    const bare = await measureBare(await loadModel(open, () => {}, signal), photos, signal);
    log('Measuring grades through the whole program …');
    const session = await openModel({ ...open, cacheDirectory: directory }, signal);
    try {
      const whole = await measureSession(session, photos, signal);
      log('Measuring the same judgements as text …');
      const asText = await measureText(pair, directory, session.info.threads, gpu).catch(() => null);
      return report(shape, session, bare, whole, asText, await weightBytes(pair));
    } finally {
      await session.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** A noisy picture: preparation and tower cost the same whatever it shows. */
function photo(seed: number, width = 1024, height = 683): Pixels {
  const uniform = uniformFrom(seed);
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, () => uniform() * 256) };
}

interface Bare {
  encode: number;
  prefill: number;
  nineTogether: number;
  overallAlone: number;
  stemsOneByOne: number;
  eachWhole: number;
  floor: number;
  questionPrefill: number;
}

/** The engine in this process, without the program around it, and the alternatives for the nine questions. */
async function measureBare(loaded: Loaded, photos: number, signal?: AbortSignal): Promise<Bare> {
  const { eyes, facts, info, style } = loaded;
  const sight = new Sight(eyes, style.before, facts.imageSize, info.contextSize, facts.trainedContext);
  const grading = new Grading(sight, style);
  const { stems, shared } = grading.plan;
  const lists: Record<keyof Bare, number[]> = {
    ...{ encode: [], prefill: [], nineTogether: [], overallAlone: [], stemsOneByOne: [], eachWhole: [], floor: [] },
    questionPrefill: [],
  };
  const read = (tokens: readonly number[], position: number) =>
    eyes.decode(
      Int32Array.from(tokens),
      Int32Array.from(tokens, (_, index) => position + index),
      new Uint32Array(tokens.length).fill(1),
      Uint8Array.from(tokens, (_, index) => (index === tokens.length - 1 ? 1 : 0)),
      Int32Array.of(1),
    );
  for (let index = 0; index <= photos; index++) {
    signal?.throwIfAborted();
    const pixels = prepare(photo(index), facts.imageSize);
    const held = await sight.look(`bare ${index}`, () => pixels);
    const all = await timed(() => grading.read());
    const one = await timed(() => grading.read(1));
    const stemwise = await timed(() =>
      sight.branch(0, async (end) => {
        await read(stems[0]!.slice(0, shared), end);
        for (const stem of stems) {
          await read(stem.slice(shared), end + shared);
          eyes.keep(end + shared);
        }
      }),
    );
    const whole = await timed(() =>
      sight.branch(0, async (end) => {
        for (const stem of stems) {
          await read(stem, end);
          eyes.keep(end);
        }
      }),
    );
    const question = await timed(() => sight.branch(0, (end) => read(stems[0]!.slice(0, shared), end)));
    // The floor: the same picture and as many tokens, straight after one another.
    eyes.keep(sight.prefix.length);
    const floor = await timed(async () => {
      await eyes.look(pixels.data, pixels.width, pixels.height, false);
      const end = await eyes.placeImage(sight.prefix.length);
      await read(
        Array.from({ length: grading.questionTokens }, () => stems[0]![0]!),
        end,
      );
    });
    if (index === 0) continue; // the first warms the file's pages and the caches
    const { encode, prefill } = held.milliseconds;
    const measured = {
      encode,
      prefill,
      nineTogether: all,
      overallAlone: one,
      stemsOneByOne: stemwise,
      eachWhole: whole,
    };
    for (const [name, value] of Object.entries({ ...measured, floor, questionPrefill: question }))
      lists[name as keyof Bare].push(value);
  }
  await eyes.close();
  await loaded.model.dispose();
  return Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, median(values)])) as unknown as Bare;
}

interface Whole {
  grade: number;
  firstWord: number;
  decodeStep: number;
  memoryBytes: number;
}

async function measureSession(session: ModelSession, photos: number, signal?: AbortSignal): Promise<Whole> {
  const grades: number[] = [];
  const firsts: number[] = [];
  await session.grade({ key: 'warm', read: () => photo(1000) });
  for (let index = 0; index < photos; index++) {
    signal?.throwIfAborted();
    const pixels = photo(index);
    const image = { key: `photo ${index}`, read: () => pixels };
    grades.push(await timed(() => session.grade(image, { signal })));
    let asked = 0;
    for await (const event of session.explain(image, { maximumTokens: 24, temperature: 0 })) {
      if (event.kind === 'section' && event.section === 'reasons') asked = performance.now();
      if (event.kind !== 'token' || asked === 0) continue;
      firsts.push(performance.now() - asked);
      break;
    }
  }
  const image = { key: 'warm', read: () => photo(1000) };
  for await (const event of session.chat(image, { question: 'Why?', maximumTokens: 32, temperature: 0 })) void event;
  const { residentBytes, tokensPerSecond } = await session.memory();
  return {
    grade: median(grades),
    firstWord: median(firsts),
    decodeStep: 1000 / (tokensPerSecond ?? Number.NaN),
    memoryBytes: residentBytes,
  };
}

/** Nine judgements as 120 tokens of text through llama.cpp's own program. */
async function measureText(pair: ModelPair, directory: string, threads: number, gpu: string): Promise<number | null> {
  if (process.platform !== 'linux' || gpu !== 'off') return null;
  const oracle = await buildOracle();
  const path = join(directory, 'photo.png');
  const { writeFile } = await import('node:fs/promises');
  await writeFile(path, png(prepare(photo(5), 336)));
  const prompt =
    '<__media__>\nRate the aesthetics, technical quality, light and color, composition, content, emotion, interest, uniqueness and vibe of this image, each as excellent, good, fair, poor or bad.';
  const runs: OracleText[] = [];
  for (let index = 0; index < 2; index++)
    runs.push(await oracle({ ...pair, image: path, prompt, tokens: 120, threads }));
  return Math.min(...runs.map(({ milliseconds }) => milliseconds));
}

function report(
  shape: BenchShape,
  session: ModelSession,
  bare: Bare,
  whole: Whole,
  asText: number | null,
  bytes: { weights: number; context: number },
): EngineBench {
  const { info } = session;
  const look = bare.encode + bare.prefill;
  const bars: Bar[] = [];
  const bar = (name: string, value: number, bound: Bar['bound'], limit: number, text: string) =>
    bars.push({ name, value, bound, limit, kept: bound === 'at most' ? value <= limit : value >= limit, text });
  const times = (value: number) => `${value.toFixed(2)} ×`;
  if (asText !== null) {
    const faster = asText / whole.grade;
    const wanted = info.backend === 'cpu' ? 1.25 : 4;
    bar(
      'a grade against nine judgements as text',
      faster,
      'at least',
      wanted,
      `${times(faster)} as many photos a minute`,
    );
  }
  const nine = (look + bare.nineTogether) / (look + bare.overallAlone);
  bar('nine judgements against one', nine, 'at most', 1.2, times(nine));
  const overhead = whole.grade / bare.floor;
  bar('the whole program against the bare floor', overhead, 'at most', 1.1, times(overhead));
  const allowed = 2 * whole.decodeStep + bare.questionPrefill * 3; // the explanation's question is about three times as long
  bar('the first word of an explanation', whole.firstWord, 'at most', allowed, `${Math.round(whole.firstWord)} ms`);
  const memory = bytes.weights + info.contextSize * bytes.context + 500e6;
  bar('memory', whole.memoryBytes, 'at most', memory, `${(whole.memoryBytes / 1e9).toFixed(2)} GB`);
  return {
    shape,
    backend: info.backend,
    threads: info.threads,
    milliseconds: {
      grade: whole.grade,
      encode: bare.encode,
      prefill: bare.prefill,
      nineTogether: bare.nineTogether,
      overallAlone: bare.overallAlone,
      questionOnceStemsOneByOne: bare.stemsOneByOne,
      eachQuestionWhole: bare.eachWhole,
      bareFloor: bare.floor,
      asText,
      firstWord: whole.firstWord,
      decodeStep: whole.decodeStep,
      questionPrefill: bare.questionPrefill,
    },
    photosPerMinute: 60_000 / whole.grade,
    memoryBytes: whole.memoryBytes,
    bars,
  };
}

async function weightBytes(pair: ModelPair): Promise<{ weights: number; context: number }> {
  const { inspectPair } = await import('./pair.ts');
  const { bytesPerToken } = await inspectPair(pair.model, pair.mmproj);
  const weights = (await stat(pair.model)).size + (await stat(pair.mmproj)).size;
  return { weights, context: bytesPerToken };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** A PNG without filters. Source: the PNG specification. */
function png({ width, height, data }: Pixels): Buffer {
  const rows = Buffer.alloc(height * (width * 3 + 1));
  for (let y = 0; y < height; y++) rows.set(data.subarray(y * width * 3, (y + 1) * width * 3), y * (width * 3 + 1) + 1);
  const chunk = (type: string, content: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
    const frame = Buffer.alloc(body.length + 8);
    frame.writeUInt32BE(content.length, 0);
    body.copy(frame, 4);
    frame.writeUInt32BE(crc32(body), body.length + 4);
    return frame;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      shape: { type: 'string', default: '1b' },
      photos: { type: 'string', default: '3' },
      gpu: { type: 'string', default: 'off' },
      json: { type: 'boolean', default: false },
    },
  });
  const result = await benchEngine({
    shape: values.shape as BenchShape,
    photos: Number(values.photos),
    gpu: values.gpu as NonNullable<BenchOptions['gpu']>,
    log: (line) => console.error(line),
  });
  if (values.json) console.log(JSON.stringify(result, null, 2));
  else {
    for (const [name, value] of Object.entries(result.milliseconds))
      console.log(`${name.padEnd(28)} ${value === null ? '–' : `${value.toFixed(1)} ms`}`);
    for (const { name, text, kept, bound, limit } of result.bars)
      console.log(
        `${kept ? 'kept  ' : 'BROKEN'} ${name}: ${text} (${bound} ${limit > 1e6 ? (limit / 1e9).toFixed(2) : limit.toFixed(2)})`,
      );
  }
  process.exit(0);
}
