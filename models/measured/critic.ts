/**
 * The critic that needs no weights: measures → critique, a pure function. It can tell clean from damaged and crisp
 * from soft, and says little about taste: its dimensions are technical quality, light and composition only.
 */
import type { CriticId, Critique, Reason } from '../../shared/critique.ts';
import { levelOf } from '../../shared/grade.ts';
import type { Measures } from '../../shared/measures.ts';
import type { ReasonName } from '../../shared/reasons.ts';
import { findFaults } from './faults.ts';
import { findMerits } from './merits.ts';
import { suggest } from './suggestions.ts';

export const MEASURED_CRITIC: CriticId = { critic: 'measured', modelHash: '3', promptVersion: '1' };

/** What is known of a photo beside its pixels. */
export interface AboutPhoto {
  /** Upright size in pixels. */
  readonly width: number;
  readonly height: number;
  readonly iso?: number | null;
  readonly exposureSeconds?: number | null;
  /** Millimetres, as engraved. */
  readonly focalLength?: number | null;
}

/** Grade of a photo with neither fault nor merit. */
const PLAIN = 46;

const LIGHT: ReadonlySet<ReasonName> = new Set([
  'overexposed',
  'underexposed',
  'clipped-highlights',
  'blocked-shadows',
  'low-contrast',
  'colour-cast',
  'rich-tones',
  'lively-colour',
]);
const COMPOSITION: ReadonlySet<ReasonName> = new Set(['tilted-horizon', 'well-placed', 'subject-stands-out']);

const clamped = (value: number) => Math.min(100, Math.max(0, value));

/** Why a shot may be as it is, from how it was taken; added to the sentence of a fault. */
function circumstance(name: ReasonName, about: AboutPhoto): string {
  const seconds = about.exposureSeconds ?? 0;
  if (name === 'noise' && (about.iso ?? 0) >= 800) return ` Taken at ISO ${about.iso}.`;
  if (name === 'motion-blur' && seconds > 0 && seconds * (about.focalLength ?? 35) > 0.7) {
    return ` ${seconds >= 1 ? `${seconds} s` : `1/${Math.round(1 / seconds)} s`} is long to hold by hand.`;
  }
  return '';
}

function sumOf(reasons: readonly Reason[], of: ReadonlySet<ReasonName>): number {
  return reasons.reduce((sum, reason) => sum + (of.has(reason.name as ReasonName) ? reason.weight : 0), 0);
}

export function judgeMeasures(measures: Measures, about: AboutPhoto): Critique {
  const megapixels = (about.width * about.height) / 1e6;
  const faults = findFaults(measures, Math.max(about.width, about.height), megapixels);
  const merits = findMerits(measures);
  const lost = faults.named.reduce((sum, fault) => sum + fault.weight, 0) + faults.slight;
  const raw = PLAIN + merits.points + lost;
  const value = clamped(stretched(raw));
  const reasons: Reason[] = [
    ...faults.named.map((fault) => ({
      name: fault.name,
      weight: round(fault.weight),
      text: fault.text + circumstance(fault.name, about),
    })),
    ...merits.named.map((merit) => ({ name: merit.name, weight: round(merit.weight), text: merit.text })),
  ].sort((first, second) => Math.abs(second.weight) - Math.abs(first.weight));
  const names = new Set(faults.named.map((fault) => fault.name));
  const technical = clamped(84 + 0.18 * (measures.focus - 80) + lost * 1.3);
  const light = clamped(58 + 2.4 * sumOf(reasons, LIGHT));
  const composition = clamped(58 + 2.6 * sumOf(reasons, COMPOSITION) - 0.5 * Math.max(0, measures.thirds - 12));
  return {
    ...MEASURED_CRITIC,
    value,
    level: levelOf(value),
    confidence: confidenceOf(measures, megapixels, faults.named.length),
    probabilities: null,
    dimensions: {
      technical: { value: technical, probabilities: null },
      light: { value: light, probabilities: null },
      composition: { value: composition, probabilities: null },
    },
    technical,
    reasons,
    suggestions: suggest(measures, names),
    text: null,
    createdAt: Date.now(),
  };
}

/**
 * Points → grade, keeping their order: near 0 points count less, so that a bad frame can still be worse, and above the
 * middle more, so that clean and crisp photos spread over the upper levels.
 */
function stretched(points: number): number {
  if (points < 25) return 25 * Math.exp((points - 25) / 25);
  return points < 45 ? points : 45 + 1.4 * (points - 45);
}

/** 0–1: more where there is much to judge by, or a plain fault; never near 1, since pixels know nothing of meaning. */
function confidenceOf(measures: Measures, megapixels: number, faults: number): number {
  const detail = Math.min(1, measures.detail / 70);
  const size = Math.min(1, 0.5 + 0.5 * megapixels);
  return Math.min(0.85, (0.3 + 0.3 * detail + (faults > 0 ? 0.2 : 0)) * size + 0.05);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
