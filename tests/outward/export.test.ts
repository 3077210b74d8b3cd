/** Copies of photos elsewhere: named by a pattern, compared, never over anything, resumed after kills. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { exiftoolPath } from 'exiftool-vendored';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Core } from '../../electron/core/core.ts';
import { namedProfile, profileDescription } from '../../electron/core/formats/icc.ts';
import { tiffAround } from '../../electron/core/pixels/tiff-around.ts';
import {
  DEFAULT_PATTERN,
  expandPattern,
  exportOptionsSchema,
  type PatternFacts,
  patternProblem,
} from '../../shared/export.ts';
import { seededRandom } from '../../shared/random.ts';
import { makePhoto, type Workplace, workplace } from '../core/made-photos.ts';
import { filesBelow } from './files-below.ts';

const FACTS: PatternFacts = {
  name: 'DSCF0012',
  extension: 'RAF',
  counter: 7,
  takenAt: Date.UTC(2026, 4, 17, 9, 12, 5),
  shoot: 'Harbour',
  camera: 'X100V',
  lens: null,
  iso: 400,
  title: null,
  stars: 4,
  color: 'none',
  flag: 'pick',
};

async function exported(
  core: Core,
  place: Workplace,
  given: Record<string, unknown> = {},
  ids = core.listIds({ sort: 'name' }),
) {
  const { exporter } = core.originals;
  const { batch, job } = await exporter.start({
    ids,
    folder: join(place.photos, '../out'),
    options: exportOptionsSchema.parse(given),
  });
  await core.finishJob(job);
  return exporter.report(batch);
}

/** A RAW by its name with its JPEG and two sidecars, and a photo alone. */
async function usualPhotos(place: Workplace): Promise<void> {
  await makePhoto(join(place.photos, 'a/IMG_1.jpg'), 1);
  copyFileSync(join(place.photos, 'a/IMG_1.jpg'), join(place.photos, 'a/raw.tmp'));
  const raw = await sharp(readFileSync(join(place.photos, 'a/raw.tmp')))
    .tiff()
    .toBuffer();
  writeFileSync(join(place.photos, 'a/IMG_1.dng'), raw);
  writeFileSync(
    join(place.photos, 'a/IMG_1.xmp'),
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>',
  );
  writeFileSync(
    join(place.photos, 'a/IMG_1.dng.xmp'),
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"> </rdf:RDF></x:xmpmeta>',
  );
  await makePhoto(join(place.photos, 'b/IMG_1.jpg'), 2, { takenAt: '2024:05:01 12:00:01' });
}

describe('a pattern', () => {
  test('names by what is known, and leaves out what is not', () => {
    expect(expandPattern('{yyyy}/{mm}-{dd} {shoot}/{camera}/{name}-{counter:3}.{ext}', FACTS)).toBe(
      '2026/05-17 Harbour/X100V/DSCF0012-007.RAF',
    );
    const unknown = { ...FACTS, takenAt: null, camera: null };
    expect(expandPattern('{yyyy}/{mm}-{dd} {shoot}/{camera}/{name}', unknown)).toBe('Harbour/DSCF0012.RAF');
  });

  test.each([
    ['../../{name}', 'DSCF0012.RAF'],
    ['a/../{name}', 'a/DSCF0012.RAF'],
    ['{shoot}/{name}', 'Har_.._bour/DSCF0012.RAF'],
    ['con/{name}', '_con/DSCF0012.RAF'],
    ['a:b?/{name}', 'a_b_/DSCF0012.RAF'],
    ['{title}', 'DSCF0012.RAF'],
  ])('never leaves the folder: %s', (pattern, path) => {
    expect(expandPattern(pattern, { ...FACTS, shoot: 'Har/../bour' })).toBe(path);
  });

  test('that cannot be is refused with a sentence', () => {
    expect(patternProblem(DEFAULT_PATTERN)).toBeNull();
    for (const pattern of ['{nome}', '{name', '/etc/{name}', 'C:\\{name}', '..', ' / ']) {
      expect(patternProblem(pattern), pattern).toMatch(/\.$/);
    }
  });
});

