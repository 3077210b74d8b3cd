/**
 * Plain area: share of the picture (%) where neighbouring pixels are all but equal. Cameras never deliver it except in
 * black or white; screens, drawings and text pages consist of it.
 */
import { type Planes, percentile } from './planes.ts';
import type { Tiles } from './tiles.ts';

export function measurePlainArea(tiles: Tiles, planes: Planes): number {
  // Black night and burnt sky are plain too, but say nothing about what the picture is.
  const black = percentile(planes.histogram, 0.02) <= 2;
  const white = percentile(planes.histogram, 0.98) >= 253;
  let sum = 0;
  let counted = 0;
  for (let tile = 0; tile < tiles.flat.length; tile++) {
    if ((black && tiles.mean[tile]! < 12) || (white && tiles.mean[tile]! > 248)) continue;
    sum += tiles.flat[tile]!;
    counted++;
  }
  return counted < 16 ? 0 : (100 * sum) / counted;
}
