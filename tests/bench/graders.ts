/**
 * The laptop's grader against the one that it stands in for: random weights in the proportions of Q-ReAlign Mini (8 bits)
 * and of AesExpert 7B (4 bits), the same photo, on the processor. And the small one's tower in 8 bits against 16.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureSpeed, secondsOf } from '../../electron/core/engines/probe.ts';
import { drawCheckPicture } from '../../models/convert/verify.ts';
import type { GradeResult } from '../../models/model-api.ts';
import { registryEntry } from '../../models/registry.ts';
import { Grader } from '../../models/runtime/grader.ts';
import { ImageContext } from '../../models/runtime/image-context.ts';
import { loadModel } from '../../models/runtime/load-model.ts';
import { prepare, resize } from '../../models/runtime/preprocess.ts';
import { openModel } from '../../models/runtime/process-client.ts';
import { type ModelPair, makeRealSizedModel } from '../../models/tiny/make.ts';
import { MINI, makeRandomQwen } from '../../models/tiny/random-qwen.ts';
import { settingsSchema } from '../../shared/settings.ts';
import { cosine } from '../reference/numbers.ts';
import type { Benchmark, Measurement } from './bench.ts';
import { textProgram } from './engine-floor.ts';

const PHOTOS = 3;
/** Blocks of AesExpert's 32 that are written and computed; the language model's times are those of as many times as are missing. */
const BLOCKS = 8;
const ALL_BLOCKS = 32;
const photo = () => resize(drawCheckPicture('dusk'), 1024, 683);

const graders: Benchmark = {
  name: 'Graders',
  about:
    'Random weights in the proportions of Q-ReAlign Mini (Qwen3.5 0.8B, 8 bits) and AesExpert 7B (4 bits, 8 of its 32 blocks, the times of its language model taken fourfold), on the CPU; the fastest of a few photos each. Nine judgements a photo. The probe is what the app measures before any model is fetched.',
  async run({ signal, say }) {
    const directory = await mkdtemp(join(tmpdir(), 'keeplight-bench-'));
    try {
      const threads = availableParallelism();
      say('Writing the small model');
      const small = await makeRandomQwen(directory, MINI, { signal });
      const eight = await makeRandomQwen(directory, MINI, { signal, tower: 'Q8_0' });
      say('Grading with it');
      const whole = await grade(small, PHOTOS, signal);
      const tower = await grade(eight, PHOTOS, signal);
      const floor = await bareFloor(small, PHOTOS);
      const smallText = await (await textProgram(small, directory, threads))?.();
      say('Writing the large model');
      const part = await makeRealSizedModel(directory, '7b', signal, BLOCKS);
      say('Grading with it');
      const large = wholeOf(await grade(part, 2, signal));
      const partText = await (await textProgram(part, directory, threads))?.();
      const largeText = partText === undefined ? undefined : large.encode + fourfold(partText - large.encode);
      say('Probing');
      const began = performance.now();
      const speed = await measureSpeed(join(directory, 'probe'), settingsSchema.parse({}).performance, signal);
      const probing = performance.now() - began;
      const probed = (name: string) => 1000 * secondsOf(registryEntry(name)!, speed);
      const time = (label: string, value: number): Measurement => ({ label, value, unit: 'ms' });
      const text = (label: string, value: number | undefined) => (value === undefined ? [] : [time(label, value)]);
      return [
        {
          label: 'photos a minute, Q-ReAlign’s against AesExpert’s',
          value: large.all / whole.all,
          unit: '×',
          target: { least: 8 },
        },
        {
          label: 'Q-ReAlign’s: the whole program against the bare engine',
          value: whole.all / floor,
          unit: '×',
          target: { most: 1.1 },
        },
        { label: 'Q-ReAlign’s: photos graded a minute', value: 60_000 / whole.all, unit: '' },
        time('Q-ReAlign’s: a photo', whole.all),
        time('– tower', whole.encode),
        time('– the picture in the language model', whole.prefill),
        time('– nine judgements', whole.questions),
        time('– one of them', whole.questions / 9),
        ...text('– nine judgements as text, by llama.cpp’s own program', smallText),
        time('– tower in 8 bits', tower.encode),
        {
          label: '– features of the tower in 8 bits against 16: cosine',
          value: cosine(whole.features, tower.features),
          unit: '',
          target: { least: 0.999 },
        },
        { label: 'AesExpert’s: photos graded a minute', value: 60_000 / large.all, unit: '' },
        time('AesExpert’s: a photo', large.all),
        time('– tower', large.encode),
        time('– the picture in the language model', large.prefill),
        time('– nine judgements', large.questions),
        time('– one of them', large.questions / 9),
        ...text('– nine judgements as text, by llama.cpp’s own program', largeText),
        { label: 'the probe', value: probing / 1000, unit: 's', target: { most: 10.5 } },
        {
          label: 'the probe’s estimate against the time, Q-ReAlign’s',
          value: probed('q-realign-mini') / whole.all,
          unit: '×',
        },
        {
          label: 'the probe’s estimate against the time, AesExpert’s',
          value: probed('aesexpert-7b') / large.all,
          unit: '×',
        },
      ];
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
};
export default graders;

type Times = Pick<GradeResult['milliseconds'], 'encode' | 'prefill' | 'questions'> & {
  all: number;
  features: Float32Array;
};

const fourfold = (milliseconds: number) => (milliseconds * ALL_BLOCKS) / BLOCKS;

/** The times of all blocks from those of a part of them. */
function wholeOf({ all, encode, prefill, questions, features }: Times): Times {
  const more = fourfold(prefill + questions) - (prefill + questions);
  return { all: all + more, encode, prefill: fourfold(prefill), questions: fourfold(questions), features };
}

/** The fastest photo, by the whole program in its own process. */
async function grade(pair: ModelPair, photos: number, signal?: AbortSignal): Promise<Times> {
  const threads = availableParallelism();
  const session = await openModel({ name: 'bench', ...pair, gpu: 'off', threads, calibrated: true }, signal);
  try {
    let best: Times | null = null;
    for (let number = 0; number < photos; number++) {
      const began = performance.now();
      const { milliseconds, features } = await session.grade({ key: `photo ${number}`, read: photo }, { signal });
      const all = performance.now() - began;
      if (!best || all < best.all) best = { ...milliseconds, all, features: features! };
    }
    return best!;
  } finally {
    await session.close();
  }
}

/** Milliseconds of the fastest photo by the same engine in this process, its pixels prepared before. */
async function bareFloor(pair: ModelPair, photos: number): Promise<number> {
  const loaded = await loadModel({ name: 'bare', ...pair, gpu: 'off', threads: availableParallelism() }, () => {});
  const { eyes, style, facts, info, rewindsAnywhere } = loaded;
  const context = new ImageContext(eyes, style.before, info.contextSize, facts.trainedContext, rewindsAnywhere);
  const grader = new Grader(context, style);
  try {
    let best = Number.POSITIVE_INFINITY;
    for (let number = 0; number < photos; number++) {
      const pixels = prepare(photo(), facts.imageSize, facts.grid);
      const began = performance.now();
      await context.look(`bare ${number}`, () => pixels);
      await grader.read();
      best = Math.min(best, performance.now() - began);
    }
    return best;
  } finally {
    await eyes.close();
    await loaded.model.dispose();
  }
}
