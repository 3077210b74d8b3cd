/** The desktop shell in Electron itself, where its program is here and a window can be opened. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildDesktop } from '../../build/desktop.mjs';
import { electronBinary, noWindowReason } from '../../build/electron-binary.mjs';
import { ensurePage } from '../../build/setup.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = electronBinary();
const reason = program === null ? "Electron's program is not here" : noWindowReason();

describe.skipIf(reason !== null)(`the desktop window${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let directory: string;
  let app: ElectronApplication;
  let page: Page;

  beforeAll(async () => {
    await ensurePage(process.execPath);
    await buildDesktop(process.execPath);
    directory = await mkdtemp(join(tmpdir(), 'keeplight-desktop-'));
    await mkdir(join(directory, 'photos'));
    const picture = sharp({ create: { width: 320, height: 240, channels: 3, background: '#406080' } });
    await picture.jpeg().toFile(join(directory, 'photos', 'one.jpg'));
    app = await _electron.launch({
      executablePath: program!,
      args: [root, join(directory, 'photos')],
      env: { ...process.env, KEEPLIGHT_DATA: join(directory, 'data') } as Record<string, string>,
    });
    page = await app.firstWindow();
  });
  afterAll(async () => {
    await app?.close();
    if (directory) await rm(directory, { recursive: true, force: true });
  });

  test('shows the folder of the command line', async () => {
    await page.locator('img[src^="photo://library/"]').first().waitFor();
  });

  test('has no Node, no require and a policy', async () => {
    const seen = await page.evaluate(() => ({
      node: 'process' in globalThis || 'require' in globalThis,
      shell: Object.keys((globalThis as unknown as { keeplight: object }).keeplight).sort(),
    }));
    expect(seen.node).toBe(false);
    expect(seen.shell).toEqual(
      ['chooseFolder', 'chooseModel', 'connect', 'dropped', 'onMenu', 'openExternal', 'platform', 'reveal'].sort(),
    );
    await expect(page.evaluate('eval("1")')).rejects.toThrow(/Content Security Policy|unsafe-eval/);
  });

  test('stays on its page and opens no windows', async () => {
    await page.evaluate(() => {
      globalThis.open('https://example.org/');
      globalThis.location.href = 'https://example.org/';
    });
    expect(page.url()).toMatch(/^keeplight:\/\/app\//);
    expect(app.windows().length).toBe(1);
  });

  test('gives no permission', async () => {
    const state = await page.evaluate(async () => (await navigator.permissions.query({ name: 'geolocation' })).state);
    expect(state).toBe('denied');
  });
});
