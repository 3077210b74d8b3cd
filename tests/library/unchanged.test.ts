/** Which signs of a file say that it is as it was, also on systems that keep fewer of them. */
import { expect, test } from 'vitest';
import type { DiskFile, KnownFile } from '../../electron/core/catalog/files.ts';
import { asItWas } from '../../electron/core/files/unchanged.ts';

const MTIME = 1_700_000_000_000.25;
const onDisk = (index: number, signs: Partial<DiskFile> = {}): DiskFile => ({
  relativePath: `${index}.jpg`,
  role: 'picture',
  size: 1000,
  mtimeMs: MTIME,
  ctimeMs: MTIME + 5,
  device: '1',
  inode: String(index),
  ...signs,
});
const asKnown = ({ relativePath, size, mtimeMs, ctimeMs, device, inode }: DiskFile): KnownFile => ({
  ...{
    photo: 1,
    root: 1,
    relativePath,
    role: 'main',
    kind: 'jpeg',
    size,
    mtime: mtimeMs,
    ctime: ctimeMs,
    device,
    inode,
  },
  ...{ fingerprint: null, content: null, state: 'ready' },
});

/** Of `count` known files, how many are as they were when all have become `now`. */
function unchangedOf(count: number, before: Partial<DiskFile>, now: (index: number) => Partial<DiskFile>): number {
  const known = Array.from({ length: count }, (_, index) => asKnown(onDisk(index, before)));
  const found = Array.from({ length: count }, (_, index) => onDisk(index, { ...before, ...now(index) }));
  const isUnchanged = asItWas(found, new Map(known.map((file) => [file.relativePath, file])));
  return found.filter((file, index) => isUnchanged(file, known[index]!)).length;
}

test('any new size, time or inode is a sign', () => {
  expect(unchangedOf(3, {}, () => ({}))).toBe(3);
  expect(unchangedOf(3, {}, () => ({ size: 1001 }))).toBe(0);
  expect(unchangedOf(3, {}, () => ({ ctimeMs: MTIME + 6 }))).toBe(0);
  expect(unchangedOf(3, {}, (index) => ({ inode: `9${index}` }))).toBe(0);
});

test('on Windows, without ctime, mtime is what counts and inodes say nothing', () => {
  expect(unchangedOf(3, { ctimeMs: null }, () => ({ mtimeMs: MTIME + 1 }))).toBe(0);
  expect(unchangedOf(3, { ctimeMs: null }, (index) => ({ inode: `9${index}` }))).toBe(3);
});

test('where a drive numbers its files anew each time, inodes say nothing; where one in ten is new, they do', () => {
  expect(unchangedOf(40, {}, (index) => ({ inode: `9${index}` }))).toBe(40);
  expect(unchangedOf(400, {}, (index) => (index % 10 === 0 ? { inode: `9${index}` } : {}))).toBe(360);
});
