import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fits, MINIMUM, readWindowState, writeWindowState } from '../../electron/shell/desktop/window-state.ts';

fc.configureGlobal({ seed: 4102 });

const SCREEN = { x: 0, y: 25, width: 1920, height: 1055 };
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keeplight-window-'));
});
afterAll(() => rm(directory, { recursive: true }));

test('a window comes back where it was', () => {
  const path = join(directory, 'deep', 'state.json');
  const state = { bounds: { x: 100, y: 80, width: 1200, height: 800 }, maximized: true };
  writeWindowState(path, state);
  expect(readWindowState(path, [SCREEN])).toEqual(state);
});

test('a window on a screen that has gone is not believed', () => {
  const path = join(directory, 'state.json');
  writeWindowState(path, { bounds: { x: 2500, y: 80, width: 1200, height: 800 }, maximized: false });
  expect(readWindowState(path, [SCREEN])).toEqual({ bounds: null, maximized: false });
});

test('an unreadable file is as good as none', async () => {
  for (const text of [
    '',
    'null',
    '[]',
    '{"bounds":{"x":"1"}}',
    '{"bounds":{"x":0,"y":0,"width":1e999,"height":1}}',
    'x',
  ]) {
    const path = join(directory, 'broken.json');
    await writeFile(path, text);
    expect(readWindowState(path, [SCREEN])).toEqual({ bounds: null, maximized: false });
  }
  expect(readWindowState(join(directory, 'none'), [SCREEN]).bounds).toBeNull();
});

test('what is believed can always be grabbed', () => {
  const number = fc.integer({ min: -5000, max: 5000 });
  const rectangle = fc.record({ x: number, y: number, width: number, height: number });
  fc.assert(
    fc.property(rectangle, fc.array(rectangle, { maxLength: 3 }), (bounds, screens) => {
      if (!fits(bounds, screens)) return;
      expect(bounds.width).toBeGreaterThanOrEqual(MINIMUM.width);
      const reachable = screens.some(
        (screen) =>
          bounds.x < screen.x + screen.width &&
          bounds.x + bounds.width > screen.x &&
          bounds.y < screen.y + screen.height,
      );
      expect(reachable).toBe(true);
    }),
  );
});
