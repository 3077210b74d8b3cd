/**
 * Colorfulness by Hasler & Süsstrunk 2003: √(σrg² + σyb²) + 0.3 √(μrg² + μyb²) with rg = R − G,
 * yb = (R + G)/2 − B. 0 grey, 15 slight, 33 moderate, 45 averagely, 59 quite, 82 highly, 109 extremely colorful.
 */
import type { Planes } from './planes.ts';

export function measureColorfulness(planes: Planes): number {
  const pixels = planes.luma.width * planes.luma.height;
  const meanRedGreen = planes.redGreen / pixels;
  const meanYellowBlue = planes.yellowBlue / pixels;
  const variance =
    planes.redGreenSquares / pixels -
    meanRedGreen * meanRedGreen +
    planes.yellowBlueSquares / pixels -
    meanYellowBlue * meanYellowBlue;
  return Math.sqrt(Math.max(0, variance)) + 0.3 * Math.hypot(meanRedGreen, meanYellowBlue);
}
