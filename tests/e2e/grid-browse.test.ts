/** Browsing: places, orders, headers, filters, search, selection, in real Chromium on the real core. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ACTION_NAMES, actionFacts } from '../../shared/actions.ts';
import { complain, type Library, layoutShifts, openLibrary, openWindow, type Window } from './support.ts';

let library: Library;
let shown: Window;

const names = () =>
  shown.page.$$eval('.tile', (tiles) =>
    tiles.map((tile) => (tile.getAttribute('aria-label') ?? '').split(/[ ,]/)[0] ?? ''),
  );
const selectedCount = () => shown.page.$$eval('.tile[aria-selected=true]', (tiles) => tiles.length);
const total = async () => Number((await shown.page.locator('.place-total').textContent())?.replaceAll(',', ''));
const waitTotal = (count: number) =>
  shown.page.waitForFunction(
    (wanted) =>
      document.querySelector('.place-total')?.textContent === String(wanted) &&
      !document.querySelector('[aria-busy=true]'),
    count,
  );
const place = (name: RegExp) => shown.page.locator('.sidebar').getByRole('button', { name }).first();
const tile = (name: string) => shown.page.locator(`.tile[aria-label^="${name}"]`);
const sortBy = async (item: string) => {
  await shown.page.getByRole('button', { name: /^Sort:/ }).click();
  await shown.page.getByRole('menuitemcheckbox', { name: item, exact: true }).click();
};

/**
 * Height of the tallest layer that the compositor has painted. What it scrolls is painted beyond the window; what it
 * cannot scroll is painted again, window by window, for every frame.
 */
async function tallestLayer({ context, page }: Window): Promise<number> {
  const session = await context.newCDPSession(page);
  const told = new Promise<number>((resolve) => {
    session.on('LayerTree.layerTreeDidChange', ({ layers }) => {
      if (layers !== undefined)
        resolve(Math.max(...layers.map(({ drawsContent, height }) => (drawsContent ? height : 0))));
    });
  });
  await session.send('DOM.enable');
  await session.send('LayerTree.enable');
  // It tells with the next frame.
  await page.mouse.wheel(0, -60);
  return told;
}

beforeAll(async () => {
  library = await openLibrary();
}, 240_000);
afterAll(async () => {
  await library?.close();
});

