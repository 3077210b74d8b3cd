/**
 * What is wrong with a photo as far as pixels tell. A fault is named only when it is plain; below that it costs a
 * little without a word, so that of two frames of one scene the cleaner one ranks first.
 * Whether it is plain is a matter of evidence (electron/core/analysis/measures/evidence.ts), learned from sound photos and their
 * damaged copies; how strong it is, and what is said of it, comes from the measures themselves.
 */
import { FAULTS, type FaultName, type Measures } from '../../shared/measures.ts';
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

/** Log-odds at which a fault is plain enough to be named: of sound photos one in a hundred is blamed for each at most, two for a cast. */
const PLAIN: Readonly<Record<FaultName, number>> = {
  'soft-focus': 1.5,
  'motion-blur': 2.4,
  overexposed: 2.3,
  underexposed: 1.8,
  noise: 2,
  'jpeg-damage': 1.8,
  'colour-cast': 2.3,
};
/** A second fault is named beside the plainest when it is plain by itself; this much (log-odds) behind it may be an echo. */
const ECHO = 3;
/** Share of its weight that a second fault has. */
const SECOND = 0.6;
/** Log-odds between which a doubt costs more and more, without a word. */
const DOUBT = -4;
const SURE = 2;
/** A photo whose brightest spot stays below this got too little light. */
const DIM = 168.5;
/** Log-odds beyond which more adds nothing to the weight. */
const CERTAIN = 9;

const TILTED = 2.3;
/** Agreement (%) of the lines below which a tilt is not spoken of. */
const AGREED = 75;

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

interface Said {
  readonly name: ReasonName;
  /** Grade points, negative: how strong the fault is, beside how plain. */
  readonly strength: number;
  readonly text: string;
}

function directionOf(degrees: number | null): string {
  const along = degrees ?? 0;
  if (along < 22.5 || along > 157.5) return 'sideways';
  return Math.abs(along - 90) < 22.5 ? 'up and down' : `at ${along.toFixed(0)}°`;
}

/** What a fault is called in this photo and how strong it is, from the measures that show it. */
const SAY: Readonly<Record<FaultName, (measures: Measures) => Said>> = {
  'soft-focus': ({ focus }) => ({
    name: 'soft-focus',
    strength: 0.5 * Math.max(0, 60 - focus),
    text: `Soft: even the sharpest parts reach only ${focus.toFixed(0)} of 100.`,
  }),
  'motion-blur': ({ motion, motionDirection, lostDetail }) => ({
    name: 'motion-blur',
    strength: 0.2 * motion + 0.2 * Math.max(0, lostDetail - 33),
    text: `Moved ${directionOf(motionDirection)}: the sharpest parts are ${motion.toFixed(0)} of 100 softer along that direction than across it.`,
  }),
  overexposed: (measures) => {
    const { clippedHighlights, clippedSky, brightness } = measures;
    const clipping = clippingOf(measures);
    const sky = clippedSky / 3 > 0.7 * clippedHighlights;
    const area = Math.max(sky ? clippedSky : clippedHighlights, clipping);
    const where = sky ? 'sky' : 'picture';
    // The rest of the picture is right: a sky that burnt out, or lamps.
    if (brightness < 140 && clipping < 35 && area >= 1) {
      return {
        name: 'clipped-highlights',
        strength: Math.min(12, 0.35 * clipping),
        text: `${percent(area)} % of the ${where} is clipped to pure white.`,
      };
    }
    return {
      name: 'overexposed',
      strength: Math.min(24, 0.6 * clipping),
      text:
        area >= 1
          ? `Overexposed: ${percent(area)} % of the ${where} is clipped to pure white.`
          : `Overexposed: half of the picture is brighter than ${brightness.toFixed(0)} of 255 and the highlights end in a wall.`,
    };
  },
  underexposed: ({ brightest, brightness }) => {
    const stops = 2.2 * Math.log2(250 / Math.max(8, brightest));
    return {
      name: 'underexposed',
      strength: Math.min(30, 5 * stops),
      text:
        brightest < 215
          ? `Underexposed by about ${stops.toFixed(1)} EV: the brightest spot reaches only ${brightest.toFixed(0)} of 255.`
          : `Underexposed: half of the picture is darker than ${brightness.toFixed(0)} of 255.`,
    };
  },
  noise: ({ noise }) => ({
    name: 'noise',
    strength: 1.2 * Math.min(14, noise),
    text: `Noisy: smooth parts vary by ±${noise.toFixed(1)} of 255 steps.`,
  }),
  'jpeg-damage': (measures) => ({
    name: 'jpeg-damage',
    strength: 0.2 * Math.min(80, damageOf(measures)),
    text:
      measures.blockiness > measures.banding
        ? 'Compressed too hard: the 8 × 8 blocks of JPEG show.'
        : `Compressed too hard: ${measures.banding.toFixed(0)} % of the smooth areas have broken into steps.`,
  }),
  'colour-cast': ({ castRed, castBlue }) => {
    const strength = Math.max(Math.abs(castRed - castBlue), Math.abs(castRed), Math.abs(castBlue));
    return {
      name: 'colour-cast',
      strength: 14 * Math.min(0.8, strength),
      text: `A ${tintOf(castRed, castBlue)} cast: what should be grey leans that way by about ${strength.toFixed(2)} EV.`,
    };
  },
};

