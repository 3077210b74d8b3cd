/**
 * What is wrong with a photo as far as pixels tell. A fault is named only when it is plain, and only what is named
 * costs anything. Whether it is plain is a matter of evidence (evidence.ts), learned from sound photos and their
 * damaged copies; how strong it is, and what is said of it, comes from the measures themselves.
 */
import type { Facts, Measures } from '../../shared/facts.ts';
import { FAULTS, type FaultName, type ReasonName } from '../../shared/reasons.ts';
import { isColoredLight } from './notes.ts';
import { NUMBERS as N } from './numbers.ts';

export interface Fault {
  readonly name: ReasonName;
  /** Grade points, negative. */
  readonly weight: number;
  readonly text: string;
}

export interface Faults {
  /** Heaviest first. */
  readonly named: readonly Fault[];
  /** A tint that is the light of the scene: described, not blamed. */
  readonly isTinted: boolean;
}

/** Log-odds at which a fault is plain enough to be named. */
const PLAIN: Readonly<Record<FaultName, number>> = {
  'soft-focus': N.plainSoftFocus,
  'motion-blur': N.plainMotionBlur,
  overexposed: N.plainOverexposed,
  underexposed: N.plainUnderexposed,
  noise: N.plainNoise,
  'jpeg-damage': N.plainJpegDamage,
  'colour-cast': N.plainColorCast,
};

const percent = (value: number) => (value < N.finePercent ? value.toFixed(1) : value.toFixed(0));

/**
 * Clipping as overexposure shows it: too much light takes all channels at once and at least one of them widely, a
 * colored surface only one. Geometric mean of the two, in % of the picture.
 */
export function clippingOf(measures: Measures): number {
  const least = Math.min(measures.clippedRed, measures.clippedBlue);
  const most = Math.max(measures.clippedRed, measures.clippedGreen, measures.clippedBlue);
  return Math.sqrt((least + N.clippingOffset) * (most + N.clippingOffset)) - N.clippingOffset;
}

interface Said {
  readonly name: ReasonName;
  /** Grade points, negative: how strong the fault is, beside how plain. */
  readonly strength: number;
  readonly text: string;
}

function directionOf(degrees: number | null): string {
  const along = degrees ?? 0;
  if (along < N.sidewaysWithin || along > N.turned) return 'sideways';
  return Math.abs(along - N.upright) < N.sidewaysWithin ? 'up and down' : `at ${along.toFixed(0)}°`;
}

/** What a fault is called in this photo and how strong it is, from the measures that show it. */
const SAY: Readonly<Record<FaultName, (measures: Measures) => Said>> = {
  'soft-focus': ({ focus }) => ({
    name: 'soft-focus',
    strength: N.softFocusRate * Math.max(0, N.softFocusBelow - focus),
    text: `Soft: even the sharpest parts reach only ${focus.toFixed(0)} of 100.`,
  }),
  'motion-blur': ({ motion, motionDirection, lostDetail }) => ({
    name: 'motion-blur',
    strength: N.motionRate * motion + N.lostDetailRate * Math.max(0, lostDetail - N.lostDetailAbove),
    text: `Moved ${directionOf(motionDirection)}: the sharpest parts are ${motion.toFixed(0)} of 100 softer along that direction than across it.`,
  }),
  overexposed: (measures) => {
    const { clippedHighlights, clippedSky, brightness } = measures;
    const clipping = clippingOf(measures);
    const sky = clippedSky / N.skyThirds > N.skyShare * clippedHighlights;
    const white = sky ? clippedSky : clippedHighlights;
    const area = Math.max(white, clipping);
    const shown = burntText(white, sky ? 'sky' : 'picture', measures);
    // The rest of the picture is right: a sky that burnt out, or lamps.
    if (brightness < N.burntBrightnessBelow && clipping < N.burntClippingBelow && area >= N.clippedAreaLeast) {
      return {
        name: 'clipped-highlights',
        strength: Math.min(N.burntMost, N.burntRate * clipping),
        text: `${shown}.`,
      };
    }
    return {
      name: 'overexposed',
      strength: Math.min(N.overexposedMost, N.overexposedRate * clipping),
      text:
        area >= N.clippedAreaLeast
          ? `Overexposed: ${shown}.`
          : `Overexposed: half of the picture is brighter than ${brightness.toFixed(0)} of 255 and the highlights end in a wall.`,
    };
  },
  underexposed: ({ brightest, brightness }) => {
    const stops = N.encodedGamma * Math.log2(N.fullBrightness / Math.max(N.darkestBrightest, brightest));
    return {
      name: 'underexposed',
      strength: Math.min(N.underexposedMost, N.underexposedRate * stops),
      text:
        brightest < N.underexposedSaid
          ? `Underexposed by about ${stops.toFixed(1)} EV: the brightest spot reaches only ${brightest.toFixed(0)} of 255.`
          : `Underexposed: half of the picture is darker than ${brightness.toFixed(0)} of 255.`,
    };
  },
  noise: ({ noise }) => ({
    name: 'noise',
    strength: N.noiseRate * Math.min(N.noiseMost, noise),
    text: `Noisy: smooth parts vary by ±${noise.toFixed(1)} of 255 steps.`,
  }),
  'jpeg-damage': (measures) => ({
    name: 'jpeg-damage',
    strength: N.damageRate * Math.min(N.damageMost, damageOf(measures)),
    text:
      measures.blockiness > measures.banding
        ? 'Compressed too hard: the 8 × 8 blocks of JPEG show.'
        : `Compressed too hard: ${measures.banding.toFixed(0)} % of the smooth areas have broken into steps.`,
  }),
  'colour-cast': ({ castRed, castBlue }) => {
    const strength = Math.max(Math.abs(castRed - castBlue), Math.abs(castRed), Math.abs(castBlue));
    return {
      name: 'colour-cast',
      strength: N.castRate * Math.min(N.castMost, strength),
      text: `A ${tintOf(castRed, castBlue)} cast: what should be grey leans that way by about ${strength.toFixed(2)} EV.`,
    };
  },
};

