/**
 * The last state in which the library and a photo's file said the same: it tells who changed something since, so that
 * the newer word is followed and a contradiction is shown field by field.
 */
import type { Color, Flag } from '../../../shared/photo.ts';
import { STATEMENT_FIELDS, type StatementField } from '../../../shared/statement.ts';
import { type Mark, marksOf } from './marks.ts';
import { type Catalog, query } from './open.ts';
import { fileWords, keepingWords, setWord, wordOf } from './words.ts';

/** What a person and a sidecar can say differently; keywords are united instead. */
export type Statement = { flag: Flag; stars: number; color: Color; title: string | null; caption: string | null };

const NOTHING: Statement = { flag: 'none', stars: 0, color: 'none', title: null, caption: null };

/** What holds in the library. */
export function ourStatement(catalog: Catalog, photo: number): Statement {
  const [mark] = marksOf(catalog, [photo]);
  return {
    flag: mark?.[1] ?? 'none',
    stars: mark?.[2] ?? 0,
    color: mark?.[3] ?? 'none',
    title: wordOf(catalog, photo, 'title'),
    caption: wordOf(catalog, photo, 'caption'),
  };
}

/** What file and sidecar said when they were last read. */
export function theirStatement(catalog: Catalog, photo: number): Statement {
  const mark = query<Mark>(catalog, 'SELECT flag, stars, color FROM file_mark WHERE photo_id = ?').get(photo);
  const { title, caption } = fileWords(catalog, photo);
  return { flag: mark?.flag ?? 'none', stars: mark?.stars ?? 0, color: mark?.color ?? 'none', title, caption };
}

export type Agreed = Statement & {
  synced: boolean /** xmp:MetadataDate when all was agreed on. */;
  metadataDate: number | null;
};

export function agreedStatement(catalog: Catalog, photo: number): Agreed {
  const row = query<Omit<Agreed, 'synced'> & { synced: number }>(
    catalog,
    `SELECT flag, stars, color, title, caption, synced, metadata_date AS metadataDate FROM agreed WHERE photo_id = ?`,
  ).get(photo);
  return row === undefined ? { ...NOTHING, synced: false, metadataDate: null } : { ...row, synced: row.synced === 1 };
}

/**
 * Remembers where both say the same now; other fields stay as they were agreed on. Part of the caller's transaction.
 * @param synced by a sidecar that was written or read; undefined: as it was.
 */
export function agree(catalog: Catalog, photo: number, synced?: boolean): void {
  const before = agreedStatement(catalog, photo);
  const [ours, theirs] = [ourStatement(catalog, photo), theirStatement(catalog, photo)];
  const now = Object.fromEntries(
    STATEMENT_FIELDS.map((field) => [field, ours[field] === theirs[field] ? ours[field] : before[field]]),
  ) as Statement;
  const isAll = STATEMENT_FIELDS.every((field) => ours[field] === theirs[field]);
  const metadataDate = isAll ? fileWords(catalog, photo).metadataDate : before.metadataDate;
  setAgreed(catalog, photo, { ...now, synced: synced ?? before.synced, metadataDate });
}

/** A person has seen what the file says and stays with what holds here. Part of the caller's transaction. */
export function acknowledge(catalog: Catalog, photo: number, field: StatementField): void {
  const theirs = theirStatement(catalog, photo);
  setAgreed(catalog, photo, { ...agreedStatement(catalog, photo), [field]: theirs[field] });
}

/** What the file says now is known, and what holds here is newer. Part of the caller's transaction. */
export function acknowledgeAll(catalog: Catalog, photo: number): void {
  const metadataDate = fileWords(catalog, photo).metadataDate;
  setAgreed(catalog, photo, { ...theirStatement(catalog, photo), synced: false, metadataDate });
}

function setAgreed(catalog: Catalog, photo: number, agreed: Agreed): void {
  const isNothing = STATEMENT_FIELDS.every((field) => agreed[field] === NOTHING[field]);
  if (isNothing && !agreed.synced && agreed.metadataDate === null) {
    query(catalog, 'DELETE FROM agreed WHERE photo_id = ?').run(photo);
    return;
  }
  query(
    catalog,
    `INSERT INTO agreed (photo_id, flag, stars, color, title, caption, synced, metadata_date)
     VALUES (@photo, @flag, @stars, @color, @title, @caption, @synced, @metadataDate)
     ON CONFLICT (photo_id) DO UPDATE SET flag = @flag, stars = @stars, color = @color, title = @title,
       caption = @caption, synced = @synced, metadata_date = @metadataDate`,
  ).run({ ...agreed, photo, synced: agreed.synced ? 1 : 0 });
}

/**
 * Hears what a file says now. Where a sidecar was written or read before and nobody changed anything here since, a
 * newer word of it holds from now on. Part of the caller's transaction.
 * @param hear writes down what the file says.
 * @param speaks false when no sidecar could be heard: one that is gone or broken takes nothing back.
 */
export function follow(
  catalog: Catalog,
  photo: number,
  { speaks, hear, now = Date.now() }: { speaks: boolean; hear: () => void; now?: number },
): void {
  const before = agreedStatement(catalog, photo);
  const ours = ourStatement(catalog, photo);
  // What was written into a sidecar is this library's own word, whatever becomes of the sidecar.
  if (before.synced && !speaks) keepingWords(catalog, photo, hear, now);
  else hear();
  if (before.synced && speaks) {
    const theirs = theirStatement(catalog, photo);
    const follows = (field: StatementField) => ours[field] === before[field] && theirs[field] !== before[field];
    for (const field of ['title', 'caption'] as const) {
      if (follows(field)) setWord(catalog, photo, field, theirs[field], now);
    }
    const marks = (['flag', 'stars', 'color'] as const).filter(follows);
    const set = query(
      catalog,
      `INSERT INTO mark (photo_id, flag, stars, color, source, changed_at)
       VALUES (@photo, @flag, @stars, @color, 'person', @now)
       ON CONFLICT (photo_id) DO UPDATE SET flag = @flag, stars = @stars, color = @color, changed_at = @now`,
    );
    if (marks.length > 0) {
      const present = ourStatement(catalog, photo);
      const pick = <Field extends 'flag' | 'stars' | 'color'>(field: Field) =>
        marks.includes(field) ? theirs[field] : present[field];
      set.run({ photo, flag: pick('flag'), stars: pick('stars'), color: pick('color'), now });
    }
  }
  // Then what holds here is newer than the silence, so that the next writing says it again.
  if (before.synced && !speaks) acknowledgeAll(catalog, photo);
  else agree(catalog, photo);
}

/** Where a file says something else than the library and said it since both last agreed. */
export function differences(
  catalog: Catalog,
  photo: number,
): { field: StatementField; ours: string | number | null; theirs: string | number | null }[] {
  const [ours, theirs] = [ourStatement(catalog, photo), theirStatement(catalog, photo)];
  const agreed = agreedStatement(catalog, photo);
  return STATEMENT_FIELDS.filter((field) => ours[field] !== theirs[field] && theirs[field] !== agreed[field]).map(
    (field) => ({ field, ours: ours[field], theirs: theirs[field] }),
  );
}
