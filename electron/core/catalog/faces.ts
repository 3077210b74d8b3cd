/** Faces that were found in photos, and which photos are yet to be looked at for them. */
import { FACES_ANALYSER, type Face, faceReasons, type SeenFaces } from '../../../shared/face.ts';
import { backFrom, type Quarters, turnedTiles } from '../base/quarters.ts';
import { type Catalog, query } from './open.ts';
import { OWN_SIZE, turnedFace } from './turned.ts';

/** A photo to be looked at for faces. */
export type FacelessPhoto = {
  photo: number;
  /** Version of its previews. */
  version: number;
  content: string;
  /** Pixels as it is seen. */
  width: number;
  height: number;
  /** How a person turned it. */
  quarters: Quarters;
  /** Focus of the frame's tiles, see shared/facts.ts; null where it was not measured. */
  focusTiles: string | null;
};

const UNLOOKED = `
  FROM photo p LEFT JOIN face_look l ON l.photo_id = p.id AND l.version = ? AND l.content = p.content
  WHERE p.state = 'ready' AND p.content IS NOT NULL AND l.photo_id IS NULL AND p.id > ?`;

/** The next ones by id. */
export function unlookedPhotos(catalog: Catalog, after: number, limit: number): FacelessPhoto[] {
  return query<FacelessPhoto>(
    catalog,
    `SELECT p.id AS photo, p.version, p.content, p.width, p.height, p.quarters,
       (SELECT x.value ->> '$.focusTiles' FROM facts x WHERE x.photo_id = p.id AND x.analyser = 'measures') AS focusTiles
     ${UNLOOKED} ORDER BY p.id LIMIT ?`,
  )
    .all(FACES_ANALYSER.version, after, limit)
    .map(({ focusTiles, ...row }) => ({
      ...row,
      focusTiles: focusTiles === null ? null : turnedTiles(focusTiles, row.quarters),
    }));
}

/** How many there are, in steps of so many ids each: of a million photos it takes a second. */
export function* countsUnlooked(catalog: Catalog, many: number): Generator<number> {
  const lastOf = query<number>(catalog, 'SELECT max(id) FROM (SELECT id FROM photo WHERE id > ? ORDER BY id LIMIT ?)');
  const count = query<number>(catalog, `SELECT count(*) ${UNLOOKED} AND p.id <= ?`);
  for (let after = 0; ; ) {
    const last = lastOf.pluck().get(after, many);
    if (last == null) return;
    yield count.pluck().get(FACES_ANALYSER.version, after, last) ?? 0;
    after = last;
  }
}

/**
 * Part of the caller's transaction. @param seen or the sentence why nothing could be found out.
 * @returns false when the photo has gone or is another one meanwhile; then nothing is written.
 */
export function storeFaces(
  catalog: Catalog,
  {
    photo,
    content,
    width,
    height,
    quarters,
  }: Pick<FacelessPhoto, 'photo' | 'content' | 'width' | 'height' | 'quarters'>,
  seen: SeenFaces | string,
): boolean {
  const found = typeof seen === 'string' ? null : seen;
  const { changes } = query(
    catalog,
    'UPDATE photo SET face_count = ?, face_reasons = ? WHERE id = ? AND content = ?',
  ).run(found?.faces.length ?? null, found === null ? '' : reasonNames(found), photo, content);
  if (changes === 0) return false;
  query(catalog, 'DELETE FROM face_look WHERE photo_id = ?').run(photo);
  query(catalog, 'INSERT INTO face_look (photo_id, version, content, frame_focus, failure) VALUES (?, ?, ?, ?, ?)').run(
    photo,
    FACES_ANALYSER.version,
    content,
    found?.frameFocus ?? null,
    typeof seen === 'string' ? seen : null,
  );
  const insert = query(
    catalog,
    `INSERT INTO face (photo_id, position, left, top, width, height, score, yaw, pitch, roll, pixels, eyes, untold,
       aspect, eye_x, eye_y, eye_width, eye_focus, prominent)
     VALUES (@photo, @position, @left, @top, @width, @height, @score, @yaw, @pitch, @roll, @pixels, @eyes, @untold,
       @aspect, @eyeX, @eyeY, @eyeWidth, @eyeFocus, @isProminent)`,
  );
  for (const [position, seenFace] of (found?.faces ?? []).entries()) {
    const { eye, prominent, ...face } = turnedFace(seenFace, backFrom(quarters), width / height);
    const isProminent = prominent ? 1 : 0;
    insert.run({ ...face, photo, position, eyeX: eye.x, eyeY: eye.y, eyeWidth: eye.width, isProminent });
  }
  return true;
}

