/** What must hold when things go wrong: other versions, two instances, read-only folders, full disks, damage. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { catalogPath } from '../../electron/core/base/data-places.ts';
import { backups } from '../../electron/core/catalog/backup.ts';
import { migrations } from '../../electron/core/catalog/migrate.ts';
import { type Catalog, closeCatalog, openCatalog } from '../../electron/core/catalog/open.ts';
import { mendSettings } from '../../electron/core/catalog/settings.ts';
import { openCore } from '../../electron/core/core.ts';
import { redo, state, undo } from '../../electron/core/history/steps.ts';
import { makePhoto, workplace } from './made-photos.ts';
import { fillCatalog } from './synthetic.ts';

function dataFolder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'keeplight-safety-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const open = (dataDirectory: string, readOnly = false) =>
  openCore({ dataDirectory, shell: 'browser', log: () => {}, background: false, readOnly });

test('a catalog of an older format is backed up and brought up to date, with its history', () => {
  const dataDirectory = dataFolder();
  const newest = migrations().length;
  const old = new Database(catalogPath(dataDirectory));
  const first = new URL('../../electron/core/catalog/migrations/0001-library.sql', import.meta.url);
  old.exec(readFileSync(first, 'utf8'));
  old.pragma('user_version = 1');
  fillCatalog(old as Catalog, { photos: 50 });
  old.exec(`
    DELETE FROM mark;
    INSERT INTO mark VALUES (1, 'pick', 4, 'none', 'person', 0), (2, 'pick', 0, 'none', 'person', 0),
      (3, 'reject', 0, 'none', 'person', 0), (4, 'pick', 5, 'red', 'person', 0);
    INSERT INTO step VALUES (1, 'Pick 3 photos', 0, 0), (2, 'Give 4 stars to 1 photo', 0, 0), (3, 'Label', 1, 0);
    INSERT INTO change VALUES
      (1, 1, 'none', 0, 'none', 'pick', 0, 'none'), (1, 2, 'none', 0, 'none', 'pick', 0, 'none'),
      (1, 4, 'reject', 5, 'red', 'pick', 5, 'red'),
      (2, 1, 'pick', 0, 'none', 'pick', 4, 'none'), (3, 3, 'reject', 0, 'none', 'reject', 0, 'blue');`);
  old.close();
  const catalog = openCatalog({ dataDirectory });
  expect(catalog.pragma('user_version', { simple: true })).toBe(newest);
  expect(catalog.prepare('SELECT count(*) FROM photo').pluck().get()).toBe(50);
  const marks = () => catalog.prepare('SELECT photo_id || flag || stars || color FROM mark ORDER BY 1').pluck().all();
  expect(state(catalog)).toEqual({ undo: 'Give 4 stars to 1 photo', redo: 'Label' });
  expect(redo(catalog)).toMatchObject({ label: 'Label', note: null });
  expect(marks()).toEqual(['1pick4none', '2pick0none', '3reject0blue', '4pick5red']);
  for (let step = 0; step < 3; step++) expect(undo(catalog).note).toBeNull();
  expect(marks()).toEqual(['1none0none', '2none0none', '3reject0none', '4reject5red']);
  expect(state(catalog)).toEqual({ undo: null, redo: 'Pick 3 photos' });
  catalog.close();
  const [backup] = backups(dataDirectory);
  const kept = new Database(backup!, { readonly: true });
  expect(kept.pragma('user_version', { simple: true })).toBe(1);
  expect(kept.prepare('SELECT count(*) FROM change').pluck().get()).toBe(5);
  kept.close();
});

test('a migration that fails leaves the catalog as it was', () => {
  const dataDirectory = dataFolder();
  const old = openCatalog({ dataDirectory });
  old.pragma('user_version = 1');
  // The second migration's table is there already, so it must fail.
  old.close();
  expect(() => openCatalog({ dataDirectory })).toThrow(/already exists/);
  const same = new Database(catalogPath(dataDirectory));
  expect(same.pragma('user_version', { simple: true })).toBe(1);
  same.close();
});

test('a newer catalog is refused with a sentence and left alone', async () => {
  const dataDirectory = dataFolder();
  const catalog = openCatalog({ dataDirectory });
  catalog.pragma(`user_version = ${migrations().length + 1}`);
  catalog.close();
  await expect(open(dataDirectory)).rejects.toMatchObject({ code: 'CONFLICT', message: /newer Keeplight/ });
  await expect(open(dataDirectory, true)).rejects.toMatchObject({ code: 'CONFLICT', message: /newer Keeplight/ });
  // The refusal let go of the lock.
  await expect(open(dataDirectory)).rejects.toThrow(/newer Keeplight/);
});

test('a second instance is refused with a sentence, a reader is not, and the lock goes with its process', async () => {
  const dataDirectory = dataFolder();
  const code = `
    const { openCore } = await import(${JSON.stringify(new URL('../../electron/core/core.ts', import.meta.url).href)});
    await openCore({ dataDirectory: ${JSON.stringify(dataDirectory)}, shell: 'browser', log() {}, background: false });
    console.log('open');
    setInterval(() => {}, 1000);`;
  const other = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void other.kill('SIGKILL'));
  await once(other.stdout, 'data');
  await expect(open(dataDirectory)).rejects.toMatchObject({ code: 'CONFLICT', message: /already open.*process \d+/ });
  const reader = await open(dataDirectory, true);
  expect(reader.list()).toEqual([]);
  await reader.close();
  other.kill('SIGKILL');
  await once(other, 'exit');
  const core = await open(dataDirectory);
  await core.close();
});

test('reading needs no catalog, and a reader cannot mark', async () => {
  await using place = workplace();
  const empty = await open(dataFolder(), true);
  expect(empty.list()).toEqual([]);
  await empty.close();
  await makePhoto(join(place.photos, 'a.jpg'), 1);
  const writer = await place.open();
  await writer.index([place.photos]);
  await writer.close();
  const reader = await place.open({ readOnly: true });
  expect(reader.list()).toHaveLength(1);
  expect(() => reader.mark([1], { stars: 1 })).toThrow(/cannot write/);
});

test('a read-only data folder is refused with a sentence and can still be read', async ({ skip }) => {
  const directory = dataFolder();
  const data = join(directory, 'data');
  mkdirSync(data);
  const catalog = openCatalog({ dataDirectory: data });
  fillCatalog(catalog, { photos: 5 });
  catalog.close();
  if (process.getuid?.() === 0) {
    try {
      execFileSync('mount', ['--bind', data, data], { stdio: 'ignore' });
      onTestFinished(() => void execFileSync('umount', [data]));
      execFileSync('mount', ['-o', 'remount,ro,bind', data], { stdio: 'ignore' });
    } catch {
      skip('mounting is not allowed here, and root writes to read-only folders');
    }
  } else {
    chmodSync(data, 0o500);
    onTestFinished(() => chmodSync(data, 0o700));
  }
  await expect(open(data)).rejects.toMatchObject({ code: 'READ_ONLY', message: /cannot write to its data folder/ });
  const reader = await open(data, true);
  expect(reader.list()).toHaveLength(5);
  await reader.close();
});

test('a full disk is said in a sentence, loses nothing, and work goes on when there is room', async ({ skip }) => {
  if (process.getuid?.() !== 0) skip('only root can mount a small disk');
  const directory = dataFolder();
  const disk = join(directory, 'disk');
  const photos = join(directory, 'photos');
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    skip('mounting is not allowed here');
  }
  onTestFinished(() => void execFileSync('umount', [disk]));
  for (let index = 0; index < 6; index++) await makePhoto(join(photos, `${index}.jpg`), index);
  const core = await open(disk);
  await core.index([photos]);
  core.mark([1], { stars: 5 });
  const filler = join(disk, 'filler');
  fill(filler);
  for (let index = 6; index < 40; index++) await makePhoto(join(photos, `${index}.jpg`), index);
  await expect(core.index([photos])).rejects.toThrow(/full/);
  expect(core.show(1).stars).toBe(5);
  // Reading asks for no room, also while another one writes.
  const reader = await open(disk, true);
  expect(reader.list()).toHaveLength(core.list().length);
  await reader.close();
  rmSync(filler);
  execFileSync('mount', ['-o', 'remount,size=64m', disk]);
  expect(await core.index([photos])).toMatchObject({ photos: 40, failed: [] });
  expect(core.show(1).stars).toBe(5);
  await core.close();
}, 120_000);

test('on a full disk nobody else has open reading works, and writing says that it is the disk', async ({ skip }) => {
  if (process.getuid?.() !== 0) skip('only root can mount a small disk');
  const disk = join(dataFolder(), 'disk');
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    skip('mounting is not allowed here');
  }
  onTestFinished(() => void execFileSync('umount', [disk]));
  const catalog = openCatalog({ dataDirectory: disk });
  fillCatalog(catalog, { photos: 50 });
  closeCatalog(catalog, disk);
  fill(join(disk, 'filler'));
  const reader = await open(disk, true);
  expect(reader.list()).toHaveLength(50);
  await reader.close();
  await expect(open(disk)).rejects.toMatchObject({ code: 'DISK_FULL', message: /^The disk that holds .* is full/ });
  rmSync(join(disk, 'filler'));
  const core = await open(disk);
  core.mark([1], { stars: 3 });
  expect(core.show(1).stars).toBe(3);
  await core.close();
});

/** Writes until nothing more fits. */
function fill(path: string): void {
  for (let size = 1 << 20; size >= 512; size >>= 1) {
    for (;;) {
      try {
        writeFileSync(path, Buffer.alloc(size), { flag: 'a' });
      } catch {
        break;
      }
    }
  }
}

