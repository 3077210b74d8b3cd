/** What of a photo can change, in the words that events use: views are read again only when they read what changed. */

/**
 * `grade`: the critique that counts, its reasons and words. `metadata`: what the file says of itself (dates, camera,
 * exposure, place on earth, titles, bytes). `shape`: width and height. `place`: the folder. `presence`: the photo was
 * added or removed. `album`: it was put into an album, moved in it, or taken out. `answer`: what a person said to a
 * reason. `taste`: what was learned of their taste. `faces`: how many were found in it, and the warnings about their eyes.
 */
export const PHOTO_COLUMNS = [
  'flag',
  'stars',
  'color',
  'grade',
  'measures',
  'metadata',
  'shape',
  'stack',
  'state',
  'name',
  'place',
  'keywords',
  'presence',
  'album',
  'answer',
  'taste',
  'faces',
] as const;
export type PhotoColumn = (typeof PHOTO_COLUMNS)[number];

/** What a person marks. */
export const MARK_COLUMNS = ['flag', 'stars', 'color'] as const satisfies readonly PhotoColumn[];

/** The marks that are given in any of these assignments. */
export function markedColumns(
  ...given: readonly Partial<Record<(typeof MARK_COLUMNS)[number], unknown>>[]
): PhotoColumn[] {
  return MARK_COLUMNS.filter((column) => given.some((mark) => mark[column] !== undefined));
}

/** What a sidecar says of a photo. */
export const SIDECAR_COLUMNS = [...MARK_COLUMNS, 'keywords', 'metadata'] as const satisfies readonly PhotoColumn[];

/** Where a scan found the photo now; whether it must be looked at again shows in its state. */
export const PLACED_COLUMNS = ['name', 'place', 'metadata', 'state'] as const satisfies readonly PhotoColumn[];

/** Everything that looking at a photo's file tells, with the marks that other programs wrote into it. */
export const LOOKED_COLUMNS = [
  ...MARK_COLUMNS,
  'grade',
  'measures',
  'metadata',
  'shape',
  'state',
  'keywords',
  'faces',
] as const satisfies readonly PhotoColumn[];

/** Both together; null, which is any column, stays null. */
export function uniteColumns(
  one: readonly PhotoColumn[] | null,
  other: readonly PhotoColumn[] | null,
): PhotoColumn[] | null {
  return one === null || other === null ? null : [...new Set([...one, ...other])];
}

/** Whether anything that is read may be another now. @param changed null: any column */
export function meets(changed: readonly PhotoColumn[] | null, read: ReadonlySet<PhotoColumn>): boolean {
  return changed === null ? read.size > 0 : changed.some((column) => read.has(column));
}
