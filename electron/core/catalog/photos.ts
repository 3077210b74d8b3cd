/** Photos as the page and the command line read them. */
import { isAbsolute, join, normalize } from 'node:path';
import { critiqueSchema } from '../../../shared/critique.ts';
import type { GradeEstimate } from '../../../shared/estimate.ts';
import { type Face, faceReasons } from '../../../shared/face.ts';
import { type Level, levelOf } from '../../../shared/grade.ts';
import type { MomentKind } from '../../../shared/moments.ts';
import type { Color, Flag, Kind, PhotoDetail, PhotoRow, PhotoState } from '../../../shared/photo.ts';
import { photoDetailSchema } from '../../../shared/photo.ts';
import { CoreError } from '../base/core-error.ts';
import type { ListedFace, ListedPhoto } from '../base/records.ts';
import { differences } from './agreed.ts';
import { SHOWN } from './column-parts.ts';
import type { PhotoColumns } from './columns.ts';
import { critiquesOf, reasonsOf, reasonsOfEach } from './critiques.ts';
import { facesOf } from './faces.ts';
import { percentileOf } from './facets.ts';
import { MEASURES, MEASURES_TABLES, readMeasures } from './facts.ts';
import { fileSays } from './marks.ts';
import { type Catalog, query } from './open.ts';
import { placeholderUrl } from './placeholder-address.ts';

type Row = {
  id: number;
  version: number;
  name: string;
  kind: Kind;
  state: PhotoState;
  error: string | null;
  width: number;
  height: number;
  placeholder: string | null;
  takenAt: number | null;
  folderId: number;
  grade: number | null;
  critic: string | null;
  confidence: number | null;
  technical: number | null;
  estimate: number | null;
  estimatedCritic: string | null;
  agreement: number | null;
  graded: number | null;
  flag: Flag;
  stars: number;
  color: Color;
  stackId: number | null;
  stackSize: number;
  stackTop: number;
  shutter: number | null;
  aperture: number | null;
  iso: number | null;
  focalLength: number | null;
  stackKind: MomentKind | null;
};

const ROW_COLUMNS = `
  p.id, p.version, p.name, p.kind, p.state, p.error, p.width, p.height, p.placeholder, p.taken_at AS takenAt,
  p.folder_id AS folderId, p.grade, c.critic, c.confidence, p.technical, p.estimate, x.critic AS estimatedCritic, x.agreement, x.graded,
  coalesce(m.flag, 'none') AS flag, coalesce(m.stars, 0) AS stars, coalesce(m.color, 'none') AS color,
  p.stack_id AS stackId, p.stack_top AS stackTop, st.kind AS stackKind, p.shutter, p.aperture, p.iso,
  p.focal_length AS focalLength,
  CASE WHEN p.stack_id IS NULL THEN 0 ELSE (SELECT count(*) FROM photo s WHERE s.stack_id = p.stack_id AND s.id ${SHOWN}) END AS stackSize`;
const ROW_TABLES = `
  photo p LEFT JOIN mark m ON m.photo_id = p.id LEFT JOIN critique c ON c.id = p.critique_id
  LEFT JOIN estimator x ON x.id = p.estimator_id
  LEFT JOIN stack st ON st.id = p.stack_id`;

function gradeOfRow(row: Pick<Row, 'grade' | 'critic' | 'confidence'>): {
  value: number;
  level: Level;
  critic: string;
  confidence: number;
} | null {
  if (row.grade === null || row.critic === null) return null;
  return { value: row.grade, level: levelOf(row.grade), critic: row.critic, confidence: row.confidence ?? 0 };
}

function estimateOfRow({
  estimate,
  estimatedCritic,
  agreement,
  graded,
}: Pick<Row, 'estimate' | 'estimatedCritic' | 'agreement' | 'graded'>): GradeEstimate | null {
  if (estimate === null || estimatedCritic === null || agreement === null || graded === null) return null;
  return { value: estimate, level: levelOf(estimate), critic: estimatedCritic, agreement, graded };
}

/** A frame that a person took out of its moment, or that is left of one, stands alone. */
const stackOfRow = (row: Row) =>
  row.stackId === null || row.stackKind === null || row.stackSize < 2
    ? null
    : { id: row.stackId, kind: row.stackKind, size: row.stackSize, top: row.stackTop === 1 };

