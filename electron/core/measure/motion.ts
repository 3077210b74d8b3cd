/**
 * Motion blur: fine detail lost along one direction and kept across it.
 * The structure tensor of fine gradients is compared with that of coarse gradients (generalised eigenvalues
 * F v = λ C v), so a scene that is itself directional (a horizon, a forest) cancels out. Each tile weighs by the root
 * of its energy, so that one strong edge does not speak for the picture.
 * Units: motion 0–100 = 100 (λmax − λmin)/(λmax + λmin); lost detail 0–100 from λmin, logarithmic; direction in degrees counter-clockwise from horizontal.
 */
import { TILES, type Tiles } from './tiles.ts';

export interface Motion {
  motion: number;
  lostDetail: number;
  motionDirection: number | null;
}

const NOISE = 0.5;
/** Log₂ of the fine over the coarse energy with all detail there, and with none. */
const PRESENT = 1;
const ABSENT = -3.4;

export interface DirectionalDetail {
  /** Fine over coarse gradient energy along the direction with least and with most detail. */
  readonly low: number;
  readonly high: number;
  /** Direction of least detail, degrees counter-clockwise from horizontal, 0–180. */
  readonly direction: number;
}

export function directionalDetail(tiles: Tiles, noise: number): DirectionalDetail | null {
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
  if (coarse <= 0) return null;
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
  // Eigenvector of the smaller eigenvalue: the direction in which detail is missing.
  const [vx, vy] =
    Math.abs(b) > Math.abs(c) ? [b, low - a] : Math.abs(c) > 1e-12 ? [low - d, c] : a <= d ? [1, 0] : [0, 1];
  const angle = (Math.atan2(-vy, vx) * 180) / Math.PI;
  return { low, high, direction: ((angle % 180) + 180) % 180 };
}

export function measureMotion(tiles: Tiles, noise: number): Motion {
  const detail = directionalDetail(tiles, noise);
  if (detail === null || detail.high < 1e-6) return { motion: 0, lostDetail: 0, motionDirection: null };
  const { low, high, direction } = detail;
  return {
    motion: (100 * (high - low)) / (high + low),
    lostDetail: 100 * Math.min(1, Math.max(0, (PRESENT - Math.log2(low + 1e-4)) / (PRESENT - ABSENT))),
    motionDirection: direction,
  };
}
