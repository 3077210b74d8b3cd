/** Jobs that outlive the process. */
import type { JobRow, JobStore } from '../base/jobs.ts';
import { type Catalog, query } from './open.ts';

export function jobStore(catalog: Catalog): JobStore {
  return {
    read: () =>
      query<JobRow>(
        catalog,
        `SELECT id, kind, title, description, state, done, total, failed, unit, error, created_at AS createdAt, payload
         FROM job ORDER BY id`,
      ).all(),
    add: ({ kind, title, unit, payload, createdAt }) =>
      Number(
        query(
          catalog,
          "INSERT INTO job (kind, title, state, unit, payload, created_at) VALUES (?, ?, 'queued', ?, ?, ?)",
        ).run(kind, title, unit, payload, createdAt).lastInsertRowid,
      ),
    save: ({ id, state, done, total, failed, description, error }) => {
      query(
        catalog,
        `UPDATE job SET state = @state, done = @done, total = @total, failed = @failed, description = @description,
           error = @error WHERE id = @id`,
      ).run({ id, state, done, total, failed, description, error });
    },
    remove: (id) => {
      query(catalog, 'DELETE FROM job WHERE id = ?').run(id);
    },
  };
}
