/** What was seen in photos, as it lies when a person turned them: it is stored as the file stands and turned when it is read. */
import type { Suggestion } from '../../../shared/critique.ts';
import type { Face } from '../../../shared/face.ts';
import { SIDES, type Side } from '../../../shared/facts.ts';
import {
  isOnItsSide,
  type Quarters,
  turnedBox,
  turnedPoint,
  turnedSide,
  turnedSize,
  turnedTiles,
} from '../base/quarters.ts';
import { type Catalog, query } from './open.ts';

/** SQL of the size of photo `p` before a person turned it, for what compares files or facts. */
export const OWN_SIZE = `CASE p.quarters & 1 WHEN 1 THEN p.height ELSE p.width END AS width,
    CASE p.quarters & 1 WHEN 1 THEN p.width ELSE p.height END AS height`;

/** Measures by name (shared/facts.ts); those without a place or a direction are as they were. */
export function turnedSeen(seen: Record<string, unknown>, quarters: Quarters): Record<string, unknown> {
  if (quarters === 0) return seen;
  const turned = { ...seen };
  const { focusTiles, missingAt, motionDirection, measuredOn, subjectX, subjectY } = seen;
  if (typeof focusTiles === 'string') turned.focusTiles = turnedTiles(focusTiles, quarters);
  if (SIDES.includes(missingAt as Side)) turned.missingAt = turnedSide(missingAt as Side, quarters);
  // Counter-clockwise from horizontal, and to be told apart only within half a circle.
  if (typeof motionDirection === 'number' && isOnItsSide(quarters))
    turned.motionDirection = (motionDirection + 90) % 180;
  if (measuredOn !== undefined)
    turned.measuredOn = turnedSize(measuredOn as { width: number; height: number }, quarters);
  if (typeof subjectX === 'number' && typeof subjectY === 'number')
    Object.assign(turned, turnedSubject({ subjectX, subjectY }, quarters));
  return turned;
}

/** Per cent from the left and the top. */
export function turnedSubject(subject: { subjectX: number; subjectY: number }, quarters: Quarters) {
  const { x, y } = turnedPoint({ x: subject.subjectX / 100, y: subject.subjectY / 100 }, quarters);
  return { subjectX: x * 100, subjectY: y * 100 };
}

/** @param aspect width through height of the picture before it is turned */
export function turnedFace(face: Face, quarters: Quarters, aspect: number): Face {
  if (quarters === 0) return face;
  const { eye, roll } = face;
  const leaning = roll + 90 * quarters;
  return {
    ...face,
    ...turnedBox(face, quarters),
    roll: leaning - 360 * Math.round(leaning / 360),
    eye: { ...turnedPoint(eye, quarters), width: isOnItsSide(quarters) ? eye.width * aspect : eye.width },
  };
}

/** A crop cuts other edges, and names them; nothing else speaks of them. */
export function turnedSuggestion(suggestion: Suggestion, quarters: Quarters): Suggestion {
  const { adjustment } = suggestion;
  if (quarters === 0 || adjustment?.kind !== 'crop') return suggestion;
  const turned = { ...adjustment };
  for (const side of SIDES) turned[turnedSide(side, quarters)] = adjustment[side];
  const text = suggestion.text.replace(/\b(?:left|right|top|bottom)\b/g, (side) => turnedSide(side as Side, quarters));
  return { text, adjustment: turned };
}

/** Photos with how each is turned now. In the order given; ids that are gone are left out. */
export function quartersOfEach(catalog: Catalog, ids: readonly number[]): { id: number; quarters: Quarters }[] {
  return query<{ id: number; quarters: Quarters }>(
    catalog,
    'SELECT p.id, p.quarters FROM json_each(?) j JOIN photo p ON p.id = j.value ORDER BY j.key',
  ).all(JSON.stringify(ids));
}

/** How the photo of the file at this path is turned; 0 for a file that is in no library. */
export function quartersAt(catalog: Catalog, path: string): Quarters {
  const rows = query<{ quarters: Quarters; path: string }>(
    catalog,
    `SELECT p.quarters, r.path || '/' || CASE f.path WHEN '' THEN '' ELSE f.path || '/' END || x.name AS path
     FROM file x JOIN photo p ON p.id = x.photo_id JOIN folder f ON f.id = x.folder_id JOIN root r ON r.id = f.root_id
     WHERE x.name = ? AND p.quarters > 0`,
  ).all(path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1));
  const plain = path.replaceAll('\\', '/');
  return rows.find((row) => row.path.replaceAll('\\', '/') === plain)?.quarters ?? 0;
}

/**
 * Turns photos to here from where they are, which is the same for all. A look for faces that found none is made again: heads
 * that lie on their side are not found. Part of the caller's transaction.
 */
export function turnPhotos(catalog: Catalog, ids: readonly number[], to: Quarters): void {
  const photos = JSON.stringify(ids);
  query(
    catalog,
    `UPDATE photo SET quarters = @to,
       width = CASE (quarters + @to) & 1 WHEN 1 THEN height ELSE width END,
       height = CASE (quarters + @to) & 1 WHEN 1 THEN width ELSE height END
     WHERE id IN (SELECT value FROM json_each(@photos))`,
  ).run({ photos, to });
  query(
    catalog,
    `DELETE FROM face_look WHERE photo_id IN (SELECT value FROM json_each(?))
       AND photo_id NOT IN (SELECT photo_id FROM face)`,
  ).run(photos);
}
