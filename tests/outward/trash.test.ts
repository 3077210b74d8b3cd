/** What a person throws away: whole photos, exactly those that were named, and all of it comes back. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRouterClient } from '@orpc/server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Core } from '../../electron/core/core.ts';
import { ALL_PHOTOS } from '../../shared/query.ts';
import { seededRandom } from '../../shared/random.ts';
import { cli, verb } from '../cli/run-cli.ts';
import { makePhoto, type Workplace, workplace } from '../core/made-photos.ts';
import { filesBelow } from './files-below.ts';

let home: string;
const known = process.env.XDG_DATA_HOME;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'keeplight-trash-'));
  process.env.XDG_DATA_HOME = home;
});
afterEach(() => {
  if (known === undefined) delete process.env.XDG_DATA_HOME;
  else process.env.XDG_DATA_HOME = known;
  rmSync(home, { recursive: true, force: true });
});

const onFreedesktop = process.platform !== 'win32' && process.platform !== 'darwin';
if (!onFreedesktop) console.log('Tests of the trash are skipped: this system’s own would be filled.');

async function pair(place: Workplace, name: string, seed: number): Promise<void> {
  await makePhoto(join(place.photos, `${name}.jpg`), seed);
  writeFileSync(join(place.photos, `${name}.dng`), readFileSync(join(place.photos, `${name}.jpg`)).subarray(0, 4000));
  writeFileSync(
    join(place.photos, `${name}.xmp`),
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">${seed}</rdf:RDF></x:xmpmeta>`,
  );
}

async function thrown(core: Core, ids: readonly number[], folder: string | null = null) {
  const { trashCan } = core.originals;
  const { plan, batch, job } = await trashCan.start(ids, folder);
  await core.finishJob(job);
  return trashCan.report(batch, plan);
}

test.runIf(onFreedesktop)(
  'a RAW+JPEG pair goes with its sidecar, by the rules of the desktop, and undo brings all back',
  async () => {
    await using place = workplace();
    await pair(place, 'Tür & Tor 1', 1);
    await makePhoto(join(place.photos, 'two.jpg'), 2);
    const core = await place.open();
    await core.index([place.photos]);
    const before = filesBelow(place.photos);
    const id = core.resolvePhoto(join(place.photos, 'Tür & Tor 1.jpg'));
    core.mark([id], { stars: 4, flag: 'reject' });
    const report = await thrown(core, [id]);
    expect(report).toMatchObject({ photos: 1, failed: [] });
    expect(report.files).toHaveLength(before.length - 1);
    expect(filesBelow(place.photos).map(({ path }) => path)).toEqual(['two.jpg']);
    expect(core.list().map(({ path }) => path)).toEqual([join(place.photos, 'two.jpg')]);
    const notes = readdirSync(join(home, 'Trash/info'));
    expect(notes).toHaveLength(3);
    const note = readFileSync(join(home, 'Trash/info', notes.find((name) => name.includes('.jpg'))!), 'utf8');
    expect(note).toMatch(
      /^\[Trash Info\]\nPath=\/.*T%C3%BCr%20%26%20Tor%201\.jpg\nDeletionDate=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\n$/,
    );
    // A scan in between finds nothing new and forgets nothing.
    await core.index([place.photos]);
    expect(core.listIds()).toHaveLength(1);
    expect(await core.undo()).toMatchObject({ label: 'Move 1 photo to the trash', ids: [id], note: null });
    expect(filesBelow(place.photos)).toEqual(before);
    expect(filesBelow(join(home, 'Trash'))).toEqual([]);
    expect(core.show(id)).toMatchObject({ stars: 4, flag: 'reject', state: 'ready' });
    expect((await core.redo()).ids).toEqual([id]);
    expect(filesBelow(place.photos).map(({ path }) => path)).toEqual(['two.jpg']);
    expect(await core.originals.trashCan.restoreLast()).toMatchObject({ photos: 1, failed: [] });
    expect(filesBelow(place.photos)).toEqual(before);
    expect(core.listIds()).toHaveLength(2);
    // Bringing back is a step of its own.
    expect((await core.undo()).label).toBe('Bring 1 photo back');
    expect(core.listIds()).toHaveLength(1);
    expect((await core.undo()).label).toBe('Move 1 photo to the trash');
    expect(filesBelow(place.photos)).toEqual(before);
  },
  120_000,
);

test.runIf(onFreedesktop)(
  'a photo of which one file cannot go stays whole',
  async () => {
    await using place = workplace();
    await pair(place, 'one', 1);
    await makePhoto(join(place.photos, 'two.jpg'), 2);
    const core = await place.open();
    await core.index([place.photos]);
    const one = core.resolvePhoto(join(place.photos, 'one.jpg'));
    // The RAW has been replaced by a folder of that name: no program may take that for the file it was.
    rmSync(join(place.photos, 'one.dng'));
    mkdirSync(join(place.photos, 'one.dng'));
    const before = filesBelow(place.photos).filter(({ path }) => path !== 'two.jpg');
    const report = await thrown(core, core.listIds());
    expect(report).toMatchObject({ photos: 1, failed: [{ reason: 'one.dng is no file.' }] });
    expect(filesBelow(place.photos)).toEqual(before);
    expect(core.listIds()).toEqual([one]);
  },
  60_000,
);

test.runIf(onFreedesktop && process.getuid?.() !== 0)('a folder without permission keeps its photos', async () => {
  await using place = workplace();
  await makePhoto(join(place.photos, 'a/one.jpg'), 1);
  const core = await place.open();
  await core.index([place.photos]);
  chmodSync(join(place.photos, 'a'), 0o555);
  const plan = await core.originals.trashCan.plan(core.listIds(), null);
  chmodSync(join(place.photos, 'a'), 0o755);
  expect(plan).toMatchObject({ photos: 0, failed: [{ reason: expect.stringMatching(/may not/) }] });
});

test.runIf(onFreedesktop)(
  'what goes is what was listed, whatever came into view since; hidden rejects are counted',
  async () => {
    await using place = workplace();
    for (let index = 0; index < 5; index++)
      await makePhoto(join(place.photos, `${index}.jpg`), index, { camera: index < 2 ? 'A' : 'B' });
    const core = await place.open();
    await core.index([place.photos]);
    const api = createRouterClient(core.router, { context: {} });
    const ids = core.listIds({ sort: 'name' });
    core.mark(ids.slice(0, 3), { flag: 'reject' });
    const query = { ...ALL_PHOTOS, filter: { cameras: ['Keeplight A'] } };
    const listed = await api.trash.rejected({ query });
    expect(listed.ids.toSorted((a, b) => a - b)).toEqual(ids.slice(0, 3));
    expect(listed.hidden).toBe(1);
    core.mark(ids.slice(3), { flag: 'reject' });
    const { job } = await api.trash.start({ ids: listed.ids, folder: null });
    await core.finishJob(job);
    expect(core.listIds({ sort: 'name' })).toEqual(ids.slice(3));
    await core.undo();
  },
  60_000,
);

test.runIf(onFreedesktop)(
  'undo says what it could not bring back, and leaves another file alone',
  async () => {
    await using place = workplace();
    await makePhoto(join(place.photos, 'one.jpg'), 1);
    await makePhoto(join(place.photos, 'two.jpg'), 2);
    const core = await place.open();
    await core.index([place.photos]);
    await thrown(core, core.listIds());
    writeFileSync(join(place.photos, 'one.jpg'), 'another');
    const { note } = await core.undo();
    expect(note).toMatch(/^1 photo stays as it is: There is another one\.jpg by now/);
    expect(readFileSync(join(place.photos, 'one.jpg'), 'utf8')).toBe('another');
    expect(existsSync(join(place.photos, 'two.jpg'))).toBe(true);
    expect(readdirSync(join(home, 'Trash/files'))).toHaveLength(1);
    rmSync(join(home, 'Trash'), { recursive: true });
  },
  60_000,
);

test.runIf(onFreedesktop)(
  'a folder can stand for the trash, without a name ever being taken',
  async () => {
    await using place = workplace();
    await pair(place, 'one', 1);
    const core = await place.open();
    await core.index([place.photos]);
    const before = filesBelow(place.photos);
    const folder = join(place.photos, '../away');
    mkdirSync(folder);
    writeFileSync(join(folder, 'one.xmp'), 'of another');
    expect(await thrown(core, core.listIds(), folder)).toMatchObject({ photos: 1, failed: [] });
    expect(readdirSync(folder).sort()).toEqual(['one-2.dng', 'one-2.jpg', 'one-2.xmp', 'one.xmp']);
    await core.undo();
    expect(filesBelow(place.photos)).toEqual(before);
    expect(readdirSync(folder)).toEqual(['one.xmp']);
  },
  60_000,
);

test.runIf(onFreedesktop)(
  'someone who puts a file back by hand finds the photo in the library again',
  async () => {
    await using place = workplace();
    await makePhoto(join(place.photos, 'one.jpg'), 1);
    const core = await place.open();
    await core.index([place.photos]);
    const [id] = core.listIds();
    core.mark([id!], { stars: 5 });
    await thrown(core, [id!]);
    renameSync(join(home, 'Trash/files/one.jpg'), join(place.photos, 'one.jpg'));
    await core.index([place.photos]);
    expect(core.list()).toMatchObject([{ id, stars: 5, state: 'ready' }]);
  },
  60_000,
);

test.runIf(onFreedesktop)(
  'killed again and again, every photo is whole: here, or in the trash from where it comes back',
  async () => {
    await using place = workplace();
    const PAIRS = 30;
    for (let index = 0; index < PAIRS; index++) await pair(place, `p${index}`, index);
    const first = await place.open();
    await first.index([place.photos]);
    await first.close();
    const before = filesBelow(place.photos);
    const random = seededRandom(5);
    const victim = fileURLToPath(new URL('./victim.ts', import.meta.url));
    for (let kill = 0; kill < 5; kill++) {
      const child = spawn(process.execPath, [victim, 'trash', place.data], { stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = once(child, 'close');
      await Promise.race([once(child.stdout, 'data'), ended]);
      await new Promise((resolve) => setTimeout(resolve, random() * 60));
      child.kill('SIGKILL');
      await ended;
      const core = await place.open();
      const here = new Set(filesBelow(place.photos).map(({ path }) => path.replace(/\.\w+$/, '')));
      for (const name of here) {
        const files = filesBelow(place.photos).filter(({ path }) => path.startsWith(`${name}.`));
        expect(files, name).toEqual(before.filter(({ path }) => path.startsWith(`${name}.`)));
      }
      expect(core.listIds()).toHaveLength(here.size);
      await core.close();
    }
    const core = await place.open();
    while ((await core.undo()).label !== null);
    expect(filesBelow(place.photos)).toEqual(before);
    expect(core.listIds()).toHaveLength(PAIRS);
    expect(filesBelow(join(home, 'Trash'))).toEqual([]);
  },
  240_000,
);

test.runIf(onFreedesktop)(
  'the command line asks, and refuses where nobody can be asked',
  async () => {
    await using place = workplace();
    await makePhoto(join(place.photos, 'one.jpg'), 1);
    await makePhoto(join(place.photos, 'two.jpg'), 2);
    const core = await place.open();
    await core.index([place.photos]);
    core.mark([join(place.photos, 'two.jpg')], { flag: 'reject' });
    await core.close();
    const run = (...words: string[]) => verb([...words, '--data', place.data, '--json']);
    // Started by itself: here a terminal could be asked.
    const refused = await cli(['trash', '--rejected', place.photos, '--data', place.data, '--json']);
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toMatch(/--yes/);
    const dry = JSON.parse((await run('trash', '--rejected', place.photos, '--dry-run')).stdout) as unknown;
    expect(dry).toMatchObject({ photos: 1, files: [join(place.photos, 'two.jpg')], failed: [] });
    expect(JSON.parse((await run('trash', '--rejected', place.photos, '--yes')).stdout)).toEqual(dry);
    expect(existsSync(join(place.photos, 'two.jpg'))).toBe(false);
    expect(JSON.parse((await run('restore', '--last')).stdout)).toEqual(dry);
    expect(existsSync(join(place.photos, 'two.jpg'))).toBe(true);
  },
  120_000,
);
