/** Which genre a shoot is proposed to be, from what is known without asking: faces, lens, and lines. */
import type { Genre } from '../../../shared/culling.ts';
import type { Optics } from '../catalog/culling.ts';

/** Share of frames with a face from which a shoot is one of people. */
const PEOPLE = 0.3;
/** Millimetres for the field of view on 35 mm film. */
const TELE = 200;
const WIDE = 40;
/** f-number from which a wide view is stopped down for depth. */
const STOPPED_DOWN = 5.6;

/** Share of frames whose straight lines agree about their tilt from which a wide shoot is one of buildings. */
const LINES = 0.5;

/** Shares of the frames, 0–1; null where nobody looked. */
export type Content = {
  /** With a face. */
  faces: number | null;
  /** With straight lines that agree. */
  lines: number | null;
};

/** @returns people where nothing speaks for another: there a tilt decides nothing and eyes only where they were seen */
export function genreOf({ focal, aperture }: Optics, { faces, lines }: Content): Genre {
  if (faces !== null && faces >= PEOPLE) return 'people';
  if (focal !== null && focal >= TELE) return 'action';
  const isWide = focal !== null && focal <= WIDE;
  if (isWide && lines !== null && lines >= LINES) return 'architecture';
  return isWide && aperture !== null && aperture >= STOPPED_DOWN ? 'landscape' : 'people';
}
