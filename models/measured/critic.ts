/**
 * The critic that needs no weights: measures → critique, a pure function. It can tell clean from damaged and crisp
 * from soft, and says little about taste: its dimensions are technical quality, light and composition only.
 */
import { PREVIEW_ENOUGH } from '../../shared/addresses.ts';
import type { CriticId, Critique, Reason } from '../../shared/critique.ts';
import type { Concluded, Facts, Measures } from '../../shared/facts.ts';
import { levelOf } from '../../shared/grade.ts';
import { moves, type ReasonName } from '../../shared/reasons.ts';
import { conclude } from './evidence.ts';
import { findFaults } from './faults.ts';
import { findMerits } from './merits.ts';
import { NUMBERS as N } from './numbers.ts';
import { suggest } from './suggestions.ts';

export const MEASURED_CRITIC: CriticId = { critic: 'measured', modelHash: '4', promptVersion: '1' };

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

const clamped = (value: number) => Math.min(N.percent, Math.max(0, value));

/** Reasons that speak of crispness: they name the pixels that they know it from. */
const OF_FOCUS: ReadonlySet<ReasonName> = new Set([
  'soft-focus',
  'missed-focus',
  'motion-blur',
  'crisp-subject',
  'crisp-detail',
  'subject-stands-out',
]);

/** What the sentence of a reason needs beside it: what it was measured on, or why a shot may be as it is. */
function circumstance(name: ReasonName, { measuredOn }: Measures, about: AboutPhoto): string {
  const seconds = about.exposureSeconds ?? 0;
  if (measuredOn !== undefined && OF_FOCUS.has(name)) {
    const { width, height } = measuredOn;
    return ` Measured on its preview of ${width.toLocaleString('en')} × ${height.toLocaleString('en')} pixels.`;
  }
  if (name === 'noise' && (about.iso ?? 0) >= N.highIso) return ` Taken at ISO ${about.iso}.`;
  if (name === 'motion-blur' && seconds > 0 && seconds * (about.focalLength ?? N.usualFocalLength) > N.handHeld) {
    return ` ${seconds >= 1 ? `${seconds} s` : `1/${Math.round(1 / seconds)} s`} is long to hold by hand.`;
  }
  return '';
}

function sumOf(reasons: readonly Reason[], dimension: 'light' | 'composition'): number {
  return reasons.reduce((sum, reason) => sum + (moves(reason.name, dimension) ? reason.weight : 0), 0);
}

export interface Judgement {
  readonly concluded: Concluded;
  readonly critique: Critique;
}

/** All that is judged of a photo without a model, from nothing but the facts that are stored of it. */
export function judgeFacts(facts: Facts, about: AboutPhoto): Judgement {
  const concluded = conclude(facts);
  return { concluded, critique: judgeMeasures({ ...facts.seen, ...concluded }, about) };
}

/** No crispness is claimed beyond what the measured pixels can show of the photo's own. */
function asFarAsSeen(measures: Measures, { width, height }: AboutPhoto): Measures {
  const { measuredOn, focus, subjectFocus, backgroundFocus } = measures;
  if (measuredOn === undefined) return measures;
  const share = Math.max(measuredOn.width, measuredOn.height) / Math.max(1, width, height);
  const most = clamped(N.percent - N.unseenOctave * Math.log2(Math.max(1, PREVIEW_ENOUGH / share)));
  return {
    ...measures,
    focus: Math.min(focus, most),
    subjectFocus: Math.min(subjectFocus, most),
    backgroundFocus: Math.min(backgroundFocus, most),
  };
}

export function judgeMeasures(given: Measures, about: AboutPhoto): Critique {
  const measures = asFarAsSeen(given, about);
  const megapixels = (about.width * about.height) / N.pixelsPerMegapixel;
  const faults = findFaults(measures, Math.max(about.width, about.height), megapixels);
  const merits = findMerits(measures);
  const lost = faults.named.reduce((sum, fault) => sum + fault.weight, 0) + faults.slight;
  const raw = N.plainGrade + merits.points + lost;
  const { missing = 0 } = measures;
  const visible = N.percent * (1 - missing);
  const whole = clamped(stretched(raw));
  const value = Math.min(whole, visible);
  const reasons: Reason[] = [
    ...incompleteReasons(missing, whole - value),
    ...faults.named.map((fault) => ({
      name: fault.name,
      weight: round(fault.weight),
      text: fault.text + circumstance(fault.name, measures, about),
    })),
    ...merits.named.map((merit) => ({
      name: merit.name,
      weight: round(merit.weight),
      text: merit.text + circumstance(merit.name, measures, about),
    })),
  ].sort((first, second) => Math.abs(second.weight) - Math.abs(first.weight));
  const names = new Set(faults.named.map((fault) => fault.name));
  const technical = Math.min(
    visible,
    clamped(N.technicalBase + N.technicalFocusRate * (measures.focus - N.technicalFocus) + lost * N.technicalLostRate),
  );
  const light = clamped(N.dimensionBase + N.lightRate * sumOf(reasons, 'light'));
  const offThirds = N.thirdsRate * Math.max(0, measures.thirds - N.thirdsFree);
  const composition = clamped(N.dimensionBase + N.compositionRate * sumOf(reasons, 'composition') - offThirds);
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

/** A file that lacks a part of its picture says so first; what cannot be seen is not judged, so no grade is above the visible share. */
function incompleteReasons(missing: number, lost: number): Reason[] {
  if (missing < N.missingLeast) return [];
  const share = Math.max(1, Math.round(missing * N.percent));
  const text = `Incomplete: ${share} % of the picture is missing in the file.`;
  return [{ name: 'incomplete', weight: -Math.max(round(lost), N.incompleteLeast), text }];
}

/**
 * Points → grade, keeping their order: near 0 points count less, so that a bad frame can still be worse, and above the
 * middle more, so that clean and crisp photos spread over the upper levels.
 */
function stretched(points: number): number {
  if (points < N.lowEnd) return N.lowEnd * Math.exp((points - N.lowEnd) / N.lowEnd);
  return points < N.highEnd ? points : N.highEnd + N.highStretch * (points - N.highEnd);
}

/** 0–1: more where there is much to judge by, or a plain fault; never near 1, since pixels know nothing of meaning. */
function confidenceOf(measures: Measures, megapixels: number, faults: number): number {
  const detail = Math.min(1, measures.detail / N.confidentDetail);
  const size = Math.min(1, N.confidenceSmall + N.confidencePerMegapixel * megapixels);
  const known = N.confidenceBase + N.confidenceDetailRate * detail + (faults > 0 ? N.confidenceFault : 0);
  return Math.min(N.confidenceMost, known * size + N.confidenceLeast);
}

function round(value: number): number {
  return Math.round(value * N.weightSteps) / N.weightSteps;
}
