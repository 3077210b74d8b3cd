/**
 * What a photo earns as far as pixels tell: crisp detail, clean surfaces, tones that are held, grey that is grey. All of
 * it is said with its points, however few: a grade has no part that nobody sees. What is lacking is never a fault; where
 * a photo without one stays below "good", the largest lack is said in a sentence.
 */
import type { Facts, Measures } from '../../shared/facts.ts';
import type { ReasonName } from '../../shared/reasons.ts';
import { isLowKey } from './notes.ts';
import { NUMBERS as N } from './numbers.ts';

export interface Merit {
  readonly name: ReasonName;
  /** Grade points, ≥ 0. */
  readonly weight: number;
  /** Points that it could be at most. */
  readonly most: number;
  readonly text: string;
  /** What it lacks where it is far from its most, to follow "what it lacks is". */
  readonly lack: string;
}

function share(low: number, high: number, value: number): number {
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

/** Traces of compression, in %: blocks that can be seen, and steps. */
const tracesOf = ({ blockiness, banding }: Measures) =>
  Math.max(0, blockiness - N.faintBlocks) + N.damageBanding * banding;

/** @param megapixels of the photo itself. @param size of it, for people. */
export function findMerits(facts: Facts, measures: Measures, megapixels: number, size: string): readonly Merit[] {
  const { focus, subjectFocus, noise, motion, highlightPoint, shadowPoint, brightest } = measures;
  const fine = 1 - share(N.cleanNoise, N.noisyNoise, noise);
  // Few pixels show crisp edges easily: what they show counts for less.
  const pixels =
    N.fewestShare + (1 - N.fewestShare) * share(0, N.pixelDoublings, Math.log2(megapixels / N.fewestMegapixels));
  const still = 1 - N.movedShare * share(N.stillTo, N.movedFrom, motion);
  const crisp =
    N.crispMost * share(N.crispFrom, N.crispTo, focus) * (N.crispNoisy + N.crispClean * fine) * pixels * still;
  const isSubject = subjectFocus >= N.subjectCrisp && measures.sharpArea < N.subjectArea;
  const traces = tracesOf(measures);
  const clean =
    N.cleanMost * (1 - share(N.noNoise, N.muchNoise, noise)) * (1 - share(N.noTraces, N.manyTraces, traces));
  const clipped = measures.clippedHighlights;
  const held = 1 - share(N.heldFrom, N.heldTo, clipped);
  const range = share(N.rangeFrom, N.rangeTo, highlightPoint - shadowPoint);
  const lit = share(N.litFrom, N.litTo, brightest);
  // A quarter of the picture at the very bottom of its tones is lost, as behind a flash; night and low key are so by
  // intent. Counted from the darkest tone, which is not black in every color space.
  const depth = (facts.traits.tone25 - shadowPoint) / Math.max(1, highlightPoint - shadowPoint);
  const sunk = isLowKey(measures) ? 0 : 1 - share(N.sunkTo, N.sunkFrom, depth);
  const span = range * (1 - (1 - N.openShare) * sunk);
  const tones = (N.tonesHeld * (1 - sunk) + N.tonesFull * span) * held * (N.dimShare + (1 - N.dimShare) * lit);
  const grey = N.greyMost * (1 - share(N.greyFrom, N.tintedFrom, measures.evidence['colour-cast']));
  const shown =
    range * lit < N.mostlyShown
      ? `tones that reach further than ${brightest.toFixed(0)} of 255`
      : 'detail in the brightest and darkest parts';
  const merits: Merit[] = [
    {
      name: isSubject ? 'crisp-subject' : 'crisp-detail',
      weight: crisp,
      most: N.crispMost,
      text: isSubject
        ? `The subject is crisp: ${subjectFocus.toFixed(0)} of 100.`
        : `${focus >= N.crispSaid ? 'Crisp' : 'Detail'}: the sharpest parts reach ${focus.toFixed(0)} of 100.`,
      lack:
        pixels < share(N.crispFrom, N.crispTo, focus)
          ? `pixels: it has ${size}`
          : `fine detail: the sharpest parts reach ${focus.toFixed(0)} of 100`,
    },
    {
      name: 'clean',
      weight: clean,
      most: N.cleanMost,
      text: `Clean: smooth parts vary by ±${noise.toFixed(1)} of 255 steps.`,
      lack: `clean surfaces: they vary by ±${noise.toFixed(1)} of 255 steps${traces > N.noTraces ? ', and traces of compression show' : ''}`,
    },
    {
      name: 'rich-tones',
      weight: tones,
      most: N.tonesHeld + N.tonesFull,
      text: `Tones from ${shadowPoint.toFixed(0)} to ${highlightPoint.toFixed(0)} of 255, ${clipped < N.nothingClipped ? 'nothing' : `${clipped.toFixed(1)} %`} clipped.`,
      lack: shown,
    },
    {
      name: 'true-colour',
      weight: grey,
      most: N.greyMost,
      text: 'Gray is gray: no color lies over the whole.',
      lack: 'neutral grey',
    },
  ];
  return merits;
}