describe('browsing', () => {
  beforeAll(async () => {
    shown = await openWindow(library, { width: 1280, height: 800 });
    await shown.page.waitForSelector('.thumb[data-loaded]');
  });
  afterAll(async () => {
    await shown?.close();
  });
  beforeEach(async () => {
    await shown.page.keyboard.press('Escape');
    await place(/^All photos/).click();
    await waitTotal(31);
    await sortBy('File name');
    await shown.page.waitForFunction(() =>
      document.querySelector('.tile')?.getAttribute('aria-label')?.startsWith('broken'),
    );
    await shown.page.locator('[data-photos]').focus();
  });

  test('sorts both ways, and puts headers for days, folders and levels', async () => {
    expect((await names()).slice(0, 3)).toEqual(['broken.jpg', 'frame-01.jpg', 'frame-02.jpg']);
    await sortBy('Z to A');
    await shown.page.waitForFunction(() =>
      document.querySelector('.tile')?.getAttribute('aria-label')?.startsWith('frame-30'),
    );
    await sortBy('A to Z');
    await sortBy('Folders');
    await shown.page.waitForSelector('.grid-header');
    expect(await shown.page.locator('.grid-header').first().textContent()).toMatch(/harbour.*13 photos/);
    await sortBy('Days');
    await shown.page.waitForFunction(() => /2024/.test(document.querySelector('.grid-header')?.textContent ?? ''));
    await sortBy('Levels');
    await shown.page.waitForFunction(() =>
      /and above|to \d+|below/.test(document.querySelector('.grid-header')?.textContent ?? ''),
    );
    await sortBy('No headers');
    await shown.page.waitForFunction(() => document.querySelector('.grid-header') === null);
  });

  test('selects as a file manager does: click, Ctrl, Shift, Ctrl+A, band, Escape', async () => {
    await tile('frame-03').click();
    expect(await selectedCount()).toBe(1);
    await tile('frame-05').click({ modifiers: ['Control'] });
    expect(await selectedCount()).toBe(2);
    await tile('frame-08').click({ modifiers: ['Shift'] });
    expect(await selectedCount()).toBe(4);
    await tile('frame-05').click();
    expect(await selectedCount()).toBe(1);
    await shown.page.keyboard.press('Control+a');
    await expect.poll(() => shown.page.locator('.status').textContent()).toContain('31 selected');
    await shown.page.keyboard.press('Control+d');
    expect(await selectedCount()).toBe(0);
    // A band that starts beside the photos, in the padding.
    const view = (await shown.page.locator('.grid-scroll').boundingBox())!;
    const first = (await tile('broken').boundingBox())!;
    await shown.page.mouse.move(view.x + 4, first.y + 20);
    await shown.page.mouse.down();
    await shown.page.mouse.move(view.x + 200, first.y + 40, { steps: 4 });
    await shown.page.mouse.move(view.x + view.width - 40, first.y + first.height + 30, { steps: 6 });
    expect(await shown.page.locator('.band').count()).toBe(1);
    await expect.poll(selectedCount).toBeGreaterThan(5);
    await shown.page.mouse.up();
    expect(await shown.page.locator('.band').count()).toBe(0);
    await shown.page.keyboard.press('Escape');
    expect(await selectedCount()).toBe(0);
  });

  test('moves by keyboard: sideways, by rows, by pages, to the ends, and extends with Shift', async () => {
    const at = async () => {
      const id = await shown.page.locator('[data-photos]').getAttribute('aria-activedescendant');
      return (await shown.page.locator(`#${id}`).getAttribute('aria-label'))?.split(/[ ,]/)[0];
    };
    await shown.page.keyboard.press('Home');
    expect(await at()).toBe('broken.jpg');
    await shown.page.keyboard.press('ArrowRight');
    expect(await at()).toBe('frame-01.jpg');
    await shown.page.keyboard.press('ArrowDown');
    const below = await at();
    expect(Number(below?.slice(6, 8))).toBeGreaterThan(2);
    await shown.page.keyboard.press('ArrowUp');
    await shown.page.keyboard.press('End');
    expect(await at()).toBe('frame-30.jpg');
    await shown.page.keyboard.press('Shift+Home');
    await expect.poll(() => shown.page.locator('.status').textContent()).toContain('31 selected');
    await shown.page.keyboard.press('PageDown');
    expect(await at()).not.toBe('broken.jpg');
  });

  test('filters with counts that come true, shows chips that go away, and says when nothing matches', async () => {
    await shown.page.keyboard.press('\\');
    const bar = shown.page.getByRole('region', { name: 'Filter bar' });
    await bar.getByRole('button', { name: 'Camera' }).click();
    const choice = shown.page.locator('.filter-popover .checkbox', { hasText: 'Sturdy One' });
    const count = Number(await choice.locator('.count').textContent());
    const { height } = (await bar.boundingBox())!;
    await choice.click();
    await waitTotal(count);
    expect(count).toBe(10);
    // Save and Clear came beside the parts, not beneath them.
    await bar.getByRole('button', { name: 'Clear', exact: true }).waitFor();
    expect((await bar.boundingBox())!.height).toBe(height);
    await shown.page.keyboard.press('Escape');
    await bar.getByRole('button', { name: /^Date/ }).click();
    const month = shown.page.locator('.filter-popover .checkbox-label', { hasText: 'May 2024' });
    expect((await month.boundingBox())!.width).toBeGreaterThan(60);
    await shown.page.keyboard.press('Escape');
    await bar.getByRole('button', { name: /^Folder/ }).click();
    await shown.page.locator('.filter-popover .checkbox', { hasText: 'summit' }).click();
    await waitTotal(2);
    await shown.page.keyboard.press('Escape');
    await bar.getByRole('button', { name: 'Stars', exact: true }).click();
    await shown.page.locator('.filter-popover .checkbox', { hasText: '5 stars' }).click();
    await shown.page.waitForSelector('.state h2:text("No photo matches")');
    expect(await complain(shown.page)).toEqual([]);
    await shown.page.keyboard.press('Escape');
    await shown.page.getByRole('button', { name: /^Without Stars/ }).click();
    await waitTotal(2);
    await shown.page.getByRole('button', { name: /^Remove filter summit/ }).click();
    await waitTotal(10);
    await shown.page.getByRole('button', { name: 'Clear', exact: true }).click();
    await waitTotal(31);
    await shown.page.locator('[data-photos]').focus();
    await shown.page.keyboard.press('\\');
    expect(await bar.count()).toBe(0);
  });

  test('finds as one types, over names and folders, and Escape empties the field', async () => {
    await shown.page.keyboard.press('Control+f');
    await shown.page.keyboard.type('summit');
    await waitTotal(6);
    await shown.page.keyboard.press('Enter');
    expect(await shown.page.evaluate(() => document.activeElement?.hasAttribute('data-photos'))).toBe(true);
    await shown.page.keyboard.press('Control+f');
    await shown.page.keyboard.press('Escape');
    await waitTotal(31);
  });

  test('goes to folders, problems with their reason, and the best of each month', async () => {
    await place(/^harbour/).click();
    await waitTotal(13);
    await place(/^Problems/).click();
    await waitTotal(1);
    await shown.page.waitForFunction(() => (document.querySelector('.tile-word .why')?.textContent ?? '').length > 10);
    await place(/^Best of/).click();
    await shown.page.waitForFunction(
      () => document.querySelector('.toolbar-title')?.textContent === 'Best of each month',
    );
    expect(await total()).toBeGreaterThan(0);
    await place(/^Each folder/).click();
    await shown.page.waitForFunction(
      () => document.querySelector('.toolbar-title')?.textContent === 'Best of each folder',
    );
  });

  test('switches between justified rows and squares, and sizes by key, keeping the photo one is at', async () => {
    await tile('frame-09').click();
    await shown.page.getByRole('button', { name: 'Grid options' }).click();
    await shown.page.getByRole('menuitemcheckbox', { name: 'Squares' }).click();
    await shown.page.waitForFunction(() => {
      const boxes = [...document.querySelectorAll('.tile')].map((one) => one.getBoundingClientRect());
      return boxes.length > 0 && boxes.every((box) => Math.abs(box.width - box.height) < 1);
    });
    const before = (await tile('frame-09').boundingBox())!.height;
    for (let press = 0; press < 3; press++) await shown.page.keyboard.press('=');
    await expect.poll(async () => (await tile('frame-09').boundingBox())!.height).toBeGreaterThan(before);
    for (let press = 0; press < 3; press++) await shown.page.keyboard.press('-');
    await shown.page.getByRole('button', { name: 'Grid options' }).click();
    await shown.page.getByRole('menuitemcheckbox', { name: 'Justified rows' }).click();
  });

  test('the first tab stops and F6 reach every panel; Tab on the photos hides the panels', async () => {
    await shown.page.locator('[data-photos]').focus();
    const region = () =>
      shown.page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-region]')?.dataset.region);
    const visited: (string | undefined)[] = [];
    for (let index = 0; index < 4; index++) {
      await shown.page.keyboard.press('F6');
      visited.push(await region());
    }
    expect(visited).toEqual(['status', 'toolbar', 'sidebar', 'photos']);
    await shown.page.keyboard.press('Tab');
    expect(await shown.page.locator('.sidebar').count()).toBe(0);
    await shown.page.keyboard.press('Tab');
    expect(await shown.page.locator('.sidebar').count()).toBe(1);
  });

  test('the sheet lists the keys, and a key can be changed, conflicts with another, and comes back', async () => {
    await shown.page.keyboard.press('?');
    const sheet = shown.page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    const listed = await sheet.locator('dt').allTextContents();
    expect(listed.toSorted()).toEqual(ACTION_NAMES.map((name) => actionFacts(name).label).toSorted());
    expect(await complain(shown.page)).toEqual([]);
    await sheet.getByRole('button', { name: 'Change keys' }).click();
    await shown.page.getByRole('button', { name: 'Add a key to Reject' }).click();
    await shown.page.keyboard.press('p');
    expect(await shown.page.getByRole('alert').textContent()).toContain('P is set for “Pick” and “Reject”');
    expect(await complain(shown.page)).toEqual([]);
    await shown.page.getByRole('button', { name: 'All keys as they were' }).click();
    await expect.poll(() => shown.page.getByRole('alert').count()).toBe(0);
    await shown.page.locator('.notice').getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => shown.page.getByRole('alert').count()).toBe(1);
    await shown.page.getByRole('button', { name: 'All keys as they were' }).click();
    await expect.poll(() => shown.page.getByRole('alert').count()).toBe(0);
    await shown.page.getByRole('button', { name: 'Back', exact: true }).click();
  });

  test('a key that cannot do anything here says why, and does nothing out of sight', async () => {
    const notice = () => shown.page.locator('.notice').allTextContents();
    await tile('frame-09').click();
    await shown.page.keyboard.press('j');
    await expect.poll(notice).toEqual([expect.stringContaining('open it in the loupe first')]);
    await shown.page.keyboard.press('Control+,');
    await shown.page.keyboard.press('p');
    await expect.poll(notice).toEqual([expect.stringContaining('This is done where photos are shown')]);
    expect(library.core.list().filter((photo) => photo.flag !== 'none')).toEqual([]);
    // Keys that scroll are the page's own there, and undo works everywhere.
    await shown.page.keyboard.press('End');
    expect(await shown.page.getByRole('heading', { name: 'Settings' }).count()).toBe(1);
    await shown.page.keyboard.press('Escape');
    await shown.page.keyboard.press('n');
    await shown.page.keyboard.press('Control+a');
    await expect.poll(notice).toEqual([expect.stringContaining('All photos of the survey are on screen')]);
    await shown.page.keyboard.press('g');
    await shown.page.locator('.tile').first().waitFor();
  });

  test('the light theme is as accessible', async () => {
    await shown.page.keyboard.press('Control+,');
    await shown.page.getByRole('radio', { name: 'Light' }).click();
    await shown.page.waitForFunction(() => document.documentElement.dataset.theme === 'light');
    expect(await complain(shown.page)).toEqual([]);
    await shown.page.getByRole('button', { name: 'Back', exact: true }).click();
    await shown.page.waitForSelector('.tile');
    expect(await complain(shown.page)).toEqual([]);
    await shown.page.keyboard.press('Control+,');
    await shown.page.getByRole('radio', { name: 'Dark' }).click();
    await shown.page.getByRole('button', { name: 'Back', exact: true }).click();
  });

  test('nothing complained all the while', () => {
    expect(shown.complaints).toEqual([]);
  });
});

