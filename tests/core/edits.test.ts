/**
 * What other programs do to photos in the library, against a plain model of what must be known afterwards: edits with and
 * without times kept, replaced, renamed, exchanged and copied files, sidecars, and decisions of a person among them.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import Database from 'better-sqlite3';
import { exiftoolPath } from 'exiftool-vendored';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogPath } from '../../electron/core/base/data-places.ts';
import { type Core, openCore } from '../../electron/core/core.ts';
import { HAS_EXIFTOOL } from '../library/differential.ts';
import { workplace } from './made-photos.ts';
import { KEYWORDS, sidecarOf, smallJpeg, type Word } from './small-jpeg.ts';

const directory = mkdtempSync(join(tmpdir(), 'keeplight-edits-'));
const data = join(directory, 'data');
let core: Core;
let catalog: Database.Database;
beforeAll(async () => {
  core = await openCore({ dataDirectory: data, shell: 'browser', log: () => undefined, background: false });
  catalog = new Database(catalogPath(data), { readonly: true });
});
afterAll(async () => {
  catalog.close();
  await core.close();
  rmSync(directory, { recursive: true });
});

const detailOf = (id: number) => createRouterClient(core.router, { context: {} }).photos.detail({ id });
const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 32);

let pictures = 0;
/** Pictures are never the same in two folders: the catalog that all share must not follow one to another. */
async function newPicture(): Promise<Picture> {
  const identity = ++pictures;
  return { identity, bytesFor: await smallJpeg(identity, identity % 2 === 0) };
}

type Picture = { identity: number; bytesFor: (word: Word) => Buffer };
/** What lies at a path. */
type There = { picture: Picture; word: Word };

const writers = ['in place', 'anew'] as const;
const NAMES = ['a', 'b', 'c', 'd', 'e'] as const;
type Name = (typeof NAMES)[number];

type Step =
  | { do: 'edit'; at: number; word: Word; isTimeKept: boolean; how: (typeof writers)[number] }
  | { do: 'replace'; at: number; word: Word; isTimeKept: boolean }
  | { do: 'rename'; at: number; to: Name }
  | { do: 'exchange'; at: number; with: number }
  | { do: 'copy'; at: number; over: number; isTimeKept: boolean }
  | { do: 'touch' | 'protect' | 'remove sidecar'; at: number }
  | { do: 'sidecar'; at: number; word: Word; isTimeKept: boolean }
  | { do: 'mark'; at: number; stars: number }
  | { do: 'index' };

/** One folder, what it holds by the model, and what the library must know of it. */
class World {
  readonly folder = mkdtempSync(join(directory, 'photos-'));
  readonly there = new Map<Name, There>();
  readonly sidecars = new Map<Name, Word>();
  /** Decisions of a person, by photo. */
  readonly marks = new Map<number, number>();
  /** Pictures of which there were copies: which of them one is now, nobody can say. */
  readonly #copied = new Set<number>();
  /** As the last index found it. */
  #known: ReadonlyMap<Name, { id: number; hash: string; identity: number }> = new Map();

  path(name: Name, extension = 'jpg'): string {
    return join(this.folder, `${name}.${extension}`);
  }

  nameAt(at: number): Name {
    const names = [...this.there.keys()];
    return names[at % names.length]!;
  }

