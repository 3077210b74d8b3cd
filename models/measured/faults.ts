/**
 * What is wrong with a photo as far as pixels tell. A fault is named only when it is plain; below that it costs a
 * little without a word, so that of two frames of one scene the cleaner one ranks first.
 * Thresholds were read off the distributions of about a hundred real photos and their damaged copies of graded
 * strength, each set beyond nearly all of the sound ones: silence is better than a false reason. As many photos again
 * showed what had been fitted too closely, and were then used to widen the margins.
 */
import type { Measures } from '../../shared/measures.ts';
import type { ReasonName } from '../../shared/reasons.ts';

export interface Fault {
  readonly name: ReasonName;
  /** Grade points, negative. */
  readonly weight: number;
  readonly text: string;
}

export interface Faults {
  /** Heaviest first. */
  readonly named: readonly Fault[];
  /** Grade points (≤ 0) for what is too slight to be named. */
  readonly slight: number;
}

/**
 * Focus below which the sharpest parts look soft, and focus of the sharpest parts and the subject together: in a close-up
 * with a shallow depth of field few parts are crisp (48 is about the least among sound photos), but the subject is among them.
 */
const SOFT = 47.5;
const SOFT_TOGETHER = 40.5;
/**
 * Points by which the picture is softer along one direction than across it that mean motion where the sharpest parts have
 * lost this much; the crisper they are, the plainer the difference must be, and the other way round, down to a least one.
 */
const MOVED = 9;
const MOVED_LEAST = 4;
const MOVED_LOST = 60;
const MOVED_LEAST_LOST = 33;
/** Grain of a pixel that is seen, and that is left of it at working size: below, texture cannot be told from grain. */
const NOISY = 3.9;
const NOISY_AT_WORK = 1.8;
/** Long edge in pixels that measures are taken at. */
const MEASURED_EDGE = 1024;
/** A photo whose brightest spot stays below this got too little light. */
const DIM = 168.5;
/**
 * Combined clipping (%) that means too much light: white backdrops, lamps and the sun stay below it. Where shadows are
 * pure black as well it is the scene that is wide, not the exposure that is wrong.
 */
const BURNT = 10;
/** Evidence of a cast at which two in a hundred real photos, snow in the last sun or blue flowers, are blamed. */
const CAST = 66;
const TILTED = 2.3;
/** Agreement (%) of the lines below which a tilt is not spoken of. */
const AGREED = 50;
const DAMAGED = 41;

const percent = (value: number) => (value < 10 ? value.toFixed(1) : value.toFixed(0));

/**
 * Clipping as overexposure shows it: too much light takes all channels at once and at least one of them widely, a
 * coloured surface only one. Geometric mean of the two, in % of the picture.
 */
export function clippingOf(measures: Measures): number {
  const least = Math.min(measures.clippedRed, measures.clippedBlue);
  const most = Math.max(measures.clippedRed, measures.clippedGreen, measures.clippedBlue);
  return Math.sqrt((least + 0.3) * (most + 0.3)) - 0.3;
}

/** Night, low key: mostly dark on purpose, with something bright in it. */
export function isLowKey(measures: Measures): boolean {
  return measures.brightness < 45 && measures.brightest >= 110;
}

function focusFault(measures: Measures): Fault | null {
  const { focus, motion, lostDetail, subjectFocus, backgroundFocus } = measures;
  // What is left of noise after it was subtracted is crisp in every direction.
  const missing = MOVED_LOST - lostDetail;
  const plain = MOVED + (missing > 0 ? 0.5 : 0.25) * missing + 3 * Math.max(0, measures.noise - 2.5);
  const moved = motion > Math.max(MOVED_LEAST, plain) && lostDetail > MOVED_LEAST_LOST;
  if (measures.detail >= 4 && moved) {
    const along = measures.motionDirection ?? 0;
    const where =
      along < 22.5 || along > 157.5
        ? 'sideways'
        : Math.abs(along - 90) < 22.5
          ? 'up and down'
          : `at ${along.toFixed(0)}°`;
    return {
      name: 'motion-blur',
      weight: -(11 + 0.3 * motion + 0.3 * Math.max(0, lostDetail - MOVED_LEAST_LOST)),
      text: `Moved ${where}: the sharpest parts are ${motion.toFixed(0)} of 100 softer along that direction than across it.`,
    };
  }
  if (focus < SOFT && 0.4 * focus + 0.6 * subjectFocus < SOFT_TOGETHER && measures.detail >= 4) {
    return {
      name: 'soft-focus',
      weight: -(11 + 0.9 * (SOFT - focus)),
      text: `Soft: even the sharpest parts reach only ${focus.toFixed(0)} of 100.`,
    };
  }
  if (subjectFocus < 42 && backgroundFocus - subjectFocus > 32 && measures.subjectSpread < 17 && measures.detail > 40) {
    return {
      name: 'missed-focus',
      weight: -(7 + 0.2 * (backgroundFocus - subjectFocus - 30)),
      text: `Subject softer than background: ${subjectFocus.toFixed(0)} against ${backgroundFocus.toFixed(0)} of 100.`,
    };
  }
  return null;
}