describe('around a library', () => {
  test('opens with pictures and scrolls, without a jump, a complaint or an inaccessible part', async () => {
    const fresh = await openWindow(library, { width: 1280, height: 500 });
    try {
      await fresh.page.waitForFunction(
        () =>
          document.querySelectorAll('.thumb').length > 5 &&
          [...document.querySelectorAll('.thumb')].every((one) => one.hasAttribute('data-loaded')),
      );
      await fresh.page.mouse.move(700, 300);
      for (let turn = 0; turn < 12; turn++) await fresh.page.mouse.wheel(0, 120);
      await fresh.page.waitForFunction(() => (document.querySelector('.grid-scroll')?.scrollTop ?? 0) > 300);
      await fresh.page.waitForFunction(() =>
        [...document.querySelectorAll('.thumb')].every((one) => one.hasAttribute('data-loaded')),
      );
      expect(await layoutShifts(fresh.page)).toEqual([]);
      expect(await complain(fresh.page)).toEqual([]);
      expect(fresh.complaints).toEqual([]);
      expect(await tallestLayer(fresh)).toBeGreaterThan(1000);
    } finally {
      await fresh.close();
    }
  });

  test('in a narrow window the sidebar lies over the photos and leaves by itself', async () => {
    const narrow = await openWindow(library, { width: 1024, height: 700, reducedMotion: true });
    try {
      await narrow.page.waitForSelector('.tile');
      expect(await narrow.page.locator('.sidebar').count()).toBe(0);
      const before = await narrow.page.locator('.tile').first().boundingBox();
      await narrow.page.getByRole('button', { name: 'Show the sidebar' }).click();
      expect(await narrow.page.locator('.tile').first().boundingBox()).toEqual(before);
      expect(await complain(narrow.page)).toEqual([]);
      await narrow.page
        .locator('.sidebar')
        .getByRole('button', { name: /^harbour/ })
        .click();
      await expect.poll(() => narrow.page.locator('.sidebar').count()).toBe(0);
      expect(await narrow.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
      await narrow.page.keyboard.press('Control+f');
      await narrow.page.waitForFunction(() => document.activeElement?.closest('.search') !== null);
    } finally {
      await narrow.close();
    }
  });

  test('when the way to the program breaks the page says so, keeps what it shows, and comes back by itself', async () => {
    const open = await openWindow(library, { intercept: true });
    try {
      await open.page.waitForSelector('.thumb[data-loaded]');
      open.sockets.refuse();
      await open.page.waitForSelector('.status :text("No connection to Keeplight")');
      expect(await open.page.locator('.tile').count()).toBeGreaterThan(5);
      await open.page.locator('.tile[aria-label^="frame-05"]').click();
      await open.page.keyboard.press('3');
      await open.page.locator('.notice', { hasText: '1 mark waits to be written' }).waitFor();
      expect(await complain(open.page)).toEqual([]);
      // Photos of one place must not stand under the name of another.
      await open.page
        .locator('.sidebar')
        .getByRole('button', { name: /^harbour/ })
        .click();
      await open.page.getByRole('heading', { name: 'Waiting for Keeplight' }).waitFor();
      open.sockets.allow();
      await open.page.waitForSelector('.status :text("Ready")');
      const marked = () => library.core.list().find((photo) => photo.path.endsWith('frame-05.jpg'))!;
      await expect.poll(() => marked().stars).toBe(3);
      await expect.poll(() => open.page.locator('.notice').count()).toBe(0);
      await open.page.waitForFunction(() => document.querySelector('.place-total')?.textContent === '13');
    } finally {
      await open.close();
    }
  });

  test('when the program was started anew the page says what to do, and doing it helps', async () => {
    const open = await openWindow(library);
    try {
      await open.page.waitForSelector('.thumb[data-loaded]');
      await library.stop();
      await open.page.waitForSelector('.status :text("No connection to Keeplight")');
      const tile = open.page.locator('.tile[aria-label^="frame-12"]');
      await tile.click();
      await open.page.keyboard.press('2');
      await open.page.keyboard.press('4');
      expect(await tile.getAttribute('aria-label')).toContain('4 stars');
      await library.start('another-token-for-tests');
      await open.page.waitForSelector('.status :text("open the address")');
      // What could not be saved is said, and is no longer shown as if it were.
      await open.page.locator('.notice', { hasText: 'is not saved' }).waitFor();
      expect(await tile.getAttribute('aria-label')).not.toContain('star');
      await open.page.goto(library.served.address);
      await open.page.waitForSelector('.thumb[data-loaded]');
    } finally {
      await open.close();
    }
  });

  test('Back and Forward of the browser lead through places and views, and not out of the program', async () => {
    const open = await openWindow(library);
    try {
      const { page } = open;
      const view = (name: string) => page.getByRole('radio', { name, exact: true, checked: true }).waitFor();
      await page.waitForSelector('.thumb[data-loaded]');
      await page
        .locator('.sidebar')
        .getByRole('button', { name: /^harbour/ })
        .click();
      await page.waitForFunction(() => document.querySelector('.place-total')?.textContent === '13');
      await page.keyboard.press('e');
      await view('Loupe');
      await page.goBack();
      await view('Grid');
      await page.goBack();
      await page.waitForFunction(() => document.querySelector('.place-total')?.textContent === '31');
      await page.goForward();
      await page.waitForFunction(() => document.querySelector('.place-total')?.textContent === '13');
      await page.goForward();
      await view('Loupe');
      expect(open.complaints).toEqual([]);
    } finally {
      await open.close();
    }
  });

  test('the first run offers a folder of this computer, and shows its photos once it is chosen', async () => {
    const empty = await openLibrary({ frames: [] });
    const first = await openWindow(empty);
    try {
      await first.page.getByRole('heading', { name: 'Add a folder of photos' }).waitFor();
      expect(await layoutShifts(first.page)).toEqual([]);
      expect(await complain(first.page)).toEqual([]);
      await first.page.getByRole('button', { name: 'Add a folder' }).click();
      const chooser = first.page.getByRole('dialog', { name: 'Add a folder' });
      await chooser.getByRole('button', { name: /^Add / }).waitFor();
      await expect.poll(() => chooser.getByLabel('Path of the folder').inputValue()).toContain('/');
      expect(await complain(first.page)).toEqual([]);
      await first.page.keyboard.press('Escape');
      expect(await chooser.count()).toBe(0);
      // The demo shoot says how far it is from the start, and is offered again when it was cancelled.
      const demo = first.page.getByRole('button', { name: 'Open the demo shoot' });
      await demo.click();
      await first.page.locator('.welcome-progress', { hasText: /Rendering the demo shoot · \d+ of \d+/ }).waitFor();
      expect(await demo.isDisabled()).toBe(true);
      await first.page.locator('.status-work').click();
      await first.page.getByRole('button', { name: 'Cancel Demo shoot' }).click();
      await first.page.getByRole('button', { name: 'Dismiss Demo shoot' }).waitFor();
      await first.page.keyboard.press('Escape');
      await expect.poll(() => demo.isEnabled()).toBe(true);
      await empty.core.addRoot(library.photos);
      await first.page.waitForSelector('.tile', { timeout: 60_000 });
      await first.page.waitForFunction(() => document.querySelector('.place-total')?.textContent === '31', null, {
        timeout: 60_000,
      });
    } finally {
      await first.close();
      await empty.close();
    }
  });
});
