/** The photos of a shoot with what a critique of it is counted from. */
import type { Flag } from '../../../shared/photo.ts';
import type { Quarters } from '../base/quarters.ts';
import { reasonsOfEach } from './critiques.ts';
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
};

/** `nameKey` orders frames that were taken in the same moment. */
type Row = Omit<Frame, 'reasons'> & { critique: number | null; nameKey: string };

/** Photos read at once: a few milliseconds. */
const PAGE = 500;

/**
 * In the order in which they were taken; only photos that were looked at.
 * @param breathe awaited between pages, with how many were read
 */
export async function framesOf(
  catalog: Catalog,
  ids: readonly number[],
  breathe: (read: number) => Promise<void> | undefined,
): Promise<Frame[]> {
  let pages: Ordered[][] = [];
  for (let start = 0; start < ids.length; start += PAGE) {
    await breathe(start);
    pages.push(pageOf(catalog, ids.slice(start, start + PAGE)));
  }
  while (pages.length > 1) {
    const merged: Ordered[][] = [];
    for (let at = 0; at < pages.length; at += 2) {
      await breathe(ids.length);
      merged.push(at + 1 < pages.length ? mergedOf(pages[at]!, pages[at + 1]!) : pages[at]!);
    }
    pages = merged;
  }
  return (pages[0] ?? []).map(({ frame }) => frame);
}

type Ordered = { frame: Frame; nameKey: string };

function isBefore(one: Ordered, other: Ordered): boolean {
  const [a, b] = [one.frame.takenAt ?? Number.NEGATIVE_INFINITY, other.frame.takenAt ?? Number.NEGATIVE_INFINITY];
  if (a !== b) return a < b;
  return one.nameKey === other.nameKey ? one.frame.id < other.frame.id : one.nameKey < other.nameKey;
}

function mergedOf(one: readonly Ordered[], other: readonly Ordered[]): Ordered[] {
  const merged: Ordered[] = [];
  let [left, right] = [0, 0];
  while (left < one.length && right < other.length) {
    merged.push(isBefore(other[right]!, one[left]!) ? other[right++]! : one[left++]!);
  }
  for (; left < one.length; left++) merged.push(one[left]!);
  for (; right < other.length; right++) merged.push(other[right]!);
  return merged;
}

function pageOf(catalog: Catalog, ids: readonly number[]): Ordered[] {
  const rows = query<Row>(
    catalog,
    `SELECT p.id, p.version, p.quarters, p.name, CASE f.path WHEN '' THEN r.name ELSE f.name END AS folder, p.taken_at AS takenAt,
       p.taken_precision AS takenPrecision, camera.name AS camera, p.camera_serial AS cameraSerial, lens.name AS lens,
       p.shutter, p.aperture, p.iso, p.focal_length AS focalLength, p.focal_length_35 AS focalLength35, p.focus,
       p.grade, c.critic, coalesce(m.flag, 'none') AS flag, coalesce(m.stars, 0) AS stars, p.stack_id AS stack,
       d.title, d.caption, p.critique_id AS critique, p.name_key AS nameKey
     FROM json_each(?) j CROSS JOIN photo p JOIN folder f ON f.id = p.folder_id JOIN root r ON r.id = f.root_id
     LEFT JOIN camera ON camera.id = p.camera_id LEFT JOIN lens ON lens.id = p.lens_id
     LEFT JOIN critique c ON c.id = p.critique_id LEFT JOIN detail d ON d.photo_id = p.id
     LEFT JOIN mark m ON m.photo_id = p.id
     WHERE p.id = j.value AND p.version > 0`,
  ).all(JSON.stringify(ids));
  const reasons = reasonsOfEach(
    catalog,
    rows.flatMap(({ critique }) => critique ?? []),
  );
  return rows
    .map(({ critique, nameKey, ...row }) => ({
      frame: { ...row, reasons: (reasons.get(critique ?? 0) ?? []).map(({ name }) => name) },
      nameKey,
    }))
    .sort((a, b) => (isBefore(a, b) ? -1 : 1));
}