function lightFaults(measures: Measures): Fault[] {
  const faults: Fault[] = [];
  const { brightest, brightness, highlightPoint, clippedHighlights, clippedSky, blockedShadows } = measures;
  const clipping = clippingOf(measures);
  // Stars are points: everything but them is dark, and their light is spread over too few pixels to reach white.
  const night = brightness < 20 && brightest > 60 && measures.highlightPoint < 50;
  // Haze, dusk and low key have no bright spot either, but tones that run out gently; too little light dims full ones.
  const gentle = highlightPoint / Math.max(1, brightest) < (brightness > 90 ? 0.92 : brightness < 45 ? 0.72 : 0);
  if (brightest < DIM && !night && !gentle) {
    const stops = 2.2 * Math.log2(250 / Math.max(8, brightest));
    faults.push({
      name: 'underexposed',
      weight: -(12 + 7 * stops),
      text: `Underexposed by about ${stops.toFixed(1)} EV: the brightest spot reaches only ${brightest.toFixed(0)} of 255.`,
    });
  } else if (clipping > BURNT + blockedShadows) {
    const sky = clippedSky / 3 > 0.7 * clippedHighlights;
    const area = percent(sky ? Math.max(clippedSky, clipping) : Math.max(clippedHighlights, clipping));
    const where = sky ? 'sky' : 'picture';
    if (brightness > 140 || clipping > 35) {
      faults.push({
        name: 'overexposed',
        weight: -(12 + Math.min(30, 0.7 * clipping)),
        text: `Overexposed: ${area} % of the ${where} is clipped to pure white.`,
      });
    } else {
      // The rest of the picture is right: a sky that burnt out, or lamps.
      faults.push({
        name: 'clipped-highlights',
        weight: -(4 + Math.min(12, 0.35 * clipping)),
        text: `${area} % of the ${where} is clipped to pure white.`,
      });
    }
  }
  if (blockedShadows > 20 && brightness > 70 && brightest >= DIM) {
    faults.push({
      name: 'blocked-shadows',
      weight: -(4 + 0.25 * Math.min(40, blockedShadows)),
      text: `${percent(blockedShadows)} % of the picture is pure black, without detail.`,
    });
  }
  const span = measures.highlightPoint - measures.shadowPoint;
  // Fog and snow are flat too, but light; flat and grey is what calls for contrast.
  if (measures.contrast < 8.5 && span < 105 && brightness > 45 && brightness < 150 && brightest >= DIM) {
    faults.push({
      name: 'low-contrast',
      weight: -(5 + 2 * (8.5 - measures.contrast)),
      text: `Flat: all tones lie within ${span.toFixed(0)} of 255 steps.`,
    });
  }
  return faults;
}

function castFault(measures: Measures): Fault | null {
  if (measures.cast < CAST) return null;
  const { castRed, castBlue } = measures;
  const name =
    castRed > castBlue + 0.1
      ? 'warm (orange)'
      : castBlue > castRed + 0.1
        ? 'cold (blue)'
        : castRed > 0
          ? 'magenta'
          : 'green';
  const strength = Math.max(Math.abs(castRed - castBlue), Math.abs(castRed), Math.abs(castBlue));
  return {
    name: 'colour-cast',
    weight: -(6 + 0.06 * measures.cast + 14 * Math.min(0.8, strength)),
    text: `A ${name} cast of ${strength.toFixed(2)} EV: the brightest parts are tinted and nothing is neutral.`,
  };
}

