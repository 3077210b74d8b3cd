/** The photos of a shoot with what a critique of it is counted from. */
import type { Flag } from '../../../shared/photo.ts';
import type { Quarters } from '../base/quarters.ts';
import { reasonsOfEach } from './critiques.ts';
import { MEASURES, MEASURES_TABLES, readMeasures } from './facts.ts';
import { type Catalog, query } from './open.ts';

export type Frame = {
  id: number;
  version: number;
  quarters: Quarters;
  name: string;
  folder: string;
  /** Milliseconds of the camera's wall clock read as UTC. */
  takenAt: number | null;
  /** `second`: the hour can be believed. */
  takenPrecision: string | null;
  camera: string | null;
  cameraSerial: string | null;
  lens: string | null;
  /** Seconds, f-number, ISO, millimetres. */
  shutter: number | null;
  aperture: number | null;
  iso: number | null;
  focalLength: number | null;
  focalLength35: number | null;
  /** 0–100. */
  focus: number | null;
  grade: number | null;
  critic: string | null;
  flag: Flag;
  stars: number;
  stack: number | null;
  title: string | null;
  caption: string | null;
  reasons: string[];
  measures: Record<string, unknown> | null;
};

type Row = Omit<Frame, 'reasons' | 'measures'> & {
  critique: number | null;
  seen: string | null;
  concluded: string | null;
};

/** In the order in which they were taken; only photos that were looked at. */
export function framesOf(catalog: Catalog, ids: readonly number[]): Frame[] {
  const rows = query<Row>(
    catalog,
    `SELECT p.id, p.version, p.name, CASE f.path WHEN '' THEN r.name ELSE f.name END AS folder, p.taken_at AS takenAt,
       p.taken_precision AS takenPrecision, camera.name AS camera, p.camera_serial AS cameraSerial, lens.name AS lens,
       p.shutter, p.aperture, p.iso, p.focal_length AS focalLength, p.focal_length_35 AS focalLength35, p.focus,
       p.grade, c.critic, coalesce(m.flag, 'none') AS flag, coalesce(m.stars, 0) AS stars, p.stack_id AS stack,
       d.title, d.caption, p.critique_id AS critique, ${MEASURES}
     FROM json_each(?) j CROSS JOIN photo p JOIN folder f ON f.id = p.folder_id JOIN root r ON r.id = f.root_id
     LEFT JOIN camera ON camera.id = p.camera_id LEFT JOIN lens ON lens.id = p.lens_id
     LEFT JOIN critique c ON c.id = p.critique_id LEFT JOIN detail d ON d.photo_id = p.id
     LEFT JOIN mark m ON m.photo_id = p.id ${MEASURES_TABLES}
     WHERE p.id = j.value AND p.version > 0 ORDER BY p.taken_at, p.name_key, p.id`,
  ).all(JSON.stringify(ids));
  const reasons = reasonsOfEach(
    catalog,
    rows.flatMap(({ critique }) => critique ?? []),
  );
  return rows.map(({ critique, seen, concluded, ...row }) => ({
    ...row,
    reasons: (reasons.get(critique ?? 0) ?? []).map(({ name }) => name),
    measures: readMeasures({ seen, concluded, quarters: row.quarters }),
  }));
}
