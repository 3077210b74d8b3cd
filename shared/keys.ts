/**
 * Every action that a key can do: its caption, group and default chords. The dispatcher, the sheet of shortcuts, the
 * tooltips and the settings all read this one table. Lightroom's keys are the lingua franca.
 *
 * A chord is written `Mod+Shift+Z`: modifiers in the order Mod (Ctrl, on a Mac Command), Alt, Shift, then one key:
 * a letter in upper case, a digit, a sign as it is printed, or a name such as `Left`, `Space`, `F6`.
 */

export const ACTION_GROUPS = [
  'Marks',
  'Move',
  'Views',
  'Look closer',
  'Panels',
  'Selection and history',
  'App',
] as const;
export type ActionGroup = (typeof ACTION_GROUPS)[number];

export interface ActionFacts {
  readonly label: string;
  readonly group: ActionGroup;
  readonly chords: readonly string[];
  /** What Shift adds to the action where the chord with Shift is not bound: `advance` to the next photo, or `extend` the selection. */
  readonly shift?: 'advance' | 'extend';
  /** Held keys repeat it. */
  readonly repeats?: boolean;
  /** Works while the person types in a field, too. */
  readonly whileTyping?: boolean;
}

const table = <const T extends Record<string, ActionFacts>>(facts: T): T => facts;

