/** Catalogs that are missing, empty or damaged: refused with a choice, never replaced in silence, never spread into backups. */
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { CoreError } from '../../electron/core/base/core-error.ts';
import { backupsPath, catalogPath, damageNotePath, sealPath } from '../../electron/core/base/data-places.ts';
import { backUp, backUpGently, backups, newestBackupAge } from '../../electron/core/catalog/backup.ts';
import { momentText } from '../../electron/core/catalog/holdings.ts';
import { Keeper } from '../../electron/core/catalog/keeper.ts';
import { mendCatalog } from '../../electron/core/catalog/mend.ts';
import { type Catalog, closeCatalog, openCatalog } from '../../electron/core/catalog/open.ts';
import { photosWithText } from '../../electron/core/catalog/text.ts';
import { imageOf } from '../../electron/core/catalog/wal.ts';
import { openCore } from '../../electron/core/core.ts';
import { setMarks } from '../../electron/core/history/marks.ts';
import { seededRandom } from '../../shared/random.ts';
import { fillCatalog } from './synthetic.ts';

function dataFolder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'keeplight-damage-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const PHOTOS = 300;

/** A library of 300 photos, 40 steps of marks and two albums, with one backup, closed in peace. */
function library(): { data: string; decisions: string } {
  const data = dataFolder();
  const catalog = openCatalog({ dataDirectory: data });
  fillCatalog(catalog, { photos: PHOTOS });
  for (let photo = 1; photo <= 40; photo++) setMarks(catalog, [photo, photo + 100], { stars: 1 + (photo % 5) });
  catalog.exec(`
    INSERT INTO album (id, name, kind, position, created_at) VALUES (1, 'Best', 'album', 1, 0), (2, 'Prints', 'album', 2, 0);
    INSERT INTO album_photo SELECT 1 + id % 2, id, id FROM photo WHERE id < 60`);
  const made = decisions(catalog);
  backUp(catalog, data, 'test');
  closeCatalog(catalog, data);
  return { data, decisions: made };
}

/** Everything that a person made. */
function decisions(catalog: Database.Database): string {
  const all = (sql: string) => catalog.prepare(sql).raw().all();
  return JSON.stringify([
    all('SELECT photo_id, flag, stars, color, source FROM mark ORDER BY 1'),
    all('SELECT id, label, undone FROM step ORDER BY 1'),
    all('SELECT step_id, position, kind, target, before, after FROM command ORDER BY 1, 2'),
    all('SELECT id, name, kind, filter, position FROM album ORDER BY 1'),
    all('SELECT album_id, photo_id, position FROM album_photo ORDER BY 1, 2'),
    all('SELECT name, value FROM setting ORDER BY 1'),
  ]);
}

function refusalOf(data: string): CoreError {
  try {
    openCatalog({ dataDirectory: data }).close();
  } catch (error) {
    if (error instanceof CoreError) return error;
    throw error;
  }
  throw new Error('It was opened.');
}

const kinds = (error: CoreError) => error.choices.map(({ kind }) => kind);
const bytesOfBackups = (data: string) => backups(data).map((path) => [path, readFileSync(path).toString('latin1')]);

test.each([
  ['missing', (path: string) => rmSync(path), /catalog itself is not there/],
  ['empty', (path: string) => truncateSync(path, 0), /is empty, although there are backups/],
] as const)('a catalog that is %s beside a good backup is asked about, not made anew', async (_name, harm, words) => {
  const { data, decisions: made } = library();
  harm(catalogPath(data));
  const before = readdirSync(data).sort();
  for (const readOnly of [false, true]) {
    const error = await openCore({ dataDirectory: data, shell: 'browser', log() {}, readOnly }).then(
      () => null,
      (reason: unknown) => reason as CoreError,
    );
    expect(error?.code).toBe('UNAVAILABLE');
    expect(error?.message).toMatch(words);
    expect(error?.message).toMatch(/of today \d\d:\d\d and holds 300 photos, 40 steps, \d+ marks and 2 albums/);
    expect(kinds(error!)).toEqual(['restore', 'fresh']);
  }
  const left = readdirSync(data).filter((name) => !/^(code-cache|lock|owner|previews)/.test(name));
  expect(left.sort()).toEqual(before);
  expect(mendCatalog(data, { kind: 'restore', file: 'newest' })).toMatch(/300 photos, 40 steps/);
  const catalog = openCatalog({ dataDirectory: data });
  expect(decisions(catalog)).toBe(made);
  catalog.close();
});

