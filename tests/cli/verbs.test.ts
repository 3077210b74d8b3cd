import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensurePage } from '../../build/setup.mjs';
import type { IndexReport, ListedPhoto } from '../../electron/core/base/records.ts';
import { VERBS } from '../../electron/shell/cli/verbs/verbs.ts';
import type { OwnEvaluation } from '../../shared/own-evaluation.ts';
import { cli, startCli, verb } from './run-cli.ts';

let directory: string;
let photos: string;
let data: string;
const at = (name: string) => join(photos, name);

async function makePhoto(path: string, seed: number): Promise<void> {
  const noise = sharp({
    create: { width: 480, height: 320, channels: 3, background: { r: 40 + 30 * seed, g: 120, b: 90 } },
  });
  const disc = `<svg width="480" height="320"><circle cx="${80 + 60 * seed}" cy="160" r="70" fill="#e0c080"/></svg>`;
  await noise
    .composite([{ input: Buffer.from(disc) }])
    .withExif({
      IFD0: { Make: 'Maker', Model: `Camera ${seed}` },
      IFD2: { DateTimeOriginal: `2024:05:0${seed + 1} 10:00:00` },
    })
    .jpeg({ quality: 90 })
    .toFile(path);
}

const json = async <T>(parameters: string[]): Promise<T> => {
  const { code, stdout, stderr } = await verb([...parameters, '--data', data, '--json']);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as T;
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keeplight-cli-'));
  photos = join(directory, 'Photos ü');
  data = join(directory, 'data');
  await mkdir(photos);
  for (let seed = 0; seed < 4; seed++) await makePhoto(at(`photo ${seed}.jpg`), seed);
  await writeFile(at('broken.jpg'), 'this is no picture');
  await writeFile(at('notes.txt'), 'no photo at all');
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('a library from nothing', () => {
  test('list of no library is an empty document', async () => {
    expect(await json(['list'])).toEqual([]);
  });

  test('index says what it found, and does nothing the second time', async () => {
    const started = await cli(['index', photos, '--data', data, '--json']);
    expect(started.code, started.stderr).toBe(0);
    const report = JSON.parse(started.stdout) as IndexReport;
    expect(report).toMatchObject({ roots: 1, photos: 5, indexed: 5, unchanged: 0 });
    expect(report.failed).toHaveLength(1);
    expect(report.failed[0]!.path).toBe(at('broken.jpg'));
    expect(report.failed[0]!.reason).toMatch(/\w+ .*\.$/);
    expect(Object.keys(report).sort()).toEqual([
      'failed',
      'indexed',
      'jobs',
      'photos',
      'roots',
      'seconds',
      'unchanged',
    ]);
    const again = await json<IndexReport>(['index', photos]);
    expect(again).toMatchObject({ indexed: 0, unchanged: 5 });
    expect(again.failed).toHaveLength(1);
  });

  test('undo and redo say what they did, and nothing when there is nothing', async () => {
    expect(await json(['undo'])).toEqual({ label: null });
    const turned = await json<{ changed: number; photos: ListedPhoto[] }>(['rotate', at('photo 0.jpg'), '--left']);
    expect(turned).toMatchObject({ changed: 1, photos: [{ width: 320, height: 480 }] });
    expect(await json(['undo'])).toEqual({ label: 'Rotate 1 photo left' });
    await json(['mark', at('photo 0.jpg'), at('photo 1.jpg'), '--stars', '4']);
    expect(await json(['undo'])).toEqual({ label: 'Give 4 stars to 2 photos' });
    expect((await json<ListedPhoto[]>(['list'])).every(({ stars }) => stars === 0)).toBe(true);
    expect(await json(['redo'])).toEqual({ label: 'Give 4 stars to 2 photos' });
    expect((await json<ListedPhoto>(['show', at('photo 1.jpg')])).stars).toBe(4);
    expect((await verb(['undo', '--data', data])).stdout).toBe('Undone: Give 4 stars to 2 photos.\n');
  });

  test('list has every photo with all that is known', async () => {
    const list = await json<ListedPhoto[]>(['list', '--sort', 'name', '--order', 'asc']);
    expect(list.map(({ path }) => path)).toEqual([
      at('broken.jpg'),
      ...[0, 1, 2, 3].map((seed) => at(`photo ${seed}.jpg`)),
    ]);
    const keys =
      'camera color error estimate faces files flag grade height id kind measures path stack stars state takenAt taste width';
    for (const photo of list) expect(Object.keys(photo).sort().join(' ')).toBe(keys);
    const [broken, first] = list;
    expect(broken).toMatchObject({ state: 'failed', grade: null });
    expect(broken!.error).toMatch(/\.$/);
    expect(first).toMatchObject({
      width: 480,
      height: 320,
      kind: 'jpeg',
      state: 'ready',
      error: null,
      flag: 'none',
      stars: 0,
      color: 'none',
      files: [at('photo 0.jpg')],
    });
    expect(first!.camera).toContain('Camera 0');
    expect(first!.takenAt).toMatch(/^2024-05-01T10:00:00/);
    expect(first!.grade!.critic).toBe('measured');
    expect(first!.grade!.value).toBeGreaterThanOrEqual(0);
    expect(first!.grade!.value).toBeLessThanOrEqual(100);
  });

  test('limit, order and filter narrow it', async () => {
    const newest = await json<ListedPhoto[]>(['list', '--sort', 'date', '--order', 'desc', '--limit', '2']);
    expect(newest.map(({ path }) => path)).toEqual([at('photo 3.jpg'), at('photo 2.jpg')]);
    const graded = await json<ListedPhoto[]>(['list', '--sort', 'grade', '--order', 'desc']);
    const grades = graded.flatMap(({ grade }) => (grade ? [grade.value] : []));
    expect(grades).toEqual([...grades].sort((left, right) => right - left));
    expect(graded.at(-1)!.grade).toBeNull();
    expect(await json<ListedPhoto[]>(['list', '--limit', '0'])).toEqual([]);
  });

  test('marks are kept, by id and by path', async () => {
    const [photo] = await json<ListedPhoto[]>(['list', '--sort', 'name', '--limit', '2']).then((list) => list.slice(1));
    await json(['mark', `${photo!.id}`, '--stars', '4', '--flag', 'pick']);
    await json(['mark', at('photo 1.jpg'), at('photo 2.jpg'), '--color', 'red']);
    expect(await json<ListedPhoto>(['show', photo!.path])).toMatchObject({ id: photo!.id, stars: 4, flag: 'pick' });
    expect(await json<ListedPhoto>(['show', at('photo 2.jpg')])).toMatchObject({ color: 'red', stars: 0 });
    const own = await json<OwnEvaluation>(['evaluate', '--own']);
    expect(own).toMatchObject({ decided: 1, critics: [{ critic: 'measured', photos: 1, srcc: null, pairs: null }] });
    expect(own.critics[0]!.calibration).toMatchObject([{ decision: 4, photos: 1 }]);
    await json(['mark', `${photo!.id}`, '--flag', 'none', '--stars', '0']);
    expect(await json<ListedPhoto>(['show', `${photo!.id}`])).toMatchObject({ stars: 0, flag: 'none' });
    const critiques = await json<Record<string, unknown>[]>(['critiques', photo!.path]);
    expect(critiques).toMatchObject([{ critic: 'measured', counts: true, isOfThisContent: true }]);
    const { value } = critiques[0] as { value: number };
    expect(value).toBe(photo!.grade!.value);
    const neither = await verb(['evaluate', '--data', data]);
    expect([neither.code, neither.stdout]).toEqual([2, '']);
  });

  test('one unknown photo among many changes nothing', async () => {
    const { code, stdout, stderr } = await verb([
      'mark',
      at('photo 1.jpg'),
      '999999',
      '--stars',
      '5',
      '--data',
      data,
      '--json',
    ]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect((await json<ListedPhoto>(['show', at('photo 1.jpg')])).stars).toBe(0);
  });

  test('originals are as they were', async () => {
    const copy = join(directory, 'copy.jpg');
    await cp(at('photo 0.jpg'), copy, { preserveTimestamps: true });
    const before = await stat(at('photo 0.jpg'));
    const digest = async (path: string) =>
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
    await json(['index', photos]);
    await json(['mark', at('photo 0.jpg'), '--stars', '1']);
    expect(await digest(at('photo 0.jpg'))).toBe(await digest(copy));
    expect((await stat(at('photo 0.jpg'))).mtimeMs).toBe(before.mtimeMs);
  });

  test('without --json people read lines, and only those', async () => {
    const { code, stdout, stderr } = await verb(['list', '--data', data, '--sort', 'name']);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout.trimEnd().split('\n')).toHaveLength(5);
    expect((await verb(['show', at('photo 0.jpg'), '--data', data])).stdout).toMatch(/size {8}480 × 320/);
  });
});

describe('what is typed wrong', () => {
  test.each([
    [[], /Usage: keeplight <verb>/],
    [['frobnicate'], /There is no verb "frobnicate"/],
    [['index'], /Usage: keeplight index/],
    [['list', 'x', 'y'], /Usage: keeplight list/],
    [['list', '--sort', 'beauty'], /--sort is one of: grade/],
    [['list', '--limit', 'ten'], /--limit takes a whole number/],
    [['list', '--limit', '1.5'], /--limit takes a whole number/],
    [['list', '--bogus'], /bogus/],
    [['mark', '1'], /Say what to set/],
    [['mark', '1', '--stars', '6'], /--stars takes a whole number, 0 to 5/],
    [['mark', '1', '--flag', 'maybe'], /--flag is one of: pick, none, reject/],
    [['serve', '--port', '70000'], /--port takes a whole number/],
    [['index', ''], /An empty name was given/],
    [['__proto__'], /There is no verb/],
  ] as [string[], RegExp][])('keeplight %j', async (parameters, expected) => {
    const { code, stdout, stderr } = await verb([...parameters, ...(parameters.length ? ['--data', data] : [])]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(expected);
    expect(stderr).not.toMatch(/ at .*:\d+:\d+/);
  });

  test('a folder that is not there is one sentence', async () => {
    const { code, stdout, stderr } = await cli(['index', join(directory, 'nowhere'), '--data', data, '--json']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.trim()).toMatch(/^[^\n]*nowhere[^\n]*$/);
  });

  test('a data folder that is a file is one sentence', async () => {
    for (const words of [['list'], ['index', photos]]) {
      const { code, stdout, stderr } = await verb([...words, '--data', at('photo 0.jpg'), '--json']);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^The data folder .* is a file\.\n$/);
    }
  });

  test('a photo that is not there is one sentence', async () => {
    const { code, stderr } = await verb(['show', 'nothing.jpg', '--data', data]);
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('every verb explains itself', async () => {
    const general = await verb(['--help']);
    expect(general.code).toBe(0);
    for (const name of Object.keys(VERBS)) {
      expect(general.stdout).toContain(`\n  ${name}`);
      const { options } = (await VERBS[name]!.load()).default;
      const help = await verb([name, '--help']);
      expect(help.code).toBe(0);
      expect(help.stderr).toBe('');
      for (const option of [...Object.keys(options), 'data', 'json', 'help']) {
        expect(help.stdout, name).toContain(`--${option}`);
      }
    }
  });
});

test('the doctor names what works and how to mend the rest', async () => {
  const findings = await json<{ name: string; state: string; text: string; remedy: string | null }[]>(['doctor']);
  const names = findings.map(({ name }) => name);
  for (const name of ['Node', 'Browser', 'Electron']) expect(names).toContain(name);
  expect(new Set(names).size).toBe(names.length);
  for (const { state, text } of findings) {
    expect(['works', 'limited', 'missing']).toContain(state);
    expect(text).not.toBe('');
  }
  expect(findings.find(({ name }) => name === 'Node')!.state).toBe('works');
});

describe('streams and signals', () => {
  test('a reader that has had enough is no failure', async () => {
    const running = startCli(['list', '--data', data, '--json']);
    running.child.stdout!.destroy();
    const { code, stderr } = await running.ended;
    expect([code, stderr]).toEqual([0, '']);
  });

  test('Ctrl+C stops the rendering of the demo shoot', async () => {
    const running = startCli(['demo', join(directory, 'demo'), '--json']);
    await running.until(/Rendering \d+ of \d\d/);
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 130, stdout: '' });
  });

  test('Ctrl+C stops an index, and the next one finishes it', async () => {
    const many = join(directory, 'many');
    await mkdir(many);
    await Promise.all(
      Array.from({ length: 60 }, (_, index) => cp(at(`photo ${index % 4}.jpg`), join(many, `${index}.jpg`))),
    );
    const own = join(directory, 'interrupted');
    const running = startCli(['index', many, '--no-faces', '--data', own, '--json']);
    await running.until(/\d/);
    running.child.kill('SIGINT');
    const { code, stdout, stderr } = await running.ended;
    // It may have been done by then; what counts is that it ends well and nothing is lost.
    if (code !== 0) {
      expect([code, stdout]).toEqual([130, '']);
      expect(stderr).toMatch(/Stopped\.\n$/);
    }
    const after = await cli(['index', many, '--no-faces', '--data', own, '--json']);
    expect(JSON.parse(after.stdout)).toMatchObject({ photos: 60, failed: [] });
  }, 120_000);
});

describe('serve', () => {
  beforeAll(() => ensurePage(process.execPath), 300_000);

  test('prints where it is, answers there, and ends with Ctrl+C', async () => {
    const running = startCli(['serve', photos, '--data', data, '--token', 'a-token-of-this-test', '--json']);
    await running.until(/\}\s*$/);
    const { address, port, token } = JSON.parse(running.stdout()) as { address: string; port: number; token: string };
    expect(token).toBe('a-token-of-this-test');
    expect(address).toBe(`http://127.0.0.1:${port}/?token=${token}`);
    const page = await fetch(address);
    expect(await page.text()).toContain('<title>');
    const session = `http://127.0.0.1:${port}/session`;
    expect((await fetch(session)).status).toBe(401);
    expect((await fetch(session, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);

    // Reading works beside it; writing is refused with a sentence.
    expect((await cli(['list', '--data', data, '--json'])).code).toBe(0);
    const second = await cli(['mark', at('photo 0.jpg'), '--stars', '3', '--data', data]);
    expect(second.code).toBe(1);
    expect(second.stderr.trim().split('\n')).toHaveLength(1);

    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 0, signal: null });
    expect((await cli(['mark', at('photo 0.jpg'), '--stars', '3', '--data', data])).code).toBe(0);
  }, 120_000);

  test('a folder that is not there ends it with a sentence', async () => {
    const { code, stdout, stderr } = await cli(['serve', join(directory, 'nowhere'), '--data', data]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
