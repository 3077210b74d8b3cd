/** Photos with what a copy of them is named by and made of. */
import { join } from 'node:path';
import type { PatternFacts } from '../../../shared/export.ts';
import { type Catalog, query } from './open.ts';

export type OutgoingFile = {
  /** Absolute. */
  path: string;
  name: string;
  role: 'main' | 'companion' | 'sidecar';
  size: number;
};
export type OutgoingPhoto = {
  id: number;
  /** All its files, best for showing first, sidecars last. */
  files: OutgoingFile[];
  facts: Omit<PatternFacts, 'name' | 'extension' | 'counter'>;
};

type Row = Omit<OutgoingPhoto['facts'], never> & { id: number };
type FileRow = Omit<OutgoingFile, 'path'> & { photo: number; root: string; folder: string };

/** In the order asked; ids that are gone are left out. */
export function outgoingPhotos(catalog: Catalog, ids: readonly number[]): OutgoingPhoto[] {
  const wanted = JSON.stringify(ids);
  const files = new Map<number, OutgoingFile[]>();
  const rows = query<FileRow>(
    catalog,
    `SELECT x.photo_id AS photo, r.path AS root, f.path AS folder, x.name, x.role, x.size
     FROM json_each(?) j JOIN file x ON x.photo_id = j.value
     JOIN folder f ON f.id = x.folder_id JOIN root r ON r.id = f.root_id
     ORDER BY x.photo_id, x.role = 'sidecar', x.position, x.name`,
  );
  for (const { photo, root, folder, ...file } of rows.all(wanted)) {
    const known = files.get(photo) ?? [];
    files.set(photo, known);
    known.push({ ...file, path: join(root, folder, file.name) });
  }
  return query<Row>(
    catalog,
    `SELECT p.id, p.taken_at AS takenAt, CASE f.path WHEN '' THEN r.name ELSE f.name END AS shoot,
       camera.name AS camera, lens.name AS lens, p.iso, d.title, coalesce(m.stars, 0) AS stars,
       coalesce(m.color, 'none') AS color, coalesce(m.flag, 'none') AS flag
     FROM json_each(?) j CROSS JOIN photo p JOIN folder f ON f.id = p.folder_id JOIN root r ON r.id = f.root_id
     LEFT JOIN camera ON camera.id = p.camera_id LEFT JOIN lens ON lens.id = p.lens_id
     LEFT JOIN detail d ON d.photo_id = p.id LEFT JOIN mark m ON m.photo_id = p.id
     WHERE p.id = j.value ORDER BY j.key`,
  )
    .all(wanted)
    .map(({ id, ...facts }) => ({ id, files: files.get(id) ?? [], facts }));
}
