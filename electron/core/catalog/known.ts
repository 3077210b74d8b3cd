/** Everything that is known of photos, for lists that other programs read. */
import type { Quarters } from '../base/quarters.ts';
import type { ListedPhoto } from '../base/records.ts';
import { type Catalog, query } from './open.ts';
import { listedPhotos } from './photos.ts';

type Facts = {
  lens: string | null;
  /** Seconds, f-number, ISO, millimetres. */
  shutter: number | null;
  aperture: number | null;
  iso: number | null;
  focalLength: number | null;
  focalLength35: number | null;
  /** Degrees, north and east positive. */
  latitude: number | null;
  longitude: number | null;
  colorProfile: string | null;
  title: string | null;
  caption: string | null;
  creator: string | null;
  /** 0–100, of the measured critic. */
  technical: number | null;
  /** Of all its files. */
  bytes: number;
};
/** What `list --json` says, and what was left out there. */
export type KnownPhoto = ListedPhoto & Facts & { keywords: string[]; previewVersion: number; quarters: Quarters };

type Row = Facts & { id: number; previewVersion: number; quarters: Quarters; keywords: string };

/** In the order asked; ids that are gone are left out. */
export function knownPhotos(catalog: Catalog, ids: readonly number[]): KnownPhoto[] {
  const rows = query<Row>(
    catalog,
    `SELECT p.id, p.version AS previewVersion, p.quarters, lens.name AS lens, p.shutter, p.aperture, p.iso,
       p.focal_length AS focalLength, p.focal_length_35 AS focalLength35, p.latitude, p.longitude,
       d.color_profile AS colorProfile, d.title, d.caption, d.creator, p.technical,
       (SELECT coalesce(sum(x.size), 0) FROM file x WHERE x.photo_id = p.id) AS bytes,
       (SELECT json_group_array(k.name ORDER BY k.name) FROM photo_keyword pk JOIN keyword k ON k.id = pk.keyword_id
        WHERE pk.photo_id = p.id) AS keywords
     FROM json_each(?) j CROSS JOIN photo p LEFT JOIN lens ON lens.id = p.lens_id
     LEFT JOIN detail d ON d.photo_id = p.id WHERE p.id = j.value`,
  ).all(JSON.stringify(ids));
  const facts = new Map(rows.map((row) => [row.id, row]));
  return listedPhotos(catalog, ids).map((photo) => {
    const { keywords, ...rest } = facts.get(photo.id)!;
    return { ...photo, ...rest, keywords: JSON.parse(keywords) as string[] };
  });
}
