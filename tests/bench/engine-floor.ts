/**
 * Measures the engine: `node tests/bench/engine-floor.ts [--shape tiny|1b|7b] [--photos 5] [--json]`. Works on models with random
 * weights and Llama 2's words, written on the spot: time does not depend on what weights say. Each bar says what was
 * promised.
 *
 * What is compared is measured in turns, photo by photo: the bare engine here, the whole program in its own process,
 * llama.cpp's program. Of each the fastest counts: whatever else the machine does only adds.
 */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { crc32, deflateSync } from 'node:zlib';
import { buildOracle } from '../../models/bridge/oracle.ts';
import type { LocalSession, Pixels } from '../../models/model-api.ts';
import { inspectPair } from '../../models/preflight.ts';
import { Grader } from '../../models/runtime/grader.ts';
import { ImageContext } from '../../models/runtime/image-context.ts';
import { type Loaded, loadModel } from '../../models/runtime/load-model.ts';
import { prepare } from '../../models/runtime/preprocess.ts';
import { openModel } from '../../models/runtime/process-client.ts';
import { Writer } from '../../models/runtime/writer.ts';
import { type ModelPair, makeRealSizedModel, makeTinyModel } from '../../models/tiny/make.ts';
import { seededRandom } from '../../shared/random.ts';

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
  /** The fastest of each, milliseconds. */
  milliseconds: Bare & Whole & { asText: number | null };
  /** What an explanation reads before its first word, when the photo was just graded; and what it would read else. */
  questionTokens: { read: number; all: number };
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
  const { shape = '1b', photos = 5, gpu = 'off', signal, log = () => {} } = options;
  const directory = await mkdtemp(join(tmpdir(), 'keeplight-bench-'));
  try {
    log(`Writing a model of ${shape} proportions …`);
    const pair = shape === 'tiny' ? await makeTinyModel(directory) : await makeRealSizedModel(directory, shape, signal);
    const open = { name: `bench-${shape}`, ...pair, gpu, threads: availableParallelism() };
    const loaded = await loadModel(open, () => {}, signal);
    const session = await openModel({ ...open, cacheDirectory: directory }, signal);
    const bare = new BareEngine(loaded);
    try {
      log('Warming up …');
      await bare.measure(1000);
      await measureWhole(session, 1000, signal); // also reads the pictures that show nothing
      const asText = gpu === 'off' ? await textProgram(pair, directory, session.info.threads) : null;
      const lists: { bare: Bare[]; whole: Whole[]; text: number[] } = { bare: [], whole: [], text: [] };
      for (let index = 0; index < photos; index++) {
        log(`Photo ${index + 1} of ${photos} …`);
        lists.bare.push(await bare.measure(index));
        signal?.throwIfAborted();
        lists.whole.push(await measureWhole(session, index, signal));
        if (asText && index < TEXTS) lists.text.push(await asText());
        signal?.throwIfAborted();
      }
      const { residentBytes } = await session.memory();
      const milliseconds = {
        ...fastest(lists.bare),
        ...fastest(lists.whole),
        asText: lists.text.length > 0 ? Math.min(...lists.text) : null,
      };
      return report(shape, session, milliseconds, bare.questionTokens, residentBytes, await weightBytes(pair));
    } finally {
      await session.close();
      await bare.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Runs of llama.cpp's program. */
const TEXTS = 3;
/** What the core tells of a photo with faults: explanations are measured with it. */
const EVIDENCE = ['Subject softer than background: 23 against 60 of 100.', 'Tilted 2.1° clockwise.'];

/** A noisy picture: preparation and tower cost the same whatever it shows. */
function photo(seed: number, width = 1024, height = 683): Pixels {
  const uniform = seededRandom(seed);
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, () => uniform() * 256) };
}