function toPhotoRow(row: Row): PhotoRow {
  return {
    id: row.id,
    version: row.version,
    name: row.name,
    kind: row.kind,
    state: row.state,
    error: row.error,
    width: row.width,
    height: row.height,
    placeholder: placeholderUrl(row.placeholder, row.width >= row.height),
    takenAt: row.takenAt,
    folderId: row.folderId,
    grade: gradeOfRow(row),
    technical: row.technical,
    estimate: estimateOfRow(row),
    flag: row.flag,
    stars: row.stars,
    color: row.color,
    stack: stackOfRow(row),
    settings: { shutter: row.shutter, aperture: row.aperture, iso: row.iso, focalLength: row.focalLength },
  };
}

/** `photos.rows`, in the order asked; ids that are gone are left out. */
export function photoRows(catalog: Catalog, ids: readonly number[]): PhotoRow[] {
  return query<Row>(
    catalog,
    `SELECT ${ROW_COLUMNS} FROM json_each(?) j CROSS JOIN ${ROW_TABLES} WHERE p.id = j.value ORDER BY j.key`,
  )
    .all(JSON.stringify(ids))
    .map(toPhotoRow);
}

export function requirePhotoRow(catalog: Catalog, id: number): PhotoRow {
  const [row] = photoRows(catalog, [id]);
  if (!row) throw new CoreError('NOT_FOUND', `There is no photo ${id}.`);
  return row;
}

type DetailRow = {
  folderPath: string;
  root: string;
  takenAtSource: string | null;
  takenAtPrecision: PhotoDetail['takenAtPrecision'];
  takenAtOffset: number | null;
  camera: string | null;
  cameraSerial: string | null;
  lens: string | null;
  shutter: number | null;
  aperture: number | null;
  iso: number | null;
  focalLength: number | null;
  focalLength35: number | null;
  latitude: number | null;
  longitude: number | null;
  colorProfile: string | null;
  title: string | null;
  caption: string | null;
  creator: string | null;
  faces: string | null;
  seen: string | null;
  concluded: string | null;
  critique: number | null;
};

const ROLES = "CASE role WHEN 'main' THEN 0 WHEN 'companion' THEN 1 ELSE 2 END";

/** `photos.detail`. @throws CoreError NOT_FOUND. */
export function photoDetail(catalog: Catalog, columns: PhotoColumns, id: number): PhotoDetail {
  const row = requirePhotoRow(catalog, id);
  const detail = query<DetailRow>(
    catalog,
    `SELECT r.name AS root, f.path AS folderPath, p.taken_source AS takenAtSource,
       p.taken_precision AS takenAtPrecision, p.taken_offset AS takenAtOffset, camera.name AS camera,
       p.camera_serial AS cameraSerial, lens.name AS lens, p.shutter, p.aperture, p.iso, p.focal_length AS focalLength,
       p.focal_length_35 AS focalLength35, p.latitude, p.longitude, d.color_profile AS colorProfile, d.title,
       d.caption, d.creator, d.faces, ${MEASURES}, p.critique_id AS critique
     FROM photo p JOIN folder f ON f.id = p.folder_id JOIN root r ON r.id = f.root_id
     LEFT JOIN camera ON camera.id = p.camera_id LEFT JOIN lens ON lens.id = p.lens_id
     LEFT JOIN detail d ON d.photo_id = p.id ${MEASURES_TABLES}
     WHERE p.id = ?`,
  ).get(id)!;
  const suggestions =
    detail.critique === null
      ? '[]'
      : query<string>(catalog, 'SELECT suggestions FROM critique WHERE id = ?').pluck().get(detail.critique);
  const seenFaces = facesOf(catalog, [id]).get(id) ?? null;
  const faces = photoDetailSchema.shape.faces.safeParse(JSON.parse(detail.faces ?? '[]'));
  return {
    ...row,
    files: query<PhotoDetail['files'][number]>(
      catalog,
      `SELECT name, role, size AS bytes FROM file WHERE photo_id = ? ORDER BY ${ROLES}, position, name`,
    ).all(id),
    folderPath: detail.folderPath === '' ? detail.root : `${detail.root}/${detail.folderPath}`,
    takenAtSource: detail.takenAtSource,
    takenAtPrecision: detail.takenAtPrecision,
    takenAtOffset: detail.takenAtOffset,
    exposure: {
      camera: detail.camera,
      lens: detail.lens,
      shutter: detail.shutter,
      aperture: detail.aperture,
      iso: detail.iso,
      focalLength: detail.focalLength,
      focalLength35: detail.focalLength35,
    },
    cameraSerial: detail.cameraSerial,
    fileSays: fileSays(catalog, id),
    differences: differences(catalog, id),
    location:
      detail.latitude === null || detail.longitude === null
        ? null
        : { latitude: detail.latitude, longitude: detail.longitude },
    colorProfile: detail.colorProfile,
    title: detail.title,
    caption: detail.caption,
    creator: detail.creator,
    keywords: query<string>(
      catalog,
      'SELECT k.name FROM photo_keyword pk JOIN keyword k ON k.id = pk.keyword_id WHERE pk.photo_id = ? ORDER BY k.name',
    )
      .pluck()
      .all(id),
    faces: faces.success ? faces.data : [],
    seenFaces,
    measures: readMeasures(detail),
    reasons: [
      ...(detail.critique === null ? [] : reasonsOf(catalog, detail.critique)),
      ...(seenFaces === null ? [] : faceReasons(seenFaces)),
    ],
    suggestions: critiqueSchema.shape.suggestions.parse(JSON.parse(suggestions ?? '[]')),
    critiques: critiquesOf(catalog, id),
    percentile: percentileOf(columns, id),
    albums: query<number>(catalog, 'SELECT album_id FROM album_photo WHERE photo_id = ?').pluck().all(id),
  };
}

