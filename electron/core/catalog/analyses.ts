/** What a look at a photo found, written down. */
import type { Judgement } from '../../../models/measured/critic.ts';
import { asFarAsSeen } from '../../../models/measured/seen.ts';
import type { CriticId } from '../../../shared/critique.ts';
import { type Facts, MEASURES_ANALYSER } from '../../../shared/facts.ts';
import { COLUMN_MEASURES } from '../../../shared/measures.ts';
import type { Color, Kind } from '../../../shared/photo.ts';
import type { Signature } from '../../../shared/signature.ts';
import type { Failure, Loss } from '../base/unreadable.ts';
import type { FileKind } from '../formats/identify.ts';
import type { Annotations, Metadata } from '../formats/metadata.ts';
import { follow } from './agreed.ts';
import { countGrades } from './critiques.ts';
import { dropOutdatedFaces } from './faces.ts';
import { columnOf, dropFacts, factsOf, storeFacts, storeSignature } from './facts.ts';
import { saveJudgement } from './judgements.ts';
import { followFile, type Mark } from './marks.ts';
import { named } from './named.ts';
import { type Catalog, query } from './open.ts';
import { writeText } from './text.ts';
import { OWN_SIZE } from './turned.ts';
import { followWords, wordsOf } from './words.ts';

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
  /** The files are what they were when the picture was seen last: only what they and the sidecars say was read. */
  isKept: boolean;
};

