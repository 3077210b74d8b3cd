/** Kills while marks are written into photos themselves. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { seededRandom } from '../../shared/random.ts';
import { makePhoto, workplace } from '../core/made-photos.ts';
import { HAS_EXIFTOOL } from '../library/differential.ts';
import { xmpTags } from './darktable.ts';
import { embedded } from './embedded.ts';

test.skipIf(!HAS_EXIFTOOL)(
  'killed while it writes, every photo is whole, and its original is never lost',
  async () => {
    await using place = workplace();
    const PHOTOS = 4;
    const at = (index: number) => join(place.photos, `${index}.jpg`);
    for (let index = 0; index < PHOTOS; index++) await makePhoto(at(index), index);
    const before = Array.from({ length: PHOTOS }, (_, index) => readFileSync(at(index)));
    const first = await place.open();
    await first.index([place.photos]);
    first.mark(first.listIds(), { stars: 3 });
    await first.close();
    const random = seededRandom(5);
    const victim = fileURLToPath(new URL('../outward/victim.ts', import.meta.url));
    for (let kill = 0; kill < 3; kill++) {
      const child = spawn(process.execPath, [victim, 'embed', place.data], { stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = once(child, 'close');
      await Promise.race([once(child.stdout, 'data'), ended]);
      await new Promise((resolve) => setTimeout(resolve, 300 + random() * 2500));
      child.kill('SIGKILL');
      await ended;
      for (const [index, bytes] of before.entries()) {
        const now = readFileSync(at(index));
        if (now.equals(bytes)) continue;
        expect((await xmpTags(at(index), false)).Rating).toBe(3);
        expect(readFileSync(`${at(index)}_original`).equals(bytes), `${index}`).toBe(true);
      }
    }
    const core = await place.open();
    await core.index([place.photos]);
    expect((await embedded(core, core.listIds())).failed).toEqual([]);
    for (let index = 0; index < PHOTOS; index++) expect((await xmpTags(at(index), false)).Rating).toBe(3);
    while ((await core.undo()).label?.startsWith('Write into') === true);
    for (const [index, bytes] of before.entries()) expect(readFileSync(at(index)).equals(bytes), `${index}`).toBe(true);
  },
  600_000,
);
