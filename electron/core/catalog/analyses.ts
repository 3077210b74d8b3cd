/** What a look at a photo found, written down. */
import type { Judgement } from '../../../models/measured/critic.ts';
import type { CriticId } from '../../../shared/critique.ts';
import type { Facts } from '../../../shared/facts.ts';
import { COLUMN_MEASURES } from '../../../shared/measures.ts';
import type { Color, Kind } from '../../../shared/photo.ts';
import type { Failure, Loss } from '../base/unreadable.ts';
import type { FileKind } from '../formats/identify.ts';
import type { Annotations, Metadata } from '../formats/metadata.ts';
import { countGrades } from './critiques.ts';
import { columnOf, dropFacts, storeFacts } from './facts.ts';
import { saveJudgement } from './judgements.ts';
import { followFile, type Mark } from './marks.ts';
import { type Catalog, query } from './open.ts';
import { writeText } from './text.ts';

export type Analysis = {
  /** `damaged`: a part of the picture shows (there are previews) and `reason` says what is wrong. `failed`: none. */
  state: 'ready' | 'damaged' | 'failed';
  /** A sentence for people; null when ready. */
  reason: string | null;
  /** Whose failure the reason is; `machine` also for a photo that is ready but of which something could not be read. */
  failure: Failure | null;
  /** Why nothing came back at all; null where something did. */
  loss: Loss | null;
  /** Which of the request's files the picture came from. */
  fileIndex: number;
  /** Of each file of the request, by content; null for one that could not be read. */
  kinds: (FileKind | null)[];
  /** See fingerprint.ts; null for a file that could not be read. */
  fingerprints: (string | null)[];
  /** Hash of all bytes of each file of the request, then of each of its sidecars; null for one that could not be read. */
  contents: (string | null)[];
  /** Of the RAW of a pair where there is one, completed from the other, its sidecars' word over it; all null when nothing could be read. */
  metadata: Metadata;
  /** A sentence about a sidecar that is not sound; null when all are. */
  sidecarProblem: string | null;
  picture: AnalyzedPicture | null;
};

export type AnalyzedPicture = {
  /** Of the photo seen upright, full resolution. */
  width: number;
  height: number;
  /** Of the derived previews. */
  screen: { width: number; height: number };
  thumb: { width: number; height: number };
  /** Blurred stand-in, see stand-in.ts. */
  placeholder: string;
  /** What was seen in the pixels; the judgement of it is made elsewhere. */
  facts: Facts;
};

export type AnalyzedPhoto = {
  photo: number;
  /** Version that the previews were made under. */
  version: number;
  look: Analysis;
  /** The measured critic's judgement; null when nothing could be seen. */
  judgement: Judgement | null;
};

/** Everything that can be asked to look: picture files in the order for showing, and the version of the next look. */
export type AnalysisOrder = { files: string[]; sidecars: string[]; version: number };

/** @returns null when the photo has gone or needs no look any more. */
export function analysisOrder(catalog: Catalog, photo: number): AnalysisOrder | null {
  const version = query<number>(catalog, "SELECT version FROM photo WHERE id = ? AND state = 'pending'")
    .pluck()
    .get(photo);
  if (version === undefined) return null;
  const files = query<{ path: string; role: string }>(
    catalog,
    `SELECT r.path || '/' || CASE f.path WHEN '' THEN '' ELSE f.path || '/' END || x.name AS path, x.role
     FROM file x JOIN folder f ON f.id = x.folder_id JOIN root r ON r.id = f.root_id
     WHERE x.photo_id = ? ORDER BY x.position`,
  ).all(photo);
  const pathsOf = (sidecars: boolean) =>
    files.filter(({ role }) => (role === 'sidecar') === sidecars).map(({ path }) => path);
  return { files: pathsOf(false), sidecars: pathsOf(true), version: version + 1 };
}

function kindOf(kinds: Analysis['kinds'], shown: number): Kind {
  const seen = kinds.filter((kind) => kind !== null);
  const raw = seen.some((kind) => kind.startsWith('raw:'));
  if (raw) return seen.some((kind) => !kind.startsWith('raw:')) ? 'raw+jpeg' : 'raw';
  const kind = kinds[shown] ?? seen[0];
  if (kind === undefined || kind === null) return 'other';
  return kind === 'mpo' ? 'jpeg' : (kind as Kind);
}

/** Id of a name in one of the small tables. */
function named(catalog: Catalog, table: 'camera' | 'lens' | 'keyword', name: string | null): number | null {
  if (name === null || name.trim() === '') return null;
  const known = query<number>(catalog, `SELECT id FROM ${table} WHERE name = ?`).pluck().get(name);
  return known ?? Number(query(catalog, `INSERT INTO ${table} (name) VALUES (?)`).run(name).lastInsertRowid);
}

/** Stars, reject, pick and colour that the photo carries. */
export function markOf(annotations: Annotations): Mark {
  const { rating, pick, labelColor } = annotations;
  const color: Color = labelColor ?? 'none';
  const rejected = rating === -1 || pick === 'reject';
  return { flag: rejected ? 'reject' : (pick ?? 'none'), stars: rating !== null && rating > 0 ? rating : 0, color };
}

/** Writes looks, critiques, search words and first marks. Part of the caller's transaction. */
export function storeAnalyses(catalog: Catalog, looked: readonly AnalyzedPhoto[], active: CriticId | null): void {
  for (const photo of looked) storeAnalysis(catalog, photo);
  const ids = looked.map(({ photo }) => photo);
  countGrades(catalog, ids, active);
  writeText(catalog, ids);
}

/** Copies of measures that views are sorted by. */
/** Share of the picture (%) with detail below which its focus is nothing to sort by. */
const FOCUSED_DETAIL = 15;
const COLUMNS = COLUMN_MEASURES.map((name) => `${columnOf(name)} = @${name}`).join(', ');

