/**
 * Takes the pictures of the README: renders the demo shoot, indexes it, opens the page in Chromium, looks at each view.
 * `node tests/e2e/screenshots.ts [folder]`, with the runtime of node_modules/.bin.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createRouterClient } from '@orpc/server';
import { chromium, type Page } from 'playwright';
import { findBrowser } from '../../build/test-browser.mjs';
import { openCore } from '../../electron/core/core.ts';
import { renderDemoShoot } from '../../electron/core/demo/render.ts';
import { serve } from '../../electron/serve.ts';

const folder = process.argv[2] ?? fileURLToPath(new URL('../../docs/screenshots/', import.meta.url));
const page = pathToFileURL(fileURLToPath(new URL('../../dist/renderer/', import.meta.url)));
const workplace = await mkdtemp(join(tmpdir(), 'keeplight-screenshots-'));
const shoot = join(workplace, 'Demo shoot');
await renderDemoShoot(shoot, {});
const core = await openCore({ dataDirectory: join(workplace, 'data'), shell: 'browser', log: () => {} });
const served = await serve({ core, page });
const browser = await chromium.launch({
  executablePath: findBrowser() ?? '',
  args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'],
});
try {
  await mkdir(folder, { recursive: true });
  await core.index([shoot]);
  for (const theme of ['dark', 'light'] as const) {
    await createRouterClient(core.router, { context: {} }).settings.set({ ...core.settings, theme });
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1 });
    const view = await context.newPage();
    await view.goto(served.address);
    await view.locator('[role="gridcell"], [role="option"]').first().waitFor();
    await settle(view);
    await view.screenshot({ path: join(folder, `grid-${theme}.png`) });
    // A photo that is too dark, with the suggestion tried on it.
    const dark = core.list({ filter: 'reason:underexposed', sort: 'technical', order: 'desc' })[0];
    if (dark === undefined) throw new Error('No photo of the demo shoot is too dark.');
    await view
      .getByText(basename(dirname(dark.path)), { exact: false })
      .first()
      .click();
    await view.getByRole('gridcell', { name: basename(dark.path) }).click();
    await view.keyboard.press('e');
    await settle(view);
    await view.locator('.pill').first().click();
    await settle(view);
    await view.screenshot({ path: join(folder, `loupe-${theme}.png`) });
    // Three frames of a burst.
    await view.keyboard.press('g');
    await view.getByText('2025-11-02 Kitchen', { exact: false }).first().click();
    await view.getByRole('gridcell', { name: /DSCF3801/ }).click();
    for (const frame of [/DSCF3799/, /DSCF3802/]) {
      await view.getByRole('gridcell', { name: frame }).click({ modifiers: ['Control'] });
    }
    await view.keyboard.press('c');
    await settle(view);
    await view.keyboard.press('a');
    await settle(view);
    await view.screenshot({ path: join(folder, `compare-${theme}.png`) });
    // A burst in cull mode, and what would be kept of its folder.
    await view.keyboard.press('g');
    await view.getByText('2024-06-15 Enga', { exact: false }).first().click();
    await settle(view);
    await view.keyboard.press('q');
    await view.locator('.cull-count').waitFor();
    await view.keyboard.press('ArrowDown');
    await settle(view);
    await view.screenshot({ path: join(folder, `cull-${theme}.png`) });
    await view.keyboard.press('r');
    await settle(view);
    await view.screenshot({ path: join(folder, `propose-${theme}.png`) });
    await view.keyboard.press('Escape');
    await view.keyboard.press('Escape');
    await view.keyboard.press('g');
    await view.keyboard.press('Shift+R');
    await view.locator('.report h1').waitFor();
    await settle(view);
    await view.screenshot({ path: join(folder, `report-${theme}.png`) });
    await context.close();
  }
} finally {
  await browser.close();
  await served.close();
  await core.close();
  await rm(workplace, { recursive: true, force: true });
}

/** All pictures that are asked for have come, and fades are over. */
async function settle(view: Page): Promise<void> {
  await view.waitForLoadState('networkidle');
  await view.waitForFunction(() => [...document.images].every((image) => image.complete && image.naturalWidth > 0));
  await view.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
}
