/** `cull` and `taste` as a script uses them: the documents, one step of the history, and what they refuse. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderFrames } from '../e2e/support.ts';
import { verb } from './run-cli.ts';

const directory = mkdtempSync(join(tmpdir(), 'keeplight-cull-'));
const photos = join(directory, 'photos');
const data = ['--data', join(directory, 'data'), '--json'];
const run = async (...parameters: string[]) => {
  const { code, stdout, stderr } = await verb([...parameters, ...data]);
  return { code, document: stdout === '' ? null : JSON.parse(stdout), stderr };
};
type Listed = { path: string; flag: string; taste: number | null };
const flags = async () => {
  const { document } = await run('list', photos, '--sort', 'name');
  return new Map((document as Listed[]).map(({ path, flag }) => [path, flag]));
};

beforeAll(async () => {
  await renderFrames(
    photos,
    Array.from({ length: 24 }, (_, index) => ({
      name: `frame-${String(index + 1).padStart(2, '0')}.jpg`,
      width: 360,
      height: 240,
      takenAt: `2024:05:01 ${10 + Math.floor(index / 6)}:${String((index % 6) * 7).padStart(2, '0')}:00`,
    })),
  );
  expect((await run('index', photos)).code).toBe(0);
  expect((await run('mark', join(photos, 'frame-01.jpg'), '--flag', 'reject')).code).toBe(0);
  expect((await run('mark', join(photos, 'frame-02.jpg'), '--stars', '4')).code).toBe(0);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('a dry run says what would be done and marks nothing; without it the same is done as one step', async () => {
  const before = await flags();
  const dry = await run('cull', photos, '--keep', '25%', '--by', 'grade', '--dry-run');
  expect(dry.code).toBe(0);
  expect(await flags()).toEqual(before);
  const { keep, reject, untouched, ...rest } = dry.document;
  expect(rest).toEqual({ photos: 24, decided: 2 });
  expect(untouched.toSorted()).toEqual([join(photos, 'frame-01.jpg'), join(photos, 'frame-02.jpg')]);
  expect(keep).toHaveLength(Math.round(22 * 0.25));
  expect(keep.length + reject.length + untouched.length).toBe(24);
  for (const one of keep) expect(Object.keys(one)).toEqual(['path', 'score', 'reason']);
  for (const one of reject) expect(Object.keys(one)).toEqual(['path', 'score', 'reason', 'better']);

  const done = await run('cull', photos, '--keep', '25%', '--by', 'grade');
  expect(done.document).toEqual(dry.document);
  const marked = await flags();
  for (const { path } of keep) expect(marked.get(path)).toBe('pick');
  for (const { path } of reject) expect(marked.get(path)).toBe('reject');
  expect(marked.get(join(photos, 'frame-02.jpg'))).toBe('none');

  expect((await run('undo')).document.label).toMatch(/^Pick \d+ photos, reject \d+ photos$/);
  expect(await flags()).toEqual(before);
  expect((await run('redo')).document.label).toMatch(/^Pick/);
  expect(await flags()).toEqual(marked);
  await run('undo');
});

test('what is asked for is checked', async () => {
  expect((await run('cull', photos)).code).toBe(2);
  expect((await run('cull', photos, '--keep', 'many')).code).toBe(2);
  expect((await run('cull', photos, '--keep', '5', '--by', 'luck')).code).toBe(2);
  expect(await run('cull', join(directory, 'elsewhere'), '--keep', '5')).toMatchObject({ code: 1, document: null });
});

test('taste says how many marks there are, and null where nothing is learned', async () => {
  expect((await run('taste')).document).toEqual({
    marks: 2,
    ready: false,
    accuracy: null,
    baseline: null,
    features: [],
  });
  const { document } = await run('list', photos, '--sort', 'taste', '--limit', '2');
  expect((document as Listed[]).map(({ taste }) => taste)).toEqual([null, null]);
});
