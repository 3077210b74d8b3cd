/**
 * Pictures without any color. The trees learned from photos in color, in which no color at all means fog, or a picture that is
 * ruined: of a black-and-white photo they would say the same. Color says nothing there, so it is taken to be that of a sound
 * photo: faults are judged beside the middle of what colors do, and darkness that has a light in it beside those of an evening,
 * since it is color by which an evening is told from too little light, and the doubt is the photo's.
 *
 * Where from: the middle (median) of the 30 sound photos in color that the tests hold, and one of them, a sunset.
 */
import type { Seen } from '../../shared/facts.ts';
import type { FaultName } from '../../shared/reasons.ts';
import { NUMBERS as N } from './numbers.ts';

export function isColorless({ colorfulness, neutralArea }: Pick<Seen, 'colorfulness' | 'neutralArea'>): boolean {
  return colorfulness < N.colorlessBelow && neutralArea > N.colorlessNeutral;
}

/** Values of the witnesses that speak of color, by name; units as in shared/measures.ts and shared/traits.ts. */
export type Colors = Readonly<Record<string, number>>;

const MIDDLE: Colors = {
  colorfulness: 42.7,
  neutralArea: 10.7,
  partlyFull: 0.521,
  warmMedian: 0.0416,
  greenMedian: 0.00915,
  warmAgreed: 0,
  greenAgreed: 0,
  endsShort: 0,
  strongColor: 0.0981,
  tintSpread: 0.778,
  modeShare: 0.199,
  nearGrey: -3.85,
  nearEnds: 0,
  nearHigh: 0.071,
  nearGreyPixels: 0.0181,
  warm0: 0,
  warm1: 0.0229,
  warm2: 0.0726,
  warm4: 0.0668,
  warm5: 0.269,
  warm6: 0.102,
  warm7: 0.0537,
  green0: 0,
  green1: 0,
  green2: 0.0377,
  green4: -0.00829,
  green5: 0.0809,
  green6: 0.07,
  green7: 0.0268,
  warmAt50: 0.05,
  greenAt75: 0.2,
  warmAt90: 0.9,
  warmAt98: 1.8,
  greenAt98: 1.25,
};

const SUNSET: Colors = {
  colorfulness: 37.4,
  neutralArea: 2.49,
  partlyFull: 0.62,
  warmMedian: 0.0825,
  greenMedian: 0.2,
  warmAgreed: 0,
  greenAgreed: 0.151,
  endsShort: 0.35,
  strongColor: 0.00288,
  tintSpread: 0.366,
  modeShare: 0.199,
  nearGrey: -6.89,
  nearEnds: 0.964,
  nearHigh: 1.98,
  nearGreyPixels: 3.24,
  warm0: 0.287,
  warm1: 0.0825,
  warm2: -0.0177,
  warm4: 0.861,
  warm5: -0.119,
  warm6: -0.0724,
  warm7: 0.104,
  green0: -0.207,
  green1: -0.151,
  green2: -0.18,
  green4: -0.321,
  green5: -0.161,
  green6: -0.238,
  green7: -0.145,
  warmAt50: -0.15,
  greenAt75: -0.3,
  warmAt90: 0.5,
  warmAt98: 1,
  greenAt98: -0.05,
};

/** Beside which colors a fault of a picture without any is judged; null: beside none, as it is. */
export function colorsBeside(fault: FaultName, { brightest }: Pick<Seen, 'brightest'>): Colors | null {
  if (fault === 'overexposed' || fault === 'colour-cast') return null;
  // Without a light in it, it is no evening.
  return fault === 'underexposed' && brightest >= N.dim ? SUNSET : MIDDLE;
}