function storeAnalysis(catalog: Catalog, { photo, version, look, judgement }: AnalyzedPhoto): void {
  const { picture, metadata } = look;
  const seen = picture !== null;
  const facts = picture?.facts ?? null;
  const content = seen ? (look.contents[look.fileIndex] ?? null) : null;
  const { changes } = query(
    catalog,
    `UPDATE photo SET state = @state, error = @error, failure = @failure,
       deaths = CASE @seen WHEN 1 THEN 0 ELSE deaths END, version = CASE @seen WHEN 1 THEN @version ELSE version END,
       content = @content, kind = @kind, width = @width, height = @height, placeholder = @placeholder,
       taken_at = @takenAt, taken_offset = @takenOffset, taken_source = @takenSource, taken_precision = @takenPrecision,
       camera_id = @camera, camera_serial = @cameraSerial, lens_id = @lens, shutter = @shutter, aperture = @aperture,
       iso = @iso, focal_length = @focalLength, focal_length_35 = @focalLength35, latitude = @latitude,
       longitude = @longitude, ${COLUMNS}, d_hash = @dHash, p_hash = @pHash
     WHERE id = @photo AND state = 'pending'`,
  ).run({
    photo,
    version,
    seen: seen ? 1 : 0,
    state: seen ? 'ready' : 'failed',
    error: look.reason ?? look.sidecarProblem,
    failure: look.failure,
    content,
    kind: kindOf(look.kinds, look.fileIndex),
    width: picture?.width ?? 0,
    height: picture?.height ?? 0,
    placeholder: picture?.placeholder ?? null,
    takenAt: metadata.takenAt === null ? null : Date.parse(`${metadata.takenAt.local}Z`),
    takenOffset: metadata.takenAt?.offsetMinutes ?? null,
    takenSource: metadata.takenAt?.source ?? null,
    takenPrecision: metadata.takenAt?.precision ?? null,
    camera: named(catalog, 'camera', metadata.camera),
    cameraSerial: metadata.serial,
    lens: named(catalog, 'lens', metadata.lens),
    shutter: metadata.exposureSeconds,
    aperture: metadata.aperture,
    iso: metadata.iso,
    focalLength: metadata.focalLength,
    focalLength35: metadata.focalLength35,
    latitude: metadata.gps?.latitude ?? null,
    longitude: metadata.gps?.longitude ?? null,
    ...Object.fromEntries(COLUMN_MEASURES.map((name) => [name, facts?.seen[name] ?? null])),
    // A color fill has no focus: softest first begins with what can be soft.
    focus: facts == null || facts.seen.detail < FOCUSED_DETAIL ? null : facts.seen.focus,
    dHash: facts?.seen.dHash ?? null,
    pHash: facts?.seen.pHash ?? null,
  });
  // A scan took it back meanwhile, or it has gone.
  if (changes === 0) return;
  storeFiles(catalog, photo, look);
  storeWords(catalog, photo, metadata);
  if (facts === null) dropFacts(catalog, photo);
  else storeFacts(catalog, photo, facts);
  if (judgement !== null && content !== null) saveJudgement(catalog, photo, content, judgement);
  const isHeard = look.sidecarProblem === null && look.kinds.some((kind) => kind !== null);
  followFile(catalog, photo, markOf(metadata), isHeard);
}

function storeFiles(catalog: Catalog, photo: number, look: Analysis): void {
  const update = query(
    catalog,
    "UPDATE file SET kind = ?, fingerprint = ? WHERE photo_id = ? AND position = ? AND role <> 'sidecar'",
  );
  for (const [position, kind] of look.kinds.entries()) {
    update.run(kind, look.fingerprints[position] ?? null, photo, position);
  }
  const know = query(catalog, 'UPDATE file SET content = ? WHERE photo_id = ? AND position = ?');
  for (const [position, content] of look.contents.entries()) know.run(content, photo, position);
}

function storeWords(catalog: Catalog, photo: number, metadata: Metadata): void {
  const faces = metadata.faces
    .filter(({ kind }) => kind === 'face' || kind === 'pet')
    .map(({ name, left, top, width, height }) => ({ name, x: left, y: top, width, height }));
  query(
    catalog,
    `INSERT INTO detail (photo_id, title, caption, creator, color_profile, faces) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET title = excluded.title, caption = excluded.caption, creator = excluded.creator,
       color_profile = excluded.color_profile, faces = excluded.faces`,
  ).run(photo, metadata.title, metadata.caption, metadata.creator, metadata.profile, JSON.stringify(faces));
  query(catalog, 'DELETE FROM photo_keyword WHERE photo_id = ?').run(photo);
  // The leaf of a hierarchy is a keyword; what stands above it is found by it too.
  const keywords = new Set([...metadata.keywords, ...metadata.hierarchicalKeywords.flatMap((path) => path.split('|'))]);
  const insert = query(catalog, 'INSERT OR IGNORE INTO photo_keyword (photo_id, keyword_id) VALUES (?, ?)');
  for (const keyword of keywords) {
    const id = named(catalog, 'keyword', keyword);
    if (id !== null) insert.run(photo, id);
  }
}

/** The photo is to be looked at again, because its previews have gone. @returns the root to index, null when it waits already. */
export function analyzeAgain(catalog: Catalog, photo: number): number | null {
  const { changes } = query(catalog, "UPDATE photo SET state = 'pending' WHERE id = ? AND state = 'ready'").run(photo);
  if (changes === 0) return null;
  return (
    query<number>(catalog, 'SELECT f.root_id FROM photo p JOIN folder f ON f.id = p.folder_id WHERE p.id = ?')
      .pluck()
      .get(photo) ?? null
  );
}
