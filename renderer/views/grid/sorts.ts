import type { Group, Query, SortKey } from '../../../shared/query.ts';

interface SortWords {
  /** In the menu. */
  label: string;
  /** In the toolbar, before the direction. */
  short: string;
  asc: string;
  desc: string;
  /** Direction that people want first. */
  first: 'asc' | 'desc';
}

/** What each order is called, and what its two directions mean. */
export const SORT_WORDS: Readonly<Record<SortKey, SortWords>> = {
  grade: { label: 'Aesthetics', short: 'Aesthetics', desc: 'best first', asc: 'weakest first', first: 'desc' },
  technical: {
    label: 'Technical quality',
    short: 'Technical',
    desc: 'best first',
    asc: 'weakest first',
    first: 'desc',
  },
  date: { label: 'Date taken', short: 'Date', desc: 'newest first', asc: 'oldest first', first: 'asc' },
  name: { label: 'File name', short: 'Name', desc: 'Z to A', asc: 'A to Z', first: 'asc' },
  focus: { label: 'Focus', short: 'Focus', desc: 'sharpest first', asc: 'softest first', first: 'desc' },
  exposure: { label: 'Brightness', short: 'Brightness', desc: 'brightest first', asc: 'darkest first', first: 'desc' },
  noise: { label: 'Noise', short: 'Noise', desc: 'noisiest first', asc: 'cleanest first', first: 'asc' },
  colorfulness: {
    label: 'Colourfulness',
    short: 'Colour',
    desc: 'strongest first',
    asc: 'quietest first',
    first: 'desc',
  },
  stars: { label: 'Stars', short: 'Stars', desc: 'most first', asc: 'fewest first', first: 'desc' },
  iso: { label: 'ISO', short: 'ISO', desc: 'highest first', asc: 'lowest first', first: 'asc' },
  size: { label: 'Pixels', short: 'Pixels', desc: 'largest first', asc: 'smallest first', first: 'desc' },
  added: { label: 'Date added', short: 'Added', desc: 'newest first', asc: 'oldest first', first: 'desc' },
  manual: { label: 'By hand', short: 'By hand', desc: 'last first', asc: 'first first', first: 'asc' },
};

export const GROUP_WORDS: Readonly<Record<Group, string>> = {
  none: 'No headers',
  day: 'Days',
  month: 'Months',
  folder: 'Folders',
  level: 'Levels',
};

/** The order in words for the toolbar: `Aesthetics, best first`. */
export function sortTitle(sort: Query['sort']): string {
  const words = SORT_WORDS[sort.key];
  return sort.key === 'manual' && sort.order === 'asc' ? words.short : `${words.short}, ${words[sort.order]}`;
}
