/** Nothing but the document reaches standard output, whatever is fed to a verb and whoever prints in its process. */
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { VERBS } from '../../electron/shell/cli/verbs/verbs.ts';
import { HAS_PHOTOS, PHOTOS } from '../library/real-photos.ts';
import { CLI, cli, type Ended, startCli } from './run-cli.ts';

const IN_TURN = fileURLToPath(new URL('./verbs-in-turn.ts', import.meta.url));
const NOISE = pathToFileURL(fileURLToPath(new URL('./noise.mjs', import.meta.url))).href;
/** libvips and GLib print what they do on standard output, from native code. */
const NOISY = { NODE_OPTIONS: `--import ${NOISE}`, G_MESSAGES_DEBUG: 'all', VIPS_INFO: '1' };

// Each test starts several programs.
vi.setConfig({ testTimeout: 240_000 });

let directory: string;
let photos: string;
let data: string;
const at = (name: string) => join(photos, name);

/** A picture that begins well and has its second half overwritten. */
function damaged(file: Buffer): Buffer {
  const copy = Buffer.from(file);
  for (let index = copy.length >> 1; index < copy.length; index++) copy[index] = (index * 151) & 255;
  return copy;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keeplight-stdout-'));
  photos = join(directory, 'photos');
  data = join(directory, 'data');
  await mkdir(photos);
  const picture = sharp({ create: { width: 320, height: 240, channels: 3, background: '#507090' } });
  const avif = await picture.clone().avif().toBuffer();
  const jpeg = await picture.clone().jpeg().toBuffer();
  const tiff = await picture.clone().tiff().toBuffer();
  await writeFile(at('damaged.avif'), damaged(avif));
  // The brand of an iPhone's picture on data that no HEVC decoder can read.
  const heic = Buffer.from(avif);
  heic.write('heic', 8, 'latin1');
  await writeFile(at('damaged.heic'), damaged(heic));
  await writeFile(at('damaged.cr2'), damaged(tiff));
  await writeFile(at('sound.jpg'), jpeg);
  await writeFile(at('sound.xmp'), '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description xmp:Rating="5');
  if (HAS_PHOTOS) {
    for (const folder of ['damaged', '../cases']) {
      const from = join(PHOTOS, folder);
      const names = await readdir(from, { recursive: true }).catch(() => []);
      const wanted = names.filter(
        (name) => /\.(heic|heif|avif|cr2|arw|dng|nef|xmp)$/i.test(name) && !/200mp/.test(name),
      );
      for (const name of wanted) await cp(join(from, name), at(name.replace(/[/\\]/g, ' ')));
    }
  }
}, 120_000);
afterAll(() => rm(directory, { recursive: true, force: true }));

/** What each verb is given, and whether that makes a document (else: a sentence on stderr and an exit code). */
const CALLS: Readonly<Record<string, { words: () => string[]; makes: 'document' | 'nothing' }>> = {
  index: { words: () => [photos], makes: 'document' },
  list: { words: () => [photos], makes: 'document' },
  show: { words: () => [at('damaged.heic')], makes: 'document' },
  mark: { words: () => [at('damaged.avif'), '--stars', '2'], makes: 'document' },
  export: { words: () => [photos, '--to', join(directory, 'copies')], makes: 'document' },
  report: { words: () => [photos, '--out', join(directory, 'report.html')], makes: 'document' },
  sheet: { words: () => [photos, '--out', join(directory, 'sheet.csv')], makes: 'document' },
  import: { words: () => [photos, '--to', join(directory, 'copies'), '--dry-run'], makes: 'document' },
  trash: { words: () => [at('sound.jpg'), '--dry-run'], makes: 'document' },
  // Nothing was ever moved there.
  restore: { words: () => ['--last'], makes: 'nothing' },
  critiques: { words: () => [at('sound.jpg')], makes: 'document' },
  tag: { words: () => [at('sound.jpg'), '--add', 'harbour'], makes: 'document' },
  caption: { words: () => [at('sound.jpg'), 'Boats'], makes: 'document' },
  rotate: { words: () => [at('sound.jpg'), '--left'], makes: 'document' },
  feedback: { words: () => [at('sound.jpg'), '--grade', 'good'], makes: 'document' },
  dataset: { words: () => ['export', join(directory, 'dataset')], makes: 'document' },
  sidecars: { words: () => ['write', photos, '--dry-run'], makes: 'document' },
  stacks: { words: () => [photos], makes: 'document' },
  cull: { words: () => [photos, '--keep', '50%', '--dry-run'], makes: 'document' },
  taste: { words: () => [], makes: 'document' },
  undo: { words: () => [], makes: 'document' },
  redo: { words: () => [], makes: 'document' },
  explain: { words: () => [at('sound.jpg')], makes: 'document' },
  models: { words: () => ['list'], makes: 'document' },
  engines: { words: () => ['list'], makes: 'document' },
  doctor: { words: () => [], makes: 'document' },
  // A file is in the place of the folder; rendering the shoot takes minutes and has tests of its own.
  demo: { words: () => [at('sound.jpg')], makes: 'nothing' },
  // No model is chosen, and these are no checkpoint and no annotations.
  grade: { words: () => [photos], makes: 'nothing' },
  convert: { words: () => [photos, '--out', join(directory, 'out')], makes: 'nothing' },
  evaluate: { words: () => [at('damaged.heic')], makes: 'nothing' },
  serve: { words: () => ['--token', 'a-token-of-this-test'], makes: 'document' },
};

