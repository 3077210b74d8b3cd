/** Which genre a shoot is proposed to be, from what is known without asking: faces, lens and light. */
import type { Genre } from '../../../shared/culling.ts';
import type { Optics } from '../catalog/culling.ts';

/** Share of frames with a face from which a shoot is one of people. */
const PEOPLE = 0.3;
/** Millimetres for the field of view on 35 mm film. */
const TELE = 200;
const WIDE = 40;
/** f-number from which a wide view is stopped down for depth. */
const STOPPED_DOWN = 5.6;

/**
 * @param faces share of the frames with a face, 0–1; null where nobody looked
 * @returns people where nothing speaks for another: there a tilt decides nothing and eyes only where they were seen
 */
export function genreOf({ focal, aperture }: Optics, faces: number | null): Genre {
  if (faces !== null && faces >= PEOPLE) return 'people';
  if (focal !== null && focal >= TELE) return 'action';
  if (focal !== null && focal <= WIDE && aperture !== null && aperture >= STOPPED_DOWN) return 'landscape';
  return 'people';
}