test('a file of a catalog in which nothing was ever made counts as empty', () => {
  const { data } = library();
  rmSync(catalogPath(data));
  rmSync(sealPath(data));
  const made = new Database(catalogPath(data));
  made.exec('CREATE TABLE other (id INTEGER)');
  made.close();
  expect(refusalOf(data).message).toMatch(/is empty/);
});

test('a new library begins without a question, and by choice beside backups', () => {
  const fresh = dataFolder();
  openCatalog({ dataDirectory: fresh }).close();
  const { data } = library();
  rmSync(catalogPath(data));
  expect(mendCatalog(data, { kind: 'fresh' })).toMatch(/new and empty/);
  const catalog = openCatalog({ dataDirectory: data });
  expect(catalog.prepare('SELECT count(*) FROM photo').pluck().get()).toBe(0);
  closeCatalog(catalog, data);
  expect(backups(data)).toHaveLength(1);
});

test('24 random corruptions of a page: refused with the offer or harmless, and never in a backup', async () => {
  const { data, decisions: made } = library();
  const good = readFileSync(catalogPath(data));
  const kept = bytesOfBackups(data);
  const random = seededRandom(24);
  const pageSize = good.readUInt16BE(16);
  let refused = 0;
  for (let round = 0; round < 24; round++) {
    const bytes = Buffer.from(good);
    const page = Math.floor(random() * (bytes.length / pageSize));
    // A whole page, some bytes, or a single bit: the last is what SQLite itself cannot see.
    const length = [pageSize, 64, 1][round % 3]!;
    const start = page * pageSize + Math.floor(random() * (pageSize - length + 1));
    for (let at = start; at < start + length; at++) {
      bytes[at] = length === 1 ? bytes[at]! ^ (1 << (round % 8)) : Math.floor(random() * 256);
    }
    writeFileSync(catalogPath(data), bytes);
    const error = refusalOf(data);
    expect(kinds(error), `round ${round}`).toEqual(['restore', 'salvage', 'fresh']);
    expect(error.message).toMatch(/holds 300 photos, 40 steps/);
    refused += 1;
    expect(readFileSync(catalogPath(data)).equals(bytes), 'the damaged file is left as it is').toBe(true);
    expect(bytesOfBackups(data)).toEqual(kept);
  }
  expect(refused).toBe(24);
  mendCatalog(data, { kind: 'restore', file: 'newest' });
  const catalog = openCatalog({ dataDirectory: data });
  expect(decisions(catalog)).toBe(made);
  closeCatalog(catalog, data);
  expect(readdirSync(data).filter((name) => name.startsWith('catalog-aside-'))).toHaveLength(1);
});

test('the same after a kill, when nobody knows what the file was: the full check refuses what SQLite can see', () => {
  const { data, decisions: made } = library();
  const good = readFileSync(catalogPath(data));
  const random = seededRandom(77);
  const pageSize = good.readUInt16BE(16);
  for (let round = 0; round < 24; round++) {
    rmSync(sealPath(data), { force: true });
    for (const ending of ['-wal', '-shm']) rmSync(catalogPath(data) + ending, { force: true });
    const bytes = Buffer.from(good);
    const start = Math.floor(random() * (bytes.length / pageSize)) * pageSize;
    for (let at = start; at < start + pageSize; at++) bytes[at] = Math.floor(random() * 256);
    writeFileSync(catalogPath(data), bytes);
    let catalog: Catalog;
    try {
      catalog = openCatalog({ dataDirectory: data });
    } catch (error) {
      expect(kinds(error as CoreError), `round ${round}`).toContain('restore');
      expect(readFileSync(catalogPath(data)).equals(bytes)).toBe(true);
      continue;
    }
    expect(decisions(catalog), `round ${round}`).toBe(made);
    catalog.close();
  }
});