/** What is burnt, in a measure that can be shown: pure white, else the color that is at its end most widely. */
function burntText(white: number, where: string, { clippedRed, clippedGreen, clippedBlue }: Measures): string {
  if (white >= N.clippedAreaLeast) return `${percent(white)} % of the ${where} is clipped to pure white`;
  const ends: readonly (readonly [number, string])[] = [
    [clippedRed, 'red'],
    [clippedGreen, 'green'],
    [clippedBlue, 'blue'],
  ];
  const [most, color] = ends.reduce((widest, one) => (one[0] > widest[0] ? one : widest));
  return `${color} has reached its end in ${percent(most)} % of the picture`;
}

function tintOf(red: number, blue: number): string {
  if (Math.abs(red - blue) > N.castTint) return red > blue ? 'warm (orange)' : 'cold (blue)';
  return red > 0 ? 'magenta' : 'green';
}

/** Faults that the evidence shows, the plainest first. */
function shownFaults(measures: Measures, isLight: boolean): Fault[] {
  const shown = FAULTS.map((fault) => ({ fault, odds: measures.evidence[fault] }))
    .filter(({ fault, odds }) => odds > (fault === 'soft-focus' ? plainSoft(measures) : PLAIN[fault]))
    .filter(({ fault }) => fault !== 'colour-cast' || !isLight)
    .filter(({ fault }) => measures.detail >= N.judgedDetail || !(fault === 'soft-focus' || fault === 'motion-blur'))
    .sort((first, second) => second.odds - first.odds);
  const plainest = shown[0]?.odds ?? 0;
  const faults: Fault[] = [];
  for (const { fault, odds } of shown) {
    if (odds <= plainest - N.echo) continue;
    const { name, strength, text } = SAY[fault](measures);
    const plain = N.faultLeast + N.faultPerOdds * (Math.min(N.certain, odds) - Math.min(odds, PLAIN[fault])) + strength;
    const own = fault === 'colour-cast' ? Math.min(N.castCosts, plain) : plain;
    const most = faults[0] === undefined ? Number.POSITIVE_INFINITY : N.second * -faults[0].weight;
    faults.push({ name, text, weight: -Math.min(most, own) });
  }
  return faults;
}

/** A photo that is plainly soft to the eye, with enough to see, needs less evidence. */
function plainSoft({ focus, detail }: Measures): number {
  return focus < N.visiblySoft && detail >= N.judgedDetail ? N.visiblySoftOdds : PLAIN['soft-focus'];
}

/** In a big picture the blocks are too small to be seen at working size; what is left are steps and dead plains. */
function damageOf(measures: Measures): number {
  const dead =
    measures.banding > N.deadBandingAbove ? N.deadPlainRate * Math.max(0, measures.plainArea - N.deadPlainAbove) : 0;
  return measures.blockiness + N.damageBanding * measures.banding + dead;
}

