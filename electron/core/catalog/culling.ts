/** What culling reads of photos, their moments, and where a person is in a shoot. */
import type { Genre } from '../../../shared/culling.ts';
import { MEASURES_ANALYSER } from '../../../shared/facts.ts';
import { MOMENT_KINDS, type MomentKind } from '../../../shared/moments.ts';
import type { Quarters } from '../base/quarters.ts';
import type { PhotoColumns } from './columns.ts';
import { reasonsOfEach } from './critiques.ts';
import { type Catalog, query } from './open.ts';
import { turnedSubject } from './turned.ts';

/** What of a frame does not change while it is marked. */
export type CullFacts = {
  id: number;
  folder: number;
  takenAt: number | null;
  /** Of the measures; null until it was looked at. */
  subjectFocus: number | null;
  motion: number | null;
  clippedHighlights: number | null;
  blockedShadows: number | null;
  tilt: number | null;
  tiltAgreement: number | null;
  /** Per cent from the left and the top. */
  subjectX: number | null;
  subjectY: number | null;
  /** Reasons of the critique that counts, those that cost points. */
  faults: { name: string; weight: number; text: string }[];
};

type FactsRow = Omit<CullFacts, 'faults'> & { critique: number | null; quarters: Quarters };

const value = (name: string): string => `json_extract(x.value, '$.${name}') AS ${name}`;
const FACTS = `
  SELECT p.id, p.folder_id AS folder, p.taken_at AS takenAt, p.critique_id AS critique, p.quarters,
    ${['subjectFocus', 'motion', 'clippedHighlights', 'blockedShadows', 'tilt', 'tiltAgreement', 'subjectX', 'subjectY'].map(value).join(', ')}
  FROM json_each(?) j CROSS JOIN photo p
  LEFT JOIN facts x ON x.photo_id = p.id AND x.analyser = '${MEASURES_ANALYSER.name}'
  WHERE p.id = j.value`;

/** Facts of these photos, so far as they exist. */
export function cullFacts(catalog: Catalog, ids: readonly number[]): CullFacts[] {
  const rows = query<FactsRow>(catalog, FACTS).all(JSON.stringify(ids));
  const reasons = reasonsOfEach(
    catalog,
    rows.flatMap(({ critique }) => critique ?? []),
  );
  return rows.map(({ critique, quarters, ...row }) => ({
    ...row,
    ...(quarters === 0 || row.subjectX === null || row.subjectY === null
      ? {}
      : turnedSubject({ subjectX: row.subjectX, subjectY: row.subjectY }, quarters)),
    faults: (reasons.get(critique ?? 0) ?? []).filter(({ weight }) => weight < 0),
  }));
}

export type StackRow = {
  id: number;
  kind: MomentKind;
  second: number | null;
  text: string;
  margin: number | null;
  tooClose: number;
};

/** Stacks by their ids. */
export function stackRows(catalog: Catalog, ids: readonly number[]): Map<number, StackRow> {
  const rows = query<StackRow>(
    catalog,
    `SELECT s.id, s.kind, s.second_id AS second, s.reason AS text, s.margin, s.too_close AS tooClose
     FROM json_each(?) j JOIN stack s ON s.id = j.value`,
  ).all(JSON.stringify(ids));
  return new Map(rows.filter(({ kind }) => MOMENT_KINDS.includes(kind)).map((row) => [row.id, row]));
}

/** Medians of what tells a genre; null where nothing is known. */
export type Optics = { focal: number | null; aperture: number | null; shutter: number | null };

export function opticsOf(catalog: Catalog, ids: readonly number[]): Optics {
  const middle = (column: string): number | null =>
    query<number>(
      catalog,
      `WITH known AS (SELECT ${column} AS v FROM json_each(?) j JOIN photo p ON p.id = j.value WHERE ${column} > 0)
       SELECT v FROM known ORDER BY v LIMIT 1 OFFSET (SELECT count(*) / 2 FROM known)`,
    )
      .pluck()
      .get(JSON.stringify(ids)) ?? null;
  return {
    focal: middle('coalesce(p.focal_length_35, p.focal_length)'),
    aperture: middle('p.aperture'),
    shutter: middle('p.shutter'),
  };
}

/** Photos with a time, in order of capture. */
export function timedPhotos(columns: PhotoColumns): { id: number; takenAt: number }[] {
  const { id } = columns.references;
  const { date } = columns.numbers;
  const { alive } = columns.smalls;
  const found: { id: number; takenAt: number }[] = [];
  for (let slot = 0; slot < columns.length; slot++) {
    const takenAt = date[slot]!;
    if (alive[slot] === 1 && !Number.isNaN(takenAt)) found.push({ id: id[slot]!, takenAt });
  }
  return found.sort((a, b) => a.takenAt - b.takenAt || a.id - b.id);
}

export type ShootState = { photo: number | null; genre: Genre | null };

/** @param key the shoot as JSON */
export function shootState(catalog: Catalog, key: string): ShootState {
  return (
    query<ShootState>(catalog, 'SELECT photo_id AS photo, genre FROM shoot WHERE key = ?').get(key) ?? {
      photo: null,
      genre: null,
    }
  );
}

/** The shoot that was open last; null when none was. */
export function lastShoot(catalog: Catalog): string | null {
  return (
    query<string>(catalog, 'SELECT key FROM shoot ORDER BY visited_at DESC, rowid DESC LIMIT 1').pluck().get() ?? null
  );
}

/** Remembers what is given; the rest stays. A photo that has gone is no place. */
export function rememberShoot(catalog: Catalog, key: string, state: Partial<ShootState>, now = Date.now()): void {
  query(
    catalog,
    `INSERT INTO shoot (key, photo_id, genre, visited_at) VALUES (@key, (SELECT id FROM photo WHERE id = @photo), @genre, @now)
     ON CONFLICT (key) DO UPDATE SET visited_at = @now,
       photo_id = CASE WHEN @photo IS NULL THEN photo_id ELSE excluded.photo_id END,
       genre = CASE WHEN @sets THEN excluded.genre ELSE genre END`,
  ).run({ key, photo: state.photo ?? null, genre: state.genre ?? null, sets: state.genre === undefined ? 0 : 1, now });
}
