/**
 * How a person turned a photo, beyond what its file says: quarters of a circle to the right, and where things lie then.
 * Places are shares of width and height, from the left and the top.
 */
import type { Side } from '../../../shared/facts.ts';
import type { Quarters } from '../../../shared/photo.ts';

export type { Quarters };

/** Any number of quarters to the right, to the left below zero. */
export const quartersOf = (count: number): Quarters => (((count % 4) + 4) % 4) as Quarters;

/** What leads back. */
export const backFrom = (quarters: Quarters): Quarters => quartersOf(-quarters);

/** Width and height change places. */
export const isOnItsSide = (quarters: Quarters): boolean => quarters % 2 === 1;

export function turnedSize<Size extends { width: number; height: number }>(size: Size, quarters: Quarters): Size {
  return isOnItsSide(quarters) ? { ...size, width: size.height, height: size.width } : size;
}

export function turnedPoint({ x, y }: { x: number; y: number }, quarters: Quarters): { x: number; y: number } {
  switch (quarters) {
    case 0:
      return { x, y };
    case 1:
      return { x: 1 - y, y: x };
    case 2:
      return { x: 1 - x, y: 1 - y };
    case 3:
      return { x: y, y: 1 - x };
  }
}

type Box = { left: number; top: number; width: number; height: number };

export function turnedBox({ left, top, width, height }: Box, quarters: Quarters): Box {
  const corners = [
    turnedPoint({ x: left, y: top }, quarters),
    turnedPoint({ x: left + width, y: top + height }, quarters),
  ];
  return {
    left: Math.max(0, Math.min(corners[0]!.x, corners[1]!.x)),
    top: Math.max(0, Math.min(corners[0]!.y, corners[1]!.y)),
    ...turnedSize({ width, height }, quarters),
  };
}

const AROUND: readonly Side[] = ['bottom', 'left', 'top', 'right'];

export const turnedSide = (side: Side, quarters: Quarters): Side => AROUND[(AROUND.indexOf(side) + quarters) % 4]!;

/** A square map, row by row from the top, one character a tile. */
export function turnedTiles(tiles: string, quarters: Quarters): string {
  if (quarters === 0) return tiles;
  const edge = Math.round(Math.sqrt(tiles.length));
  let turned = '';
  for (let row = 0; row < edge; row++) {
    for (let column = 0; column < edge; column++) {
      if (quarters === 1) turned += tiles[(edge - 1 - column) * edge + row];
      else if (quarters === 2) turned += tiles[(edge - 1 - row) * edge + edge - 1 - column];
      else turned += tiles[column * edge + edge - 1 - row];
    }
  }
  return turned;
}

/** EXIF orientations, 1–8, that turn a picture so. */
const ORIENTATIONS = [1, 6, 3, 8] as const;
/** The EXIF orientation of a picture that is stored upright and to be seen turned. */
export const orientationOf = (quarters: Quarters): 1 | 6 | 3 | 8 => ORIENTATIONS[quarters];
