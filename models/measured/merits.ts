/** What speaks for a photo as far as pixels tell: crispness, tones, color, a subject that stands out. */
import type { Measures } from '../../shared/facts.ts';
import type { MeritName } from '../../shared/reasons.ts';
import { clippingOf } from './faults.ts';
import { NUMBERS as N } from './numbers.ts';

export interface Merit {
  readonly name: MeritName;
  /** Grade points, positive. */
  readonly weight: number;
  readonly text: string;
}

function share(low: number, high: number, value: number): number {
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

/** All merits with their points, unnamed ones too. Noise looks like detail and color: it earns nothing. */
export function findMerits(measures: Measures): { readonly named: readonly Merit[]; readonly points: number } {
  const clean = 1 - share(N.cleanNoise, N.noisyNoise, measures.noise);
  const crisp = N.crispMost * share(N.crispFrom, N.crispTo, measures.focus) * (N.crispNoisy + N.crispClean * clean);
  const subject = N.subjectMost * share(N.subjectFrom, N.subjectTo, measures.subjectFocus) * clean;
  // Full tones without clipping; a low-key or high-key picture needs no full range, but light in it.
  const held = 1 - share(N.heldFrom, N.heldTo, clippingOf(measures));
  const range = share(N.rangeFrom, N.rangeTo, measures.highlightPoint - measures.shadowPoint);
  const full = N.tonesBase + N.tonesMost * range * share(N.contrastFrom, N.contrastTo, measures.contrast);
  const tones = full * held * share(N.litFrom, N.litTo, measures.brightest);
  const tint = Math.abs(measures.castRed - measures.castBlue);
  const balanced = 1 - share(N.balancedTo, N.tintedFrom, tint) * share(0, N.castSure, measures.cast);
  const color =
    N.colorMost *
    share(N.colorFrom, N.colorTo, measures.colorfulness) *
    (1 - share(N.gaudyFrom, N.gaudyTo, measures.colorfulness)) *
    balanced *
    clean *
    held;
  // One thing in focus before a soft background.
  const apart =
    N.apartMost *
    share(N.apartFocusFrom, N.apartFocusTo, measures.focus) *
    share(N.apartAreaFrom, N.apartAreaTo, measures.sharpArea) *
    share(0, N.apartSubjectRange, measures.subjectFocus - measures.focus + N.apartSubjectBehind) *
    clean;
  const compact = share(N.compactFrom, N.compactTo, measures.subjectSpread);
  const placed =
    N.placedMost * share(N.thirdsFrom, N.thirdsTo, measures.thirds) * (N.placedLoose + N.placedCompact * compact);
  const isSubject = subject > N.subjectSaid && apart > N.apartSaid;
  const all: Merit[] = [
    {
      name: isSubject ? 'crisp-subject' : 'crisp-detail',
      weight: crisp + subject,
      text: isSubject
        ? `The subject is crisp: ${measures.subjectFocus.toFixed(0)} of 100.`
        : `Crisp: the sharpest parts reach ${measures.focus.toFixed(0)} of 100.`,
    },
    {
      name: 'rich-tones',
      weight: tones,
      text: `Tones from ${measures.shadowPoint.toFixed(0)} to ${measures.highlightPoint.toFixed(0)} of 255, ${measures.clippedHighlights < N.nothingClipped ? 'nothing' : `${measures.clippedHighlights.toFixed(1)} %`} clipped.`,
    },
    {
      name: 'lively-colour',
      weight: color,
      text: `Lively color: ${measures.colorfulness.toFixed(0)} on a scale to ${N.colorfulnessEnd}.`,
    },
    {
      name: 'subject-stands-out',
      weight: apart,
      text: `Only ${measures.sharpArea.toFixed(0)} % of the detail is in focus: the subject stands out.`,
    },
    {
      name: 'well-placed',
      weight: placed,
      text: `What draws the eye lies ${measures.thirds.toFixed(0)} % from a crossing of the thirds.`,
    },
  ];
  const least: Record<MeritName, number> = {
    'crisp-detail': N.leastCrispDetail,
    'crisp-subject': N.leastCrispSubject,
    'rich-tones': N.leastRichTones,
    'lively-colour': N.leastLivelyColor,
    'subject-stands-out': N.leastStandsOut,
    'well-placed': N.leastWellPlaced,
  };
  return {
    named: all
      .filter((merit) => merit.weight >= least[merit.name])
      .sort((first, second) => second.weight - first.weight),
    points: all.reduce((sum, merit) => sum + merit.weight, 0),
  };
}
