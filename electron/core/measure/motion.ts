/**
 * Motion blur: fine detail lost along one direction and kept across it.
 * The structure tensor of fine gradients is compared with that of coarse gradients (generalised eigenvalues
 * F v = λ C v), so a scene that is itself directional (a horizon, a forest) cancels out. Each tile weighs by the root
 * of its energy, so that one strong edge does not speak for the picture.
 * Unit: 0–100, 100 (λmax − λmin)/(λmax + λmin); direction in degrees counter-clockwise from horizontal.
 */
import { TILES, type Tiles } from './tiles.ts';

export interface Motion {
  motion: number;
  motionDirection: number | null;
}

const NOISE = 0.5;

export function measureMotion(tiles: Tiles, noise: number): Motion {
  const variance = noise * noise * NOISE;
  let fineXX = 0;
  let fineYY = 0;
  let fineXY = 0;
  let coarseXX = 0;
  let coarseYY = 0;
  let coarseXY = 0;
  for (let tile = 0; tile < TILES; tile++) {
    const energy = tiles.coarseXX[tile]! + tiles.coarseYY[tile]!;
    if (energy < 3 + noise * noise) continue;
    const weight = 1 / Math.sqrt(energy);
    fineXX += weight * (tiles.fineXX[tile]! - variance);
    fineYY += weight * (tiles.fineYY[tile]! - variance);
    fineXY += weight * tiles.fineXY[tile]!;
    coarseXX += weight * tiles.coarseXX[tile]!;
    coarseYY += weight * tiles.coarseYY[tile]!;
    coarseXY += weight * tiles.coarseXY[tile]!;
  }
  const coarse = coarseXX + coarseYY;
  if (coarse <= 0) return { motion: 0, motionDirection: null };
  // A little of the isotropic part keeps the tensor invertible where the scene has one direction only.
  const ridge = 0.05 * coarse;
  coarseXX += ridge;
  coarseYY += ridge;
  fineXX = Math.max(0, fineXX) + 1e-9;
  fineYY = Math.max(0, fineYY) + 1e-9;
  const determinant = coarseXX * coarseYY - coarseXY * coarseXY;
  // M = C⁻¹ F has the generalised eigenvalues.
  const a = (coarseYY * fineXX - coarseXY * fineXY) / determinant;
  const b = (coarseYY * fineXY - coarseXY * fineYY) / determinant;
  const c = (coarseXX * fineXY - coarseXY * fineXX) / determinant;
  const d = (coarseXX * fineYY - coarseXY * fineXY) / determinant;
  const middle = (a + d) / 2;
  const spread = Math.sqrt(Math.max(0, middle * middle - (a * d - b * c)));
  const low = Math.max(0, middle - spread);
  const high = middle + spread;
  if (high <= 1e-9) return { motion: 0, motionDirection: null };
  // Eigenvector of the smaller eigenvalue: the direction in which detail is missing.
  const [vx, vy] =
    Math.abs(b) > Math.abs(c) ? [b, low - a] : Math.abs(c) > 1e-12 ? [low - d, c] : a <= d ? [1, 0] : [0, 1];
  const angle = (Math.atan2(-vy, vx) * 180) / Math.PI;
  return { motion: (100 * (high - low)) / (high + low), motionDirection: ((angle % 180) + 180) % 180 };
}