export const ACTIONS = table({
  'mark.pick': { label: 'Pick', group: 'Marks', chords: ['P'], shift: 'advance' },
  'mark.reject': { label: 'Reject', group: 'Marks', chords: ['X'], shift: 'advance' },
  'mark.unflag': { label: 'Remove the flag', group: 'Marks', chords: ['U'], shift: 'advance' },
  'mark.cycle': { label: 'Next flag: pick, reject, none', group: 'Marks', chords: ['`'], shift: 'advance' },
  'mark.stars0': { label: 'No stars', group: 'Marks', chords: ['0'], shift: 'advance' },
  'mark.stars1': { label: '1 star', group: 'Marks', chords: ['1'], shift: 'advance' },
  'mark.stars2': { label: '2 stars', group: 'Marks', chords: ['2'], shift: 'advance' },
  'mark.stars3': { label: '3 stars', group: 'Marks', chords: ['3'], shift: 'advance' },
  'mark.stars4': { label: '4 stars', group: 'Marks', chords: ['4'], shift: 'advance' },
  'mark.stars5': { label: '5 stars', group: 'Marks', chords: ['5'], shift: 'advance' },
  'mark.fewerStars': { label: 'One star less', group: 'Marks', chords: ['['], shift: 'advance' },
  'mark.moreStars': { label: 'One star more', group: 'Marks', chords: [']'], shift: 'advance' },
  'mark.red': { label: 'Red label', group: 'Marks', chords: ['6'], shift: 'advance' },
  'mark.yellow': { label: 'Yellow label', group: 'Marks', chords: ['7'], shift: 'advance' },
  'mark.green': { label: 'Green label', group: 'Marks', chords: ['8'], shift: 'advance' },
  'mark.blue': { label: 'Blue label', group: 'Marks', chords: ['9'], shift: 'advance' },
  'mark.purple': { label: 'Purple label', group: 'Marks', chords: [], shift: 'advance' },
  'mark.noColor': { label: 'No colour label', group: 'Marks', chords: [], shift: 'advance' },
  'mark.autoAdvance': { label: 'Advance after every mark', group: 'Marks', chords: [] },

  'move.left': { label: 'Previous photo', group: 'Move', chords: ['Left'], shift: 'extend', repeats: true },
  'move.right': { label: 'Next photo', group: 'Move', chords: ['Right'], shift: 'extend', repeats: true },
  'move.up': { label: 'Row above', group: 'Move', chords: ['Up'], shift: 'extend', repeats: true },
  'move.down': { label: 'Row below', group: 'Move', chords: ['Down'], shift: 'extend', repeats: true },
  'move.first': { label: 'First photo', group: 'Move', chords: ['Home'], shift: 'extend' },
  'move.last': { label: 'Last photo', group: 'Move', chords: ['End'], shift: 'extend' },
  'move.pageUp': { label: 'Screen above', group: 'Move', chords: ['PageUp'], shift: 'extend', repeats: true },
  'move.pageDown': { label: 'Screen below', group: 'Move', chords: ['PageDown'], shift: 'extend', repeats: true },

  'view.grid': { label: 'Grid', group: 'Views', chords: ['G'] },
  'view.loupe': { label: 'Loupe', group: 'Views', chords: ['E', 'Space', 'Enter'] },
  'view.compare': { label: 'Compare', group: 'Views', chords: ['C'] },
  'view.survey': { label: 'Survey', group: 'Views', chords: ['N'] },
  'view.back': { label: 'Back', group: 'Views', chords: ['Escape'] },
  'view.settings': { label: 'Settings', group: 'Views', chords: ['Mod+,'] },
  'stacks.toggle': { label: 'Open or close stacks', group: 'Views', chords: ['S'] },
  'grid.larger': { label: 'Larger thumbnails', group: 'Views', chords: ['=', '+'], repeats: true },
  'grid.smaller': { label: 'Smaller thumbnails', group: 'Views', chords: ['-'], repeats: true },

  'look.zoom': { label: '100 % at the subject or the pointer', group: 'Look closer', chords: ['Z'] },
  'look.why': { label: 'Why? Explain this photo', group: 'Look closer', chords: ['W'] },
  'look.versus': { label: 'A or B? Explain the comparison', group: 'Look closer', chords: ['A'] },
  'look.clipping': { label: 'Clipping overlay', group: 'Look closer', chords: ['J'] },
  'look.focus': { label: 'Focus overlay', group: 'Look closer', chords: ['K'] },
  'look.thirds': { label: 'Thirds overlay', group: 'Look closer', chords: ['O'] },
  'look.fullScreen': { label: 'Full screen', group: 'Look closer', chords: ['F'] },
  'look.lightsOut': { label: 'Lights out', group: 'Look closer', chords: ['L'] },

  'panels.toggle': { label: 'Show or hide the panels', group: 'Panels', chords: ['Tab'] },
  'panels.inspector': { label: 'Show or hide the inspector', group: 'Panels', chords: ['I'] },
  'panels.filter': { label: 'Show or hide the filter bar', group: 'Panels', chords: ['\\'] },
  'panels.next': { label: 'Keyboard to the next panel', group: 'Panels', chords: ['F6'], whileTyping: true },
  'panels.previous': {
    label: 'Keyboard to the previous panel',
    group: 'Panels',
    chords: ['Shift+F6'],
    whileTyping: true,
  },

  'select.all': { label: 'Select all', group: 'Selection and history', chords: ['Mod+A'] },
  'select.none': { label: 'Select none', group: 'Selection and history', chords: ['Mod+D'] },
  'history.undo': { label: 'Undo', group: 'Selection and history', chords: ['Mod+Z'], repeats: true },
  'history.redo': {
    label: 'Redo',
    group: 'Selection and history',
    chords: ['Mod+Shift+Z', 'Mod+Y'],
    repeats: true,
  },

  'app.find': { label: 'Find', group: 'App', chords: ['Mod+F', '/'], whileTyping: true },
  'app.shortcuts': { label: 'Sheet of shortcuts', group: 'App', chords: ['?'] },
});

export type ActionName = keyof typeof ACTIONS;
export const ACTION_NAMES = Object.keys(ACTIONS) as ActionName[];

/** Facts of one action, with the optional ones readable. */
export function actionFacts(name: ActionName): ActionFacts {
  return ACTIONS[name];
}

