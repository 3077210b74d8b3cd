/** What is seen in the frames of a library, read from the catalog for many at once. */
import type { Signature } from '../../../shared/signature.ts';
import { type Frame, readSeen, readSignatures } from '../catalog/moments.ts';
import type { Catalog } from '../catalog/open.ts';
import type { Candidate } from './best.ts';
import { cullFaces } from './faces.ts';
import type { Looks } from './kinds/kind.ts';
import { type Structure, structureOf } from './kinds/likeness.ts';

/** What can decide between these photos; those that are gone are left out. */
export function candidatesOf(catalog: Catalog, photos: readonly number[]): Map<number, Candidate> {
  const faces = cullFaces(catalog, photos);
  const candidates = new Map<number, Candidate>();
  for (const [id, seen] of readSeen(catalog, photos)) {
    const found = faces.get(id);
    const eyesClosed = found === undefined ? null : found.eyes === 'closed';
    candidates.set(id, { id, ...seen, eyesClosed, eyeFocus: found?.eyeFocus ?? null });
  }
  return candidates;
}

/** Photos that are read at once, and of how many what was read is kept. */
const AHEAD = 256;
const KEPT = 2048;

/** Something of photos, read for many at once and kept for as long as the frames around them are asked about. */
class Ahead<Value> {
  readonly #known = new Map<number, Value | null>();
  readonly #order: readonly number[];
  readonly #places: ReadonlyMap<number, number>;
  readonly #read: (photos: readonly number[]) => ReadonlyMap<number, Value>;

  /** @param order in which photos are asked about, more or less */
  constructor(
    order: readonly number[],
    places: ReadonlyMap<number, number>,
    read: (photos: readonly number[]) => ReadonlyMap<number, Value>,
  ) {
    this.#order = order;
    this.#places = places;
    this.#read = read;
  }

  of(photo: number): Value | null {
    const known = this.#known.get(photo);
    if (known !== undefined) return known;
    const at = this.#places.get(photo) ?? 0;
    const wanted = this.#order.slice(at, at + AHEAD).filter((one) => !this.#known.has(one));
    const read = this.#read(wanted);
    for (const one of wanted) this.#known.set(one, read.get(one) ?? null);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= KEPT) break;
      this.#known.delete(oldest);
    }
    return read.get(photo) ?? null;
  }
}

/** What is seen in photos, so far as the catalog knows. */
export class CatalogLooks implements Looks {
  readonly #signatures: Ahead<{ signature: Signature; structure: Structure | null }>;
  readonly #candidates: Ahead<Candidate>;

  constructor(catalog: Catalog, frames: readonly Frame[]) {
    const order = frames
      .toSorted(
        (a, b) =>
          a.camera - b.camera ||
          (a.body < b.body ? -1 : Number(a.body > b.body)) ||
          (a.takenAt ?? 0) - (b.takenAt ?? 0) ||
          a.id - b.id,
      )
      .map(({ id }) => id);
    const places = new Map(order.map((id, place) => [id, place]));
    this.#signatures = new Ahead(order, places, (photos) => {
      const read = readSignatures(catalog, photos);
      return new Map([...read].map(([id, signature]) => [id, { signature, structure: null }]));
    });
    this.#candidates = new Ahead(order, places, (photos) => candidatesOf(catalog, photos));
  }

  structure(photo: number): Structure | null {
    const look = this.#signatures.of(photo);
    if (look === null) return null;
    // Most frames of a shoot are never compared by more than their fingerprints.
    look.structure ??= structureOf(look.signature);
    return look.structure;
  }

  focusTiles(photo: number): string | null {
    return this.candidate(photo).seen?.focusTiles ?? null;
  }

  candidate(photo: number): Candidate {
    return this.#candidates.of(photo) ?? { id: photo, seen: null, technical: null };
  }
}