function tiltFault(measures: Measures): Fault | null {
  const { tilt, tiltAgreement } = measures;
  if (tilt === null || Math.abs(tilt) < TILTED || tiltAgreement < AGREED) return null;
  return {
    name: 'tilted-horizon',
    weight: -(5 + 1.6 * Math.min(8, Math.abs(tilt))),
    text: `Tilted ${Math.abs(tilt).toFixed(1)}° ${tilt > 0 ? 'clockwise' : 'counter-clockwise'}.`,
  };
}

/** In a big picture the blocks are too small to be seen at working size; what is left are steps and dead plains. */
function damageOf(measures: Measures): number {
  const dead = measures.banding > 12 ? 0.35 * Math.max(0, measures.plainArea - 45) : 0;
  return measures.blockiness + 0.65 * measures.banding + dead;
}

/** @param longEdge of the photo itself, pixels. @param megapixels of the photo itself. */
export function findFaults(measures: Measures, longEdge: number, megapixels: number): Faults {
  // Hard compression leaves plains too, but broken into steps.
  const drawn = measures.plainArea > 62 && measures.noise < 1 && measures.blockiness < 3 && measures.banding < 35;
  const named: Fault[] = [];
  const focus = focusFault(measures);
  if (focus && !drawn) named.push(focus);
  if (!drawn) named.push(...lightFaults(measures));
  const noiseAtWork = measures.noise / Math.max(1, longEdge / MEASURED_EDGE);
  if (measures.noise > NOISY && noiseAtWork > NOISY_AT_WORK) {
    named.push({
      name: 'noise',
      weight: -(9 + 1.5 * Math.min(14, measures.noise - NOISY)),
      text: `Noisy: smooth parts vary by ±${measures.noise.toFixed(1)} of 255 steps.`,
    });
  }
  const cast = castFault(measures);
  if (cast) named.push(cast);
  const tilt = tiltFault(measures);
  if (tilt) named.push(tilt);
  const damage = damageOf(measures);
  if (damage > DAMAGED && !drawn) {
    named.push({
      name: 'jpeg-damage',
      weight: -(10 + 0.3 * Math.min(60, damage - DAMAGED)),
      text:
        measures.blockiness > measures.banding
          ? 'Compressed too hard: the 8 × 8 blocks of JPEG show.'
          : `Compressed too hard: ${measures.banding.toFixed(0)} % of the smooth areas have broken into steps.`,
    });
  }
  if (drawn) {
    named.push({
      name: 'not-a-photo',
      weight: -(26 + 0.6 * (measures.plainArea - 62)),
      text: `${measures.plainArea.toFixed(0)} % of it is perfectly plain: a screen, a drawing or a page rather than a photo.`,
    });
  }
  if (longEdge < 360) {
    named.push({
      name: 'low-resolution',
      weight: -(6 + Math.min(24, 0.1 * (360 - longEdge))),
      text: `Only ${longEdge} pixels wide or high: too small to print or crop.`,
    });
  }
  named.sort((first, second) => first.weight - second.weight);
  return { named, slight: slightOf(measures, megapixels, new Set(named.map((fault) => fault.name))) };
}

/** What is not worth a word still orders two frames of one scene. */
function slightOf(measures: Measures, megapixels: number, named: ReadonlySet<ReasonName>): number {
  let points = 0;
  points -= 0.35 * Math.min(12, Math.max(0, clippingOf(measures)));
  if (!named.has('noise')) points -= 1.4 * Math.max(0, measures.noise - 3);
  if (!named.has('jpeg-damage')) points -= 0.22 * Math.max(0, damageOf(measures) - 2);
  if (!named.has('colour-cast')) {
    points -= 14 * Math.min(0.5, Math.max(0, Math.abs(measures.castRed - measures.castBlue) - 0.04));
    points -= 0.07 * measures.cast;
  }
  if (!named.has('tilted-horizon') && measures.tilt !== null) {
    points -= 0.02 * measures.tiltAgreement * Math.min(4, Math.max(0, Math.abs(measures.tilt) - 0.8));
  }
  if (!named.has('underexposed') && !isLowKey(measures)) points -= 0.07 * Math.max(0, 235 - measures.brightest);
  if (!named.has('motion-blur')) points -= 0.08 * measures.motion;
  if (megapixels < 1) points -= Math.min(12, 3.2 * Math.log2(1 / Math.max(0.01, megapixels)));
  return points;
}