test('a log that was damaged after a kill is refused, one that ends in the middle of a write is not', () => {
  const { data } = library();
  const catalog = openCatalog({ dataDirectory: data });
  for (let photo = 200; photo < 230; photo++) setMarks(catalog, [photo], { flag: 'pick' });
  const made = decisions(catalog);
  // What a kill leaves behind.
  const killed = dataFolder();
  const path = catalogPath(killed);
  copyFileSync(catalogPath(data), path);
  copyFileSync(`${catalogPath(data)}-wal`, `${path}-wal`);
  catalog.close();
  const log = readFileSync(`${path}-wal`);
  copyFileSync(path, join(killed, 'copy'));
  const fresh = (bytes: Buffer) => {
    rmSync(`${path}-shm`, { force: true });
    writeFileSync(`${path}-wal`, bytes);
  };
  const image = new Database(imageOf(path), { readonly: true });
  expect(decisions(image)).toBe(made);
  image.close();
  const random = seededRandom(5);
  for (let round = 0; round < 30; round++) {
    const bytes = Buffer.from(log);
    const at = Math.floor(random() * bytes.length);
    bytes[at] = bytes[at]! ^ (1 << (round % 8));
    fresh(bytes);
    expect(refusalOf(killed).message, `byte ${at} of ${log.length}`).toMatch(/damaged/);
  }
  // Torn by a power cut: what was not on the disk by then was no decision of a person.
  const torn = Buffer.from(log);
  torn[log.length - 100] = torn[log.length - 100]! ^ 1;
  fresh(torn);
  utimesSync(`${path}-wal`, new Date(0), new Date(0));
  openCatalog({ dataDirectory: killed }).close();
  copyFileSync(join(killed, 'copy'), path);

  const pageSize = 4096;
  fresh(log.subarray(0, log.length - pageSize / 2));
  const cut = openCatalog({ dataDirectory: killed });
  expect(
    cut.prepare("SELECT count(*) FROM mark WHERE flag = 'pick' AND photo_id >= 200").pluck().get(),
  ).toBeGreaterThan(25);
  cut.close();
});