  async take(step: Step, edit: (path: string, there: There, step: Extract<Step, { do: 'edit' }>) => unknown) {
    if (step.do === 'index') return this.index();
    const name = this.nameAt(step.at);
    const there = this.there.get(name)!;
    switch (step.do) {
      case 'edit': {
        const now = { ...there, word: step.word };
        await edit(this.path(name), now, step);
        this.there.set(name, now);
        return;
      }
      case 'replace': {
        const now = { picture: await newPicture(), word: step.word };
        write(this.path(name), now.picture.bytesFor(now.word), { how: 'anew', isTimeKept: step.isTimeKept });
        this.there.set(name, now);
        return;
      }
      case 'rename':
        renameSync(this.path(name), this.path(step.to));
        this.there.delete(name);
        this.there.set(step.to, there);
        return;
      case 'exchange': {
        const other = this.nameAt(step.with);
        const otherThere = this.there.get(other)!;
        const aside = join(this.folder, 'aside.tmp');
        renameSync(this.path(name), aside);
        if (other !== name) renameSync(this.path(other), this.path(name));
        renameSync(aside, this.path(other));
        this.there.set(name, otherThere);
        this.there.set(other, there);
        return;
      }
      case 'copy': {
        const over = this.nameAt(step.over);
        if (over === name) return;
        const { atime, mtime } = statSync(this.path(name));
        copyFileSync(this.path(name), this.path(over));
        if (step.isTimeKept) utimesSync(this.path(over), atime, mtime);
        this.there.set(over, there);
        this.#copied.add(there.picture.identity);
        return;
      }
      case 'touch':
        utimesSync(this.path(name), new Date(), new Date(statSync(this.path(name)).mtimeMs + 3000));
        return;
      case 'protect':
        chmodSync(this.path(name), (statSync(this.path(name)).mode & 0o777) ^ 0o022);
        return;
      case 'sidecar':
        write(this.path(name, 'xmp'), Buffer.from(sidecarOf(step.word)), { how: 'in place', ...step });
        this.sidecars.set(name, step.word);
        return;
      case 'remove sidecar':
        rmSync(this.path(name, 'xmp'), { force: true });
        this.sidecars.delete(name);
        return;
      case 'mark': {
        if (!this.#known.has(name)) return;
        const id = core.resolvePhoto(this.path(name));
        const isChanged = core.mark([id], { stars: step.stars }).changed > 0;
        if (isChanged) this.marks.set(id, step.stars);
        return;
      }
    }
  }

  async index(): Promise<void> {
    await core.index([this.folder]);
    const known = new Map<Name, { id: number; hash: string; identity: number }>();
    for (const [name, { picture, word }] of this.there) {
      const path = this.path(name);
      const id = core.resolvePhoto(path);
      const hash = hashOf(path);
      known.set(name, { id, hash, identity: picture.identity });
      const beside = this.sidecars.get(name);
      const said = beside?.stars ?? word.stars ?? 0;
      const decided = this.marks.get(id);
      const { stars, state } = core.show(id);
      const { keywords, fileSays } = await detailOf(id);
      const content = catalog.prepare('SELECT content FROM photo WHERE id = ?').pluck().get(id);
      const words = [word.keyword, beside?.keyword].filter((keyword) => keyword != null);
      expect({ name, path: core.show(id).path, state, content, stars, keywords, fileSays }).toEqual({
        name,
        path,
        state: 'ready',
        content: hash,
        stars: decided ?? said,
        keywords: [...new Set(words)].sort(),
        fileSays:
          decided === undefined || said === 0 || said === decided ? null : { flag: 'none', stars: said, color: 'none' },
      });
    }
    expect(new Set([...known.values()].map(({ id }) => id)).size).toBe(known.size);
    for (const [id, stars] of this.marks) expect(core.show(id).stars, `the mark of photo ${id}`).toBe(stars);
    this.#expectSamePhotos(known);
    this.#known = known;
  }

  get known() {
    return this.#known;
  }

  /** What only moved, and what was only edited, is the photo that it was. */
  #expectSamePhotos(known: World['known']): void {
    for (const [name, { id, hash, identity }] of known) {
      if (this.#copied.has(identity)) continue;
      const before = [...this.#known].find(([, old]) => old.identity === identity);
      if (before === undefined) continue;
      const [oldName, old] = before;
      if (old.hash === hash || oldName === name) expect(id, `${oldName} is ${name} now`).toBe(old.id);
    }
  }
}

/** As a program writes a file whose times it may bring back. */
function write(
  path: string,
  bytes: Buffer,
  { how, isTimeKept }: { how: (typeof writers)[number]; isTimeKept: boolean },
) {
  const before = existsSync(path) ? statSync(path) : null;
  if (how === 'anew') {
    writeFileSync(`${path}.tmp`, bytes);
    renameSync(`${path}.tmp`, path);
  } else writeFileSync(path, bytes, { flag: before === null ? 'w' : 'r+' });
  if (isTimeKept && before !== null) utimesSync(path, before.atimeMs / 1000, before.mtimeMs / 1000);
}

const wordOf = fc.record({
  stars: fc.constantFrom(null, 0, 1, 2, 3, 4, 5),
  keyword: fc.constantFrom(null, ...KEYWORDS),
});
const at = fc.nat(4);
const isTimeKept = fc.boolean();
const edits = fc.record({
  do: fc.constant('edit' as const),
  at,
  word: wordOf,
  isTimeKept,
  how: fc.constantFrom(...writers),
});
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: edits },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('replace' as const), at, word: wordOf, isTimeKept }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('rename' as const), at, to: fc.constantFrom(...NAMES) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('exchange' as const), at, with: at }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('copy' as const), at, over: at, isTimeKept }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('touch', 'protect', 'remove sidecar'), at }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('sidecar' as const), at, word: wordOf, isTimeKept }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('mark' as const), at, stars: fc.integer({ min: 0, max: 5 }) }) },
  { weight: 4, arbitrary: fc.constant({ do: 'index' as const }) },
);