test('a damaged catalog without a backup is refused and not replaced by an empty one', async () => {
  const dataDirectory = dataFolder();
  writeFileSync(catalogPath(dataDirectory), Buffer.alloc(8192, 'damage'));
  await expect(open(dataDirectory)).rejects.toMatchObject({ code: 'UNAVAILABLE', message: /damaged/ });
  expect(existsSync(catalogPath(dataDirectory))).toBe(true);
});

test.skipIf(process.platform === 'win32')(
  "the data folder is its owner's alone, and one that was open to others is mended",
  async () => {
    await using place = workplace();
    await makePhoto(join(place.photos, 'a.jpg'), 1);
    const modes = () => {
      const all = readdirSync(place.data, { recursive: true, withFileTypes: true });
      // What Node keeps of its own lies deeper than anybody else gets.
      const ours = all.filter(({ parentPath }) => !parentPath.includes('code-cache'));
      const found = ours.map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [path.slice(place.data.length), statSync(path).mode & 0o777, entry.isDirectory()] as const;
      });
      return [['', statSync(place.data).mode & 0o777, true] as const, ...found];
    };
    const openToOthers = () => modes().filter(([, mode, folder]) => mode !== (folder ? 0o700 : 0o600));
    const first = await place.open();
    await first.index([place.photos]);
    first.mark([1], { stars: 1 });
    expect(openToOthers()).toEqual([]);
    await first.close();
    expect(openToOthers()).toEqual([]);
    expect(modes().some(([path]) => path.endsWith('-thumb.jpg'))).toBe(true);
    expect(modes().some(([path]) => path.includes('backups/catalog-'))).toBe(true);
    for (const [path, , folder] of modes()) chmodSync(place.data + path, folder ? 0o755 : 0o644);
    const second = await place.open();
    expect(openToOthers()).toEqual([]);
    await second.close();
    // A folder that holds other things as well is not taken from those who use it.
    writeFileSync(join(place.data, 'letter.txt'), 'of somebody else');
    chmodSync(join(place.data, 'letter.txt'), 0o644);
    chmodSync(place.data, 0o755);
    chmodSync(join(place.data, 'catalog.sqlite'), 0o644);
    const third = await place.open();
    expect(openToOthers().map(([path]) => path)).toEqual(['', '/letter.txt']);
    await third.close();
  },
);

test('an unreadable setting falls back alone', () => {
  const mended = mendSettings(
    JSON.stringify({
      theme: 'light',
      autoAdvance: 'perhaps',
      grid: { size: 9, layout: 'square' },
      keys: { pick: ['q'] },
      old: 1,
    }),
  );
  expect(mended).toMatchObject({
    theme: 'light',
    autoAdvance: false,
    grid: { size: 190, layout: 'square' },
    keys: { pick: ['q'] },
  });
  expect(mendSettings('no JSON')).toEqual(mendSettings(undefined));
  expect(mendSettings('[1]')).toEqual(mendSettings(undefined));
});
