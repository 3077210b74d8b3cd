/** What culling and taste take from the faces of photos: the worst prominent one decides, and never where it cannot be told. */
import { facesOf } from '../catalog/faces.ts';
import type { Catalog } from '../catalog/open.ts';
import type { FrameFaces } from './frames.ts';
import type { TastePhoto } from './taste/features.ts';

export function cullFaces(catalog: Catalog, ids: readonly number[]): Map<number, FrameFaces> {
  const found = new Map<number, FrameFaces>();
  for (const [photo, { faces }] of facesOf(catalog, ids)) {
    const prominent = faces.filter((face) => face.prominent);
    const focuses = prominent.flatMap(({ eyeFocus }) => eyeFocus ?? []);
    const states = prominent.map(({ eyes }) => eyes);
    const [first] = prominent;
    found.set(photo, {
      count: faces.length,
      eyes: states.includes('closed')
        ? 'closed'
        : states.length > 0 && !states.includes('unknown')
          ? 'open'
          : 'unknown',
      eyeFocus: focuses.length === 0 ? null : Math.min(...focuses),
      eye: first === undefined ? null : { x: first.eye.x, y: first.eye.y },
    });
  }
  return found;
}

export function tasteFaces(catalog: Catalog, ids: readonly number[]): Map<number, TastePhoto['faces']> {
  return new Map(
    [...facesOf(catalog, ids)].map(([photo, { faces }]) => [
      photo,
      { count: faces.length, largest: Math.max(0, ...faces.map(({ width, height }) => Math.sqrt(width * height))) },
    ]),
  );
}