test('every verb is tried', () => {
  expect(Object.keys(CALLS).sort()).toEqual(Object.keys(VERBS).sort());
});

const NOISE_OF_A_PROCESS = [
  'descriptor of a process',
  'stream of a process',
  'console of a process',
  'child of a process',
];

/** Those that are started by themselves: the one with a worker that prints, and the one that ends by a signal. */
const ALONE = ['index', 'serve'];

function expectDocument(name: string, { code, stdout, stderr }: Omit<Ended, 'signal'>): void {
  if (CALLS[name]!.makes === 'document') {
    expect(code, `${name}: ${stderr.slice(-2000)}`).toBe(0);
    expect(stdout, name).toMatch(/^[[{]/);
    expect(() => JSON.parse(stdout), `${name}: ${stdout.slice(0, 200)}`).not.toThrow();
  } else {
    expect(code, name).not.toBe(0);
    expect(stdout, name).toBe('');
  }
}

describe('one document, while everything in the process prints', () => {
  test.each(ALONE)('%s', async (name) => {
    const running = startCli([name, ...CALLS[name]!.words(), '--data', data, '--json'], { env: NOISY });
    if (name === 'serve') {
      await running.until(/"pid": \d+\n\}/);
      running.child.kill('SIGINT');
    }
    const ended = await running.ended;
    // The noise was made, and went to the other side.
    for (const noise of NOISE_OF_A_PROCESS) expect(ended.stderr).toContain(noise);
    if (name === 'index') {
      for (const noise of ['descriptor of a worker', 'console of a worker', 'VIPS-INFO'])
        expect(ended.stderr).toContain(noise);
    }
    expectDocument(name, ended);
  });

  test('all others, one after the other in one process', async () => {
    const names = Object.keys(CALLS).filter((name) => !ALONE.includes(name));
    const calls = names.map((name) => [name, ...CALLS[name]!.words(), '--data', data, '--json']);
    const { code, stdout, stderr } = await startCli([JSON.stringify(calls)], { env: NOISY, program: IN_TURN }).ended;
    expect(code, stderr.slice(-2000)).toBe(0);
    for (const noise of [...NOISE_OF_A_PROCESS, ...names.map((name) => `before ${name}`)])
      expect(stderr).toContain(noise);
    const documents = [...stdout.matchAll(/([^\0]*)\0(\d+)\0/g)];
    expect(documents.map(([whole]) => whole).join('')).toBe(stdout);
    expect(documents).toHaveLength(names.length);
    for (const [index, name] of names.entries()) {
      const [, document, ended] = documents[index]!;
      expectDocument(name, { code: Number(ended), stdout: document!, stderr });
    }
  });
});

test('a list is the same as one document and as a line for each photo', async () => {
  const whole = JSON.parse((await cli(['list', '--data', data, '--json'])).stdout) as { path: string }[];
  const { stdout } = await cli(['list', '--data', data, '--jsonl'], { env: NOISY });
  const lines = stdout.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(whole);
  expect(whole.length).toBeGreaterThanOrEqual(4);
  expect((await cli(['list', '--data', data, '--json', '--jsonl'])).code).toBe(2);
});

test('a list of a folder holds what lies in it, and another folder is refused', async () => {
  const inside = JSON.parse((await cli(['list', photos, '--data', data, '--json'])).stdout) as { path: string }[];
  const all = JSON.parse((await cli(['list', directory, '--data', data, '--json'])).stdout) as unknown[];
  expect(all).toHaveLength(inside.length);
  for (const { path } of inside) expect(path.startsWith(photos)).toBe(true);
  expect((await cli(['list', join(photos, 'none'), '--data', data, '--json'])).stdout).toBe('[]\n');
  const outside = await cli(['list', join(directory, 'elsewhere'), '--data', data, '--json']);
  expect([outside.code, outside.stdout]).toEqual([1, '']);
  expect(outside.stderr).toMatch(/elsewhere is not in the library/);
});

test.skipIf(process.platform === 'win32')('a pipe that closes early, and a file, are as good a reader', async () => {
  const shell = (line: string) =>
    new Promise<{ code: number | null; out: string }>((resolve) => {
      const child = spawn('sh', ['-c', line], { stdio: ['ignore', 'pipe', 'ignore'] });
      let out = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text;
      });
      child.on('close', (code) => resolve({ code, out }));
    });
  const list = `'${process.execPath}' '${CLI}' list --data '${data}' --json`;
  expect((await shell(`${list} | head -c 1`)).out).toBe('[');
  const kept = join(directory, 'kept.json');
  const { out } = await shell(`${list} > '${kept}' && cat '${kept}'`);
  expect(JSON.parse(out)).toEqual(JSON.parse((await shell(list)).out));
});
