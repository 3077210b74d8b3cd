/**
 * How long a photo takes on this machine, before any model is fetched: a slice of a model with random weights is written,
 * opened as every model is, and grades a few pictures; what a whole model takes follows from the arithmetic that it needs.
 * Where a model has graded photos here, its own time counts instead.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { drawCheckPicture } from '../../../models/convert/verify.ts';
import { type RegistryEntry, registryEntry } from '../../../models/registry.ts';
import { resize } from '../../../models/runtime/preprocess.ts';
import { openModel } from '../../../models/runtime/process-client.ts';
import { makeRandomQwen, SLICE, workOf } from '../../../models/tiny/random-qwen.ts';
import type { Estimate } from '../../../shared/model.ts';
import type { Settings } from '../../../shared/settings.ts';
import { keepSpeed, photosUnjudged, speedOf } from '../catalog/machine-speed.ts';
import type { Catalog } from '../catalog/open.ts';

export interface MachineProbe {
  /** Measures, which takes about ten seconds; what was measured before is replaced. */
  run(signal?: AbortSignal): Promise<void>;
  /** What grading a library takes with a model; null for models of unknown size, or before anything was measured. */
  estimateOf(name: string): Estimate | null;
  /** Seconds that a photo takes with a model, by its own photos or what was probed; null where neither is known. */
  secondsOf(name: string): number | null;
  /** A photo was graded in so many milliseconds. */
  graded(name: string, milliseconds: number): void;
}

export interface ProbeOptions {
  catalog: Catalog;
  settings: () => Settings;
  /** On a processor nothing else may compute meanwhile. */
  indexing: { pause: () => Promise<void>; resume: () => void };
}

/** A photo that takes longer is worth estimating before it is graded. */
export const SLOW_SECONDS = 5;

/** Seconds a tera-operation. */
const speedSchema = z.object({ tower: z.number().positive(), text: z.number().positive() });
type Speed = z.infer<typeof speedSchema>;

/** Pictures are looked at until so much time has gone, one at least after the first, which warms up. */
const MEASURED_MILLISECONDS = 6000;
const MOST_PICTURES = 8;
/** How much a new time counts against those before. */
const NEWEST = 0.2;

export function createMachineProbe({ catalog, settings, indexing }: ProbeOptions): MachineProbe {
  /** Milliseconds a photo, smoothed, of models that graded since the start. */
  const own = new Map<string, number>();

  function key(): string {
    const { gpu, gpuLayers, modelThreads } = settings().performance;
    return JSON.stringify([cpus()[0]?.model ?? '', cpus().length, process.arch, gpu, gpuLayers, modelThreads]);
  }

  function known(): Speed | null {
    const kept = speedOf(catalog, key());
    const parsed = kept === null ? null : speedSchema.safeParse(JSON.parse(kept));
    return parsed?.success ? parsed.data : null;
  }

  return {
    async run(signal) {
      const folder = await mkdtemp(join(tmpdir(), 'keeplight-probe-'));
      await indexing.pause();
      try {
        keepSpeed(catalog, key(), JSON.stringify(await measure(folder, settings(), signal)));
      } finally {
        indexing.resume();
        await rm(folder, { recursive: true, force: true });
      }
    },
    secondsOf(name) {
      const milliseconds = own.get(name);
      if (milliseconds !== undefined) return milliseconds / 1000;
      const [entry, speed] = [registryEntry(name), known()];
      return entry && speed ? secondsOf(entry, speed) : null;
    },
    estimateOf(name) {
      const milliseconds = own.get(name);
      const left = photosUnjudged(catalog, name);
      if (milliseconds !== undefined) {
        const seconds = milliseconds / 1000;
        return { secondsPerPhoto: seconds, librarySeconds: seconds * left, from: 'graded' };
      }
      const entry = registryEntry(name);
      const speed = known();
      if (!entry || !speed) return null;
      const seconds = secondsOf(entry, speed);
      return { secondsPerPhoto: seconds, librarySeconds: seconds * left, from: 'probed' };
    },
    graded(name, milliseconds) {
      const before = own.get(name);
      own.set(name, before === undefined ? milliseconds : before + NEWEST * (milliseconds - before));
    },
  };
}

function secondsOf({ work }: RegistryEntry, speed: Speed): number {
  return work.tower * speed.tower + work.text * speed.text;
}

async function measure(folder: string, { performance: wanted }: Settings, signal?: AbortSignal): Promise<Speed> {
  const pair = await makeRandomQwen(folder, SLICE, { signal });
  const { gpu, gpuLayers, modelThreads: threads } = wanted;
  const session = await openModel({ name: 'probe', ...pair, calibrated: true, gpu, gpuLayers, threads });
  try {
    const times: { tower: number; text: number }[] = [];
    let tokens = 0;
    let began = performance.now();
    for (let number = 0; number <= MOST_PICTURES; number++) {
      signal?.throwIfAborted();
      if (number === 1) began = performance.now(); // the first was for warming up
      if (number > 1 && performance.now() - began > MEASURED_MILLISECONDS) break;
      const read = () => resize(drawCheckPicture('dusk'), WIDTH, HEIGHT);
      const { milliseconds, trace } = await session.grade({ key: `probe ${number}`, read }, { signal, trace: true });
      const first = trace?.questions[0]?.after.length ?? 0;
      const questions = trace?.questions.reduce((sum, { after }) => sum + after.length - first + STEM, 0) ?? 0;
      tokens = first + questions;
      if (number > 0) times.push({ tower: milliseconds.encode, text: milliseconds.prefill + milliseconds.questions });
    }
    const work = workOf(SLICE, (WIDTH * HEIGHT) / TOKEN_PIXELS, tokens);
    const middle = (of: (time: (typeof times)[number]) => number) =>
      times.map(of).sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
    return {
      tower: middle(({ tower }) => tower) / 1000 / work.tower,
      text: middle(({ text }) => text) / 1000 / work.text,
    };
  } finally {
    await session.close();
  }
}

/** A photo in 3:2 as these towers are given it. */
const WIDTH = 768;
const HEIGHT = 512;
const TOKEN_PIXELS = 32 * 32;
/** Tokens of a stem behind the question that all share. */
const STEM = 8;
