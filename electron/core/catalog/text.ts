/** Search by words: what is written down for each photo, and how a person's words become a safe FTS5 query. */
import { type Catalog, query } from './open.ts';

/** Scripts without spaces between words: every character becomes a word, and a run of them a phrase. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;

function spaced(text: string): string {
  return text.normalize('NFC').replace(UNSPACED, ' $& ');
}

type Source = {
  id: number;
  names: string | null;
  root: string;
  folders: string;
  keywords: string | null;
  caption: string | null;
  critique: string | null;
  /** What people said of it. */
  views: string | null;
};

const SOURCES = `
  SELECT p.id,
    (SELECT group_concat(name, ' ') FROM file WHERE photo_id = p.id AND role <> 'sidecar') AS names,
    r.name AS root, f.path AS folders,
    (SELECT group_concat(k.name, ' ') FROM photo_keyword pk JOIN keyword k ON k.id = pk.keyword_id WHERE pk.photo_id = p.id) AS keywords,
    (SELECT concat_ws(' ', title, caption, creator) FROM detail WHERE photo_id = p.id) AS caption,
    (SELECT group_concat(concat_ws(' ', c.text, (SELECT group_concat(text, ' ') FROM reason WHERE critique_id = c.id)), ' ')
       FROM critique c WHERE c.photo_id = p.id AND c.content = p.content) AS critique,
    (SELECT group_concat(concat_ws(' ', v.grade, v.line, v.feeling, (SELECT group_concat(concat_ws(' ', key,
        value ->> 'text', value ->> 'suggestion'), ' ') FROM json_each(v.attributes))), ' ')
       FROM feedback v WHERE v.withdrawn = 0 AND (v.photo_id = p.id OR v.content = p.content)) AS views
  FROM json_each(?) j JOIN photo p ON p.id = j.value
  JOIN folder f ON f.id = p.folder_id JOIN root r ON r.id = f.root_id`;

/** Writes the words of these photos again. Part of the caller's transaction. */
export function writeText(catalog: Catalog, ids: readonly number[]): void {
  const remove = query(catalog, 'DELETE FROM photo_text WHERE rowid = ?');
  const insert = query(
    catalog,
    'INSERT INTO photo_text (rowid, name, folders, keywords, caption, critique) VALUES (?, ?, ?, ?, ?, ?)',
  );
  for (const source of query<Source>(catalog, SOURCES).all(JSON.stringify(ids))) {
    remove.run(source.id);
    insert.run(
      source.id,
      spaced(source.names ?? ''),
      spaced(`${source.root} ${source.folders}`),
      spaced(source.keywords ?? ''),
      spaced(source.caption ?? ''),
      spaced(`${source.critique ?? ''} ${source.views ?? ''}`),
    );
  }
}

/** Takes the words of photos out that are about to be removed. */
export function forgetText(catalog: Catalog, ids: readonly number[]): void {
  query(catalog, 'DELETE FROM photo_text WHERE rowid IN (SELECT value FROM json_each(?))').run(JSON.stringify(ids));
}

/**
 * Words of a person → FTS5: all must occur, the last one may be unfinished, "quoted words" must follow each other.
 * Nothing in it can be read as FTS5's own syntax.
 * @returns null when there is no word in it.
 */
export function matchOf(words: string): string | null {
  const parts: string[] = [];
  for (const [, quoted, plain] of words.matchAll(/"([^"]*)"?|([^\s"]+)/g)) {
    const phrase = spaced((quoted ?? plain ?? '').replace(/[^\p{L}\p{N}\p{M}\p{Co}]+/gu, ' ')).trim();
    if (phrase === '') continue;
    // A phrase in quotes is taken as it is; a bare word may be the beginning of a longer one.
    parts.push(`"${phrase}"${quoted === undefined ? '*' : ''}`);
  }
  return parts.length === 0 ? null : parts.join(' AND ');
}

/** Ids of the photos in which all these words occur; null when there is no word to look for. */
export function photosWithText(catalog: Catalog, words: string): number[] | null {
  const match = matchOf(words);
  if (match === null) return null;
  return query<number>(catalog, 'SELECT rowid FROM photo_text WHERE photo_text MATCH ?').pluck().all(match);
}
