/** Files of photos as a scan left them, and what a scan changes. */
import type { Kind, PhotoState } from '../../../shared/photo.ts';
import { nameKey } from '../base/name-key.ts';
import { ensureFolder } from './folders.ts';
import { type Catalog, query } from './open.ts';
import { forgetText, writeText } from './text.ts';

/** A picture or sidecar file as found on the disk. */
export type DiskFile = {
  /** Below the root, '/' between folders. */
  relativePath: string;
  role: 'picture' | 'sidecar';
  size: number;
  mtimeMs: number;
  /** Null on Windows. */
  ctimeMs: number | null;
  device: string;
  inode: string;
};

export type KnownFile = {
  photo: number;
  root: number;
  relativePath: string;
  role: 'main' | 'companion' | 'sidecar';
  /** Kind by content, see formats/identify.ts; null before the first look. */
  kind: string | null;
  size: number;
  mtime: number;
  /** Null where no scan has seen it. */
  ctime: number | null;
  device: string;
  inode: string;
  fingerprint: string | null;
  /** Hash of all bytes at the last look. */
  content: string | null;
  /** State of its photo. */
  state: PhotoState;
};

const FILES = `
  SELECT x.photo_id AS photo, f.root_id AS root,
    CASE f.path WHEN '' THEN x.name ELSE f.path || '/' || x.name END AS relativePath,
    x.role, x.kind, x.size, x.mtime, x.ctime, x.device, x.inode, x.fingerprint, x.content,
    p.state
  FROM file x JOIN folder f ON f.id = x.folder_id JOIN photo p ON p.id = x.photo_id`;

/** Rows read at once. */
const PAGE = 1000;

/** Files of a root, or of these folders of it with all below them, in pages. */
export function* knownFiles(catalog: Catalog, root: number, folders: readonly string[] | null): Generator<KnownFile[]> {
  // Files lead, in their order: led by folders every page would read and sort the whole root.
  const inOrder = FILES.replace('SELECT', 'SELECT x.id,').replaceAll(' JOIN', ' CROSS JOIN');
  const page = query<KnownFile & { id: number }>(
    catalog,
    `${inOrder} WHERE f.root_id = ? AND x.id > ? ORDER BY x.id LIMIT ${PAGE}`,
  );
  for (let files = page.all(root, 0); files.length > 0; files = page.all(root, files.at(-1)!.id)) {
    yield folders === null
      ? files
      : files.filter((file) => folders.some((folder) => isBelow(file.relativePath, folder)));
  }
}

/** Whether a path lies in a folder ('' is the root itself) or below it. */
export function isBelow(relativePath: string, folder: string): boolean {
  return folder === '' || relativePath.startsWith(`${folder}/`);
}

/** Picture files of the whole catalog with one of these sizes. */
export function filesOfSizes(catalog: Catalog, sizes: Iterable<number>): KnownFile[] {
  return query<KnownFile>(
    catalog,
    `${FILES} WHERE x.size IN (SELECT value FROM json_each(?)) AND x.role <> 'sidecar' ORDER BY x.photo_id`,
  ).all(JSON.stringify([...new Set(sizes)]));
}

/** Sidecars of a photo, in their order. */
export function sidecarsOf(catalog: Catalog, photo: number): KnownFile[] {
  return query<KnownFile>(catalog, `${FILES} WHERE x.photo_id = ? AND x.role = 'sidecar' ORDER BY x.position`).all(
    photo,
  );
}

/** What a scan wants written for one photo. */
export type ScannedPhoto = {
  /** Best first for showing. */
  pictures: DiskFile[];
  sidecars: DiskFile[];
  primary: DiskFile;
  kind: Kind;
};

/** What is known of a file's content and holds on at its new place. */
export type Carried = Pick<KnownFile, 'kind' | 'fingerprint' | 'content'>;
export const NOTHING_KNOWN: Carried = { kind: null, fingerprint: null, content: null };

export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

