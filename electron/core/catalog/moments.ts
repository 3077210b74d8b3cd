/** Moments in the catalog (table `stack`): the frames that may form them, what is seen in those, and what they formed. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Seen } from '../../../shared/facts.ts';
import { type Moment, type MomentKind, type MomentReason, WHOLE_KINDS } from '../../../shared/moments.ts';
import type { Kind } from '../../../shared/photo.ts';
import { SIGNATURE_ANALYSER, type Signature, unpackSignature } from '../../../shared/signature.ts';
import type { Quarters } from '../base/quarters.ts';
import { SHOWN } from './column-parts.ts';
import { MEASURES_FACTS } from './facts.ts';
import { type Catalog, query } from './open.ts';
import { OWN_SIZE, turnedSeen } from './turned.ts';

export type Frame = {
  id: number;
  /** 0: not known. */
  camera: number;
  /** The camera's own number; empty when it is not known. Two bodies of one model are two cameras. */
  body: string;
  folder: number;
  name: string;
  kind: Kind;
  /** Hash of what was looked at. */
  content: string | null;
  /** Pixels as the camera saw them: what a person turned stays with its moment. */
  width: number;
  height: number;
  /** Milliseconds; null where no time is known to the second. */
  takenAt: number | null;
  /** Seconds, f-number, ISO, millimetres, EV. */
  shutter: number | null;
  aperture: number | null;
  iso: number | null;
  focalLength: number | null;
  bias: number | null;
  dHash: string;
  pHash: string;
  /** The moment it is in, its kind, and whether it stands on top: by a person's word where `topByPerson`. */
  stack: number | null;
  stackKind: MomentKind | null;
  top: number;
  topByPerson: number;
};

const PAGE = 4000;
const FRAMES = `
  SELECT p.id, coalesce(p.camera_id, 0) AS camera, coalesce(p.camera_serial, '') AS body, p.folder_id AS folder, p.name,
    p.kind, p.content, ${OWN_SIZE},
    CASE coalesce(p.taken_precision, 'second') WHEN 'second' THEN p.taken_at END AS takenAt,
    p.shutter, p.aperture, p.iso, p.focal_length AS focalLength, p.exposure_bias AS bias,
    p.d_hash AS dHash, p.p_hash AS pHash, p.stack_id AS stack, s.kind AS stackKind, p.stack_top AS top,
    coalesce(s.top_by_person, 0) AS topByPerson
  FROM photo p LEFT JOIN stack s ON s.id = p.stack_id
  WHERE p.d_hash IS NOT NULL AND p.p_hash IS NOT NULL AND p.id ${SHOWN} AND p.id > ? ORDER BY p.id LIMIT ${PAGE}`;

/** All frames that were looked at, by number. @throws the signal's reason. */
export async function readFrames(catalog: Catalog, signal: AbortSignal): Promise<Frame[]> {
  const frames: Frame[] = [];
  for (let after = 0; ; await nextTurn()) {
    signal.throwIfAborted();
    const page = query<Frame>(catalog, FRAMES).all(after);
    for (const frame of page) frames.push(frame);
    const last = page.at(-1);
    if (!last || page.length < PAGE) return frames;
    after = last.id;
  }
}

/** Signatures of these photos; one that was looked at before signatures were taken has none. */
export function readSignatures(catalog: Catalog, photos: readonly number[]): Map<number, Signature> {
  const found = new Map<number, Signature>();
  const rows = query(
    catalog,
    `SELECT f.photo_id, f.numbers FROM json_each(?) j CROSS JOIN facts f ON f.photo_id = j.value
     WHERE f.analyser = '${SIGNATURE_ANALYSER.name}'`,
  ).raw();
  for (const [photo, bytes] of rows.all(JSON.stringify(photos)) as [number, Buffer | null][]) {
    const signature = bytes === null ? null : unpackSignature(bytes);
    if (signature !== null) found.set(photo, signature);
  }
  return found;
}

export type SeenOfPhoto = { seen: Seen | null; technical: number | null };

/** What the measures saw in these photos, and their technical quality 0–100. */
export function readSeen(catalog: Catalog, photos: readonly number[]): Map<number, SeenOfPhoto> {
  const rows = query(
    catalog,
    `SELECT p.id, m.value, p.technical, p.quarters FROM json_each(?) j CROSS JOIN photo p ON p.id = j.value
     LEFT JOIN facts m ON m.photo_id = p.id AND m.analyser = '${MEASURES_FACTS}'`,
  ).raw();
  const found = rows.all(JSON.stringify(photos)) as [number, string | null, number | null, Quarters][];
  return new Map(
    found.map(([photo, value, technical, quarters]) => [
      photo,
      { seen: value === null ? null : (turnedSeen(JSON.parse(value), quarters) as Seen), technical },
    ]),
  );
}

/** A moment as finding describes it. `kept` is the moment that some of its frames formed before. */
export type FoundMoment = Omit<Moment, 'id'> & { kept: number | null; topByPerson: boolean };

