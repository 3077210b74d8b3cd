/** Failures through the whole core: a photo that ends its decoder, a machine that refuses for a while, a person who asks again. */
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { previewPath } from '../../electron/core/base/data-places.ts';
import type { IndexReport } from '../../electron/core/base/records.ts';
import { countDeath } from '../../electron/core/catalog/failures.ts';
import { openCatalog } from '../../electron/core/catalog/open.ts';
import type { Core } from '../../electron/core/core.ts';
import { CLI } from '../cli/run-cli.ts';
import { CAN_SEE_PROCESSES, decodersOf } from '../library/decoder-processes.ts';
import { makePhoto, type Workplace, workplace } from './made-photos.ts';

/** Opening a file whose name holds CRASH_ON ends the process, one that holds REFUSE is answered with an input/output error. */
const PRELOADED = `
  #define _GNU_SOURCE
  #include <dlfcn.h>
  #include <errno.h>
  #include <fcntl.h>
  #include <signal.h>
  #include <stdarg.h>
  #include <stdlib.h>
  #include <string.h>
  static int refused(const char *path) {
    const char *crash = getenv("CRASH_ON"), *refuse = getenv("REFUSE");
    if (crash && path && strstr(path, crash)) { signal(SIGSEGV, SIG_DFL); raise(SIGSEGV); }
    if (!refuse || !path || !strstr(path, refuse)) return 0;
    errno = EIO;
    return 1;
  }
  #define OPEN(name) \\
    int name(const char *path, int flags, ...) { \\
      va_list rest; va_start(rest, flags); int mode = va_arg(rest, int); va_end(rest); \\
      if (refused(path)) return -1; \\
      return ((int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name))(path, flags, mode); \\
    }
  OPEN(open)
  OPEN(open64)
`;

function preloaded(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'keeplight-preload-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const [source, library] = [join(folder, 'open.c'), join(folder, 'open.so')];
  writeFileSync(source, PRELOADED);
  try {
    execFileSync('cc', ['-shared', '-fPIC', '-o', library, source, '-ldl'], { stdio: 'ignore' });
    return library;
  } catch {
    return null;
  }
}
const library = CAN_SEE_PROCESSES ? preloaded() : null;
if (library === null) console.warn('Tests with a preloaded crash are skipped: not Linux, or no C compiler.');

type Surroundings = { env?: NodeJS.ProcessEnv; openFiles?: number; uid?: number };