const reasonNames = (seen: SeenFaces): string =>
  faceReasons(seen)
    .map(({ name }) => name)
    .join(',');

type FaceRow = Omit<Face, 'eye' | 'prominent'> & {
  photo: number;
  eyeX: number;
  eyeY: number;
  eyeWidth: number;
  prominent: number;
};

const UNTURNED = { quarters: 0, aspect: 1 } as const;

/** Faces of these photos; a photo that was not looked at, or whose content is another one now, is not among them. */
export function facesOf(catalog: Catalog, photos: readonly number[]): Map<number, SeenFaces> {
  const wanted = JSON.stringify(photos);
  const looks = query<{ photo: number; frameFocus: number | null; quarters: Quarters; width: number; height: number }>(
    catalog,
    `SELECT l.photo_id AS photo, l.frame_focus AS frameFocus, p.quarters, ${OWN_SIZE}
     FROM json_each(?) j JOIN face_look l ON l.photo_id = j.value JOIN photo p ON p.id = l.photo_id
     WHERE l.content = p.content AND l.failure IS NULL`,
  ).all(wanted);
  const found = new Map<number, SeenFaces>(looks.map(({ photo, frameFocus }) => [photo, { faces: [], frameFocus }]));
  const turns = new Map(
    looks.map(({ photo, quarters, width, height }) => [photo, { quarters, aspect: width / height }]),
  );
  const faces = query<FaceRow>(
    catalog,
    `SELECT f.photo_id AS photo, f.left, f.top, f.width, f.height, f.score, f.yaw, f.pitch, f.roll, f.pixels, f.eyes,
       f.untold, f.aspect, f.eye_x AS eyeX, f.eye_y AS eyeY, f.eye_width AS eyeWidth, f.eye_focus AS eyeFocus, f.prominent
     FROM json_each(?) j JOIN face f ON f.photo_id = j.value ORDER BY f.photo_id, f.position`,
  );
  for (const { photo, eyeX, eyeY, eyeWidth, prominent, ...face } of faces.iterate(wanted)) {
    const own = { ...face, eye: { x: eyeX, y: eyeY, width: eyeWidth }, prominent: prominent === 1 };
    const { quarters, aspect } = turns.get(photo) ?? UNTURNED;
    found.get(photo)?.faces.push(turnedFace(own, quarters, aspect));
  }
  return found;
}

/** The photo's content is another one: what was found in the former one is no longer told. Part of the caller's transaction. */
export function dropOutdatedFaces(catalog: Catalog, photo: number, content: string | null): void {
  const { changes } = query(catalog, 'DELETE FROM face_look WHERE photo_id = ? AND content IS NOT ?').run(
    photo,
    content,
  );
  if (changes > 0) query(catalog, "UPDATE photo SET face_count = NULL, face_reasons = '' WHERE id = ?").run(photo);
}

/** Deletes everything that was ever found. */
export function forgetFaces(catalog: Catalog): void {
  catalog.transaction(() => {
    query(catalog, 'DELETE FROM face_look').run();
    query(catalog, "UPDATE photo SET face_count = NULL, face_reasons = '' WHERE face_count IS NOT NULL").run();
  })();
}
