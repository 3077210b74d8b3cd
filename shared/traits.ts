/**
 * Traits: numbers seen in the pixels that tell a fault from a scene when they are weighed together with the measures, and
 * mean little to a person one by one. They are stored in this order (a change of it is another version of the analyser),
 * and only the evidence reads them.
 */

export const TRAITS = [
  // Focus across minus focus along the direction of movement, of the sharpest quarter, tenth and thirtieth of the tiles,
  // and focus of the tenth along it; seen at a quarter of the size and, for longer ways, at an eighth. Points, 0–100.
  'motionA',
  'motionB',
  'motionC',
  'along',
  'farA',
  'farB',
  'farC',
  'farAlong',
  'motionMost',
  // Brightness that a quarter and three quarters of the pixels stay below, 0–255.
  'tone25',
  'tone75',
  // How the channels end at the top, least to most: pixels in the last steps against those in the steps before, log₂.
  'leastWall',
  'middleWall',
  'mostWall',
  // Share of the pixels at the top of the second and the fullest channel, and of what only some channels lost, %.
  'middleFull',
  'mostFull',
  'partlyFull',
  // The same wall at the dark end, log₂.
  'blackWall',
  // Middle of the readings of the light, and what they agree on, in warmth (red against blue) and greenness, EV.
  'warmMedian',
  'greenMedian',
  'warmAgreed',
  'greenAgreed',
  // How far the bright end of the least channel falls short, EV.
  'endsShort',
  // Share of strongly colored pixels, 0–1; spread of warmth over the picture, EV; share of the commonest color, 0–1.
  'strongColor',
  'tintSpread',
  'modeShare',
  // Pixels about grey, and about each reading of the light against those about grey, log₂.
  'nearGrey',
  'nearEnds',
  'nearHigh',
  'nearGreyPixels',
  // Each of the eight readings of the light (color.ts), EV.
  'warm0',
  'warm1',
  'warm2',
  'warm3',
  'warm4',
  'warm5',
  'warm6',
  'warm7',
  'green0',
  'green1',
  'green2',
  'green3',
  'green4',
  'green5',
  'green6',
  'green7',
  // Warmth and greenness that this share (%) of the pixels stays below, EV.
  'warmAt10',
  'greenAt10',
  'warmAt25',
  'greenAt25',
  'warmAt50',
  'greenAt50',
  'warmAt75',
  'greenAt75',
  'warmAt90',
  'greenAt90',
  'warmAt98',
  'greenAt98',
  // Fine against middle and middle against coarse detail of the sharpest tiles (quantiles in %), log₂; focus of a soft one.
  'finest97',
  'medium97',
  'medium75',
  'medium50',
  'focus25',
  // Grain of tiles from the smoothest to the middle one, in steps of 255; flat and stepped pixels of a tile, 0–1.
  'grain02',
  'grain10',
  'grain50',
  'flat50',
  'flat90',
  'step50',
] as const;
export type TraitName = (typeof TRAITS)[number];