test('copies go with companions and sidecars, twice without harm', async () => {
  await using place = workplace();
  await usualPhotos(place);
  const core = await place.open();
  await core.index([place.photos]);
  const out = join(place.photos, '../out');
  const plan = await core.originals.exporter.plan({
    ids: core.listIds({ sort: 'name' }),
    folder: out,
    options: exportOptionsSchema.parse({ pattern: '{yyyy}/{name}.{ext}' }),
  });
  expect(existsSync(out)).toBe(false);
  const report = await exported(core, place, { pattern: '{yyyy}/{name}.{ext}' });
  expect(report).toMatchObject({ done: 5, skipped: 0, failed: [] });
  expect(report.planned.map(({ to }) => to).sort()).toEqual(plan.files.map(({ to }) => to).sort());
  expect(filesBelow(out).map(({ path }) => path)).toEqual([
    '2024/IMG_1-2.jpg',
    '2024/IMG_1.dng',
    '2024/IMG_1.dng.xmp',
    '2024/IMG_1.jpg',
    '2024/IMG_1.xmp',
  ]);
  for (const { from, to } of report.planned) {
    expect(readFileSync(to).equals(readFileSync(from)), to).toBe(true);
    expect(statSync(to).mtimeMs).toBeCloseTo(statSync(from).mtimeMs, -1);
  }
  expect(await exported(core, place, { pattern: '{yyyy}/{name}.{ext}' })).toMatchObject({ done: 0, skipped: 5 });
  expect(filesBelow(out)).toHaveLength(5);
}, 120_000);

test('what is there already is never written over: the whole photo gets a number', async () => {
  await using place = workplace();
  await usualPhotos(place);
  const core = await place.open();
  await core.index([place.photos]);
  const out = join(place.photos, '../out');
  mkdirSync(out);
  writeFileSync(join(out, 'IMG_1.xmp'), 'of another program');
  const [id] = core.listIds({ folder: join(place.photos, 'a') });
  const report = await exported(core, place, { pattern: '{name}' }, [id!]);
  expect(report).toMatchObject({ done: 4, renamed: 4, failed: [] });
  expect(readFileSync(join(out, 'IMG_1.xmp'), 'utf8')).toBe('of another program');
  expect(filesBelow(out).map(({ path }) => path)).toEqual([
    'IMG_1-2.dng',
    'IMG_1-2.dng.xmp',
    'IMG_1-2.jpg',
    'IMG_1-2.xmp',
    'IMG_1.xmp',
  ]);
}, 120_000);

