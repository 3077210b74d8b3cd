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
import type { LocalSession } from '../../../models/model-api.ts';
import { type RegistryEntry, registryEntry } from '../../../models/registry.ts';
import { resize } from '../../../models/runtime/preprocess.ts';
import { openModel } from '../../../models/runtime/process-client.ts';
import { makeRandomQwen, SLICE, workOf } from '../../../models/tiny/random-qwen.ts';
import type { Estimate } from '../../../shared/model.ts';
import type { Settings } from '../../../shared/settings.ts';
import { CoreError } from '../base/core-error.ts';
import { keepSpeed, photosUnjudged, speedOf } from '../catalog/machine-speed.ts';
import type { Catalog } from '../catalog/open.ts';

export interface MachineProbe {
  /**
   * Measures, which takes ten seconds, longer only on a busy machine; what was measured before is replaced.
   * @throws CoreError UNAVAILABLE where the machine is too busy for that.
   */
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

/** The measurement ends by then, as soon as there is one picture. */
const DEADLINE_MILLISECONDS = 10_000;
/** A busy machine gets so long for a first, small picture. */
const PATIENCE_MILLISECONDS = 30_000;
/** Pictures are looked at while another would end before this much time. */
const MEASURED_MILLISECONDS = 8000;
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
        keepSpeed(catalog, key(), JSON.stringify(await measureSpeed(folder, settings().performance, signal)));
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

/** Seconds that a photo takes with a model. @internal */
export function secondsOf({ work }: Pick<RegistryEntry, 'work'>, speed: Speed): number {
  return work.tower * speed.tower + work.text * speed.text;
}

/**
 * Measures this machine in ten seconds, writing and opening the slice included; a busy one until there is one picture.
 * @throws CoreError UNAVAILABLE where it is too busy for a single picture in that time.
 */
export async function measureSpeed(
  folder: string,
  { gpu, gpuLayers, modelThreads: threads }: Settings['performance'],
  signal?: AbortSignal,
): Promise<Speed> {
  const began = performance.now();
  const deadline = AbortSignal.timeout(DEADLINE_MILLISECONDS);
  const patience = AbortSignal.timeout(PATIENCE_MILLISECONDS);
  const either = (own: AbortSignal) => (signal ? AbortSignal.any([signal, own]) : own);
  const speeds: Speed[] = [];
  let warm: Speed | null = null;
  let session: LocalSession | null = null;
  try {
    const pair = await makeRandomQwen(folder, SLICE, { signal: either(patience) });
    session = await openModel({ name: 'probe', ...pair, calibrated: true, gpu, gpuLayers, threads }, either(patience));
    // The first is small, and warms up; how large the next may be follows from it.
    const first = await measurePicture(session, SMALL, 0, either(patience));
    warm = first.speed;
    const left = () => MEASURED_MILLISECONDS - (performance.now() - began);
    const expected = first.milliseconds * ((USUAL[0] * USUAL[1]) / (SMALL[0] * SMALL[1]));
    const size = expected < left() ? USUAL : SMALL;
    let last = 0;
    while (speeds.length < MOST_PICTURES && last < left()) {
      const { speed, milliseconds } = await measurePicture(session, size, speeds.length + 1, either(deadline));
      speeds.push(speed);
      last = milliseconds;
    }
  } catch (error) {
    // What was measured until then counts.
    if (signal?.aborted || !(deadline.aborted || patience.aborted)) throw error;
  } finally {
    await session?.close();
  }
  if (speeds.length === 0 && warm) speeds.push(warm);
  if (speeds.length === 0)
    throw new CoreError('UNAVAILABLE', 'This computer is too busy to be measured now: try again when less is running.');
  const middle = (of: (speed: Speed) => number) => speeds.map(of).sort((a, b) => a - b)[speeds.length >> 1]!;
  return { tower: middle(({ tower }) => tower), text: middle(({ text }) => text) };
}

async function measurePicture(
  session: LocalSession,
  [width, height]: readonly [number, number],
  number: number,
  signal: AbortSignal,
): Promise<{ speed: Speed; milliseconds: number }> {
  const began = performance.now();
  const read = () => resize(drawCheckPicture('dusk'), width, height);
  const { milliseconds, trace } = await session.grade({ key: `probe ${number}`, read }, { signal, trace: true });
  const first = trace?.questions[0]?.after.length ?? 0;
  const questions = trace?.questions.reduce((sum, { after }) => sum + after.length - first + STEM, 0) ?? 0;
  const work = workOf(SLICE, (width * height) / TOKEN_PIXELS, first + questions);
  const { encode, prefill, questions: asked } = milliseconds;
  return {
    speed: { tower: encode / 1000 / work.tower, text: (prefill + asked) / 1000 / work.text },
    milliseconds: performance.now() - began,
  };
}

/** A photo in 3:2 as these towers are given it, and a small one. */
const USUAL = [768, 512] as const;
const SMALL = [320, 224] as const;
const TOKEN_PIXELS = 32 * 32;
/** Tokens of a stem behind the question that all share. */
const STEM = 8;
