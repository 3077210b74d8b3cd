/**
 * The critic that needs no weights: facts → critique, a pure function. It grades technical quality and nothing else: a
 * photo starts at a plain middle, earns and loses the points of its reasons, and ends where they say. Each dimension is
 * the same middle and its own reasons, so that what one sees adds up:
 * grade = middle + Σ weights = middle + Σ (dimension − middle).
 */
import type { CriticId, Critique, Reason } from '../../shared/critique.ts';
import type { Concluded, Facts, Measures, Seen } from '../../shared/facts.ts';
import { LEVEL_FLOORS, levelOf } from '../../shared/grade.ts';
import { moves, type ReasonName } from '../../shared/reasons.ts';
import { conclude } from './evidence.ts';
import { type Fault, findFaults } from './faults.ts';
import { findMerits, type Merit } from './merits.ts';
import { findNotes } from './notes.ts';
import { NUMBERS as N } from './numbers.ts';
import { asFarAsSeen } from './seen.ts';
import { suggest } from './suggestions.ts';

export const MEASURED_CRITIC: CriticId = { critic: 'measured', modelHash: '7', promptVersion: '1' };

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
function circumstance(name: ReasonName, measuredOn: Seen['measuredOn'], about: AboutPhoto): string {
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

export interface Judgement {
  readonly concluded: Concluded;
  readonly critique: Critique;
}

const DIMENSIONS = ['technical', 'light', 'composition'] as const;

/** All that is judged of a photo without a model, from nothing but the facts that are stored of it. */
export function judgeFacts(given: Facts, about: AboutPhoto): Judgement {
  const concluded = conclude(given);
  const facts: Facts = { ...given, seen: asFarAsSeen(given.seen, about) };
  const measures: Measures = { ...facts.seen, ...concluded };
  const megapixels = (about.width * about.height) / N.pixelsPerMegapixel;
  const faults = findFaults(facts, measures, Math.max(about.width, about.height));
  const merits = findMerits(facts, measures, megapixels, `${about.width} × ${about.height}`);
  const reasons = summedUp(measures, faults.named, merits, about);
  const value = reasons.reduce((sum, { weight }) => sum + weight, N.plainGrade);
  const names = new Set(faults.named.map(({ name }) => name));
  const dimensions = DIMENSIONS.map((name) => {
    const own = reasons.filter((reason) => moves(reason.name, name));
    return [name, { value: own.reduce((sum, { weight }) => sum + weight, N.plainGrade), probabilities: null }] as const;
  });
  const described: Reason[] = findNotes(
    facts,
    measures,
    faults.isTinted,
    !FAULTS_OF_LIGHT.some((name) => names.has(name)),
  ).map((note) => ({ ...note, weight: 0 }));
  const critique: Critique = {
    ...MEASURED_CRITIC,
    value,
    level: levelOf(value),
    confidence: confidenceOf(measures, megapixels, faults.named.length),
    probabilities: null,
    dimensions: Object.fromEntries(dimensions),
    technical: value,
    reasons: [...reasons, ...lackOf(value, reasons, merits), ...described],
    suggestions: suggest(measures, names),
    text: null,
    writer: null,
    createdAt: Date.now(),
  };
  return { concluded, critique };
}

const FAULTS_OF_LIGHT: readonly ReasonName[] = [
  'overexposed',
  'underexposed',
  'colour-cast',
  'low-contrast',
  'not-a-photo',
];

/**
 * Faults and merits with the points that they move, heaviest first. Near the bottom faults count less, so that a bad
 * frame can still be worse; a file that lacks a part of its picture has no grade above the share that is there.
 */
function summedUp(
  { missing = 0, measuredOn }: Measures,
  faults: readonly Fault[],
  merits: readonly Merit[],
  about: AboutPhoto,
): Reason[] {
  const worded = (name: ReasonName, text: string) => text + circumstance(name, measuredOn, about);
  const earned = merits
    .map(({ name, weight, text }): Reason => ({ name, weight: round(weight), text: worded(name, text) }))
    .filter(({ weight }) => weight > 0);
  const whole = earned.reduce((sum, { weight }) => sum + weight, N.plainGrade);
  const lost = faults.reduce((sum, { weight }) => sum - weight, 0);
  const counts = lost === 0 ? 1 : (whole - floored(whole - lost)) / lost;
  const blamed = faults.map(
    ({ name, weight, text }): Reason => ({
      name,
      weight: round(weight * counts),
      text: worded(name, text),
    }),
  );
  const value = blamed.reduce((sum, { weight }) => sum + weight, whole);
  const cut = missing < N.missingLeast ? 0 : Math.max(0, value - N.percent * (1 - missing));
  const parts =
    missing < N.missingLeast ? [] : [incomplete(missing, Math.min(value, Math.max(cut, N.incompleteLeast)))];
  return [...parts, ...blamed, ...earned].sort((first, second) => Math.abs(second.weight) - Math.abs(first.weight));
}

function floored(points: number): number {
  return points < N.lowEnd ? N.lowEnd * Math.exp((points - N.lowEnd) / N.lowEnd) : points;
}

/** A file that lacks a part of its picture says so; what cannot be seen is not judged. */
function incomplete(missing: number, lost: number): Reason {
  const share = Math.max(1, Math.round(missing * N.percent));
  return {
    name: 'incomplete',
    weight: -round(lost),
    text: `Incomplete: ${share} % of the picture is missing in the file.`,
  };
}

/** A photo below "good" in which nothing is wrong says in a sentence what it lacks most. */
function lackOf(value: number, reasons: readonly Reason[], merits: readonly Merit[]): Reason[] {
  if (value >= LEVEL_FLOORS.good || reasons.some(({ weight }) => weight < 0)) return [];
  const [least] = merits.toSorted((first, second) => second.most - second.weight - (first.most - first.weight));
  return least === undefined
    ? []
    : [{ name: 'lacking', weight: 0, text: `Nothing is plainly wrong; what it lacks is ${least.lack}.` }];
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