/**
 * Writes found moments, and takes frames out that belong to none any more. What people made is not touched.
 * @param frames all that were asked about; of those in moments that people made nothing is changed
 * @returns photos whose moment, its description or place in it is another one now
 */
export function writeFoundMoments(
  catalog: Catalog,
  frames: readonly Frame[],
  moments: readonly FoundMoment[],
): number[] {
  return catalog.transaction(() => {
    const known = new Map(storedMoments(catalog).map((stored) => [stored.id, stored]));
    const wanted = new Map<number, { stack: number; top: number }>();
    const described = new Set<number>();
    for (const moment of moments) {
      const before = moment.kept === null ? undefined : known.get(moment.kept);
      const id = moment.kept ?? insertStack(catalog, null);
      const row = rowOf(moment);
      if (!before || ROW_KEYS.some((key) => before[key] !== row[key])) {
        describeStack(catalog, id, row);
        for (const photo of moment.photos) described.add(photo);
      }
      for (const photo of moment.photos) wanted.set(photo, { stack: id, top: photo === moment.top ? 1 : 0 });
    }
    const update = query(catalog, 'UPDATE photo SET stack_id = ?, stack_top = ? WHERE id = ?');
    const touched: number[] = [];
    // Also what a person made while these were found.
    const made = new Set(
      query<number>(catalog, "SELECT p.id FROM stack s JOIN photo p ON p.stack_id = s.id WHERE s.kind = 'manual'")
        .pluck()
        .all(),
    );
    for (const frame of frames) {
      if (made.has(frame.id)) continue;
      const { stack, top } = wanted.get(frame.id) ?? { stack: null, top: 0 };
      if (stack !== frame.stack || top !== frame.top) update.run(stack, top, frame.id);
      else if (!described.has(frame.id)) continue;
      touched.push(frame.id);
    }
    dropEmptyMoments(catalog);
    return touched;
  })();
}

/** What people made stays also while its photos are away: they may come back. Part of the caller's transaction. */
export function dropEmptyMoments(catalog: Catalog): void {
  query(
    catalog,
    "DELETE FROM stack WHERE kind <> 'manual' AND NOT EXISTS (SELECT 1 FROM photo WHERE photo.stack_id = stack.id)",
  ).run();
}

/** Photos that stand on top of their moments. */
export function topsOfMoments(catalog: Catalog): number[] {
  return query<number>(catalog, 'SELECT id FROM photo WHERE stack_top = 1').pluck().all();
}

/**
 * Of moments whose top has left the next best comes on top; of those to which it came back, that one again. Part of the
 * caller's transaction.
 * @param stood the tops before photos came back
 * @returns photos that stand elsewhere in their moment now
 */
export function mendTops(catalog: Catalog, stood: readonly number[] = []): number[] {
  const down = query<number>(
    catalog,
    `WITH stood AS MATERIALIZED (SELECT value AS id FROM json_each(?))
     UPDATE photo SET stack_top = 0 WHERE id IN (SELECT id FROM stood) AND EXISTS
       (SELECT 1 FROM photo t WHERE t.stack_id = photo.stack_id AND t.stack_top = 1 AND t.id NOT IN (SELECT id FROM stood))
     RETURNING id`,
  )
    .pluck()
    .all(JSON.stringify(stood));
  const up = query<number>(
    catalog,
    `UPDATE photo SET stack_top = 1 WHERE id IN (
       SELECT (SELECT p.id FROM photo p WHERE p.stack_id = s.id
               ORDER BY p.id IS s.second_id DESC, p.technical DESC, p.taken_at, p.id LIMIT 1)
       FROM stack s WHERE NOT EXISTS (SELECT 1 FROM photo t WHERE t.stack_id = s.id AND t.stack_top = 1))
     RETURNING id`,
  )
    .pluck()
    .all();
  return [...down, ...up];
}

/** Goes when no photo is in it any more. Part of the caller's transaction. */
export function dropMoment(catalog: Catalog, id: number): void {
  query(catalog, 'DELETE FROM stack WHERE id = ? AND NOT EXISTS (SELECT 1 FROM photo WHERE stack_id = stack.id)').run(
    id,
  );
}

/** The other photos of moments that stay whole, of which some of these are a part. */
export function wholeSiblings(catalog: Catalog, photos: readonly number[]): number[] {
  const kinds = [...WHOLE_KINDS].map((kind) => `'${kind}'`).join(', ');
  const sql = `SELECT 1 FROM stack WHERE kind IN (${kinds}) LIMIT 1`;
  if (photos.length === 0 || query(catalog, sql).get() === undefined) return [];
  return query<number>(
    catalog,
    `WITH asked AS (SELECT value AS id FROM json_each(?))
     SELECT p.id FROM photo p WHERE p.id NOT IN (SELECT id FROM asked) AND p.stack_id IN
       (SELECT s.id FROM asked JOIN photo q ON q.id = asked.id JOIN stack s ON s.id = q.stack_id WHERE s.kind IN (${kinds}))`,
  )
    .pluck()
    .all(JSON.stringify(photos));
}