const bySelf = (path: string, { picture, word }: There, step: Extract<Step, { do: 'edit' }>) =>
  write(path, picture.bytesFor(word), step);

async function play(first: readonly Word[], taken: readonly Step[], edit: Parameters<World['take']>[1]) {
  const world = new World();
  for (const [index, word] of first.entries()) {
    const picture = await newPicture();
    world.there.set(NAMES[index]!, { picture, word });
    writeFileSync(world.path(NAMES[index]!), picture.bytesFor(word));
    utimesSync(world.path(NAMES[index]!), 1.7e9, 1.7e9);
  }
  await world.index();
  for (const step of taken) await world.take(step, edit);
  await world.index();
}

const first = fc.array(wordOf, { minLength: 2, maxLength: 4 });

test('whatever other programs do, what the files say is known, and no mark of a person is lost', async () => {
  const anything = fc.array(steps, { minLength: 4, maxLength: 14 });
  await fc.assert(
    fc.asyncProperty(first, anything, (words, taken) => play(words, taken, bySelf)),
    { seed: 20261128, numRuns: 40, endOnFailure: true },
  );
});

/** `-P` keeps the file's time; it is written anew either way. */
async function byExiftool(path: string, { stars, keyword }: Word, isTimeKept: boolean): Promise<void> {
  execFileSync(await exiftoolPath(), [
    ...['-config', '', '-q', '-q', '-overwrite_original', ...(isTimeKept ? ['-P'] : [])],
    ...[`-XMP-xmp:Rating=${stars ?? ''}`, `-XMP-dc:Subject=${keyword ?? ''}`, path],
  ]);
}

