import { resolve } from 'node:path';
import { renderDemoShoot } from '../../../core/demo/render.ts';
import type { Verb } from './verb.ts';

const demo: Verb = {
  usage: 'demo <dir> [--json]',
  about:
    'Renders the demo shoot: landscapes and still lifes in bursts, with EXIF and with faults named in labels.json.',
  options: {},
  words: { least: 1, most: 1 },
  async run(call) {
    const shoot = await renderDemoShoot(resolve(call.words[0]!), {
      signal: call.signal,
      onProgress: ({ done, total }) => call.progress(`Rendering ${done} of ${total}`),
    });
    await call.print(shoot, () => [`${shoot.frames.length} photos in ${shoot.directory}`]);
  },
};
export default demo;