export type AnalyzedPicture = {
  /** Of the photo seen upright, full resolution. */
  width: number;
  height: number;
  /** Of the previews that were derived; absent where those of the last look are kept. */
  screen?: { width: number; height: number };
  thumb?: { width: number; height: number };
  /** Base64, see pixels/placeholder.ts. */
  placeholder: string;
  /** What was seen in the pixels; the judgement of it is made elsewhere. */
  facts: Facts;
  /** A small look of it for telling like pictures; null where that of the last look is kept. */
  signature: Signature | null;
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
export type AnalysisOrder = { files: string[]; sidecars: string[]; version: number; kept: KeptPicture | null };

/** What was seen last, of use where the files still have these contents. */
export type KeptPicture = {
  contents: string[];
  width: number;
  height: number;
  placeholder: string;
  facts: Facts;
};

/** @returns null when the photo has gone or needs no look any more. */
export function analysisOrder(catalog: Catalog, photo: number): AnalysisOrder | null {
  const version = query<number>(catalog, "SELECT version FROM photo WHERE id = ? AND state = 'pending'")
    .pluck()
    .get(photo);
  if (version === undefined) return null;
  const files = query<{ path: string; role: string; content: string | null }>(
    catalog,
    `SELECT r.path || '/' || CASE f.path WHEN '' THEN '' ELSE f.path || '/' END || x.name AS path, x.role, x.content
     FROM file x JOIN folder f ON f.id = x.folder_id JOIN root r ON r.id = f.root_id
     WHERE x.photo_id = ? ORDER BY x.position`,
  ).all(photo);
  const pathsOf = (sidecars: boolean) =>
    files.filter(({ role }) => (role === 'sidecar') === sidecars).map(({ path }) => path);
  const contents = files.filter(({ role }) => role !== 'sidecar').map(({ content }) => content);
  const kept = contents.every((content) => content !== null) ? keptPicture(catalog, photo, contents) : null;
  return { files: pathsOf(false), sidecars: pathsOf(true), version: version + 1, kept };
}

/** Only where a scan found that something beside the picture changed: who asks for another look gets one. */
function keptPicture(catalog: Catalog, photo: number, contents: string[]): KeptPicture | null {
  const row = query<{ width: number; height: number; placeholder: string; value: string; numbers: Buffer }>(
    catalog,
    `SELECT ${OWN_SIZE}, p.placeholder, x.value, x.numbers FROM photo p
     JOIN facts x ON x.photo_id = p.id AND x.analyser = ? AND x.version = ?
     WHERE p.id = ? AND p.content IS NULL AND p.version > 0 AND p.width > 0 AND p.placeholder IS NOT NULL`,
  ).get(MEASURES_ANALYSER.name, MEASURES_ANALYSER.version, photo);
  const facts = row === undefined ? null : factsOf(row.value, row.numbers);
  if (row === undefined || facts === null) return null;
  const { width, height, placeholder } = row;
  return { contents, width, height, placeholder, facts };
}

function kindOf(kinds: Analysis['kinds'], shown: number): Kind {
  const seen = kinds.filter((kind) => kind !== null);
  const raw = seen.some((kind) => kind.startsWith('raw:'));
  if (raw) return seen.some((kind) => !kind.startsWith('raw:')) ? 'raw+jpeg' : 'raw';
  const kind = kinds[shown] ?? seen[0];
  if (kind === undefined || kind === null) return 'other';
  return kind === 'mpo' ? 'jpeg' : (kind as Kind);
}

/** Stars, reject, pick and color that the photo carries. */
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
  // Facts stay as they were measured; orders and filters go by what that can claim.
  const claimed = picture === null || facts === null ? null : asFarAsSeen(facts.seen, picture);
  const content = seen ? (look.contents[look.fileIndex] ?? null) : null;
  const { changes } = query(
    catalog,
    `UPDATE photo SET state = @state, error = @error, failure = @failure,
       deaths = CASE @seen WHEN 1 THEN 0 ELSE deaths END, version = CASE @seen WHEN 1 THEN @version ELSE version END,
       content = @content, kind = @kind,
       width = CASE quarters & 1 WHEN 1 THEN @height ELSE @width END,
       height = CASE quarters & 1 WHEN 1 THEN @width ELSE @height END, placeholder = @placeholder,
       taken_at = @takenAt, taken_offset = @takenOffset, taken_source = @takenSource, taken_precision = @takenPrecision,
       camera_id = @camera, camera_serial = @cameraSerial, lens_id = @lens, shutter = @shutter, aperture = @aperture,
       iso = @iso, focal_length = @focalLength, focal_length_35 = @focalLength35, latitude = @latitude,
       longitude = @longitude, exposure_bias = @exposureBias, ${COLUMNS}, d_hash = @dHash, p_hash = @pHash
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
    exposureBias: metadata.exposureBias,
    focalLength35: metadata.focalLength35,
    latitude: metadata.gps?.latitude ?? null,
    longitude: metadata.gps?.longitude ?? null,
    ...Object.fromEntries(COLUMN_MEASURES.map((name) => [name, claimed?.[name] ?? null])),
    // A color fill has no focus: softest first begins with what can be soft.
    focus: claimed === null || claimed.detail < FOCUSED_DETAIL ? null : claimed.focus,
    dHash: facts?.seen.dHash ?? null,
    pHash: facts?.seen.pHash ?? null,
  });
  // A scan took it back meanwhile, or it has gone.
  if (changes === 0) return;
  storeFiles(catalog, photo, look);
  dropOutdatedFaces(catalog, photo, content);
  if (facts === null) dropFacts(catalog, photo);
  else storeFacts(catalog, photo, facts);
  if (picture !== null && picture.signature !== null) storeSignature(catalog, photo, picture.signature);
  if (judgement !== null && content !== null) saveJudgement(catalog, photo, content, judgement);
  const isHeard = look.sidecarProblem === null && look.kinds.some((kind) => kind !== null);
  const speaks = isHeard && hasSidecar(catalog, photo);
  follow(catalog, photo, {
    speaks,
    hear() {
      storeWords(catalog, photo, metadata);
      followFile(catalog, photo, markOf(metadata), isHeard);
    },
  });
}

function hasSidecar(catalog: Catalog, photo: number): boolean {
  const sql = "SELECT 1 FROM file WHERE photo_id = ? AND role = 'sidecar' AND name LIKE '%.xmp' LIMIT 1";
  return query(catalog, sql).get(photo) !== undefined;
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
    `INSERT INTO detail (photo_id, creator, color_profile, faces) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET creator = excluded.creator, color_profile = excluded.color_profile,
       faces = excluded.faces`,
  ).run(photo, metadata.creator, metadata.profile, JSON.stringify(faces));
  followWords(catalog, photo, wordsOf(metadata));
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
