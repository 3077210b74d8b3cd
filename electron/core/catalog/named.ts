/** The small tables of names: cameras, lenses, keywords. */
import { type Catalog, query } from './open.ts';

/** Id of a name, which is added when it is new; null for none. Part of the caller's transaction. */
export function named(catalog: Catalog, table: 'camera' | 'lens' | 'keyword', name: string | null): number | null {
  if (name === null || name.trim() === '') return null;
  const known = query<number>(catalog, `SELECT id FROM ${table} WHERE name = ?`).pluck().get(name);
  return known ?? Number(query(catalog, `INSERT INTO ${table} (name) VALUES (?)`).run(name).lastInsertRowid);
}