test.skipIf(!HAS_EXIFTOOL)('the same with exiftool as the other program', async () => {
  const anything = fc.array(fc.oneof({ weight: 2, arbitrary: edits }, { weight: 1, arbitrary: steps }), {
    minLength: 3,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(first, anything, (words, taken) =>
      play(words, taken, (path, { word }, { isTimeKept }) => byExiftool(path, word, isTimeKept)),
    ),
    { seed: 14, numRuns: 3, endOnFailure: true },
  );
});

test.skipIf(!HAS_EXIFTOOL)('a rating that exiftool writes anew with size and time kept is seen', async () => {
  const folder = mkdtempSync(join(directory, 'photos-'));
  const path = join(folder, 'a.jpg');
  writeFileSync(path, (await newPicture()).bytesFor({ stars: null, keyword: null }));
  await byExiftool(path, { stars: 5, keyword: null }, true);
  await core.index([folder]);
  const before = statSync(path);
  expect(core.show(path).stars).toBe(5);
  await byExiftool(path, { stars: 3, keyword: null }, true);
  const after = statSync(path);
  expect([after.size, Math.floor(after.mtimeMs / 1000)]).toEqual([before.size, Math.floor(before.mtimeMs / 1000)]);
  expect((await core.index([folder])).indexed).toBe(1);
  expect(core.show(path).stars).toBe(3);
});

test('a picture that was retouched in its middle gets another preview', async () => {
  const folder = mkdtempSync(join(directory, 'photos-'));
  const path = join(folder, 'a.tif');
  const rgb = Buffer.alloc(400 * 300 * 3, 200);
  await sharp(rgb, { raw: { width: 400, height: 300, channels: 3 } })
    .tiff({ compression: 'none' })
    .toFile(path);
  await core.index([folder]);
  const id = core.resolvePhoto(path);
  const shown = async () => ((await core.picture('thumb', id)) as { path: string }).path;
  const before = readFileSync(await shown());
  const bytes = readFileSync(path);
  bytes.fill(10, 150_000, 210_000);
  writeFileSync(path, bytes);
  expect((await core.index([folder])).indexed).toBe(1);
  expect(readFileSync(await shown()).equals(before)).toBe(false);
});

/** Bytes that this process and those that it has read files for it have asked the system for. */
function bytesRead(): number {
  let total = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const [, parent] = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
      if (![pid, parent].includes(String(process.pid))) continue;
      total += Number(/^rchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
    } catch {
      // It ended meanwhile.
    }
  }
  return total;
}
const COUNTS_READS = existsSync('/proc/self/io');
if (!COUNTS_READS) console.warn('How much a scan reads is not tested: this system does not count it.');

test.skipIf(!COUNTS_READS)('a scan reads no photo that is as it was, and all of one whose rights changed', async () => {
  const folder = mkdtempSync(join(directory, 'photos-'));
  const paths = Array.from({ length: 8 }, (_, index) => join(folder, `${index}.jpg`));
  const size = 4 * 2 ** 20;
  for (const path of paths) {
    const picture = (await newPicture()).bytesFor({ stars: 1, keyword: null });
    writeFileSync(path, Buffer.concat([picture, Buffer.alloc(size)]));
  }
  expect((await core.index([folder])).indexed).toBe(8);
  const cost = async () => {
    const before = bytesRead();
    expect(await core.index([folder])).toMatchObject({ indexed: 0, unchanged: 8 });
    return (bytesRead() - before) / size;
  };
  expect(await cost()).toBeLessThan(0.5);
  for (const path of paths) chmodSync(path, 0o600);
  const checked = await cost();
  expect(checked).toBeGreaterThan(8);
  // And what processes read to come up.
  expect(checked).toBeLessThan(12);
  expect(await cost()).toBeLessThan(0.5);
  // A folder that is renamed leaves its files as they were.
  mkdirSync(join(folder, 'new'));
  for (const path of paths) renameSync(path, join(folder, 'new', basename(path)));
  await cost();
  renameSync(join(folder, 'new'), join(folder, 'newer'));
  expect(await cost()).toBeLessThan(0.5);
});

test('files that an earlier Keeplight saw are not looked at again for that, and not lost sight of either', async () => {
  await using place = workplace();
  const [a, b] = ['a.jpg', 'b.jpg'].map((name) => join(place.photos, name)) as [string, string];
  const pictures = [await newPicture(), await newPicture()] as const;
  writeFileSync(a, pictures[0].bytesFor({ stars: 1, keyword: null }));
  writeFileSync(b, pictures[1].bytesFor({ stars: 1, keyword: null }));
  const old = await place.open();
  await old.index([place.photos]);
  await old.close();
  const database = new Database(catalogPath(place.data));
  database.exec('UPDATE file SET ctime = NULL');
  const { atimeMs, mtimeMs } = statSync(b);
  write(b, pictures[1].bytesFor({ stars: 2, keyword: null }), { how: 'anew', isTimeKept: true });
  expect([atimeMs, mtimeMs].map(Math.floor)).toEqual([statSync(b).atimeMs, statSync(b).mtimeMs].map(Math.floor));
  const now = await place.open();
  expect(await now.index([place.photos])).toMatchObject({ indexed: 1, unchanged: 1 });
  expect([now.show(a).stars, now.show(b).stars]).toEqual([1, 2]);
  expect(database.prepare('SELECT count(*) FROM file WHERE ctime IS NULL').pluck().get()).toBe(0);
  database.close();
});