/** Advice more than a fault: it is put right in a moment, and costs next to nothing. */
function tiltFault({ tilt, tiltAgreement }: Measures): Fault | null {
  if (tilt === null || Math.abs(tilt) < N.tiltLeast || tiltAgreement < N.tiltAgreed) return null;
  return {
    name: 'tilted-horizon',
    weight: -(N.tiltBase + N.tiltRate * Math.min(N.tiltMost, Math.abs(tilt))),
    text: `Leans ${Math.abs(tilt).toFixed(1)}° ${tilt > 0 ? 'clockwise' : 'counter-clockwise'}: straighten it.`,
  };
}

/** Faults that the evidence does not know: what they are is said by the measures alone. */
function otherFaults({ traits }: Facts, measures: Measures): Fault[] {
  const faults: Fault[] = [];
  const { brightest, brightness, blockedShadows, subjectFocus, backgroundFocus } = measures;
  if (
    subjectFocus < N.missedSubjectBelow &&
    backgroundFocus - subjectFocus > N.missedApart &&
    measures.subjectSpread < N.missedSpreadBelow &&
    measures.detail > N.missedDetailAbove
  ) {
    faults.push({
      name: 'missed-focus',
      weight: -(N.missedBase + N.missedRate * (backgroundFocus - subjectFocus - N.missedFrom)),
      text: `Subject softer than background: ${subjectFocus.toFixed(0)} against ${backgroundFocus.toFixed(0)} of 100.`,
    });
  }
  // Where the darkest quarter has nothing but black, it is a background: space, a stage, a studio.
  const isBackground = traits.tone25 === 0;
  if (blockedShadows > N.blockedAbove && brightness > N.blockedBrightness && brightest >= N.dim && !isBackground) {
    faults.push({
      name: 'blocked-shadows',
      weight: -(N.blockedBase + N.blockedRate * Math.min(N.blockedMost, blockedShadows)),
      text: `${percent(blockedShadows)} % of the picture is pure black, without detail.`,
    });
  }
  const span = measures.highlightPoint - measures.shadowPoint;
  // Fog and snow are flat too, but light; flat and grey is what calls for contrast.
  const isMiddling = brightness > N.flatDark && brightness < N.flatLight && brightest >= N.dim;
  const isGrey = measures.colorfulness < N.flatColor;
  if (measures.contrast < N.flatContrast && span < N.flatSpan && isMiddling && isGrey) {
    faults.push({
      name: 'low-contrast',
      weight: -(N.flatBase + N.flatRate * (N.flatContrast - measures.contrast)),
      text: `Flat: all tones lie within ${span.toFixed(0)} of 255 steps.`,
    });
  }
  const tilt = tiltFault(measures);
  if (tilt) faults.push(tilt);
  return faults;
}

/** Hard compression leaves plains too, but broken into steps; a page of text is white and grey alone. */
function isDrawn(measures: Measures): boolean {
  const { plainArea, noise, blockiness, banding, clippedHighlights, neutralArea, shadowPoint } = measures;
  const isPage = clippedHighlights > N.pageWhite && neutralArea > N.pageNeutral && shadowPoint < N.pageInk;
  const isStepless = banding < N.drawnBanding || noise < N.screenNoise;
  const isPlain = plainArea > N.drawnPlain && noise < N.drawnNoise && blockiness < N.drawnBlocks && isStepless;
  return isPage || isPlain;
}

/** @param longEdge of the photo itself, pixels. */
export function findFaults(facts: Facts, measures: Measures, longEdge: number): Faults {
  const named: Fault[] = [];
  const odds = measures.evidence['colour-cast'];
  const isTinted = odds > PLAIN['colour-cast'] && odds < N.surelyCast && isColoredLight(facts, measures);
  if (isDrawn(measures)) {
    const plain = Math.max(0, measures.plainArea - N.drawnPlain);
    named.push({
      name: 'not-a-photo',
      weight: -(N.drawnBase + N.drawnRate * plain),
      text: `${Math.max(measures.plainArea, measures.clippedHighlights).toFixed(0)} % of it is perfectly plain: a screen, a drawing or a page rather than a photo.`,
    });
  } else named.push(...shownFaults(measures, isTinted), ...otherFaults(facts, measures));
  if (longEdge < N.smallEdge) {
    named.push({
      name: 'low-resolution',
      weight: -(N.smallBase + Math.min(N.smallMost, N.smallRate * (N.smallEdge - longEdge))),
      text: `Only ${longEdge} pixels wide or high: too small to print or crop.`,
    });
  }
  return { named: named.sort((first, second) => first.weight - second.weight), isTinted };
}
