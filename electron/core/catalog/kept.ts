/**
 * Roots that left the library, kept so that they can come back with everything that was known of their photos. What
 * belongs to a root is found by following the catalog's own references, so a table that is added later is kept too.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { type Catalog, query } from './open.ts';
import { forgetText, writeText } from './text.ts';

/** Rows in one part: a few megabytes before they are deflated. */
const ROWS_A_PART = 2000;

type Reference = { table: string; column: string; parent: string; parentColumn: string; isOwner: boolean };
/** `rows`: SQL of a condition that holds for the rows below the root `@root`. */
type OwnedTable = { name: string; rows: string };

function referencesOf(catalog: Catalog): Reference[] {
  return query<Reference>(
    catalog,
    `SELECT m.name AS "table", f."from" AS "column", f."table" AS parent, coalesce(f."to", 'id') AS parentColumn,
       f.on_delete = 'CASCADE' AS isOwner
     FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`,
  ).all();
}

/** Tables whose rows go when a root goes, owners before what they own. */
function ownedTables(references: readonly Reference[]): OwnedTable[] {
  const tables: OwnedTable[] = [{ name: 'root', rows: 'id = @root' }];
  for (let index = 0; index < tables.length; index++) {
    const owner = tables[index]!;
    for (const { table } of references.filter(({ parent, isOwner }) => isOwner && parent === owner.name)) {
      if (tables.some(({ name }) => name === table)) continue;
      const conditions = references
        .filter((reference) => reference.isOwner && reference.table === table)
        .flatMap(({ column, parent, parentColumn }) => {
          const known = tables.find(({ name }) => name === parent);
          return known ? [`"${column}" IN (SELECT "${parentColumn}" FROM "${parent}" WHERE ${known.rows})`] : [];
        });
      tables.push({ name: table, rows: `(${conditions.join(' OR ')})` });
    }
  }
  return tables;
}

export type LeftRoot = {
  /** Photos that went, with the version of their previews. */
  photos: { id: number; version: number }[];
};

/** Takes a root and everything below it out of the library and keeps it. Part of the caller's transaction. */
export function keepRoot(catalog: Catalog, root: number): LeftRoot {
  const tables = ownedTables(referencesOf(catalog));
  query(catalog, 'DELETE FROM kept WHERE root_id = ?').run(root);
  const insert = query(catalog, 'INSERT INTO kept (root_id, part, table_name, columns, rows) VALUES (?, ?, ?, ?, ?)');
  let part = 0;
  for (const { name, rows } of tables) {
    const select = query<unknown[]>(catalog, `SELECT * FROM "${name}" WHERE ${rows}`).raw();
    const columns = JSON.stringify(select.columns().map((column) => column.name));
    // Deflated at once, written afterwards: the connection does not write while it reads.
    const parts: Buffer[] = [];
    let waiting: unknown[][] = [];
    const pack = () => {
      if (waiting.length > 0) parts.push(deflateRawSync(JSON.stringify(waiting), { level: 1 }));
      waiting = [];
    };
    for (const row of select.iterate({ root })) {
      waiting.push(row.map(toJson));
      if (waiting.length === ROWS_A_PART) pack();
    }
    pack();
    for (const packed of parts) insert.run(root, part++, name, columns, packed);
  }
  const photos = query<{ id: number; version: number }>(
    catalog,
    'SELECT p.id, p.version FROM photo p JOIN folder f ON f.id = p.folder_id WHERE f.root_id = ?',
  ).all(root);
  forgetText(
    catalog,
    photos.map(({ id }) => id),
  );
  query(catalog, 'DELETE FROM root WHERE id = ?').run(root);
  return { photos };
}

/** Whether something is kept of this root. */
export function isKept(catalog: Catalog, root: number): boolean {
  return query(catalog, 'SELECT 1 FROM kept WHERE root_id = ? LIMIT 1').get(root) !== undefined;
}

/**
 * Puts everything that was kept of a root back, with its old ids, and forgets that it was kept. Photos are to be
 * looked at again, because their previews have gone. Part of the caller's transaction.
 */
export function restoreRoot(catalog: Catalog, root: number): void {
  // Rows of one part may refer to rows of a later one.
  catalog.pragma('defer_foreign_keys = ON');
  const references = referencesOf(catalog);
  const owned = new Set(ownedTables(references).map(({ name }) => name));
  const parts = query<{ name: string; columns: string; rows: Buffer }>(
    catalog,
    'SELECT table_name AS name, columns, rows FROM kept WHERE root_id = ? ORDER BY part',
  ).all(root);
  for (const { name, columns, rows } of parts) {
    const fill = insertFor(catalog, name, JSON.parse(columns) as string[], references, owned);
    if (!fill) continue;
    for (const row of JSON.parse(inflateRawSync(rows).toString()) as unknown[][]) fill(row.map(fromJson));
  }
  query(catalog, 'DELETE FROM kept WHERE root_id = ?').run(root);
  query(
    catalog,
    `UPDATE photo SET state = 'pending' WHERE state = 'ready' AND folder_id IN (SELECT id FROM folder WHERE root_id = ?)`,
  ).run(root);
  writeText(
    catalog,
    query<number>(catalog, 'SELECT p.id FROM photo p JOIN folder f ON f.id = p.folder_id WHERE f.root_id = ?')
      .pluck()
      .all(root),
  );
}

/**
 * Inserts rows into a table of today from columns of then: a column that is no more is left out, one that came since
 * gets its default, and what referred to something that has gone meanwhile refers to nothing or stays away.
 */
function insertFor(
  catalog: Catalog,
  table: string,
  columns: readonly string[],
  references: readonly Reference[],
  owned: ReadonlySet<string>,
): ((row: readonly unknown[]) => void) | null {
  const today = new Map(
    query<{ name: string; notnull: number }>(catalog, 'SELECT name, "notnull" FROM pragma_table_info(?)')
      .all(table)
      .map(({ name, notnull }) => [name, notnull === 1]),
  );
  const used = columns.flatMap((name, index) => (today.has(name) ? [{ name, index }] : []));
  if (used.length === 0) return null;
  const conditions: { sql: string; index: number }[] = [];
  const values = used.map(({ name, index }) => {
    const outside = references.find(
      (reference) => reference.table === table && reference.column === name && !owned.has(reference.parent),
    );
    if (!outside) return '?';
    const found = `(SELECT "${outside.parentColumn}" FROM "${outside.parent}" WHERE "${outside.parentColumn}" = ?)`;
    if (today.get(name)) conditions.push({ sql: `${found} IS NOT NULL`, index });
    return found;
  });
  const where = conditions.length > 0 ? `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}` : '';
  const insert = query(
    catalog,
    `INSERT OR REPLACE INTO "${table}" (${used.map(({ name }) => `"${name}"`).join(', ')}) SELECT ${values.join(', ')} ${where}`,
  );
  const order = [...used, ...conditions].map(({ index }) => index);
  return (row) => void insert.run(...order.map((index) => row[index]));
}

/** Bytes have no form of their own in JSON. */
const toJson = (value: unknown): unknown => (Buffer.isBuffer(value) ? { base64: value.toString('base64') } : value);

function fromJson(value: unknown): unknown {
  return value !== null && typeof value === 'object' && 'base64' in value
    ? Buffer.from(String(value.base64), 'base64')
    : value;
}
