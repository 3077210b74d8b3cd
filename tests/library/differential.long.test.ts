/** The same as differential.test.ts over six times as many variants. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { askExiftool, differences, HAS_EXIFTOOL, writeWithExiftool } from './differential.ts';
import { basePictures, variantOf } from './variants.ts';

const FIRST = 100_000;
const VARIANTS = 12_000;
const WRITTEN = 1000;

const folder = mkdtempSync(join(tmpdir(), 'keeplight-differential-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.skipIf(!HAS_EXIFTOOL)(
  'our readers and exiftool agree on many variants',
  async () => {
    const bases = await basePictures();
    const paths = Array.from({ length: VARIANTS }, (_, index) => {
      const { name, bytes } = variantOf(FIRST + index, bases);
      const path = join(folder, name);
      writeFileSync(path, bytes);
      return path;
    });
    paths.push(...(await writeWithExiftool(WRITTEN, folder, bases)));
    expect(differences(paths, await askExiftool(paths, folder))).toEqual([]);
  },
  3_600_000,
);
