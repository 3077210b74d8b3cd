/** The desktop menu says and asks for what the table of actions says. */
import { expect, test } from 'vitest';
import { menuTemplate } from '../../electron/shell/desktop/menu.ts';
import { type ActionName, actionFacts } from '../../shared/actions.ts';

type Item = ReturnType<typeof menuTemplate>[number];

const flat = (items: readonly Item[]): Item[] =>
  items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flat(item.submenu) : [])]);

test.each([true, false])('every entry of ours carries the words and keys of its action (mac: %s)', (mac) => {
  const sent: ActionName[] = [];
  const ours = flat(menuTemplate(mac, (action) => sent.push(action), 'Keeplight')).filter((item) => item.click);
  for (const item of ours) {
    (item.click as () => void)();
    const { label, chords } = actionFacts(sent.at(-1)!);
    expect(item.label?.replace('…', '')).toBe(label);
    expect(item.registerAccelerator).toBe(false);
    const keys = chords.find((chord) => chord.startsWith('Mod+'));
    expect(item.accelerator).toBe(keys?.replace('Mod', 'CmdOrCtrl'));
  }
  expect(new Set(sent)).toEqual(
    new Set<ActionName>([
      'app.addFolder',
      'app.reveal',
      'app.shortcuts',
      'files.export',
      'files.trash',
      'files.trashRejected',
      'history.redo',
      'history.undo',
      'photo.rotateLeft',
      'photo.rotateRight',
      'select.all',
      'view.compare',
      'view.cull',
      'view.grid',
      'view.loupe',
      'view.propose',
      'view.report',
      'view.secondlook',
      'view.settings',
      'view.survey',
    ]),
  );
});

test('undo and redo say what they would do, and names are shown as they are', () => {
  const labels = (history: { undo: string | null; redo: string | null }) => {
    const items = flat(menuTemplate(false, () => undefined, 'Keeplight', history));
    return items.map(({ label }) => label).filter((label) => /^(Undo|Redo)/.test(label ?? ''));
  };
  expect(labels({ undo: '3 photos 5 stars', redo: null })).toEqual(['Undo: 3 photos 5 stars', 'Redo']);
  expect(labels({ undo: null, redo: 'Album “Salt & Sand” removed' })).toEqual([
    'Undo',
    'Redo: Album “Salt && Sand” removed',
  ]);
});

test('letters that a person types are never taken by the menu', () => {
  for (const { accelerator } of flat(menuTemplate(true, () => undefined, 'Keeplight'))) {
    if (accelerator !== undefined) expect(accelerator).toMatch(/^CmdOrCtrl\+/);
  }
});