test('as JPEG, WebP, AVIF and TIFF: size, profile and metadata are as asked', async () => {
  await using place = workplace();
  const source = join(place.photos, 'one.jpg');
  await makePhoto(source, 1);
  const tool = await exiftoolPath();
  const run = promisify(execFile);
  const gps = ['-GPSLatitude=47.1', '-GPSLatitudeRef=N', '-GPSLongitude=8.2', '-GPSLongitudeRef=E'];
  await run(tool, ['-overwrite_original', ...gps, '-Artist=Ada', '-Copyright=© Ada', source]);
  const core = await place.open();
  await core.index([place.photos]);
  const out = join(place.photos, '../out');
  const made = async (as: string, given: Record<string, unknown>) => {
    const report = await exported(core, place, { as, ...given });
    expect(report).toMatchObject({ done: 1, failed: [] });
    return relative(out, report.planned[0]!.to).replaceAll('\\', '/');
  };
  const files = new Map<string, { all: string; own: string; none: string }>();
  for (const as of ['jpeg', 'webp', 'avif', 'tiff']) {
    const whole = { longEdge: 96, color: 'p3', stripGps: true, watermark: 'Ada & Bo' };
    files.set(as, {
      all: await made(as, { pattern: `${as}/all/{name}`, ...whole }),
      own: await made(as, { pattern: `${as}/own/{name}`, metadata: 'copyright' }),
      none: await made(as, { pattern: `${as}/none/{name}`, metadata: 'none' }),
    });
    // Rendered again it is the same, and is found to be there.
    const again = await exported(core, place, { pattern: `${as}/none/{name}`, as, metadata: 'none' });
    expect(again, as).toMatchObject({ done: 0, skipped: 1 });
  }
  const wanted = ['-Model', '-Artist', '-Copyright', '-GPSLatitude', '-Orientation', '-ProfileDescription'];
  const { stdout } = await run(tool, ['-j', '-n', '-G0', ...wanted, '-r', '.'], { cwd: out });
  const said = new Map(
    (JSON.parse(stdout) as Record<string, unknown>[]).map((file) => [
      String(file.SourceFile).replace(/^\.\//, ''),
      file,
    ]),
  );
  for (const [as, { all, own, none }] of files) {
    const image = await sharp(join(out, all)).metadata();
    expect(image).toMatchObject({ width: 96, height: 64, format: as === 'avif' ? 'heif' : as });
    expect(said.get(all), as).toMatchObject({ 'EXIF:Model': 'Test', 'EXIF:Artist': 'Ada' });
    expect(
      Object.keys(said.get(all)!).filter((key) => key.includes('GPS')),
      as,
    ).toEqual([]);
    expect(String(said.get(all)!['ICC_Profile:ProfileDescription']), as).toMatch(/P3/);
    expect(said.get(own)!['EXIF:Artist'] ?? said.get(own)!['XMP:Creator'], as).toBe('Ada');
    expect(said.get(own)!['EXIF:Model'], as).toBeUndefined();
    const rest = said.get(none)!;
    expect(rest['EXIF:Artist'] ?? rest['EXIF:Model'] ?? rest['EXIF:GPSLatitude'], as).toBeUndefined();
  }
}, 240_000);

test('colors outside of sRGB survive as P3, and a profile that is kept keeps its numbers', async () => {
  await using place = workplace();
  // The purest green of Adobe RGB: sRGB has none like it, P3 nearly.
  const [width, height] = [64, 48];
  const green = Buffer.alloc(width * height * 3);
  for (let at = 0; at < green.length; at += 3) green[at + 1] = 250;
  writeFileSync(join(place.photos, 'one.tif'), tiffAround(green, width, height, namedProfile('adobe-rgb'), 'rgb'));
  const core = await place.open();
  await core.index([place.photos]);
  const made = async (color: 'srgb' | 'p3' | 'keep') => {
    const report = await exported(core, place, { pattern: `${color}/{name}`, as: 'tiff', color, metadata: 'none' });
    expect(report.failed).toEqual([]);
    const [file] = report.planned;
    const { icc } = await sharp(file!.to).metadata();
    // As the file has them: no profile is applied.
    const { data } = await sharp(file!.to, { ignoreIcc: true }).raw().toBuffer({ resolveWithObject: true });
    return { icc: icc!, rgb: [...data.subarray(0, 3)] };
  };
  const kept = await made('keep');
  expect(kept.rgb).toEqual([0, 250, 0]);
  expect(kept.icc.equals(namedProfile('adobe-rgb'))).toBe(true);
  const p3 = await made('p3');
  expect(profileDescription(p3.icc)).toMatch(/P3/);
  // By matrices of the two standards; cut off at sRGB it would be 114, 246, 74.
  for (const [index, value] of [0, 245, 44].entries())
    expect(Math.abs(p3.rgb[index]! - value), `${p3.rgb}`).toBeLessThan(4);
  const srgb = await made('srgb');
  expect(profileDescription(srgb.icc)).toMatch(/sRGB/);
  expect(srgb.rgb[1]).toBeGreaterThan(245);
}, 120_000);

describe('of one photo', () => {
  let place: Workplace;
  let core: Core;
  let tool: string;
  const source = () => join(place.photos, 'one.jpg');
  beforeAll(async () => {
    place = workplace();
    await makePhoto(source(), 1);
    tool = await exiftoolPath();
    await promisify(execFile)(tool, ['-overwrite_original', '-GPSLatitude=47.1', '-GPSLatitudeRef=N', source()]);
    core = await place.open();
    await core.index([place.photos]);
  });
  afterAll(() => place[Symbol.asyncDispose]());

  test('a name that is taken between plan and copy is left alone', async () => {
    const out = join(place.photos, '../out');
    const { exporter } = core.originals;
    const started = exporter.start({
      ids: core.listIds(),
      folder: out,
      options: exportOptionsSchema.parse({ pattern: '{name}' }),
    });
    mkdirSync(out, { recursive: true });
    const { batch, job } = await started;
    writeFileSync(join(out, 'one.jpg'), 'just now');
    await core.finishJob(job);
    const report = await exporter.report(batch);
    expect(readFileSync(join(out, 'one.jpg'), 'utf8')).toBe('just now');
    expect(report.planned[0]?.to).toBe(join(out, 'one-2.jpg'));
  });

  test('a size limit is kept, or refused with a sentence', async () => {
    const limits = { as: 'jpeg', metadata: 'none' };
    const small = await exported(core, place, { ...limits, pattern: 'small/{name}', quality: 95, maxBytes: 4000 });
    expect(small).toMatchObject({ done: 1 });
    expect(statSync(small.planned[0]!.to).size).toBeLessThanOrEqual(4000);
    const none = await exported(core, place, { ...limits, pattern: 'no/{name}', maxBytes: 1000 });
    expect(none.failed[0]?.reason).toMatch(/shorter long edge/);
  });

  test('a copy of an original loses its place and keeps every pixel', async () => {
    const before = readFileSync(source());
    const [file] = (await exported(core, place, { pattern: 'nowhere/{name}', stripGps: true })).planned;
    expect(readFileSync(source()).equals(before)).toBe(true);
    const { stdout } = await promisify(execFile)(tool, ['-GPSLatitude', '-Model', file!.to]);
    expect(stdout).toMatch(/Test/);
    expect(stdout).not.toMatch(/GPS/);
    expect((await sharp(file!.to).raw().toBuffer()).equals(await sharp(source()).raw().toBuffer())).toBe(true);
  });
});

test('a move takes the photo along and is undone; a link is the same file', async () => {
  await using place = workplace();
  await usualPhotos(place);
  const core = await place.open();
  await core.index([place.photos]);
  const out = join(place.photos, '../out');
  const ids = core.listIds();
  const before = filesBelow(place.photos);
  core.mark(ids, { stars: 3 });
  const linked = await exported(core, place, { pattern: 'links/{name}', mode: 'link' });
  expect(linked).toMatchObject({ done: 5, failed: [] });
  for (const { from, to } of linked.planned) expect(statSync(from).ino).toBe(statSync(to).ino);
  const moved = await exported(core, place, { pattern: 'moved/{name}', mode: 'move' });
  expect(moved).toMatchObject({ done: 5, failed: [] });
  expect(core.listIds()).toEqual([]);
  expect(filesBelow(place.photos).map(({ path }) => path)).toEqual(['a/raw.tmp']);
  expect((await core.undo()).label).toBe('Move 2 photos to out');
  expect(filesBelow(place.photos)).toEqual(before);
  expect(core.listIds().sort()).toEqual(ids.sort());
  await core.index([place.photos]);
  expect(core.list().map(({ stars, state }) => [stars, state])).toEqual([
    [3, 'ready'],
    [3, 'ready'],
  ]);
  expect(readdirSync(join(out, 'moved'))).toEqual([]);
}, 120_000);

test('killed again and again, every copy is whole or not there, and in the end all are', async () => {
  await using place = workplace();
  const PHOTOS = 24;
  for (let index = 0; index < PHOTOS; index++) await makePhoto(join(place.photos, `${index}.jpg`), index);
  const first = await place.open();
  await first.index([place.photos]);
  await first.close();
  const before = filesBelow(place.photos);
  const out = join(place.photos, '../out');
  const random = seededRandom(11);
  const victim = fileURLToPath(new URL('./victim.ts', import.meta.url));
  for (let kill = 0; kill < 5; kill++) {
    const child = spawn(process.execPath, [victim, 'export', place.data, out], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    await Promise.race([once(child.stdout, 'data'), ended]);
    await new Promise((resolve) => setTimeout(resolve, random() * 120));
    child.kill('SIGKILL');
    await ended;
    for (const { path, hash } of filesBelow(out)) {
      if (path.startsWith('.keeplight-part-')) continue;
      expect(before.find((file) => file.path === path)?.hash, path).toBe(hash);
    }
  }
  const core = await place.open();
  const report = await exported(core, place, { pattern: '{name}' });
  expect(report.failed).toEqual([]);
  expect(report.done + report.skipped).toBe(PHOTOS);
  expect(filesBelow(out)).toEqual(before);
  expect(filesBelow(place.photos)).toEqual(before);
}, 240_000);
