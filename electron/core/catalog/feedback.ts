/** What people said of photos. Rows are added and withdrawn, never changed. */
import type { GivenView, PersonView } from '../../../shared/feedback.ts';
import type { Level } from '../../../shared/grade.ts';
import { type Catalog, query } from './open.ts';

type Row = {
  id: number;
  photo: number | null;
  content: string;
  person: string;
  grade: Level | null;
  attributes: string;
  feeling: string;
  line: string;
  givenAt: number;
};

const COLUMNS = `f.id, f.photo_id AS photo, f.content, f.person, f.grade, f.attributes, f.feeling, f.line, f.given_at AS givenAt`;

export type KeptView = Omit<GivenView, 'isOfThisContent'> & { content: string };

const keptOf = ({ attributes, ...row }: Row): KeptView => ({ ...row, attributes: JSON.parse(attributes) });

/** Adds a row that does not count yet: the history makes it count. Part of the caller's transaction. */
export function addView(
  catalog: Catalog,
  {
    photo,
    content,
    person,
    view,
    round,
  }: { photo: number; content: string; person: string; view: PersonView; round: number | null },
  now: number,
): number {
  return query<number>(
    catalog,
    `INSERT INTO feedback (photo_id, content, person, grade, attributes, feeling, line, session, given_at, withdrawn)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1) RETURNING id`,
  )
    .pluck()
    .get(photo, content, person, view.grade, JSON.stringify(view.attributes), view.feeling, view.line, round, now)!;
}

/** Part of the caller's transaction. @returns whether it is there, and was the other way round. */
export function setGiven(catalog: Catalog, id: number, given: boolean): 'gone' | 'so already' | 'changed' {
  const known = query<number>(catalog, 'SELECT withdrawn FROM feedback WHERE id = ?').pluck().get(id);
  if (known === undefined) return 'gone';
  if ((known === 0) === given) return 'so already';
  query(catalog, 'UPDATE feedback SET withdrawn = ? WHERE id = ?').run(given ? 0 : 1, id);
  return 'changed';
}

/** Views of a photo, newest first: those given on it, and those of the same pixels. */
export function viewsOf(catalog: Catalog, photo: number): GivenView[] {
  return query<Row & { now: string | null }>(
    catalog,
    `SELECT ${COLUMNS}, p.content AS now FROM photo p JOIN feedback f ON f.photo_id = p.id OR f.content = p.content
     WHERE p.id = ? AND f.withdrawn = 0 ORDER BY f.given_at DESC, f.id DESC`,
  )
    .all(photo)
    .map(({ now, ...row }) => {
      const { content, ...view } = keptOf(row);
      return { ...view, isOfThisContent: content === now };
    });
}

/** All views that count, oldest first. */
export function allViews(catalog: Catalog): KeptView[] {
  return query<Row>(catalog, `SELECT ${COLUMNS} FROM feedback f WHERE f.withdrawn = 0 ORDER BY f.given_at, f.id`)
    .all()
    .map(keptOf);
}

/** Where the pixels of a view are in the library now, with the shoot that they belong to. */
type ViewedPhoto = {
  content: string;
  photo: number;
  version: number;
  folder: number;
  stack: number | null;
  takenAt: number | null;
};

/** Photos whose present pixels somebody gave a view of, several where there are copies, and these others. */
export function viewedPhotos(catalog: Catalog, others: readonly number[]): ViewedPhoto[] {
  return query<ViewedPhoto>(
    catalog,
    `SELECT p.content, p.id AS photo, p.version, p.folder_id AS folder, p.stack_id AS stack, p.taken_at AS takenAt
     FROM photo p WHERE p.version > 0 AND p.content IS NOT NULL
       AND (p.content IN (SELECT content FROM feedback WHERE withdrawn = 0) OR p.id IN (SELECT value FROM json_each(?)))
     ORDER BY p.id`,
  ).all(JSON.stringify(others));
}

/** A photo that somebody could be asked about. */
export type Askable = {
  photo: number;
  content: string;
  folder: number;
  stack: number | null;
  grade: number | null;
  technical: number | null;
  taste: number | null;
  confidence: number | null;
  reasons: string;
  /** When this person gave a view of these pixels last; null: never. */
  seenAt: number | null;
};