test('a damaged catalog is not backed up, and what the check found is asked about at the next start', async () => {
  const { data } = library();
  const catalog = openCatalog({ dataDirectory: data });
  catalog.pragma('wal_checkpoint(TRUNCATE)');
  const kept = bytesOfBackups(data);
  const file = readFileSync(catalogPath(data));
  const pageSize = 4096;
  const root = Number(catalog.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'critique'").pluck().get());
  file.fill(0xa5, (root - 1) * pageSize, root * pageSize);
  writeFileSync(catalogPath(data), file);
  await expect(backUpGently(catalog, data, 'daily')).rejects.toThrow(/damaged/);
  expect(() => backUp(catalog, data, 'before-9')).toThrow(/damaged/);
  expect(bytesOfBackups(data)).toEqual(kept);
  const lines: string[] = [];
  const keeper = new Keeper({ catalog, dataDirectory: data, log: ({ text }) => lines.push(text), background: false });
  await keeper.check();
  expect(lines).toEqual([expect.stringMatching(/is damaged, so nothing more is written/)]);
  expect(existsSync(damageNotePath(data))).toBe(true);
  expect(() => setMarks(catalog, [1], { stars: 5 })).toThrow(/readonly/);
  await keeper.close();
  expect(bytesOfBackups(data)).toEqual(kept);
  catalog.close();
  expect(kinds(refusalOf(data))).toEqual(['restore', 'salvage', 'fresh']);
});

test("a damaged backup is never offered, takes nobody else's place, and stays", () => {
  const { data } = library();
  const catalog = openCatalog({ dataDirectory: data });
  const [good] = backups(data);
  // One bit in a label: a whole catalog for SQLite.
  const bytes = readFileSync(good!);
  const at = bytes.indexOf('Give 3 stars');
  bytes[at + 5] = '4'.charCodeAt(0);
  const later = new Date(Date.now() - 60_000).toISOString().replace(/[:.]/g, '-');
  const sum = /-([0-9a-f]{8})\.sqlite$/.exec(good!)![1];
  const bad = join(backupsPath(data), `catalog-${later}-daily-${sum}.sqlite`);
  writeFileSync(bad, bytes);
  writeFileSync(join(backupsPath(data), 'catalog-broken.sqlite'), 'not a database');
  rmSync(good!);
  for (let round = 0; round < 7; round++) backUp(catalog, data, `round-${round}`);
  closeCatalog(catalog, data);
  expect(existsSync(bad)).toBe(true);
  expect(backups(data)).toHaveLength(5 + 2);
  for (const path of backups(data)) if (path !== bad && !path.endsWith('broken.sqlite')) rmSync(path);
  rmSync(catalogPath(data));
  expect(refusalOf(data).message).toMatch(/No good backup was found/);
});

test('the backup that holds most outlives the newest five, and one from the future stops none', () => {
  const { data } = library();
  const [rich] = backups(data);
  const future = join(backupsPath(data), 'catalog-2999-01-01T00-00-00-000Z-daily.sqlite');
  copyFileSync(rich!, future);
  utimesSync(future, new Date(2999, 0, 1), new Date(2999, 0, 1));
  expect(newestBackupAge(data)).toBeLessThan(60_000);
  rmSync(catalogPath(data));
  mendCatalog(data, { kind: 'fresh' });
  const catalog = openCatalog({ dataDirectory: data });
  fillCatalog(catalog, { photos: 3, root: '/other' });
  for (let round = 0; round < 8; round++) backUp(catalog, data, `round-${round}`);
  closeCatalog(catalog, data);
  expect(backups(data)).toContain(rich);
  expect(backups(data).filter((path) => path.includes('round-'))).toHaveLength(5);
  for (const path of backups(data)) if (path !== rich) rmSync(path);
  copyFileSync(rich!, future);
  rmSync(rich!);
  expect(newestBackupAge(data)).toBe(Number.POSITIVE_INFINITY);
});

test('a single verb makes the backup that is due, once', async () => {
  const { data } = library();
  for (const path of backups(data)) rmSync(path);
  const verb = async () => {
    const core = await openCore({ dataDirectory: data, shell: 'browser', log() {}, background: false });
    core.mark([5], { color: 'red' });
    await core.close();
  };
  await verb();
  const [made] = backups(data);
  const copy = new Database(made!, { readonly: true });
  expect(copy.prepare('SELECT color FROM mark WHERE photo_id = 5').pluck().get()).toBe('red');
  copy.close();
  await verb();
  expect(backups(data)).toEqual([made]);
  expect(readdirSync(backupsPath(data))).toHaveLength(1);
});

test('salvage saves every row of the pages that can be read, and the search with them', () => {
  const { data, decisions: made } = library();
  const whole = readFileSync(catalogPath(data));
  const pageSize = whole.readUInt16BE(16);
  const harm = (pages: readonly number[]) => {
    const bytes = Buffer.from(whole);
    for (const page of pages) bytes.fill(0xa5, (page - 1) * pageSize, page * pageSize);
    writeFileSync(catalogPath(data), bytes);
    expect(kinds(refusalOf(data))).toContain('salvage');
    const sentence = mendCatalog(data, { kind: 'salvage' });
    const catalog = openCatalog({ dataDirectory: data });
    onTestFinished(() => void catalog.close());
    return { sentence, catalog };
  };
  const source = new Database(imageOf(catalogPath(data)), { readonly: true });
  const root = Number(source.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'photo'").pluck().get());
  source.close();
  // Two leaves of the photos: what the interior page points to after its header and cell pointers.
  const base = (root - 1) * pageSize;
  expect(whole[base]).toBe(5);
  const leaves = [2, 5].map((cell) => whole.readUInt32BE(base + whole.readUInt16BE(base + 12 + 2 * cell)));
  const { sentence, catalog } = harm(leaves);
  expect(sentence).toMatch(/2 gaps/);
  const saved = Number(catalog.prepare('SELECT count(*) FROM photo').pluck().get());
  expect(saved).toBeLessThan(PHOTOS);
  expect(saved).toBeGreaterThan(PHOTOS * 0.8);
  expect(catalog.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(catalog.pragma('foreign_key_check')).toEqual([]);
  expect(catalog.prepare('SELECT count(*) FROM step').pluck().get()).toBe(40);
  expect(photosWithText(catalog, 'IMG')?.length).toBe(saved);
  catalog.close();

  // Without its first page the file is no catalog at all; the backup lends its own.
  const lent = harm([1]);
  expect(lent.sentence).toMatch(/300 photos, 40 steps/);
  expect(decisions(lent.catalog)).toBe(made);
});

test('moments are said as people say them', () => {
  const now = new Date(2026, 2, 12, 9, 5).getTime();
  expect(momentText(new Date(2026, 2, 12, 0, 1).getTime(), now)).toBe('today 00:01');
  expect(momentText(new Date(2026, 2, 11, 18, 20).getTime(), now)).toBe('yesterday 18:20');
  expect(momentText(new Date(2025, 11, 3, 7, 9).getTime(), now)).toBe('3 December 2025, 07:09');
});