function writeFiles(
  catalog: Catalog,
  root: number,
  photo: number,
  scanned: ScannedPhoto,
  carried: (file: DiskFile) => Carried,
): void {
  // A row that is in the way is of a photo whose file was overwritten by this one.
  const insert = query(
    catalog,
    `INSERT OR REPLACE INTO file (photo_id, folder_id, name, role, position, kind, size, mtime, ctime, device, inode,
       fingerprint, content)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const [position, file] of [...scanned.pictures, ...scanned.sidecars].entries()) {
    const role = file.role === 'sidecar' ? 'sidecar' : file === scanned.primary ? 'main' : 'companion';
    const { kind, fingerprint, content } = carried(file);
    insert.run(
      photo,
      ensureFolder(catalog, root, folderOf(file.relativePath)),
      nameOf(file.relativePath),
      role,
      position,
      kind,
      file.size,
      file.mtimeMs,
      file.ctimeMs,
      file.device,
      file.inode,
      fingerprint,
      content,
    );
  }
}

const bytesOf = (scanned: ScannedPhoto): number => scanned.pictures.reduce((sum, { size }) => sum + size, 0);

/** Adds photos that were never seen. Part of the caller's transaction. @returns their ids. */
export function addPhotos(catalog: Catalog, root: number, photos: readonly ScannedPhoto[], now: number): number[] {
  const insert = query(
    catalog,
    'INSERT INTO photo (folder_id, name, name_key, kind, size, added_at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const ids = photos.map((scanned) => {
    const name = nameOf(scanned.primary.relativePath);
    const folder = ensureFolder(catalog, root, folderOf(scanned.primary.relativePath));
    const id = Number(insert.run(folder, name, nameKey(name), scanned.kind, bytesOf(scanned), now).lastInsertRowid);
    writeFiles(catalog, root, id, scanned, () => NOTHING_KNOWN);
    return id;
  });
  writeText(catalog, ids);
  return ids;
}

export type Placement = {
  photo: number;
  scanned: ScannedPhoto;
  /** Whether the photo must be looked at again, because its content or its sidecars changed. */
  analyzeAgain: boolean;
  carried: (file: DiskFile) => Carried;
};

/**
 * Writes where photos are now. All their old places are given up before any new one is taken, so photos may even
 * have changed places with each other. Part of the caller's transaction.
 */
export function placePhotos(catalog: Catalog, root: number, placements: readonly Placement[]): void {
  const ids = placements.map(({ photo }) => photo);
  query(catalog, 'DELETE FROM file WHERE photo_id IN (SELECT value FROM json_each(?))').run(JSON.stringify(ids));
  notPutAway(catalog, ids);
  const update = query(
    catalog,
    `UPDATE photo SET folder_id = ?, name = ?, name_key = ?, size = ?, kind = CASE ? WHEN 1 THEN ? ELSE kind END,
       state = CASE ? WHEN 1 THEN 'pending' ELSE ${STATE_WHEN_THERE} END,
       content = CASE ? WHEN 1 THEN NULL ELSE content END, error = CASE ? WHEN 1 THEN NULL ELSE error END,
       failure = CASE ? WHEN 1 THEN NULL ELSE failure END, deaths = CASE ? WHEN 1 THEN 0 ELSE deaths END
     WHERE id = ?`,
  );
  for (const { photo, scanned, analyzeAgain, carried } of placements) {
    const name = nameOf(scanned.primary.relativePath);
    const folder = ensureFolder(catalog, root, folderOf(scanned.primary.relativePath));
    const again = analyzeAgain ? 1 : 0;
    update.run(
      ...[folder, name, nameKey(name), bytesOf(scanned)],
      ...[again, scanned.kind, again, again, again, again, again, photo],
    );
    writeFiles(catalog, root, photo, scanned, carried);
  }
  writeText(catalog, ids);
}

/** Whoever put these photos away, their files are there: they are shown again. */
function notPutAway(catalog: Catalog, ids: readonly number[]): void {
  query(catalog, 'DELETE FROM put_away WHERE photo_id IN (SELECT value FROM json_each(?))').run(JSON.stringify(ids));
}

/** What a photo is once its file is there (again). */
export const STATE_WHEN_THERE =
  "CASE WHEN state <> 'missing' THEN state WHEN version > 0 AND content IS NOT NULL THEN 'ready' WHEN error IS NOT NULL THEN 'failed' ELSE 'pending' END";

/** The files of these photos are there again as they were. Part of the caller's transaction. */
export function restorePhotos(catalog: Catalog, ids: readonly number[]): void {
  notPutAway(catalog, ids);
  query(catalog, `UPDATE photo SET state = ${STATE_WHEN_THERE} WHERE id IN (SELECT value FROM json_each(?))`).run(
    JSON.stringify(ids),
  );
}

/** The files of these photos are not there now; everything known of them stays. @returns those that were there before. */
export function missPhotos(catalog: Catalog, ids: readonly number[]): number[] {
  return query<number>(
    catalog,
    `UPDATE photo SET state = 'missing' WHERE state <> 'missing' AND id IN (SELECT value FROM json_each(?)) RETURNING id`,
  )
    .pluck()
    .all(JSON.stringify(ids));
}

/** The files of a root are not there now, folder by folder. @returns as `missPhotos`. */
export function* missRoot(catalog: Catalog, root: number): Generator<number[]> {
  const folders = query<number>(catalog, 'SELECT id FROM folder WHERE root_id = ?').pluck().all(root);
  const miss = query<number>(
    catalog,
    "UPDATE photo SET state = 'missing' WHERE folder_id = ? AND state <> 'missing' RETURNING id",
  ).pluck();
  for (const folder of folders) yield miss.all(folder);
}

/** Only times or places on the disk changed, not the content. Part of the caller's transaction. */
export function touchFiles(catalog: Catalog, root: number, files: readonly DiskFile[]): void {
  const update = query(
    catalog,
    `UPDATE file SET size = ?, mtime = ?, ctime = ?, device = ?, inode = ? WHERE name = ? AND folder_id =
       (SELECT id FROM folder WHERE root_id = ? AND path = ?)`,
  );
  for (const file of files) {
    update.run(
      file.size,
      file.mtimeMs,
      file.ctimeMs,
      file.device,
      file.inode,
      nameOf(file.relativePath),
      root,
      folderOf(file.relativePath),
    );
  }
}

/**
 * Removes photos whose files now belong to another photo (a RAW joined its JPEG, a root came back). What people made
 * of them goes to it: their marks if it has none, their places in albums, what was asked, and what critics said.
 */
export function mergePhotos(catalog: Catalog, into: number, from: readonly number[]): void {
  const merged = JSON.stringify(from);
  query(
    catalog,
    `INSERT INTO mark (photo_id, flag, stars, color, source, changed_at)
     SELECT ?, flag, stars, color, source, changed_at FROM mark WHERE photo_id IN (SELECT value FROM json_each(?))
     ORDER BY source = 'person' DESC, changed_at DESC LIMIT 1 ON CONFLICT (photo_id) DO NOTHING`,
  ).run(into, merged);
  for (const table of ['album_photo', 'message', 'critique', 'keyword_edit', 'text_edit']) {
    query(catalog, `UPDATE OR IGNORE ${table} SET photo_id = ? WHERE photo_id IN (SELECT value FROM json_each(?))`).run(
      into,
      merged,
    );
  }
  forgetText(catalog, from);
  query(catalog, 'DELETE FROM photo WHERE id IN (SELECT value FROM json_each(?))').run(merged);
}

/** Of these photos the one to keep when they turn out to be one: the one a person marked, else the oldest. */
export function keeperOf(catalog: Catalog, ids: readonly number[]): number {
  return (
    query<number>(
      catalog,
      `SELECT j.value FROM json_each(?) j LEFT JOIN mark m ON m.photo_id = j.value
       ORDER BY coalesce(m.source = 'person', 0) DESC, m.photo_id IS NULL, j.value LIMIT 1`,
    )
      .pluck()
      .get(JSON.stringify(ids)) ?? ids[0]!
  );
}

/** Photos of a root. */
export function photosOfRoot(catalog: Catalog, root: number): number[] {
  return query<number>(catalog, 'SELECT p.id FROM photo p JOIN folder f ON f.id = p.folder_id WHERE f.root_id = ?')
    .pluck()
    .all(root);
}

export function countOfRoot(catalog: Catalog, root: number): number {
  return (
    query<number>(catalog, 'SELECT count(*) FROM photo WHERE folder_id IN (SELECT id FROM folder WHERE root_id = ?)')
      .pluck()
      .get(root) ?? 0
  );
}

/**
 * Photos of a root that nobody has looked at since they came or changed, folder by folder. `troubled`: an earlier look
 * ended its process or got no answer, so everything else goes first.
 */
export function pendingPhotos(catalog: Catalog, root: number): PendingPhoto[] {
  return query<Omit<PendingPhoto, 'troubled'> & { troubled: number }>(
    catalog,
    `SELECT p.id, p.folder_id AS folder, p.deaths > 0 OR p.failure IS 'machine' AS troubled FROM photo p JOIN folder f ON f.id = p.folder_id
     WHERE p.state = 'pending' AND f.root_id = ? ORDER BY f.path, p.name_key, p.id`,
  )
    .all(root)
    .map((photo) => ({ ...photo, troubled: photo.troubled === 1 }));
}

export type PendingPhoto = { id: number; folder: number; troubled: boolean };
