/** The filter in words: one chip for each key that narrows, with what takes it away. Pure, for tests. */
import type { FolderNode } from '../../../shared/contract.ts';
import { COLOR_LABELS, FLAG_LABELS, KIND_LABELS, LEVEL_LABELS, STATE_LABELS } from '../../../shared/labels.ts';
import type { Filter } from '../../../shared/query.ts';
import { reasonFacts } from '../../../shared/reasons.ts';

export interface FilterChip {
  name: keyof Filter;
  text: string;
  removal: Partial<Filter>;
}

/** Values a chip names before it only counts them. */
const NAMED = 2;

function list(values: readonly string[], many: string): string {
  return values.length <= NAMED ? values.join(', ') : `${values.length} ${many}`;
}

/** A range as people write it: `≥ 60`, `≤ 40`, `40–60`, `3`. */
export function rangeText(range: { min?: number; max?: number }): string {
  const { min, max } = range;
  if (min !== undefined && max !== undefined) return min === max ? `${min}` : `${min}–${max}`;
  if (min !== undefined) return `≥ ${min}`;
  return max === undefined ? 'any' : `≤ ${max}`;
}

function starsText(range: { min?: number; max?: number }): string {
  return range.min === 0 && range.max === 0 ? 'No stars' : `Stars ${rangeText(range)}`;
}

function facesWords(range: { min?: number; max?: number }): string {
  if (range.max === 0) return 'No face found';
  return range.min === 1 && range.max === undefined ? 'With faces' : `Faces ${rangeText(range)}`;
}

const FLAGS_TEXT = (flags: readonly string[]): string => {
  const wanted = new Set(flags);
  if (wanted.size === 2 && !wanted.has('reject')) return 'Not rejected';
  if (wanted.size === 2 && !wanted.has('pick')) return 'Not picked';
  if (wanted.size === 2) return 'Flagged';
  return list(
    flags.map((flag) => FLAG_LABELS[flag as keyof typeof FLAG_LABELS]),
    'flags',
  );
};

/** @param gradeTitle what a grade is called: by a model, or technical quality. */
export function chipsOf(filter: Filter, folders: readonly FolderNode[], gradeTitle = 'Grade'): FilterChip[] {
  const texts: Partial<Record<keyof Filter, string>> = {};
  if (filter.grade) texts.grade = `${gradeTitle} ${rangeText(filter.grade)}`;
  if (filter.levels?.length)
    texts.levels = list(
      filter.levels.map((level) => LEVEL_LABELS[level]),
      'levels',
    );
  if (filter.flags?.length) texts.flags = FLAGS_TEXT(filter.flags);
  if (filter.stars) texts.stars = starsText(filter.stars);
  if (filter.colors?.length)
    texts.colors = list(
      filter.colors.map((color) => COLOR_LABELS[color]),
      'labels',
    );
  if (filter.date) {
    const { from, to } = filter.date;
    texts.date =
      from === to
        ? (from ?? '')
        : from === undefined
          ? `until ${to}`
          : to === undefined
            ? `from ${from}`
            : `${from} – ${to}`;
  }
  if (filter.cameras?.length) texts.cameras = list(filter.cameras.map(orUnknown('camera')), 'cameras');
  if (filter.lenses?.length) texts.lenses = list(filter.lenses.map(orUnknown('lens')), 'lenses');
  if (filter.focus) texts.focus = `Focus ${rangeText(filter.focus)}`;
  if (filter.subjectFocus) texts.subjectFocus = `Subject focus ${rangeText(filter.subjectFocus)}`;
  if (filter.iso) texts.iso = `ISO ${rangeText(filter.iso)}`;
  if (filter.kinds?.length)
    texts.kinds = list(
      filter.kinds.map((kind) => KIND_LABELS[kind]),
      'kinds',
    );
  if (filter.folders?.length) {
    const names = filter.folders.map((id) => folders.find((folder) => folder.id === id)?.name ?? 'Folder');
    texts.folders = list(names, 'folders');
  }
  if (filter.gps !== undefined) texts.gps = filter.gps ? 'With GPS' : 'Without GPS';
  if (filter.faces) texts.faces = facesWords(filter.faces);
  if (filter.reasons?.length)
    texts.reasons = list(
      filter.reasons.map((name) => reasonFacts(name).label),
      'reasons',
    );
  if (filter.states?.length)
    texts.states = list(
      filter.states.map((state) => STATE_LABELS[state]),
      'states',
    );
  if (filter.keywords?.length) texts.keywords = list(filter.keywords, 'keywords');
  if (filter.text) texts.text = `“${filter.text}”`;
  // In the order in which they were set: the last one is what a person would take back first.
  return (Object.keys(filter) as (keyof Filter)[]).flatMap((name) => {
    const text = texts[name];
    return text === undefined ? [] : [{ name, text, removal: { [name]: undefined } }];
  });
}

function orUnknown(what: string): (name: string) => string {
  return (name) => (name === '' ? `Unknown ${what}` : name);
}
