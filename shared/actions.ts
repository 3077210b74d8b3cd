/**
 * Every action of the page, one row each: how it is called, in which group it stands, and which keys do it. The page
 * (renderer/app/actions.ts says what each does and when it can), the desktop menu, the sheet of shortcuts, tooltips,
 * buttons, menus and settings all read this one table. Lightroom's keys are the lingua franca.
 *
 * A chord is written `Mod+Shift+Z`: modifiers in the order Mod (Ctrl, on a Mac Command), Alt, Shift, then one key:
 * a letter in upper case, a digit, a sign as it is printed, or a name such as `Left`, `Space`, `F6`.
 */
import { COLOR_LABELS } from './labels.ts';
import type { Color } from './photo.ts';
import { VIEW_NAMES, VIEWS, type View } from './views.ts';

export const ACTION_GROUPS = [
  'Marks',
  'Move',
  'Views',
  'Stacks',
  'Look closer',
  'Panels',
  'Selection and history',
  'Files',
  'App',
] as const;
export type ActionGroup = (typeof ACTION_GROUPS)[number];

export interface ActionFacts {
  /** In full: in the sheet of shortcuts, the settings and tooltips. */
  readonly label: string;
  /** On buttons and in menus, where `label` says more than there is room for. */
  readonly short?: string;
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

/** A mark: Shift with its key goes on to the next photo. */
const mark = (label: string, chord: string | null, short?: string) =>
  ({
    label,
    group: 'Marks',
    chords: chord === null ? [] : [chord],
    shift: 'advance',
    ...(short && { short }),
  }) as const;

const colorMark = (color: Color, chord: string | null) =>
  mark(`${COLOR_LABELS[color]} label`, chord, COLOR_LABELS[color]);

/** The actions that open the views, from the table of views. */
const opening = Object.fromEntries(
  VIEW_NAMES.map((name): [string, ActionFacts] => [
    `view.${name}`,
    { label: VIEWS[name].title, group: 'Views', chords: VIEWS[name].chords },
  ]),
) as Record<`view.${View}`, ActionFacts>;

export const ACTIONS = table({
  'mark.pick': mark('Pick', 'P'),
  'mark.reject': mark('Reject', 'X'),
  'mark.unflag': mark('Remove the flag', 'U', 'No flag'),
  'mark.cycle': mark('Next flag: pick, reject, none', '`'),
  'mark.stars0': mark('No stars', '0', 'None'),
  'mark.stars1': mark('1 star', '1', '★'),
  'mark.stars2': mark('2 stars', '2', '★★'),
  'mark.stars3': mark('3 stars', '3', '★★★'),
  'mark.stars4': mark('4 stars', '4', '★★★★'),
  'mark.stars5': mark('5 stars', '5', '★★★★★'),
  'mark.fewerStars': mark('One star less', '['),
  'mark.moreStars': mark('One star more', ']'),
  'mark.red': colorMark('red', '6'),
  'mark.yellow': colorMark('yellow', '7'),
  'mark.green': colorMark('green', '8'),
  'mark.blue': colorMark('blue', '9'),
  'mark.purple': colorMark('purple', null),
  'mark.noColor': mark('No color label', null, COLOR_LABELS.none),
  'photo.rotateLeft': {
    label: 'Rotate left by 90°, in the library: the file stays as it is',
    short: 'Rotate left',
    group: 'Marks',
    chords: ['Mod+['],
  },
  'photo.rotateRight': {
    label: 'Rotate right by 90°, in the library: the file stays as it is',
    short: 'Rotate right',
    group: 'Marks',
    chords: ['Mod+]'],
  },
  'answer.meant': {
    label: 'It was meant: this reason does not count here',
    short: 'it was meant',
    group: 'Marks',
    chords: ['M'],
  },
  'answer.otherwise': { label: 'I see it otherwise', group: 'Marks', chords: ['D'] },
  'cull.accept': { label: 'Cull: do what is suggested', short: 'do it', group: 'Marks', chords: [] },
  'cull.advance': { label: 'Cull: where a decision leads', short: 'Advance', group: 'Marks', chords: [] },
  'mark.autoAdvance': { label: 'Advance after every mark', group: 'Marks', chords: [] },

  'move.left': { label: 'Previous photo', group: 'Move', chords: ['Left'], shift: 'extend', repeats: true },
  'move.right': { label: 'Next photo', group: 'Move', chords: ['Right'], shift: 'extend', repeats: true },
  'move.up': { label: 'Row above', group: 'Move', chords: ['Up'], shift: 'extend', repeats: true },
  'move.down': { label: 'Row below', group: 'Move', chords: ['Down'], shift: 'extend', repeats: true },
  'move.first': { label: 'First photo', group: 'Move', chords: ['Home'], shift: 'extend' },
  'move.last': { label: 'Last photo', group: 'Move', chords: ['End'], shift: 'extend' },
  'move.toDate': { label: 'Go to a date', short: 'Go to a date…', group: 'Move', chords: ['Mod+J'] },
  'move.pageUp': { label: 'Screen above', group: 'Move', chords: ['PageUp'], shift: 'extend', repeats: true },
  'move.pageDown': { label: 'Screen below', group: 'Move', chords: ['PageDown'], shift: 'extend', repeats: true },

  ...opening,
  'view.back': { label: 'Back', group: 'Views', chords: ['Escape'] },
  'stacks.toggle': { label: 'Open or close this stack', short: 'This stack', group: 'Stacks', chords: ['S'] },
  'stacks.toggleAll': {
    label: 'Open or close all stacks',
    short: 'Stacks closed',
    group: 'Stacks',
    chords: ['Shift+S'],
  },
  'stacks.stack': { label: 'Stack the chosen photos', short: 'Stack', group: 'Stacks', chords: ['Mod+G'] },
  'stacks.unstack': { label: 'Unstack', group: 'Stacks', chords: ['Mod+Shift+G'] },
  'stacks.split': { label: 'Split the chosen photos off their stack', short: 'Split off', group: 'Stacks', chords: [] },
  'stacks.top': { label: 'Put on top of its stack', short: 'Put on top', group: 'Stacks', chords: ['T'] },
  'grid.sortAgain': { label: 'Sort again', group: 'Views', chords: [] },
  'grid.larger': { label: 'Larger thumbnails', group: 'Views', chords: ['=', '+'], repeats: true },
  'grid.smaller': { label: 'Smaller thumbnails', group: 'Views', chords: ['-'], repeats: true },

  'look.zoom': {
    label: '100 % at the nearest eye, else the pointer or the subject',
    short: '100 %',
    group: 'Look closer',
    chords: ['Z'],
  },
  'look.why': { label: 'Why? Explain this photo', short: 'Why?', group: 'Look closer', chords: ['W'] },
  'feedback.view': {
    label: 'Your view: what you think of this photo',
    short: 'Your view',
    group: 'Marks',
    chords: ['V'],
  },
  'feedback.round': { label: 'Ten photos that teach most', group: 'Marks', chords: [] },

  'look.versus': { label: 'A or B? Explain the comparison', short: 'A or B?', group: 'Look closer', chords: ['A'] },
  'look.clipping': { label: 'Clipping overlay', short: 'Clipping', group: 'Look closer', chords: ['J'] },
  'look.focus': { label: 'Focus overlay', short: 'Focus map', group: 'Look closer', chords: ['K'] },
  'look.thirds': { label: 'Thirds overlay', short: 'Thirds', group: 'Look closer', chords: ['O'] },
  'look.faces': { label: 'Faces and eyes', short: 'Faces', group: 'Look closer', chords: ['H'] },
  'look.fullScreen': { label: 'Full screen', group: 'Look closer', chords: ['F'] },
  'look.secondWindow': {
    label: 'The picture in a second window, for another screen',
    short: 'Second window',
    group: 'Look closer',
    chords: ['Shift+F'],
  },
  'look.lightsOut': { label: 'Lights out', group: 'Look closer', chords: ['L'] },
  'comparison.swap': {
    label: 'Exchange challenger and first photo',
    short: 'Swap',
    group: 'Look closer',
    chords: [],
  },
  'comparison.add': { label: 'Add a photo', group: 'Look closer', chords: [] },
  'comparison.takeOut': { label: 'Take the chosen photo out', short: 'Take out', group: 'Look closer', chords: [] },

  'panels.toggle': { label: 'Show or hide the panels', group: 'Panels', chords: ['Tab'] },
  'panels.sidebar': { label: 'Show or hide the sidebar', group: 'Panels', chords: [] },
  'panels.inspector': { label: 'Show or hide the inspector', group: 'Panels', chords: ['I'] },
  'panels.filter': { label: 'Show or hide the filter bar', short: 'Filter', group: 'Panels', chords: ['\\'] },
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

  'sidecars.write': { label: 'Write into sidecars', short: 'Write sidecars', group: 'App', chords: ['Mod+S'] },
  'files.embed': { label: 'Write into the photos themselves', short: 'Write into photos…', group: 'Files', chords: [] },
  'files.export': { label: 'Export photos', short: 'Export…', group: 'Files', chords: ['Mod+Shift+E'] },
  'files.trash': { label: 'Move to the trash', short: 'Move to the trash…', group: 'Files', chords: ['Delete'] },
  'files.trashRejected': { label: 'Move rejected photos to the trash', group: 'Files', chords: ['Mod+Backspace'] },
  'files.list': {
    label: 'Contact sheet or list of photos',
    short: 'Contact sheet, CSV, JSON…',
    group: 'Files',
    chords: [],
  },
  'files.copyPath': { label: 'Copy the path of the file', short: 'Copy path', group: 'Files', chords: ['Mod+Shift+C'] },
  'files.open': { label: 'Open in the system’s program', short: 'Open in another program', group: 'Files', chords: [] },
  'app.reveal': { label: 'Show in the file manager', group: 'Files', chords: [] },

  'app.find': { label: 'Find', group: 'App', chords: ['Mod+F', '/'], whileTyping: true },
  'app.addFolder': { label: 'Add a folder', group: 'App', chords: [] },
  'app.newAlbum': { label: 'New album', group: 'App', chords: [] },
  'app.shortcuts': { label: 'Keyboard shortcuts', group: 'App', chords: ['?'] },
});

export type ActionName = keyof typeof ACTIONS;
export const ACTION_NAMES = Object.keys(ACTIONS) as ActionName[];

/** Undo and redo as menus say them: with what they would take back or do again, where that is known. */
export function historyTitle(action: 'history.undo' | 'history.redo', step: string | null): string {
  const { label } = ACTIONS[action];
  return step === null ? label : `${label}: ${step}`;
}

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