interface Bare {
  encode: number;
  prefill: number;
  /** The nine judgements as we ask them, and the alternatives. */
  nineTogether: number;
  overallAlone: number;
  questionOnceStemsOneByOne: number;
  eachQuestionWhole: number;
  /** Picture and nine questions, with nothing around them. */
  bareFloor: number;
  /** Exactly the tokens that an explanation of a graded photo reads before its first word. */
  questionPrefill: number;
  decodeStep: number;
}

/** The engine in this process, without the program around it, and the alternatives for the nine questions. */
class BareEngine {
  readonly #loaded: Loaded;
  readonly #context: ImageContext;
  readonly #grader: Grader;
  readonly #question: readonly number[];

  constructor(loaded: Loaded) {
    const { eyes, facts, info, style } = loaded;
    this.#loaded = loaded;
    this.#context = new ImageContext(eyes, style.before, info.contextSize, facts.trainedContext);
    this.#grader = new Grader(this.#context, style);
    this.#question = new Writer(this.#context, style).opening('fair', EVIDENCE);
  }

  get questionTokens(): { read: number; all: number } {
    const [stem] = this.#grader.plan.stems;
    let known = 0;
    while (known < stem!.length && stem![known] === this.#question[known]) known++;
    return { read: this.#question.length - known, all: this.#question.length };
  }

  async measure(seed: number): Promise<Bare> {
    const { eyes, facts } = this.#loaded;
    const context = this.#context;
    const { stems, shared } = this.#grader.plan;
    const pixels = prepare(photo(seed), facts.imageSize);
    // The floor, and its parts: nothing but the engine's own calls, straight after one another.
    const { encode, prefill } = (await context.look(`bare ${seed}`, () => pixels)).milliseconds;
    const nineTogether = await timed(() => this.#grader.read());
    const before = await timed(async () => {
      for (let step = 0; step < STEPS; step++) await this.#read([stems[0]![0]!], this.#end + step);
      eyes.keep(this.#end);
    });
    const questionPrefill = await timed(() => this.#read(this.#question.slice(-this.questionTokens.read), this.#end));
    const overallAlone = await timed(() => this.#grader.read(1));
    const questionOnceStemsOneByOne = await timed(() =>
      context.branch(0, [], async (end) => {
        await this.#read(stems[0]!.slice(0, shared), end);
        for (const stem of stems) {
          await this.#read(stem.slice(shared), end + shared);
          eyes.keep(end + shared);
        }
      }),
    );
    const eachQuestionWhole = await timed(() =>
      context.branch(0, [], async (end) => {
        for (const stem of stems) {
          await this.#read(stem, end);
          eyes.keep(end);
        }
      }),
    );
    return {
      ...{ encode, prefill, nineTogether, overallAlone, questionOnceStemsOneByOne, eachQuestionWhole },
      ...{ bareFloor: encode + prefill + nineTogether, questionPrefill, decodeStep: before / STEPS },
    };
  }

  async close(): Promise<void> {
    await this.#loaded.eyes.close();
    await this.#loaded.model.dispose();
  }

  /** Where an explanation of a graded photo goes on. */
  get #end(): number {
    return this.#context.photo!.end + this.#question.length - this.questionTokens.read;
  }

  #read(tokens: readonly number[], position: number): Promise<Float32Array> {
    return this.#loaded.eyes.decode(
      Int32Array.from(tokens),
      Int32Array.from(tokens, (_, index) => position + index),
      new Uint32Array(tokens.length).fill(1),
      Uint8Array.from(tokens, (_, index) => (index === tokens.length - 1 ? 1 : 0)),
      Int32Array.of(1),
    );
  }
}

/** Tokens that are read one by one for the time of a step. */
const STEPS = 8;

interface Whole {
  /** From the call to the result, pixels in memory. */
  grade: number;
  /** From the question to the first word that a person sees: the verdict. */
  verdict: number;
  /** From the question to the first word that the model writes. */
  firstWord: number;
}

async function measureWhole(session: LocalSession, seed: number, signal?: AbortSignal): Promise<Whole> {
  const pixels = photo(seed);
  const image = { key: `photo ${seed}`, read: () => pixels };
  const grade = await timed(() => session.grade(image, { signal }));
  const asked = performance.now();
  let verdict = Number.NaN;
  let section = '';
  // Enough tokens for one that is a word: of random weights' words some are half a character.
  for await (const event of session.explain(image, { evidence: EVIDENCE, maximumTokens: 12, temperature: 0 }, signal)) {
    if (event.kind === 'section') section = event.section;
    if (event.kind !== 'token') continue;
    if (section === 'reasons') return { grade, verdict, firstWord: performance.now() - asked };
    verdict = performance.now() - asked;
  }
  return { grade, verdict, firstWord: Number.POSITIVE_INFINITY };
}

/** Nine judgements as 120 tokens of text through llama.cpp's own program; null where it cannot be built. */
export async function textProgram(
  pair: ModelPair,
  directory: string,
  threads: number,
): Promise<(() => Promise<number>) | null> {
  if (process.platform !== 'linux') return null;
  const oracle = await buildOracle();
  const image = join(directory, 'photo.png');
  await writeFile(image, png(prepare(photo(5), 336)));
  const prompt =
    '<__media__>\nRate the aesthetics, technical quality, light and color, composition, content, emotion, interest, uniqueness and vibe of this image, each as excellent, good, fair, poor or bad.';
  return async () => (await oracle({ ...pair, image, prompt, tokens: 120, threads })).milliseconds;
}

function report(
  shape: BenchShape,
  { info }: LocalSession,
  milliseconds: EngineBench['milliseconds'],
  questionTokens: EngineBench['questionTokens'],
  memoryBytes: number,
  bytes: { weights: number; context: number },
): EngineBench {
  const { grade, encode, prefill, nineTogether, overallAlone, bareFloor, asText } = milliseconds;
  const { firstWord, decodeStep, questionPrefill } = milliseconds;
  const bars: Bar[] = [];
  const bar = (name: string, value: number, bound: Bar['bound'], limit: number, text: string) =>
    bars.push({ name, value, bound, limit, kept: bound === 'at most' ? value <= limit : value >= limit, text });
  const times = (value: number) => `${value.toFixed(2)} ×`;
  if (asText !== null) {
    const faster = asText / grade;
    const wanted = info.backend === 'cpu' ? 1.25 : 4;
    bar('photos a minute, against nine judgements as text', faster, 'at least', wanted, times(faster));
  }
  const look = encode + prefill;
  const nine = (look + nineTogether) / (look + overallAlone);
  bar('nine judgements against one', nine, 'at most', 1.2, times(nine));
  const overhead = grade / bareFloor;
  bar('the whole program against the bare floor', overhead, 'at most', 1.1, times(overhead));
  const allowed = 2 * decodeStep + questionPrefill;
  bar('the first word of an explanation', firstWord, 'at most', allowed, `${Math.round(firstWord)} ms`);
  const memory = bytes.weights + info.contextSize * bytes.context + 500e6;
  bar('memory', memoryBytes, 'at most', memory, `${(memoryBytes / 1e9).toFixed(2)} GB`);
  return {
    ...{ shape, backend: info.backend, threads: info.threads, milliseconds, questionTokens },
    ...{ photosPerMinute: 60_000 / grade, memoryBytes, bars },
  };
}

async function weightBytes(pair: ModelPair): Promise<{ weights: number; context: number }> {
  const { bytesPerToken } = await inspectPair(pair.model, pair.mmproj);
  const weights = (await stat(pair.model)).size + (await stat(pair.mmproj)).size;
  return { weights, context: bytesPerToken };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** The least of each number. */
function fastest<T extends object>(runs: readonly T[]): T {
  const least = { ...runs[0]! };
  for (const name of Object.keys(least) as (keyof T)[])
    least[name] = Math.min(...runs.map((run) => run[name] as number)) as T[keyof T];
  return least;
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
      photos: { type: 'string', default: '5' },
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
