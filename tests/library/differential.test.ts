/** What our readers say of real photos and of made variants is what exiftool says, but for what is written down. */
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { askExiftool, differences, HAS_EXIFTOOL, knownDifferences, writeWithExiftool } from './differential.ts';
import { HAS_PHOTOS, PHOTOS } from './real-photos.ts';
import { basePictures, variantOf } from './variants.ts';

const DOCUMENT = fileURLToPath(new URL('../../docs/formats-differences.md', import.meta.url));
const VARIANTS = 2000;
const WRITTEN = 120;

const folder = mkdtempSync(join(tmpdir(), 'keeplight-differential-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!HAS_EXIFTOOL)('our readers and exiftool', () => {
  it('agree on variants that our own writer made', async () => {
    const bases = await basePictures();
    const paths = Array.from({ length: VARIANTS }, (_, seed) => {
      const { name, bytes } = variantOf(seed, bases);
      const path = join(folder, name);
      writeFileSync(path, bytes);
      return path;
    });
    const answers = await askExiftool(paths, folder);
    expect(answers.size).toBe(VARIANTS);
    expect(differences(paths, answers)).toEqual([]);
  }, 600_000);

  it('agree on variants that exiftool wrote', async () => {
    const paths = await writeWithExiftool(WRITTEN, folder, await basePictures());
    const answers = await askExiftool(paths, folder);
    expect(answers.size).toBe(WRITTEN);
    expect(differences(paths, answers)).toEqual([]);
  }, 600_000);

  it.skipIf(!HAS_PHOTOS)(
    'differ on real photos only where it is written down why',
    async () => {
      const paths = readdirSync(PHOTOS, { recursive: true })
        .map((name) => join(PHOTOS, String(name)))
        .filter((path) => statSync(path).isFile() && !/\.(md|txt)$/i.test(path));
      const found = differences(paths, await askExiftool(paths, folder));
      const rows = found.map(({ file, fact }) => `${relative(PHOTOS, file)} ${fact}`);
      expect(rows.sort()).toEqual([...knownDifferences(DOCUMENT)].sort());
    },
    600_000,
  );
});