/** Chords that hold now: the person's, or else the defaults. @param overrides `settings.keys` */
export function chordsOf(name: ActionName, overrides: Readonly<Record<string, readonly string[]>>): readonly string[] {
  return overrides[name] ?? ACTIONS[name].chords;
}

/** Action of every chord; where two claim one chord the first in the table has it. */
export function bindings(overrides: Readonly<Record<string, readonly string[]>>): Map<string, ActionName> {
  const map = new Map<string, ActionName>();
  for (const name of ACTION_NAMES) {
    for (const chord of chordsOf(name, overrides)) if (!map.has(chord)) map.set(chord, name);
  }
  return map;
}

/** Chords that more than one action claims, with the claimants in the table's order. */
export function conflicts(overrides: Readonly<Record<string, readonly string[]>>): Map<string, ActionName[]> {
  const claims = new Map<string, ActionName[]>();
  for (const name of ACTION_NAMES) {
    for (const chord of new Set(chordsOf(name, overrides))) claims.set(chord, [...(claims.get(chord) ?? []), name]);
  }
  return new Map([...claims].filter(([, names]) => names.length > 1));
}

/** The parts of a keyboard event that a chord depends on. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

const NAMED: Readonly<Record<string, string>> = {
  ' ': 'Space',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
};

/** Physical keys that carry a mark whatever Shift prints on them: Shift+1 must stay a 1. */
const BY_CODE: Readonly<Record<string, string>> = {
  Backquote: '`',
  BracketLeft: '[',
  BracketRight: ']',
};

const MODIFIERS = new Set(['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'Dead', 'Unidentified']);

/** Chord of a key press, or null for a bare modifier. Letters and digits are read without regard to CapsLock and Shift. */
export function chordOf(press: KeyPress): string | null {
  if (MODIFIERS.has(press.key) && BY_CODE[press.code] === undefined) return null;
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(press.code)?.[1];
  const isSign = press.key.length === 1 && !/[\p{L}\p{N} ]/u.test(press.key);
  let key: string;
  let shift = press.shiftKey;
  let alt = press.altKey;
  let mod = press.ctrlKey || press.metaKey;
  if (digit !== undefined && (press.key === digit || (shift && !mod))) {
    key = digit;
  } else if (isSign && (press.key === '[' || press.key === ']' || press.key === '\\' || press.key === '`')) {
    // On many layouts these need AltGr, which arrives as Ctrl+Alt.
    key = press.key;
    if (press.ctrlKey && press.altKey) {
      mod = false;
      alt = false;
    }
  } else if (shift && !mod && (isSign || press.key === 'Dead') && BY_CODE[press.code] !== undefined) {
    key = BY_CODE[press.code]!;
  } else if (isSign) {
    // The sign already says what Shift did.
    key = press.key;
    shift = false;
  } else if (press.key.length === 1 && press.key !== ' ') {
    key = press.key.toUpperCase();
  } else {
    key = NAMED[press.key] ?? press.key;
  }
  return `${mod ? 'Mod+' : ''}${alt ? 'Alt+' : ''}${shift ? 'Shift+' : ''}${key}`;
}

const MAC_SIGNS: Readonly<Record<string, string>> = { Mod: '⌘', Alt: '⌥', Shift: '⇧' };
const KEY_SIGNS: Readonly<Record<string, string>> = { Left: '←', Right: '→', Up: '↑', Down: '↓' };

/** Chord as people read it: `Ctrl Shift Z`, or `⌘ ⇧ Z` on a Mac, part by part. */
export function chordParts(chord: string, mac: boolean): string[] {
  // A chord of the plus sign itself ends in it.
  const parts = chord.endsWith('+') ? [...chord.slice(0, -1).split('+').filter(Boolean), '+'] : chord.split('+');
  return parts.map((part) => {
    if (mac && MAC_SIGNS[part] !== undefined) return MAC_SIGNS[part];
    if (part === 'Mod') return 'Ctrl';
    return KEY_SIGNS[part] ?? part;
  });
}
