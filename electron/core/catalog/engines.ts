/** Engines on other computers, as a person agreed to them. */
import { type Catalog, query } from './open.ts';

export type KnownEngine = {
  address: string;
  critic: string;
  title: string;
  model: string;
  server: string;
  hash: string;
  edge: number;
  atOnce: number;
  gap: string;
  grades: boolean;
  /** The sentence that was agreed to. */
  agreed: string;
  agreedAt: number;
};

type Row = Omit<KnownEngine, 'grades'> & { grades: number };

const ROWS = `SELECT address, critic, title, model, server, hash, edge, at_once AS atOnce, gap, grades, agreed,
  agreed_at AS agreedAt FROM engine`;

const ofRow = (row: Row): KnownEngine => ({ ...row, grades: row.grades === 1 });

/** In the order in which they were agreed to. */
export function knownEngines(catalog: Catalog): KnownEngine[] {
  return query<Row>(catalog, `${ROWS} ORDER BY agreed_at, address`).all().map(ofRow);
}

/** Those that judge under one name. */
export function enginesOf(catalog: Catalog, critic: string): KnownEngine[] {
  return query<Row>(catalog, `${ROWS} WHERE critic = ? ORDER BY agreed_at, address`).all(critic).map(ofRow);
}

/** Adds an engine or replaces the one at the same address. */
export function saveEngine(catalog: Catalog, engine: KnownEngine): void {
  query(
    catalog,
    `INSERT OR REPLACE INTO engine (address, critic, title, model, server, hash, edge, at_once, gap, grades, agreed, agreed_at)
     VALUES (@address, @critic, @title, @model, @server, @hash, @edge, @atOnce, @gap, @grades, @agreed, @agreedAt)`,
  ).run({ ...engine, grades: engine.grades ? 1 : 0 });
}

/** Its critiques stay. */
export function forgetEngine(catalog: Catalog, address: string): void {
  query(catalog, 'DELETE FROM engine WHERE address = ?').run(address);
}
