/**
 * Keywords, title and caption of photos: what file and sidecar say, what a person changed, and what holds. A person's
 * change is kept as long as the file says otherwise; once it says the same, the file's word is enough.
 */
import { WORD_FIELDS, type WordField } from '../../../shared/statement.ts';
import type { Annotations } from '../formats/annotations.ts';
import { named } from './named.ts';
import { type Catalog, query } from './open.ts';

/** What file and sidecar say. */
export type FileWords = {
  title: string | null;
  caption: string | null;
  keywords: string[];
  /** `A|B|C`. */
  paths: string[];
  metadataDate: number | null;
};

export type KeywordEdit = { name: string; present: boolean; changedAt: number };
export type TextEdit = { field: WordField; value: string; changedAt: number };

const NOTHING: FileWords = { title: null, caption: null, keywords: [], paths: [], metadataDate: null };

export function fileWords(catalog: Catalog, photo: number): FileWords {
  const row = query<Omit<FileWords, 'keywords' | 'paths'> & { keywords: string; paths: string }>(
    catalog,
    'SELECT title, caption, keywords, paths, metadata_date AS metadataDate FROM file_word WHERE photo_id = ?',
  ).get(photo);
  if (row === undefined) return NOTHING;
  return { ...row, keywords: JSON.parse(row.keywords) as string[], paths: JSON.parse(row.paths) as string[] };
}

export function wordsOf(annotations: Annotations): FileWords {
  return {
    title: annotations.title,
    caption: annotations.caption,
    keywords: annotations.keywords,
    paths: annotations.hierarchicalKeywords,
    metadataDate: annotations.metadataDateMs,
  };
}

export function keywordEdits(catalog: Catalog, photo: number): KeywordEdit[] {
  return query<{ name: string; present: number; changedAt: number }>(
    catalog,
    'SELECT name, present, changed_at AS changedAt FROM keyword_edit WHERE photo_id = ? ORDER BY name',
  )
    .all(photo)
    .map((edit) => ({ ...edit, present: edit.present === 1 }));
}

export function textEdits(catalog: Catalog, photo: number): TextEdit[] {
  return query<TextEdit>(catalog, 'SELECT field, value, changed_at AS changedAt FROM text_edit WHERE photo_id = ?').all(
    photo,
  );
}

/**
 * What file and sidecar say now; what a person changed stays over it until they say the same. Part of the caller's
 * transaction; the text for searching is written afterwards.
 */
export function followWords(catalog: Catalog, photo: number, said: FileWords): void {
  const { title, caption, keywords, paths, metadataDate } = said;
  if (title === null && caption === null && keywords.length + paths.length === 0 && metadataDate === null) {
    query(catalog, 'DELETE FROM file_word WHERE photo_id = ?').run(photo);
  } else {
    query(
      catalog,
      `INSERT INTO file_word (photo_id, title, caption, keywords, paths, metadata_date) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (photo_id) DO UPDATE SET title = excluded.title, caption = excluded.caption,
         keywords = excluded.keywords, paths = excluded.paths, metadata_date = excluded.metadata_date`,
    ).run(photo, title, caption, JSON.stringify(keywords), JSON.stringify(paths), metadataDate);
  }
  const levels = levelsOf(said);
  const forget = query(catalog, 'DELETE FROM keyword_edit WHERE photo_id = ? AND name = ?');
  for (const { name, present } of keywordEdits(catalog, photo)) {
    if (isSaid(said, levels, name) === present) forget.run(photo, name);
  }
  for (const { field, value } of textEdits(catalog, photo)) {
    if ((said[field] ?? '') === value) {
      query(catalog, 'DELETE FROM text_edit WHERE photo_id = ? AND field = ?').run(photo, field);
    }
  }
  settleWords(catalog, photo, said);
}

/** Names of all levels: the leaf of a hierarchy is a keyword, and what stands above it is found by it too. */
function levelsOf({ keywords, paths }: Pick<FileWords, 'keywords' | 'paths'>): Set<string> {
  return new Set([...keywords, ...paths.flatMap((path) => path.split('|'))]);
}

function isSaid({ paths }: FileWords, levels: ReadonlySet<string>, keyword: string): boolean {
  return keyword.includes('|') ? paths.includes(keyword) : levels.has(keyword);
}

/** Writes down what holds: the file's word with a person's changes over it. */
function settleWords(catalog: Catalog, photo: number, said: FileWords): void {
  const texts = new Map(textEdits(catalog, photo).map(({ field, value }) => [field, value === '' ? null : value]));
  const holds = (field: WordField) => (texts.has(field) ? (texts.get(field) ?? null) : said[field]);
  query(
    catalog,
    `INSERT INTO detail (photo_id, title, caption) VALUES (?, ?, ?)
     ON CONFLICT (photo_id) DO UPDATE SET title = excluded.title, caption = excluded.caption`,
  ).run(photo, holds('title'), holds('caption'));
  const keywords = levelsOf(said);
  for (const { name, present } of keywordEdits(catalog, photo)) {
    for (const level of name.split('|')) {
      if (present) keywords.add(level);
      else keywords.delete(level);
    }
  }
  query(catalog, 'DELETE FROM photo_keyword WHERE photo_id = ?').run(photo);
  const insert = query(catalog, 'INSERT OR IGNORE INTO photo_keyword (photo_id, keyword_id) VALUES (?, ?)');
  for (const keyword of keywords) {
    const id = named(catalog, 'keyword', keyword);
    if (id !== null) insert.run(photo, id);
  }
}

