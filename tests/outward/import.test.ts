/** Photos from a card: known again by content, compared, resumed after kills, and the card stays as it was. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { seededRandom } from '../../shared/random.ts';
import { verb } from '../cli/run-cli.ts';
import { makePhoto, type Workplace, workplace } from '../core/made-photos.ts';
import { filesBelow } from './files-below.ts';

async function card(place: Workplace, photos: number): Promise<string> {
  const folder = join(place.photos, '../card');
  for (let index = 0; index < photos; index++) {
    const name = `DCIM/${100 + (index % 2)}TEST/IMG_${Math.floor(index / 2)}.JPG`;
    await makePhoto(join(folder, name), index, {
      takenAt: `2024:05:${String(1 + (index % 3)).padStart(2, '0')} 12:00:00`,
    });
  }
  return folder;
}

test('everything new is copied to two places, and what the library has is not', async () => {
  await using place = workplace();
  const from = await card(place, 6);
  // One is in the library under another name.
  copyFileSync(join(from, 'DCIM/100TEST/IMG_0.JPG'), join(place.photos, 'renamed.jpg'));
  writeFileSync(join(from, 'DCIM/100TEST/IMG_1.XMP'), '<x:xmpmeta xmlns:x="adobe:ns:meta/"/>');
  const core = await place.open();
  await core.index([place.photos]);
  await core.close();
  const before = filesBelow(from);
  const backup = join(place.photos, '../backup');
  const run = (...words: string[]) =>
    verb([
      'import',
      from,
      '--to',
      place.photos,
      '--backup',
      backup,
      '--pattern',
      '{yyyy}/{mm}-{dd}/{name}',
      '--data',
      place.data,
      '--json',
      ...words,
    ]);
  const dry = JSON.parse((await run('--dry-run')).stdout) as { planned: { to: string }[] };
  expect(filesBelow(place.photos)).toHaveLength(1);
  const first = await run();
  expect(first.code, first.stderr).toBe(0);
  const report = JSON.parse(first.stdout) as { planned: { from: string; to: string }[] };
  expect(report).toMatchObject({
    done: 6,
    skipped: 0,
    backedUp: 6,
    failed: [],
    known: [{ path: join(from, 'DCIM/100TEST/IMG_0.JPG'), as: join(place.photos, 'renamed.jpg') }],
    safe: expect.stringMatching(/^All 6 files are in .*, each compared with the card, and in .*backup as well\.$/),
  });
  expect(report.planned.map(({ to }) => to)).toEqual(dry.planned.map(({ to }) => to));
  expect(filesBelow(from)).toEqual(before);
  expect(filesBelow(backup)).toEqual(filesBelow(place.photos).filter(({ path }) => path !== 'renamed.jpg'));
  const hashes = (files: { hash: string }[]) => files.map(({ hash }) => hash).sort();
  expect(hashes(filesBelow(place.photos))).toEqual(hashes(before));
  const again = JSON.parse((await run()).stdout) as { known: unknown[] };
  expect(again).toMatchObject({ done: 0, planned: [] });
  expect(again.known).toHaveLength(6);
  const later = await place.open({ readOnly: true });
  expect(later.listIds()).toHaveLength(6);
}, 180_000);

test('killed again and again, and taken out: what is there is whole, and the rest follows', async () => {
  await using place = workplace();
  const PHOTOS = 20;
  const from = await card(place, PHOTOS);
  const before = filesBelow(from);
  const whole = new Set(before.map(({ hash }) => hash));
  const random = seededRandom(3);
  const victim = fileURLToPath(new URL('./victim.ts', import.meta.url));
  for (let kill = 0; kill < 4; kill++) {
    const child = spawn(process.execPath, [victim, 'import', place.data, place.photos, from], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    await Promise.race([once(child.stdout, 'data'), ended]);
    await new Promise((resolve) => setTimeout(resolve, random() * 60));
    child.kill('SIGKILL');
    await ended;
    for (const { path, hash } of filesBelow(place.photos)) {
      if (!path.includes('.keeplight-part-')) expect(whole.has(hash), path).toBe(true);
    }
  }
  const core = await place.open();
  const { importer } = core.originals;
  const request = { card: from, folder: place.photos, backup: null, pattern: '{name}-{counter:2}' };
  const started = await importer.start(request);
  // The card is taken out at once.
  renameSync(from, `${from}-out`);
  mkdirSync(join(place.photos, 'empty'));
  const failure = await core.finishJob(started.job).then(
    () => null,
    (error: Error) => error.message,
  );
  renameSync(`${from}-out`, from);
  if (failure !== null)
    expect(failure).toMatch(/^The card was taken out\. .* only on the card\. Put it back and resume\.$/);
  const { batch, job } = await importer.start(request);
  await core.finishJob(job);
  const report = importer.report(batch);
  expect(report.failed).toEqual([]);
  expect(report.done + report.skipped).toBe(PHOTOS);
  expect(filesBelow(from)).toEqual(before);
  const there = filesBelow(place.photos).map(({ hash }) => hash);
  for (const { hash } of before) expect(there).toContain(hash);
  expect(filesBelow(place.photos).filter(({ path }) => path.includes('.keeplight-part-'))).toEqual([]);
}, 240_000);
