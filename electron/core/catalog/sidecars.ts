/** Photos whose sidecars are written: where they are, what was written, and the bytes that undo puts back. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Critique } from '../../../shared/critique.ts';
import { acknowledgeAll, agree } from './agreed.ts';
import { critiquesOf } from './critiques.ts';
import type { DiskFile } from './files.ts';
import { folderOf, nameOf } from './files.ts';
import { ensureFolder } from './folders.ts';
import { followFile, type Mark } from './marks.ts';
import { type Catalog, query } from './open.ts';
import { writeText } from './text.ts';
import { type FileWords, fileWords, followWords, keepingWords } from './words.ts';

/** Where a photo that is to be written lies. */
export type SidecarPlace = {
  photo: number;
  root: number;
  rootPath: string;
  /** Below the root, '/' between folders, '' for the root itself. */
  folder: string;
  /** Name of the file that stands for the photo. */
  name: string;
  changedAt: number;
};

const PLACES = `
  SELECT p.id AS photo, r.id AS root, r.path AS rootPath, f.path AS folder, p.name,
    max(coalesce(m.changed_at, 0), coalesce((SELECT max(changed_at) FROM text_edit t WHERE t.photo_id = p.id), 0))
      AS changedAt
  FROM photo p JOIN folder f ON f.id = p.folder_id JOIN root r ON r.id = f.root_id
  LEFT JOIN mark m ON m.photo_id = p.id AND m.source = 'person'`;

/** Photos in the order of their folders, so that each folder is looked into once. */
export function sidecarPlaces(catalog: Catalog, photos: readonly number[]): SidecarPlace[] {
  return query<SidecarPlace>(
    catalog,
    `${PLACES} JOIN json_each(?) j ON j.value = p.id ORDER BY r.id, f.path, p.name_key, p.id`,
  ).all(JSON.stringify(photos));
}

/** Absolute paths of sidecars of the library, those that changed last first. */
export function newestSidecars(catalog: Catalog, most: number): string[] {
  return query<string>(
    catalog,
    `SELECT r.path || '/' || CASE f.path WHEN '' THEN '' ELSE f.path || '/' END || x.name
     FROM file x JOIN folder f ON f.id = x.folder_id JOIN root r ON r.id = f.root_id
     WHERE x.role = 'sidecar' ORDER BY x.mtime DESC LIMIT ?`,
  )
    .pluck()
    .all(most);
}

/** Photos that a person marked or worded otherwise than their files say: what live writing has still to write. */
export function unwrittenPhotos(catalog: Catalog): number[] {
  return query<number>(
    catalog,
    `SELECT m.photo_id FROM mark m LEFT JOIN file_mark s ON s.photo_id = m.photo_id
     WHERE m.source = 'person' AND (m.flag <> coalesce(s.flag, 'none') OR m.stars <> coalesce(s.stars, 0)
       OR m.color <> coalesce(s.color, 'none'))
     UNION SELECT photo_id FROM keyword_edit UNION SELECT photo_id FROM text_edit`,
  )
    .pluck()
    .all();
}

/** The critique that counts for a photo; null while there is none. */
export function countingCritique(catalog: Catalog, photo: number): Critique | null {
  const critic = query<string>(
    catalog,
    'SELECT c.critic FROM photo p JOIN critique c ON c.id = p.critique_id WHERE p.id = ?',
  )
    .pluck()
    .get(photo);
  return critiquesOf(catalog, photo).find((critique) => critique.critic === critic) ?? null;
}

/** Keeps bytes by their hash. Part of the caller's transaction. */
export function keepBytes(catalog: Catalog, hash: string, bytes: Buffer): void {
  query(catalog, 'INSERT OR IGNORE INTO sidecar_bytes (hash, deflated) VALUES (?, ?)').run(
    hash,
    deflateRawSync(bytes, { level: 6 }),
  );
}

export function keptBytes(catalog: Catalog, hash: string): Buffer | null {
  const deflated = query<Buffer>(catalog, 'SELECT deflated FROM sidecar_bytes WHERE hash = ?').pluck().get(hash);
  return deflated === undefined ? null : inflateRawSync(deflated);
}

/** What the catalog believes that a photo's files say: kept with a step, so that undo need not look at the photo. */
export type FileWord = { mark: Mark; words: FileWords };

export function fileWord(catalog: Catalog, photo: number): FileWord {
  const mark = query<Mark>(catalog, 'SELECT flag, stars, color FROM file_mark WHERE photo_id = ?').get(photo);
  return { mark: mark ?? { flag: 'none', stars: 0, color: 'none' }, words: fileWords(catalog, photo) };
}

/**
 * Writes down what a photo's files say, without looking at the photo again, after its sidecar was written, or after
 * its earlier bytes were put back: what holds here stays. Part of the caller's transaction.
 */
export function landWord(
  catalog: Catalog,
  photo: number,
  { mark, words }: FileWord,
  how: 'written' | 'put back',
): void {
  const hear = () => {
    followWords(catalog, photo, words);
    followFile(catalog, photo, mark, true);
  };
  if (how === 'written') {
    hear();
    agree(catalog, photo, true);
  } else {
    keepingWords(catalog, photo, hear);
    acknowledgeAll(catalog, photo);
  }
  writeText(catalog, [photo]);
}

/** Writes down a sidecar as it lies on the disk now, so that the next scan finds nothing new; null: it was removed. */
export function landFile(
  catalog: Catalog,
  place: { photo: number; root: number; relativePath: string },
  file: DiskFile | null,
  hash: string | null,
): void {
  const folder = ensureFolder(catalog, place.root, folderOf(place.relativePath));
  const name = nameOf(place.relativePath);
  if (file === null) {
    query(catalog, 'DELETE FROM file WHERE folder_id = ? AND name = ?').run(folder, name);
    return;
  }
  query(
    catalog,
    `INSERT INTO file (photo_id, folder_id, name, role, position, size, mtime, ctime, device, inode, content)
     VALUES (@photo, @folder, @name, 'sidecar',
       (SELECT coalesce(max(position), -1) + 1 FROM file WHERE photo_id = @photo), @size, @mtime, @ctime, @device, @inode,
       @hash)
     ON CONFLICT (folder_id, name) DO UPDATE SET size = @size, mtime = @mtime, ctime = @ctime, device = @device,
       inode = @inode, content = @hash`,
  ).run({
    photo: place.photo,
    folder,
    name,
    size: file.size,
    mtime: file.mtimeMs,
    ctime: file.ctimeMs,
    device: file.device,
    inode: file.inode,
    hash,
  });
}