export function hasKeyword(catalog: Catalog, photo: number, keyword: string): boolean {
  const edit = keywordEdits(catalog, photo).find(({ name }) => name === keyword);
  if (edit !== undefined) return edit.present;
  const said = fileWords(catalog, photo);
  return keyword.includes('|') ? said.paths.includes(keyword) : keywordsOf(catalog, photo).includes(keyword);
}

/** Gives a photo a keyword or takes it. Part of the caller's transaction; `writeText` comes after it. */
export function setKeyword(catalog: Catalog, photo: number, keyword: string, present: boolean, now: number): void {
  const said = fileWords(catalog, photo);
  if (isSaid(said, levelsOf(said), keyword) === present) {
    query(catalog, 'DELETE FROM keyword_edit WHERE photo_id = ? AND name = ?').run(photo, keyword);
  } else {
    query(
      catalog,
      `INSERT INTO keyword_edit (photo_id, name, present, changed_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (photo_id, name) DO UPDATE SET present = excluded.present, changed_at = excluded.changed_at`,
    ).run(photo, keyword, present ? 1 : 0, now);
  }
  if (!present) {
    // A path that was added and holds it would keep it.
    for (const { name, present: isThere } of keywordEdits(catalog, photo)) {
      if (isThere && name !== keyword && name.split('|').includes(keyword)) {
        query(catalog, 'DELETE FROM keyword_edit WHERE photo_id = ? AND name = ?').run(photo, name);
      }
    }
  }
  settleWords(catalog, photo, said);
}

/** @param value null takes it out. Part of the caller's transaction; `writeText` comes after it. */
export function setWord(catalog: Catalog, photo: number, field: WordField, value: string | null, now: number): void {
  const said = fileWords(catalog, photo);
  if (said[field] === value) {
    query(catalog, 'DELETE FROM text_edit WHERE photo_id = ? AND field = ?').run(photo, field);
  } else {
    query(
      catalog,
      `INSERT INTO text_edit (photo_id, field, value, changed_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (photo_id, field) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at`,
    ).run(photo, field, value ?? '', now);
  }
  settleWords(catalog, photo, said);
}

/**
 * Hears what the file says now while what holds stays as it is, as changes of a person: for a sidecar that went, or
 * whose earlier bytes were put back. Part of the caller's transaction.
 */
export function keepingWords(catalog: Catalog, photo: number, hear: () => void, now = Date.now()): void {
  const before = { said: fileWords(catalog, photo), keywords: keywordsOf(catalog, photo) };
  const texts = WORD_FIELDS.map((field) => [field, wordOf(catalog, photo, field)] as const);
  hear();
  for (const [field, text] of texts)
    if (wordOf(catalog, photo, field) !== text) setWord(catalog, photo, field, text, now);
  const held = new Set(before.keywords);
  const { paths } = fileWords(catalog, photo);
  for (const path of before.said.paths) {
    if (!paths.includes(path) && path.split('|').every((level) => held.has(level))) {
      setKeyword(catalog, photo, path, true, now);
    }
  }
  const present = new Set(keywordsOf(catalog, photo));
  for (const keyword of before.keywords) if (!present.has(keyword)) setKeyword(catalog, photo, keyword, true, now);
  for (const keyword of present) if (!held.has(keyword)) setKeyword(catalog, photo, keyword, false, now);
}

/** Keywords that hold, with every level of those in a hierarchy. */
function keywordsOf(catalog: Catalog, photo: number): string[] {
  return query<string>(
    catalog,
    'SELECT k.name FROM photo_keyword pk JOIN keyword k ON k.id = pk.keyword_id WHERE pk.photo_id = ? ORDER BY k.name',
  )
    .pluck()
    .all(photo);
}

/** What holds of one field. */
export function wordOf(catalog: Catalog, photo: number, field: WordField): string | null {
  return query<string | null>(catalog, `SELECT ${field} FROM detail WHERE photo_id = ?`).pluck().get(photo) ?? null;
}

/** Keywords of the library that begin with a text, or have a word that does, most used first. */
export function suggestedKeywords(catalog: Catalog, text: string, most: number): { name: string; count: number }[] {
  return query<{ name: string; count: number }>(
    catalog,
    `SELECT k.name, count(pk.photo_id) AS count FROM keyword k JOIN photo_keyword pk ON pk.keyword_id = k.id
     WHERE k.name LIKE @begins ESCAPE '\\' OR k.name LIKE @within ESCAPE '\\'
     GROUP BY k.id ORDER BY (k.name LIKE @begins ESCAPE '\\') DESC, count DESC, k.name LIMIT @most`,
  ).all({ begins: `${escaped(text)}%`, within: `% ${escaped(text)}%`, most });
}

const escaped = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

/** What these photos have in common. */
export function sharedWords(catalog: Catalog, photos: readonly number[]): SharedWords {
  const ids = JSON.stringify(photos);
  const keywords = query<{ name: string; count: number }>(
    catalog,
    `SELECT k.name, count(*) AS count FROM json_each(?) j JOIN photo_keyword pk ON pk.photo_id = j.value
     JOIN keyword k ON k.id = pk.keyword_id GROUP BY k.id ORDER BY count DESC, k.name`,
  ).all(ids);
  const shared = (field: WordField) => {
    const texts = query<string | null>(
      catalog,
      `SELECT DISTINCT d.${field} FROM json_each(?) j LEFT JOIN detail d ON d.photo_id = j.value LIMIT 2`,
    )
      .pluck()
      .all(ids);
    return { text: texts.length === 1 ? (texts[0] ?? null) : null, mixed: texts.length > 1 };
  };
  return { keywords, title: shared('title'), caption: shared('caption') };
}

export type SharedWords = {
  keywords: { name: string; count: number }[];
  title: { text: string | null; mixed: boolean };
  caption: { text: string | null; mixed: boolean };
};
