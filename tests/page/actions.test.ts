/** Keys: chords are read as people mean them, on several keyboards; conflicts are found; nothing is bound twice. */
import { describe, expect, test } from 'vitest';
import {
  ACTION_NAMES,
  ACTIONS,
  bindings,
  chordOf,
  chordParts,
  conflicts,
  type KeyPress,
} from '../../shared/actions.ts';

function press(key: string, code: string, held: Partial<KeyPress> = {}): KeyPress {
  return { key, code, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held };
}

describe('chordOf', () => {
  test.each([
    ['p', 'KeyP', {}, 'P'],
    ['P', 'KeyP', {}, 'P'], // CapsLock
    ['P', 'KeyP', { shiftKey: true }, 'Shift+P'],
    ['3', 'Digit3', {}, '3'],
    ['#', 'Digit3', { shiftKey: true }, 'Shift+3'],
    ['"', 'Digit2', { shiftKey: true }, 'Shift+2'], // British, German
    ['3', 'Digit3', { shiftKey: true }, 'Shift+3'], // French: Shift prints the digit
    ['4', 'Numpad4', {}, '4'],
    ['`', 'Backquote', {}, '`'],
    ['~', 'Backquote', { shiftKey: true }, 'Shift+`'],
    ['[', 'BracketLeft', {}, '['],
    ['{', 'BracketLeft', { shiftKey: true }, 'Shift+['],
    ['[', 'Digit8', { ctrlKey: true, altKey: true }, '['], // German AltGr+8
    ['\\', 'Backslash', {}, '\\'],
    ['?', 'Slash', { shiftKey: true }, '?'],
    ['?', 'Minus', { shiftKey: true }, '?'], // German
    ['/', 'Slash', {}, '/'],
    ['=', 'Equal', {}, '='],
    ['+', 'Equal', { shiftKey: true }, '+'],
    [' ', 'Space', {}, 'Space'],
    ['ArrowLeft', 'ArrowLeft', { shiftKey: true }, 'Shift+Left'],
    ['a', 'KeyA', { ctrlKey: true }, 'Mod+A'],
    ['a', 'KeyA', { metaKey: true }, 'Mod+A'],
    ['Z', 'KeyZ', { ctrlKey: true, shiftKey: true }, 'Mod+Shift+Z'],
    ['F6', 'F6', { shiftKey: true }, 'Shift+F6'],
    ['я', 'KeyZ', {}, 'Я'],
  ] as const)('%s on %s with %o is %s', (key, code, held, chord) => {
    expect(chordOf(press(key, code, held))).toBe(chord);
  });

  test('bare modifiers are no chord', () => {
    for (const key of ['Shift', 'Control', 'Alt', 'Meta', 'CapsLock']) expect(chordOf(press(key, key))).toBeNull();
  });
});

describe('bindings', () => {
  test('the defaults claim no chord twice', () => {
    expect([...conflicts({})]).toEqual([]);
  });

  test('hold the keys that photographers know', () => {
    const map = bindings({});
    const known = {
      P: 'mark.pick',
      X: 'mark.reject',
      U: 'mark.unflag',
      '`': 'mark.cycle',
      '0': 'mark.stars0',
      '5': 'mark.stars5',
      '[': 'mark.fewerStars',
      ']': 'mark.moreStars',
      '6': 'mark.red',
      '9': 'mark.blue',
      G: 'view.grid',
      E: 'view.loupe',
      C: 'view.compare',
      N: 'view.survey',
      Space: 'view.loupe',
      Z: 'look.zoom',
      W: 'look.why',
      A: 'look.versus',
      S: 'stacks.toggle',
      'Shift+S': 'stacks.toggleAll',
      'Mod+G': 'stacks.stack',
      'Mod+Shift+G': 'stacks.unstack',
      J: 'look.clipping',
      K: 'look.focus',
      F: 'look.fullScreen',
      Tab: 'panels.toggle',
      I: 'panels.inspector',
      L: 'look.lightsOut',
      '\\': 'panels.filter',
      'Mod+A': 'select.all',
      'Mod+D': 'select.none',
      'Mod+F': 'app.find',
      'Mod+Z': 'history.undo',
      'Mod+Shift+Z': 'history.redo',
      '?': 'app.shortcuts',
    };
    for (const [chord, action] of Object.entries(known)) expect([chord, map.get(chord)]).toEqual([chord, action]);
  });

  test('every mark can be made with Shift to go on', () => {
    for (const name of ACTION_NAMES) {
      if (!name.startsWith('mark.') || name === 'mark.autoAdvance') continue;
      expect(ACTIONS[name]).toHaveProperty('shift', 'advance');
      for (const chord of ACTIONS[name].chords) expect(bindings({}).has(`Shift+${chord}`)).toBe(false);
    }
  });

  test('the person’s keys replace the defaults; two claims are a conflict and the first one has the key', () => {
    const overrides = { 'mark.reject': ['P'], 'mark.pick': ['P', 'Shift+Y'] };
    expect(conflicts(overrides).get('P')).toEqual(['mark.pick', 'mark.reject']);
    expect(bindings(overrides).get('P')).toBe('mark.pick');
    expect(bindings(overrides).get('Shift+Y')).toBe('mark.pick');
    expect(bindings(overrides).has('X')).toBe(false);
  });
});

test('chords are shown in the words of the computer', () => {
  expect(chordParts('Mod+Shift+Z', false)).toEqual(['Ctrl', 'Shift', 'Z']);
  expect(chordParts('Mod+Shift+Z', true)).toEqual(['⌘', '⇧', 'Z']);
  expect(chordParts('Left', false)).toEqual(['←']);
  expect(chordParts('+', false)).toEqual(['+']);
  expect(chordParts('Mod++', false)).toEqual(['Ctrl', '+']);
});