/** `keeplight index` in a process of its own. */
async function indexIn(place: Workplace, { env = {}, openFiles, uid }: Surroundings): Promise<IndexReport> {
  const call = [process.execPath, CLI, 'index', place.photos, '--no-faces', '--data', place.data, '--json'];
  const limited = openFiles === undefined ? call : ['sh', '-c', `ulimit -n ${openFiles}; exec "$@"`, 'sh', ...call];
  const child = spawn(limited[0]!, limited.slice(1), {
    env: { ...process.env, NODE_NO_WARNINGS: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let [out, said] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.once('close', (...ended) => resolve(ended)),
  );
  expect([code, signal], said).toEqual([0, null]);
  return JSON.parse(out) as IndexReport;
}

async function photos(place: Workplace, names: readonly string[]): Promise<void> {
  for (const [index, name] of names.entries()) await makePhoto(join(place.photos, name), index);
}

/** Why photos are not shown, from the catalog. */
function failures(place: Workplace): { name: string; state: string; failure: string | null; deaths: number }[] {
  const catalog = openCatalog({ dataDirectory: place.data, readOnly: true });
  onTestFinished(() => void catalog.close());
  return catalog.prepare('SELECT name, state, failure, deaths FROM photo ORDER BY name').all() as ReturnType<
    typeof failures
  >;
}

const client = (core: Core) => createRouterClient(core.router, { context: {} });
const allDone = (core: Core) =>
  expect.poll(() => core.jobs().every(({ state }) => state === 'done'), { timeout: 60_000 }).toBe(true);

describe.skipIf(library === null)('a photo that crashes its decoder', () => {
  it('is given up after two, costs nothing else, and comes when its file has changed or a person asks', async () => {
    await using place = workplace();
    await photos(place, ['a.jpg', 'crash.jpg', 'z.jpg']);
    const env = { LD_PRELOAD: library!, CRASH_ON: 'crash.jpg' };
    const report = await indexIn(place, { env });
    expect(report).toMatchObject({ photos: 3, failed: [{ path: join(place.photos, 'crash.jpg') }] });
    expect(report.failed[0]!.reason).toMatch(/crashed, SIGSEGV.*2 times.*until its file changes\.$/);
    expect(failures(place)).toEqual([
      { name: 'a.jpg', state: 'ready', failure: null, deaths: 0 },
      { name: 'crash.jpg', state: 'failed', failure: 'file', deaths: 2 },
      { name: 'z.jpg', state: 'ready', failure: null, deaths: 0 },
    ]);
    // The decoder is sound now; nothing says so.
    expect(await indexIn(place, {})).toMatchObject({ indexed: 0, failed: report.failed });
    appendFileSync(join(place.photos, 'crash.jpg'), 'changed');
    expect(await indexIn(place, {})).toMatchObject({ indexed: 1, failed: [] });
    appendFileSync(join(place.photos, 'crash.jpg'), 'changed again');
    expect(await indexIn(place, { env })).toMatchObject({ failed: report.failed });
    const core = await place.open();
    await client(core).photos.lookAgain({ ids: [core.resolvePhoto(join(place.photos, 'crash.jpg'))] });
    await allDone(core);
    expect(core.list({ filter: 'state:failed' })).toEqual([]);
    expect(failures(place).map(({ deaths }) => deaths)).toEqual([0, 0, 0]);
  });

  it('is not tried first by the next run', async () => {
    await using place = workplace();
    const names = ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg'];
    await photos(place, names);
    const first = await place.open();
    await client(first).settings.set({ ...first.settings, performance: { ...first.settings.performance, workers: 1 } });
    await first.index([place.photos]);
    await first.close();
    const catalog = openCatalog({ dataDirectory: place.data });
    catalog.prepare("UPDATE photo SET state = 'pending'").run();
    const id = catalog.prepare("SELECT id FROM photo WHERE name = 'a.jpg'").pluck().get() as number;
    expect(countDeath(catalog, id)).toBe(1);
    catalog.close();
    const core = await place.open();
    // Not even when it is on screen.
    await client(core).photos.visible({ ids: [id] });
    await core.index([place.photos]);
    const writtenAt = (photo: number) =>
      statSync(previewPath(place.data, photo, 2, 'screen'), { bigint: true }).mtimeNs;
    const ids = core.list().map((photo) => photo.id);
    expect(ids.toSorted((one, other) => Number(writtenAt(one) - writtenAt(other))).at(-1)).toBe(id);
  });
});

describe.skipIf(library === null)('a drive that reports errors', () => {
  it('fails its photos for as long as it does', async () => {
    await using place = workplace();
    const names = Array.from({ length: 5 }, (_, index) => `bad-sector-${index}.jpg`);
    await photos(place, [...names, 'sound.jpg']);
    const report = await indexIn(place, { env: { LD_PRELOAD: library!, REFUSE: 'bad-sector-' } });
    expect(report).toMatchObject({ photos: 6, indexed: 6 });
    expect(report.failed.map(({ reason }) => reason)).toEqual(
      names.map(() => 'The disk reports an error while reading it.'),
    );
    expect(await indexIn(place, {})).toMatchObject({ photos: 6, indexed: 5, failed: [] });
    expect(await indexIn(place, {})).toMatchObject({ photos: 6, indexed: 0, failed: [] });
  });
});

describe.skipIf(!CAN_SEE_PROCESSES)('a machine that refuses', () => {
  it('to answer for some photos shows the others at 100 %, and closing ends', async () => {
    await using place = workplace();
    await photos(place, ['a.jpg', 'b.jpg', 'good.jpg']);
    const core = await place.open();
    await core.index([place.photos]);
    const full = (name: string) => core.picture('full', core.resolvePhoto(join(place.photos, name)));
    for (const name of ['a.jpg', 'b.jpg']) {
      rmSync(join(place.photos, name));
      execFileSync('mkfifo', [join(place.photos, name)]);
    }
    const hanging = Promise.allSettled([full('a.jpg'), full('b.jpg')]);
    expect(await full('good.jpg')).toMatchObject({ type: 'image/jpeg', bytes: expect.any(Uint8Array) });
    const began = performance.now();
    await core.close();
    expect(performance.now() - began).toBeLessThan(9000);
    expect((await hanging).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(decodersOf()).toEqual([]);
  });

  it('to open enough files fails nothing for good', async () => {
    let refused = 0;
    for (const openFiles of [24, 28, 31]) {
      await using place = workplace();
      await photos(
        place,
        Array.from({ length: 6 }, (_, index) => `${index}.jpg`),
      );
      const report = await indexIn(place, { openFiles }).catch(() => null);
      refused += report?.failed.length ?? 0;
      for (const { reason } of report?.failed ?? []) expect(reason).toMatch(/allows no more open files|did not start/);
      const again = await indexIn(place, {});
      // Where not even the folder could be read there is nothing of it yet.
      const left = report === null || report.photos === 0 ? 6 : report.failed.length;
      expect(again).toMatchObject({ photos: 6, indexed: left, failed: [] });
    }
    expect(refused).toBeGreaterThan(0);
  });

  it('to let a photo be read looks at it when it may', async ({ skip }) => {
    await using place = workplace();
    await photos(place, ['a.jpg', 'b.jpg', 'c.jpg']);
    const isRoot = process.getuid?.() === 0;
    // Root may read everything, so somebody else indexes.
    const uid = isRoot ? 65_534 : undefined;
    if (isRoot) {
      if (!canStart(uid!)) skip('This is root, and nobody else may start the program here.');
      for (const folder of [dirname(place.photos), place.photos]) chmodSync(folder, 0o777);
    }
    for (const name of ['a.jpg', 'b.jpg']) chmodSync(join(place.photos, name), 0);
    const report = await indexIn(place, { uid });
    expect(report.failed.map(({ reason }) => reason)).toEqual(Array(2).fill('You have no permission to read it.'));
    for (const name of ['a.jpg', 'b.jpg']) chmodSync(join(place.photos, name), 0o644);
    expect(await indexIn(place, { uid })).toMatchObject({ photos: 3, indexed: 2, failed: [] });
  });
});

function canStart(uid: number): boolean {
  try {
    execFileSync(process.execPath, [CLI, '--help'], { uid, gid: uid, stdio: 'ignore', cwd: '/' });
    return true;
  } catch {
    return false;
  }
}
