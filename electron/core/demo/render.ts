/** The demo shoot: rendered landscapes and still lifes with bursts, EXIF and labelled faults. */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type PlannedFrame, planShoot } from './shoot.ts';
import type { SceneTask } from './worker.ts';

export interface DemoFrame {
  /** Path inside the demo folder, with forward slashes. */
  readonly file: string;
  readonly scene: string;
  /** Frames of one burst share this name; null for a single frame. */
  readonly burst: string | null;
  /** The best frame of its burst. */
  readonly best: boolean;
  /** The intact frame that a faulty one was made from; null for an intact frame. */
  readonly twinOf: string | null;
  /** A reason name of shared/reasons.ts, with the strength in the unit of shoot.ts. */
  readonly fault: { readonly name: string; readonly strength: number } | null;
}

export interface DemoShoot {
  readonly directory: string;
  readonly frames: readonly DemoFrame[];
}

export interface RenderOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { done: number; total: number }) => void;
}

/** Name of the file beside the pictures that says what is wrong with which frame. */
export const LABELS_FILE = 'labels.json';

const MOST_THREADS = 6;

type Message = { kind: 'frame' } | { kind: 'done' } | { kind: 'failed'; reason: string };

function labelOf(frame: PlannedFrame): DemoFrame {
  const { file, scene, burst, best, twinOf, fault } = frame;
  return { file, scene, burst, best, twinOf, fault };
}

/** Hands tasks to one thread, one at a time, until none is left. */
function work(tasks: SceneTask[], onFrame: () => void, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = new URL(`./worker${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
    const worker = new Worker(script);
    const finish = (error?: unknown) => {
      signal?.removeEventListener('abort', stop);
      void worker.terminate().then(() => (error === undefined ? resolve() : reject(error)));
    };
    const stop = () => finish(signal?.reason);
    const next = () => {
      const task = tasks.shift();
      if (task === undefined) finish();
      else worker.postMessage(task);
    };
    signal?.addEventListener('abort', stop, { once: true });
    worker.on('message', (message: Message) => {
      if (message.kind === 'frame') onFrame();
      else if (message.kind === 'done') next();
      else finish(new Error(`The demo shoot could not be rendered: ${message.reason}`));
    });
    worker.on('error', finish);
    next();
  });
}

/**
 * Renders the shoot into `directory` (made if missing) with `labels.json` beside the pictures. The same pictures come
 * out every time. Files of the same names are replaced.
 * @throws the signal's reason when aborted; what was written by then stays.
 */
export async function renderDemoShoot(directory: string, options: RenderOptions = {}): Promise<DemoShoot> {
  const { signal, onProgress } = options;
  signal?.throwIfAborted();
  const frames = planShoot();
  await mkdir(directory, { recursive: true });
  const scenes = new Map<string, PlannedFrame[]>();
  for (const frame of frames) scenes.set(frame.scene, [...(scenes.get(frame.scene) ?? []), frame]);
  // The longest first, so that the threads end together.
  const tasks = [...scenes]
    .map(([scene, framesOfScene]): SceneTask => ({ directory, scene, frames: framesOfScene }))
    .sort((first, second) => second.frames.length - first.frames.length);
  let done = 0;
  // The first frames take seconds: how many there will be is said before.
  onProgress?.({ done, total: frames.length });
  signal?.throwIfAborted();
  const onFrame = () => onProgress?.({ done: ++done, total: frames.length });
  const threads = Math.min(MOST_THREADS, availableParallelism(), tasks.length);
  await Promise.all(Array.from({ length: threads }, () => work(tasks, onFrame, signal)));
  const shoot = { frames: frames.map(labelOf) };
  await writeFile(join(directory, LABELS_FILE), `${JSON.stringify(shoot, null, 2)}\n`);
  return { directory, ...shoot };
}
