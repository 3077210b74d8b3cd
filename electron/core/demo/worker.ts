/** Worker thread of the demo shoot: renders one scene at a time and writes all its frames. */

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import sharp from 'sharp';
import { messageOf } from '../../../shared/error-message.ts';
import { exifOf } from './exif.ts';
import { withFault, withGrain } from './faults.ts';
import { SCENES } from './scenes.ts';
import type { PlannedFrame } from './shoot.ts';
import { renderStillLife } from './still-life.ts';
import { type Rendered, renderTerrain } from './terrain.ts';

export interface SceneTask {
  readonly directory: string;
  readonly scene: string;
  readonly frames: readonly PlannedFrame[];
}

/** Size of a finished frame, and the margin that a burst wanders in. */
const WIDTH = 1800;
const HEIGHT = 1200;
const MARGIN = 12;
/** Grain of a good sensor at low ISO, standard deviation of 255. */
const GRAIN = 1.3;

async function renderScene(name: string): Promise<Rendered> {
  const scene = SCENES[name];
  if (scene === undefined) throw new Error(`The demo shoot has no scene called ${name}.`);
  const width = WIDTH + 2 * MARGIN;
  const height = HEIGHT + 2 * MARGIN;
  const isTerrain = scene.kind === 'terrain';
  // Still lifes are traced with many samples a pixel, hence smaller.
  const drawn = isTerrain
    ? renderTerrain(scene, width, height)
    : renderStillLife(scene, Math.round(width / 1.5), Math.round(height / 1.5));
  const developed = await sharp(drawn.rgb, { raw: { width: drawn.width, height: drawn.height, channels: 3 } })
    .resize(width, height, { kernel: 'lanczos3', fit: 'fill' })
    // As a camera's own JPEG engine does it.
    .sharpen({ sigma: isTerrain ? 0.7 : 1.1, m1: 0.6, m2: 2.2 })
    .raw()
    .toBuffer();
  return withGrain({ rgb: developed, width, height }, GRAIN);
}

async function writeFrame(directory: string, frame: PlannedFrame, whole: Rendered): Promise<void> {
  const cropWidth = frame.portrait ? Math.round(HEIGHT / 1.5) : WIDTH;
  const rgb = await sharp(whole.rgb, { raw: { width: whole.width, height: whole.height, channels: 3 } })
    .extract({
      left: Math.round((whole.width - cropWidth) / 2) + frame.shift[0],
      top: MARGIN + frame.shift[1],
      width: cropWidth,
      height: HEIGHT,
    })
    .raw()
    .toBuffer();
  const faulty = await withFault({ rgb, width: cropWidth, height: HEIGHT }, frame.fault);
  let picture = sharp(faulty.rgb, { raw: { width: faulty.width, height: faulty.height, channels: 3 } });
  // A camera held upright stores the picture lying down and says so.
  if (frame.portrait) picture = picture.rotate(270);
  const quality = frame.fault?.name === 'jpeg-damage' ? frame.fault.strength : 90;
  const bytes = await picture
    .withExif(exifOf(frame))
    .withMetadata({ orientation: frame.portrait ? 6 : 1 })
    .jpeg({ quality })
    .toBuffer();
  const path = join(directory, frame.file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}

const port = parentPort;
port?.on('message', async (task: SceneTask) => {
  try {
    const whole = await renderScene(task.scene);
    for (const frame of task.frames) {
      await writeFrame(task.directory, frame, whole);
      port.postMessage({ kind: 'frame' });
    }
    port.postMessage({ kind: 'done' });
  } catch (error) {
    port.postMessage({ kind: 'failed', reason: messageOf(error) });
  }
});