/** A moment's own row. */
export type StackRow = {
  kind: MomentKind;
  second: number | null;
  reason: string;
  margin: number | null;
  tooClose: number;
  topByPerson: number;
};
const ROW_KEYS = ['kind', 'second', 'reason', 'margin', 'tooClose', 'topByPerson'] as const;
const ROW = `kind, second_id AS second, reason, margin, too_close AS tooClose, top_by_person AS topByPerson`;

function rowOf({ kind, second, reason, topByPerson }: FoundMoment): StackRow {
  const { text, margin, tooClose } = reason;
  return { kind, second, reason: text, margin, tooClose: Number(tooClose), topByPerson: Number(topByPerson) };
}

function storedMoments(catalog: Catalog): (StackRow & { id: number })[] {
  return query<StackRow & { id: number }>(catalog, `SELECT id, ${ROW} FROM stack`).all();
}

export function stackRow(catalog: Catalog, id: number): StackRow | undefined {
  return query<StackRow>(catalog, `SELECT ${ROW} FROM stack WHERE id = ?`).get(id);
}

/** @param id null: a new one. */
function insertStack(catalog: Catalog, id: number | null): number {
  return Number(query(catalog, 'INSERT INTO stack (id) VALUES (?)').run(id).lastInsertRowid);
}

function describeStack(catalog: Catalog, id: number, row: StackRow): void {
  query(
    catalog,
    `UPDATE stack SET kind = @kind, second_id = @second, reason = @reason, margin = @margin, too_close = @tooClose,
       top_by_person = @topByPerson WHERE id = @id`,
  ).run({ id, ...row });
}

/** Number for the next moment: never used before. Part of the caller's transaction. */
export function newMomentId(catalog: Catalog): number {
  const last = query<number>(catalog, "SELECT seq FROM sqlite_sequence WHERE name = 'stack'").pluck().get() ?? 0;
  return Math.max(last, query<number>(catalog, 'SELECT max(id) FROM stack').pluck().get() ?? 0) + 1;
}

/** Part of the caller's transaction. */
export function writeStack(catalog: Catalog, id: number, row: StackRow): void {
  if (!stackRow(catalog, id)) insertStack(catalog, id);
  describeStack(catalog, id, row);
}

export type Membership = { id: number; stack: number | null; top: number };

/** Where these photos stand; those that are gone are left out. */
export function membershipsOf(catalog: Catalog, photos: readonly number[]): Membership[] {
  return query<Membership>(
    catalog,
    'SELECT id, stack_id AS stack, stack_top AS top FROM photo WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id',
  ).all(JSON.stringify(photos));
}

/** Part of the caller's transaction. */
export function putIntoStacks(catalog: Catalog, memberships: readonly Membership[]): void {
  const update = query(catalog, 'UPDATE photo SET stack_id = ?, stack_top = ? WHERE id = ?');
  for (const { id, stack, top } of memberships) update.run(stack, top, id);
}

type MomentRow = StackRow & { stack: number; photo: number; top: number };

const OF_STACKS = `
  SELECT p.stack_id AS stack, p.id AS photo, p.stack_top AS top, s.kind, s.second_id AS second, s.reason, s.margin,
    s.too_close AS tooClose, s.top_by_person AS topByPerson
  FROM photo p JOIN stack s ON s.id = p.stack_id WHERE p.id ${SHOWN}`;
/** Frames of one second follow the camera's own count. */
const IN_ORDER = 'ORDER BY p.stack_id, p.taken_at IS NULL, p.taken_at, p.name_key, p.id';

function* momentsOf(rows: readonly MomentRow[]): Generator<Moment> {
  for (let start = 0, end = 0; start < rows.length; start = end) {
    const first = rows[start]!;
    while (end < rows.length && rows[end]!.stack === first.stack) end++;
    const photos = rows.slice(start, end).map(({ photo }) => photo);
    // One that a person took apart, or that is left of several, is no moment.
    if (photos.length < 2) continue;
    const reason: MomentReason = { text: first.reason, margin: first.margin, tooClose: first.tooClose === 1 };
    yield {
      id: first.stack,
      kind: first.kind,
      top: rows.slice(start, end).find(({ top }) => top === 1)?.photo ?? photos[0]!,
      second: first.second !== null && photos.includes(first.second) ? first.second : null,
      photos,
      reason,
    };
  }
}

/** All moments of two photos or more. */
export function allMoments(catalog: Catalog): Moment[] {
  return [...momentsOf(query<MomentRow>(catalog, `${OF_STACKS} ${IN_ORDER}`).all())];
}

/** Moments of two photos or more that these photos are in. */
export function momentsOfPhotos(catalog: Catalog, photos: readonly number[]): Moment[] {
  const rows = query<MomentRow>(
    catalog,
    `${OF_STACKS} AND p.stack_id IN
       (SELECT stack_id FROM photo WHERE id IN (SELECT value FROM json_each(?)) AND stack_id IS NOT NULL) ${IN_ORDER}`,
  );
  return [...momentsOf(rows.all(JSON.stringify(photos)))];
}
