/** What a person decided, and what every critic said of the same photos. */
import type { Decided } from '../../../models/evaluate/own.ts';
import { type Catalog, query } from './open.ts';

/** Photos with a flag or stars that are in the library now. */
export function decidedPhotos(catalog: Catalog): Decided[] {
  return query<Decided>(
    catalog,
    `SELECT p.id AS photo, p.stack_id AS moment,
       CASE WHEN m.flag = 'reject' THEN 0 WHEN m.stars > 0 THEN m.stars ELSE 4 END AS decision
     FROM mark m JOIN photo p ON p.id = m.photo_id
     WHERE m.flag <> 'none' OR m.stars > 0 ORDER BY p.id`,
  ).all();
}

/** Grades of decided photos by each critic, the newest of each photo's present content. */
export function gradesOfDecided(catalog: Catalog): Map<string, Map<number, number>> {
  const grades = new Map<string, Map<number, number>>();
  const rows = query<[number, string, number]>(
    catalog,
    `SELECT c.photo_id, c.critic, c.value
     FROM mark m JOIN photo p ON p.id = m.photo_id JOIN critique c ON c.photo_id = p.id AND c.content = p.content
     WHERE m.flag <> 'none' OR m.stars > 0 ORDER BY c.created_at, c.id`,
  ).raw();
  for (const [photo, critic, value] of rows.iterate()) {
    const known = grades.get(critic) ?? new Map<number, number>();
    grades.set(critic, known.set(photo, value));
  }
  return grades;
}
