/** The critic that needs no weights: measures → critique. */
import type { CriticId, Critique } from '../../shared/critique.ts';
import type { Measures } from '../../shared/measures.ts';

export const MEASURED_CRITIC: CriticId = { critic: 'measured', modelHash: '1', promptVersion: '1' };

/** What is known of a photo beside its pixels. */
export interface AboutPhoto {
  readonly width: number;
  readonly height: number;
  readonly iso?: number | null;
  readonly exposureSeconds?: number | null;
  /** Millimetres, as engraved. */
  readonly focalLength?: number | null;
}

export function judgeMeasures(measures: Measures, about: AboutPhoto): Critique {
  throw new Error(`Judging ${measures.dHash} (${about.width} × ${about.height}) is not written yet.`);
}