test('silence of a file that cannot be read takes no rating back', async () => {
  const folder = mkdtempSync(join(directory, 'photos-'));
  const path = join(folder, 'a.jpg');
  const picture = await newPicture();
  writeFileSync(path, picture.bytesFor({ stars: 4, keyword: null }));
  await core.index([folder]);
  writeFileSync(path, '');
  await core.index([folder]);
  expect(core.show(path)).toMatchObject({ state: 'failed', stars: 4 });
  writeFileSync(path, picture.bytesFor({ stars: null, keyword: null }));
  await core.index([folder]);
  expect(core.show(path)).toMatchObject({ state: 'ready', stars: 0 });
});

test('a changed sidecar is read and its photo not decoded again', async () => {
  const folder = mkdtempSync(join(directory, 'photos-'));
  const path = join(folder, 'a.jpg');
  const sidecar = join(folder, 'a.xmp');
  const picture = await newPicture();
  writeFileSync(path, picture.bytesFor({ stars: null, keyword: null }));
  writeFileSync(sidecar, sidecarOf({ stars: 2, keyword: 'alpha' }));
  await core.index([folder]);
  const id = core.resolvePhoto(path);
  const state = () =>
    catalog
      .prepare('SELECT state, version, width, height, content, placeholder, error FROM photo WHERE id = ?')
      .get(id);
  const shown = async () => ((await core.picture('thumb', id)) as { path: string }).path;
  const before = {
    state: state(),
    shown: await shown(),
    made: statSync(await shown()).mtimeMs,
    detail: await detailOf(id),
  };
  writeFileSync(sidecar, sidecarOf({ stars: 5, keyword: 'omega' }));
  expect((await core.index([folder])).indexed).toBe(1);
  const after = await detailOf(id);
  expect(after).toMatchObject({
    stars: 5,
    keywords: ['omega'],
    measures: before.detail.measures,
    grade: before.detail.grade,
  });
  expect([state(), await shown(), statSync(await shown()).mtimeMs]).toEqual([before.state, before.shown, before.made]);
  // Where its previews are gone they are made again.
  rmSync(await shown());
  writeFileSync(sidecar, sidecarOf({ stars: 3, keyword: 'gamma' }));
  await core.index([folder]);
  expect(await detailOf(id)).toMatchObject({ stars: 3, keywords: ['gamma'], version: before.detail.version + 1 });
  expect(existsSync(await shown())).toBe(true);
  // And where the picture changed with it, it is seen.
  writeFileSync(path, (await newPicture()).bytesFor({ stars: null, keyword: null }));
  writeFileSync(sidecar, sidecarOf({ stars: 1, keyword: 'alpha' }));
  await core.index([folder]);
  expect(await detailOf(id)).toMatchObject({ stars: 1, version: before.detail.version + 2 });
});

test('what was wrong with a picture stays said when only its sidecar changed', async () => {
  const folder = mkdtempSync(join(directory, 'photos-'));
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  const whole = await sharp({ create: { width: 400, height: 300, channels: 3, background: '#888', noise } })
    .jpeg()
    .toBuffer();
  writeFileSync(join(folder, 'a.jpg'), whole.subarray(0, whole.length / 2));
  await core.index([folder]);
  const id = core.resolvePhoto(join(folder, 'a.jpg'));
  const { error, version } = await detailOf(id);
  expect(error).toMatch(/missing/);
  writeFileSync(join(folder, 'a.xmp'), sidecarOf({ stars: 3, keyword: null }));
  await core.index([folder]);
  expect(await detailOf(id)).toMatchObject({ error, version, stars: 3, state: 'ready' });
});