function tintOf(red: number, blue: number): string {
  if (Math.abs(red - blue) > 0.1) return red > blue ? 'warm (orange)' : 'cold (blue)';
  return red > 0 ? 'magenta' : 'green';
}

/** Faults that the evidence shows, the plainest first. */
function shownFaults(measures: Measures): Fault[] {
  const shown = FAULTS.map((fault) => ({ fault, odds: measures.evidence[fault] }))
    .filter(({ fault, odds }) => odds > PLAIN[fault])
    .sort((first, second) => second.odds - first.odds);
  const plainest = shown[0]?.odds ?? 0;
  return shown
    .filter(({ odds }) => odds > plainest - ECHO)
    .map(({ fault, odds }, at) => {
      const { name, strength, text } = SAY[fault](measures);
      const weight = 8 + 1.5 * (Math.min(CERTAIN, odds) - PLAIN[fault]) + strength;
      return { name, text, weight: -(at === 0 ? weight : SECOND * weight) };
    });
}

/** In a big picture the blocks are too small to be seen at working size; what is left are steps and dead plains. */
function damageOf(measures: Measures): number {
  const dead = measures.banding > 12 ? 0.35 * Math.max(0, measures.plainArea - 45) : 0;
  return measures.blockiness + 0.65 * measures.banding + dead;
}

function tiltFault({ tilt, tiltAgreement }: Measures): Fault | null {
  if (tilt === null || Math.abs(tilt) < TILTED || tiltAgreement < AGREED) return null;
  return {
    name: 'tilted-horizon',
    weight: -(5 + 1.6 * Math.min(8, Math.abs(tilt))),
    text: `Tilted ${Math.abs(tilt).toFixed(1)}° ${tilt > 0 ? 'clockwise' : 'counter-clockwise'}.`,
  };
}

/** Faults that the evidence does not know: what they are is said by the measures alone. */
function otherFaults(measures: Measures): Fault[] {
  const faults: Fault[] = [];
  const { brightest, brightness, blockedShadows, subjectFocus, backgroundFocus } = measures;
  if (subjectFocus < 42 && backgroundFocus - subjectFocus > 32 && measures.subjectSpread < 17 && measures.detail > 40) {
    faults.push({
      name: 'missed-focus',
      weight: -(7 + 0.2 * (backgroundFocus - subjectFocus - 30)),
      text: `Subject softer than background: ${subjectFocus.toFixed(0)} against ${backgroundFocus.toFixed(0)} of 100.`,
    });
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
  const tilt = tiltFault(measures);
  if (tilt) faults.push(tilt);
  return faults;
}

/** @param longEdge of the photo itself, pixels. @param megapixels of the photo itself. */
export function findFaults(measures: Measures, longEdge: number, megapixels: number): Faults {
  // Hard compression leaves plains too, but broken into steps.
  const drawn = measures.plainArea > 62 && measures.noise < 1 && measures.blockiness < 3 && measures.banding < 35;
  const shown = drawn ? [] : shownFaults(measures);
  const named: Fault[] = drawn ? [] : [...shown, ...otherFaults(measures)];
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
  const most = Math.max(...FAULTS.map((fault) => measures.evidence[fault]));
  points -= 0.8 * Math.min(SURE - DOUBT, Math.max(0, most - DOUBT));
  points -= 0.35 * Math.min(12, Math.max(0, clippingOf(measures)));
  if (!named.has('noise')) points -= 1.4 * Math.max(0, measures.noise - 3);
  if (!named.has('jpeg-damage')) points -= 0.22 * Math.max(0, damageOf(measures) - 2);
  if (!named.has('colour-cast')) {
    points -= 7 * Math.min(0.5, Math.max(0, Math.abs(measures.castRed - measures.castBlue) - 0.08));
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
