/** How fast this machine computes, as it was measured once for what shapes it (processor, GPU, threads). */
import { type Catalog, query } from './open.ts';

/** @returns what was kept under the key, or null. */
export function speedOf(catalog: Catalog, key: string): string | null {
  return query<string>(catalog, 'SELECT value FROM machine_speed WHERE key = ?').pluck().get(key) ?? null;
}

export function keepSpeed(catalog: Catalog, key: string, value: string): void {
  query(
    catalog,
    'INSERT INTO machine_speed (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  ).run(key, value);
}

/** Photos that are ready and not judged by this critic in its present form. @param critic null: it never judged. */
export function photosUnjudged(catalog: Catalog, critic: string | null): number {
  return (
    query<number>(
      catalog,
      `SELECT count(*) FROM photo p WHERE p.state = 'ready' AND NOT EXISTS
         (SELECT 1 FROM critique c WHERE c.photo_id = p.id AND c.content = p.content AND c.critic = ?)`,
    )
      .pluck()
      .get(critic ?? '') ?? 0
  );
}
