/** Moments of real photos, where they are beside the repository. */
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Core, openCore } from '../../electron/core/core.ts';
import { CASES, HAS_CASES, HAS_PHOTOS, PHOTOS } from '../library/real-photos.ts';

const directory = mkdtempSync(join(tmpdir(), 'keeplight-real-moments-'));
let core: Core;
let moments: { kind: string; top: string; names: string[] }[] = [];

beforeAll(async () => {
  const folders = [
    ...['sequences', 'orientation', 'phones'].map((name) => join(PHOTOS, name)),
    ...['06-two-bodies', '11-sequences'].map((name) => join(CASES, name)),
  ].filter((folder) => existsSync(folder));
  for (const folder of folders) cpSync(folder, join(directory, 'photos', basename(folder)), { recursive: true });
  core = await openCore({ dataDirectory: join(directory, 'data'), shell: 'browser', log: () => {}, background: false });
  if (folders.length > 0) await core.index([join(directory, 'photos')]);
  const paths = core.paths(core.listIds());
  const nameOf = (id: number) => basename(paths.get(id)!);
  moments = core.moments
    .all()
    .map(({ kind, top, photos }) => ({ kind, top: nameOf(top), names: photos.map(nameOf) }))
    .sort((a, b) => a.names[0]!.localeCompare(b.names[0]!));
  for (const { kind, top, names } of moments) console.log(`${kind}: ${names.join(' ')}; on top ${top}`);
}, 240_000);
afterAll(async () => {
  await core.close();
  rmSync(directory, { recursive: true, force: true });
});

const momentOf = (name: string) => moments.find(({ names }) => names.includes(name));

describe('moments of real photos', () => {
  it.skipIf(!HAS_PHOTOS)('a picture that lost its metadata is a copy, and the one that has it is on top', () => {
    expect(momentOf('img_1771.jpg')).toEqual({
      kind: 'duplicate',
      top: 'img_1771.jpg',
      names: expect.arrayContaining(['img_1771.jpg', 'img_1771_no_exif.jpg']),
    });
  });

  it.skipIf(!HAS_PHOTOS)('one picture turned in eight ways is one moment of copies', () => {
    expect(momentOf('waterfall_orientation1.jpg')).toMatchObject({ kind: 'duplicate' });
    expect(momentOf('waterfall_orientation1.jpg')?.names).toHaveLength(
      readdirSync(join(PHOTOS, 'orientation')).filter((name) => /^waterfall_orientation\d/.test(name)).length,
    );
  });

  it.skipIf(!HAS_PHOTOS)('a portrait taken again is one moment', () => {
    expect(momentOf('DSC_0051.JPG')?.names).toEqual(expect.arrayContaining(['DSC_0051.JPG', 'DSC_0052.JPG']));
  });

  it.skipIf(!HAS_PHOTOS)('photos of a walk stand alone', () => {
    expect(moments.filter(({ names }) => names.some((name) => name.startsWith('lund')))).toEqual([]);
  });

  it.skipIf(!HAS_CASES)('two bodies of one model at once are two bursts of six', () => {
    for (const body of ['A', 'B']) {
      expect(momentOf(`${body}_00.jpg`)).toMatchObject({
        kind: 'burst',
        names: [0, 1, 2, 3, 4, 5].map((index) => `${body}_0${index}.jpg`),
      });
    }
  });
});