/** Scripts know it without its kind. */
function listedStack(row: Row): ListedPhoto['stack'] {
  const stack = stackOfRow(row);
  return stack && { id: stack.id, size: stack.size, top: stack.top };
}

type ListedRow = Row & {
  taste: number | null;
  takenAtOffset: number | null;
  camera: string | null;
  seen: string | null;
  concluded: string | null;
  critique: number | null;
};

type PlacedFile = { photoId: number; root: string; folder: string; name: string };

const absolutePath = (file: Omit<PlacedFile, 'photoId'>): string => join(file.root, file.folder, file.name);

/** Absolute paths of each photo's files, the main one first, sidecars last. */
export function pathsOf(catalog: Catalog, ids: readonly number[]): Map<number, string[]> {
  const paths = new Map<number, string[]>();
  const files = query<PlacedFile>(
    catalog,
    `SELECT x.photo_id AS photoId, r.path AS root, f.path AS folder, x.name
     FROM json_each(?) j JOIN file x ON x.photo_id = j.value
     JOIN folder f ON f.id = x.folder_id JOIN root r ON r.id = f.root_id
     ORDER BY x.photo_id, ${ROLES}, x.position, x.name`,
  );
  for (const file of files.all(JSON.stringify(ids))) {
    const known = paths.get(file.photoId);
    if (known) known.push(absolutePath(file));
    else paths.set(file.photoId, [absolutePath(file)]);
  }
  return paths;
}

/** Photos as `list --json` prints them, in the order asked. */
/** What scripts knew under another name stays there under that name, too. */
function withFormerNames(measures: Record<string, unknown> | null): Record<string, unknown> | null {
  return measures && { ...measures, colourfulness: measures.colorfulness };
}

export function listedPhotos(catalog: Catalog, ids: readonly number[]): ListedPhoto[] {
  const paths = pathsOf(catalog, ids);
  const rows = query<ListedRow>(
    catalog,
    `SELECT ${ROW_COLUMNS}, p.taken_offset AS takenAtOffset, camera.name AS camera, ${MEASURES},
       p.taste, p.critique_id AS critique
     FROM json_each(?) j CROSS JOIN ${ROW_TABLES}
     LEFT JOIN camera ON camera.id = p.camera_id ${MEASURES_TABLES}
     WHERE p.id = j.value ORDER BY j.key`,
  );
  const found = rows.all(JSON.stringify(ids));
  const reasons = reasonsOfEach(
    catalog,
    found.flatMap(({ critique }) => critique ?? []),
  );
  const faces = facesOf(
    catalog,
    found.map(({ id }) => id),
  );
  return found.map((row) => {
    const grade = gradeOfRow(row);
    const files = paths.get(row.id) ?? [];
    return {
      id: row.id,
      path: files[0] ?? row.name,
      files,
      kind: row.kind,
      width: row.width,
      height: row.height,
      takenAt: row.takenAt === null ? null : wallTime(row.takenAt, row.takenAtOffset),
      camera: row.camera,
      grade: grade && { ...grade, reasons: reasons.get(row.critique ?? 0) ?? [] },
      estimate: estimateOfRow(row),
      measures: withFormerNames(readMeasures(row)),
      taste: row.taste,
      faces: faces.get(row.id)?.faces.map(listedFace) ?? null,
      flag: row.flag,
      stars: row.stars,
      color: row.color,
      stack: listedStack(row),
      state: row.state,
      error: row.error,
    };
  });
}

function listedFace({ left, top, width, height, score, prominent, eyes, eyeFocus }: Face): ListedFace {
  return { box: [left, top, width, height], score, prominent, eyes, eyeFocus };
}

