/**
 * What analysers saw in photos, with the name and version of each: its values by name as JSON, and beside them numbers
 * without a meaning of their own. Judgements are kept apart (judgements.ts).
 */
import { type Facts, MEASURES_ANALYSER, type Seen } from '../../../shared/facts.ts';
import type { ColumnMeasureName } from '../../../shared/measures.ts';
import { packSignature, SIGNATURE_ANALYSER, type Signature } from '../../../shared/signature.ts';
import { TRAITS, type TraitName } from '../../../shared/traits.ts';
import type { Quarters } from '../base/quarters.ts';
import { type Catalog, query } from './open.ts';
import { turnedSeen } from './turned.ts';

/** Column of `photo` that holds a copy of a measure. */
export function columnOf(measure: ColumnMeasureName): string {
  return measure.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Whole doubles: a threshold must fall the same way whenever a photo is judged. */
function packed(traits: Facts['traits']): Buffer {
  const bytes = Buffer.allocUnsafe(TRAITS.length * 8);
  for (const [place, name] of TRAITS.entries()) bytes.writeDoubleLE(traits[name], place * 8);
  return bytes;
}

/** @returns null when they are of another number than this version's. */
function unpacked(bytes: Buffer): Facts['traits'] | null {
  if (bytes.length !== TRAITS.length * 8) return null;
  const traits = {} as Record<TraitName, number>;
  for (const [place, name] of TRAITS.entries()) traits[name] = bytes.readDoubleLE(place * 8);
  return traits;
}

/** Part of the caller's transaction. */
export function storeFacts(catalog: Catalog, photo: number, { seen, traits }: Facts): void {
  query(
    catalog,
    `INSERT INTO facts (photo_id, analyser, version, value, numbers) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET version = excluded.version, value = excluded.value, numbers = excluded.numbers`,
  ).run(photo, MEASURES_ANALYSER.name, MEASURES_ANALYSER.version, JSON.stringify(seen), packed(traits));
}

/** Part of the caller's transaction. */
export function storeSignature(catalog: Catalog, photo: number, signature: Signature): void {
  query(
    catalog,
    `INSERT INTO facts (photo_id, analyser, version, value, numbers) VALUES (?, ?, ?, '{}', ?)
     ON CONFLICT DO UPDATE SET version = excluded.version, numbers = excluded.numbers`,
  ).run(photo, SIGNATURE_ANALYSER.name, SIGNATURE_ANALYSER.version, packSignature(signature));
}

/** Nothing can be seen in the photo any more. Part of the caller's transaction. */
export function dropFacts(catalog: Catalog, photo: number): void {
  query(catalog, 'DELETE FROM facts WHERE photo_id = ?').run(photo);
  query(catalog, 'DELETE FROM concluded WHERE photo_id = ?').run(photo);
}

/** Facts as they were stored. @returns null for what this version cannot have written. */
export function factsOf(value: string, numbers: Buffer | null): Facts | null {
  const traits = numbers === null ? null : unpacked(numbers);
  return traits === null ? null : { seen: JSON.parse(value) as Seen, traits };
}

/** What this version of the analyser saw in a photo; null where it did not look. */
export function seenOf(catalog: Catalog, photo: number): Seen | null {
  const value = query<string>(catalog, 'SELECT value FROM facts WHERE photo_id = ? AND analyser = ? AND version = ?')
    .pluck()
    .get(photo, MEASURES_ANALYSER.name, MEASURES_ANALYSER.version);
  return value === undefined ? null : (JSON.parse(value) as Seen);
}

/** Photos that another version of an analyser saw, or one of them never, are to be looked at again. @returns their ids. */
export function forgetOutdatedFacts(catalog: Catalog): number[] {
  return query<number>(
    catalog,
    `UPDATE photo SET state = 'pending' WHERE state = 'ready' AND id IN
       (SELECT m.photo_id FROM facts m
        LEFT JOIN facts s ON s.photo_id = m.photo_id AND s.analyser = ? AND s.version = ?
        WHERE m.analyser = ? AND (m.version <> ? OR s.photo_id IS NULL)) RETURNING id`,
  )
    .pluck()
    .all(SIGNATURE_ANALYSER.name, SIGNATURE_ANALYSER.version, MEASURES_ANALYSER.name, MEASURES_ANALYSER.version);
}

/** How many of a root's waiting photos were seen by another version of the analyser. */
export function outdatedPhotos(catalog: Catalog, root: number): number {
  return (
    query<number>(
      catalog,
      `SELECT count(*) FROM photo p JOIN folder f ON f.id = p.folder_id JOIN facts x ON x.photo_id = p.id
       WHERE p.state = 'pending' AND f.root_id = ? AND x.analyser = ? AND x.version <> ?`,
    )
      .pluck()
      .get(root, MEASURES_ANALYSER.name, MEASURES_ANALYSER.version) ?? 0
  );
}

/** Under which name the facts of the measures stand. */
export const MEASURES_FACTS = MEASURES_ANALYSER.name;

/** SQL of what was seen in photo `p` and concluded from it, for `readMeasures`. */
export const MEASURES = 'ms.value AS seen, mc.value AS concluded, p.quarters';
export const MEASURES_TABLES = `LEFT JOIN facts ms ON ms.photo_id = p.id AND ms.analyser = '${MEASURES_ANALYSER.name}'
     LEFT JOIN concluded mc ON mc.photo_id = p.id`;

/** The measures as people read them, seen as the photo is turned and concluded; null for a photo that nobody has looked at. */
export function readMeasures(row: {
  seen: string | null;
  concluded: string | null;
  quarters: Quarters;
}): Record<string, unknown> | null {
  if (row.seen === null) return null;
  const seen = turnedSeen(JSON.parse(row.seen) as Record<string, unknown>, row.quarters);
  return row.concluded === null ? seen : { ...seen, ...(JSON.parse(row.concluded) as Record<string, unknown>) };
}