/** Of these photos those that somebody could be asked about, in their order. */
export function askable(catalog: Catalog, ids: readonly number[], person: string): Askable[] {
  return query<Askable>(
    catalog,
    `SELECT p.id AS photo, p.content, p.folder_id AS folder, p.stack_id AS stack, p.grade, p.technical, p.taste,
       c.confidence, p.reasons,
       (SELECT max(f.given_at) FROM feedback f WHERE f.content = p.content AND f.withdrawn = 0 AND f.person = ?) AS seenAt
     FROM json_each(?) j CROSS JOIN photo p LEFT JOIN critique c ON c.id = p.critique_id
     WHERE p.id = j.value AND p.state = 'ready' AND p.content IS NOT NULL`,
  ).all(person, JSON.stringify(ids));
}

/** Photos that this person gave a view of, those first that were seen longest ago. */
export function seenPhotos(catalog: Catalog, person: string, most: number): number[] {
  return query<number>(
    catalog,
    `SELECT photo_id FROM feedback WHERE withdrawn = 0 AND person = ? AND photo_id IS NOT NULL
     GROUP BY photo_id ORDER BY max(given_at) LIMIT ?`,
  )
    .pluck()
    .all(person, most);
}

/** @param seed any number: another one draws others. @returns all photos where there are no more than `most`. */
export function sampledPhotos(catalog: Catalog, most: number, seed: number): number[] {
  const some = query<number>(catalog, 'SELECT id FROM photo ORDER BY id LIMIT ?')
    .pluck()
    .all(most + 1);
  if (some.length <= most) return some;
  const [first, last] = query<[number, number]>(
    catalog,
    'SELECT (SELECT min(id) FROM photo), (SELECT max(id) FROM photo)',
  )
    .raw()
    .get()!;
  const step = (last - first + 1) / most;
  // Evenly over the whole library, moved by a part of a step: every photo is drawn at some seed.
  const offset = ((seed * 0.618_033_988_75) % 1) * step;
  return Array.from({ length: most }, (_, index) => Math.floor(first + offset + index * step));
}

export type StoredRound = { id: number; photos: string; begunAt: number };

export function addRound(catalog: Catalog, photos: string, now: number): number {
  return catalog.transaction(() => {
    query(catalog, 'UPDATE feedback_session SET ended_at = ? WHERE ended_at IS NULL').run(now);
    const insert = query(catalog, 'INSERT INTO feedback_session (photos, begun_at) VALUES (?, ?)');
    return Number(insert.run(photos, now).lastInsertRowid);
  })();
}

/** The round that was begun last and not ended. */
export function openRound(catalog: Catalog): StoredRound | null {
  return (
    query<StoredRound>(
      catalog,
      'SELECT id, photos, begun_at AS begunAt FROM feedback_session WHERE ended_at IS NULL ORDER BY id DESC LIMIT 1',
    ).get() ?? null
  );
}

export function endRound(catalog: Catalog, id: number, now: number): void {
  query(catalog, 'UPDATE feedback_session SET ended_at = ? WHERE id = ? AND ended_at IS NULL').run(now, id);
}

/** Photos of which a view was given in a round. */
export function doneInRound(catalog: Catalog, round: number): Set<number> {
  return new Set(
    query<number>(catalog, 'SELECT photo_id FROM feedback WHERE session = ? AND withdrawn = 0 AND photo_id IS NOT NULL')
      .pluck()
      .all(round),
  );
}

/** Remembers what the last export of training data held out. */
export function keepHeldOut(catalog: Catalog, contents: Iterable<string>): void {
  catalog.transaction(() => {
    query(catalog, 'DELETE FROM held_out').run();
    const insert = query(catalog, 'INSERT INTO held_out (content) VALUES (?)');
    for (const content of contents) insert.run(content);
  })();
}

/** Photos whose pixels the last export of training data held out. */
export function heldOutPhotos(catalog: Catalog): Set<number> {
  return new Set(
    query<number>(catalog, 'SELECT p.id FROM held_out h JOIN photo p ON p.content = h.content').pluck().all(),
  );
}
