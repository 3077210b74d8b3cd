/** A library that does not open, from the command line; and the address that no list of programs shows. */
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
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensurePage } from '../../build/setup.mjs';
import { makePhoto } from '../core/made-photos.ts';
import { cli, startCli, verb } from './run-cli.ts';

let directory: string;
let data: string;
const json = async (parameters: string[]) => JSON.parse((await verb([...parameters, '--data', data, '--json'])).stdout);

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'keeplight-mend-'));
  data = join(directory, 'data');
  await makePhoto(join(directory, 'photos', 'a.jpg'), 1);
  await makePhoto(join(directory, 'photos', 'b.jpg'), 2);
  await json(['index', join(directory, 'photos')]);
  rmSync(join(data, 'backups'), { recursive: true });
  await json(['mark', join(directory, 'photos', 'a.jpg'), '--stars', '4']);
  await ensurePage(process.execPath);
}, 300_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('verbs refuse with what can be done, doctor does it, and the old file is set aside', async () => {
  writeFileSync(join(data, 'catalog.sqlite'), 'no catalog at all');
  for (const words of [['list'], ['mark', join(directory, 'photos', 'b.jpg'), '--stars', '1']]) {
    const { code, stdout, stderr } = await cli([...words, '--data', data]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/is damaged.*holds 2 photos, 1 step, 1 mark and 0 albums.*doctor --restore newest --data/);
  }
  const findings = (await json(['doctor'])) as { name: string; state: string; text: string }[];
  expect(findings.find(({ name }) => name === 'Library')).toMatchObject({ state: 'missing', text: /restore newest/ });
  const wrong = await cli(['doctor', '--salvage', '--fresh', '--data', data]);
  expect([wrong.code, wrong.stderr.trim()]).toEqual([2, 'Choose one of --restore, --salvage and --fresh.']);
  const none = await cli(['doctor', '--restore', 'other.sqlite', '--data', data]);
  expect([none.code, none.stderr]).toEqual([1, expect.stringMatching(/There is no file other\.sqlite/)]);
  expect(await json(['doctor', '--restore', 'newest'])).toMatchObject({ mended: 'restore' });
  const aside = readdirSync(data).find((name) => name.startsWith('catalog-aside-'))!;
  expect(readFileSync(join(data, aside), 'utf8')).toBe('no catalog at all');
  const listed = (await json(['list', '--sort', 'name'])) as { stars: number }[];
  expect(listed.map(({ stars }) => stars)).toEqual([4, 0]);
}, 240_000);

test.skipIf(process.platform !== 'linux')(
  'the browser is given a private file, never the token, and the file goes when the page has come',
  async () => {
    const bin = join(directory, 'bin');
    const seen = join(directory, 'seen');
    mkdirSync(bin);
    // Stands for the system's browser: notes what every user of the machine would see.
    writeFileSync(
      join(bin, 'xdg-open'),
      `#!/bin/sh\nprintf '%s' "$*" > '${seen}.part' && mv '${seen}.part' '${seen}'\n`,
    );
    chmodSync(join(bin, 'xdg-open'), 0o755);
    const running = startCli(['serve', '--open', '--data', data, '--json'], {
      env: { DISPLAY: ':99', PATH: `${bin}${delimiter}${process.env.PATH}` },
    });
    await running.until(/\}\s*$/);
    const { address, port, token } = JSON.parse(running.stdout()) as { address: string; port: number; token: string };
    await expect.poll(() => existsSync(seen), { timeout: 60_000 }).toBe(true);
    const given = readFileSync(seen, 'utf8');
    expect(given).toMatch(/^file:\/\/\S+\/open-[\w-]+\.html$/);
    expect(given).not.toContain(token);
    const file = new URL(given);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toContain(`url=${address}"`);
    const session = `http://127.0.0.1:${port}/session`;
    expect((await fetch(session, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    await expect.poll(() => existsSync(file)).toBe(false);
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(0);
  },
  240_000,
);