/** `2024-05-01T12:30:00.250+02:00`, without what is not known. */
export function wallTime(milliseconds: number, offsetMinutes: number | null): string {
  const text = new Date(milliseconds)
    .toISOString()
    .slice(0, -1)
    .replace(/\.000$/, '');
  if (offsetMinutes === null) return text;
  const minutes = Math.abs(offsetMinutes);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${text}${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** The photo with this id (a number, also as text) or with a file at this absolute path. @throws CoreError NOT_FOUND. */
export function resolvePhoto(catalog: Catalog, idOrPath: number | string): number {
  const asNumber = typeof idOrPath === 'number' ? idOrPath : /^\d+$/.test(idOrPath) ? Number(idOrPath) : null;
  if (asNumber !== null) {
    const id = query<number>(catalog, 'SELECT id FROM photo WHERE id = ?').pluck().get(asNumber);
    if (id === undefined) throw new CoreError('NOT_FOUND', `There is no photo ${asNumber}.`);
    return id;
  }
  const path = normalize(String(idOrPath));
  const id = isAbsolute(path) ? photoAt(catalog, path) : undefined;
  if (id === undefined) throw new CoreError('NOT_FOUND', `${idOrPath} is not in the library.`);
  return id;
}

function photoAt(catalog: Catalog, path: string): number | undefined {
  const candidates = query<PlacedFile>(
    catalog,
    `SELECT x.photo_id AS photoId, r.path AS root, f.path AS folder, x.name
     FROM file x JOIN folder f ON f.id = x.folder_id JOIN root r ON r.id = f.root_id WHERE x.name = ?
     ORDER BY x.role = 'sidecar'`,
  ).all(path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1));
  return candidates.find((file) => absolutePath(file) === path)?.photoId;
}

/** Ids of all photos, a page at a time. */
export function* pagesOfPhotos(catalog: Catalog, size: number): Generator<number[]> {
  const page = query<number>(catalog, 'SELECT id FROM photo WHERE id > ? ORDER BY id LIMIT ?').pluck();
  for (let after = 0; ; ) {
    const ids = page.all(after, size);
    const last = ids.at(-1);
    if (last === undefined) return;
    yield ids;
    after = last;
  }
}

/** Where a photo stands: what of its file was seen, and what is wrong with it. */
export type PhotoStanding = {
  version: number;
  content: string | null;
  state: PhotoState;
  error: string | null;
  /** Pixels seen upright; 0 when unknown. */
  width: number;
  height: number;
};

export function standingOf(catalog: Catalog, photo: number): PhotoStanding | undefined {
  return query<PhotoStanding>(
    catalog,
    'SELECT version, content, state, error, width, height FROM photo WHERE id = ?',
  ).get(photo);
}

/** Folders that these photos lie in. */
export function foldersOfPhotos(catalog: Catalog, photos: readonly number[]): Set<number> {
  if (photos.length === 0) return new Set();
  const sql = 'SELECT DISTINCT folder_id FROM photo WHERE id IN (SELECT value FROM json_each(?))';
  return new Set(query<number>(catalog, sql).pluck().all(JSON.stringify(photos)));
}

export function folderOfPhoto(catalog: Catalog, photo: number): number | undefined {
  return query<number>(catalog, 'SELECT folder_id FROM photo WHERE id = ?').pluck().get(photo);
}

/** Absolute paths of a photo's picture files, best for showing first; without its sidecars. */
export function picturePaths(catalog: Catalog, photo: number): string[] {
  return query<string>(
    catalog,
    `SELECT r.path || '/' || CASE f.path WHEN '' THEN '' ELSE f.path || '/' END || x.name
     FROM file x JOIN folder f ON f.id = x.folder_id JOIN root r ON r.id = f.root_id
     WHERE x.photo_id = ? AND x.role <> 'sidecar' ORDER BY x.position`,
  )
    .pluck()
    .all(photo);
}

/** Photos of a root by folder and name, with what is wrong with each. */
export function standingsInRoot(
  catalog: Catalog,
  root: number,
): { id: number; state: PhotoState; error: string | null; folder: string }[] {
  return query<{ id: number; state: PhotoState; error: string | null; folder: string }>(
    catalog,
    `SELECT p.id, p.state, p.error, f.path AS folder FROM photo p JOIN folder f ON f.id = p.folder_id
     WHERE f.root_id = ? ORDER BY f.path, p.name_key`,
  ).all(root);
}

/** Those of these photos that are in the library, in the order given. */
export function existingPhotos(catalog: Catalog, ids: readonly number[]): number[] {
  return query<number>(catalog, 'SELECT p.id FROM json_each(?) j JOIN photo p ON p.id = j.value ORDER BY j.key')
    .pluck()
    .all(JSON.stringify(ids));
}
