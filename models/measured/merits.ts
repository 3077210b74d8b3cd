/** What speaks for a photo as far as pixels tell: crispness, tones, colour, a subject that stands out. */
import type { Measures } from '../../shared/measures.ts';
import type { ReasonName } from '../../shared/reasons.ts';
import { clippingOf } from './faults.ts';

export interface Merit {
  readonly name: ReasonName;
  /** Grade points, positive. */
  readonly weight: number;
  readonly text: string;
}

function share(low: number, high: number, value: number): number {
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

/** All merits with their points, unnamed ones too. Noise looks like detail and colour: it earns nothing. */
export function findMerits(measures: Measures): { readonly named: readonly Merit[]; readonly points: number } {
  const clean = 1 - share(3.4, 6, measures.noise);
  const crisp = 13 * share(35, 92, measures.focus) * (0.35 + 0.65 * clean);
  const subject = 4 * share(45, 85, measures.subjectFocus) * clean;
  // Full tones without clipping; a low-key or high-key picture needs no full range, but light in it.
  const held = 1 - share(0.6, 7, clippingOf(measures));
  const range = share(90, 215, measures.highlightPoint - measures.shadowPoint);
  const tones = (3 + 5 * range * share(8, 18, measures.contrast)) * held * share(150, 235, measures.brightest);
  const balanced = 1 - share(0.06, 0.3, Math.abs(measures.castRed - measures.castBlue)) * share(0, 60, measures.cast);
  const colour =
    5 * share(12, 38, measures.colourfulness) * (1 - share(95, 130, measures.colourfulness)) * balanced * clean * held;
  // One thing in focus before a soft background.
  const apart =
    5 *
    share(52, 70, measures.focus) *
    share(55, 20, measures.sharpArea) *
    share(0, 12, measures.subjectFocus - measures.focus + 24) *
    clean;
  const compact = share(20, 13, measures.subjectSpread);
  const placed = 3 * share(20, 7, measures.thirds) * (0.4 + 0.6 * compact);
  const all: Merit[] = [
    {
      name: subject > 3 && apart > 2.5 ? 'crisp-subject' : 'crisp-detail',
      weight: crisp + subject,
      text:
        subject > 3 && apart > 2.5
          ? `The subject is crisp: ${measures.subjectFocus.toFixed(0)} of 100.`
          : `Crisp: the sharpest parts reach ${measures.focus.toFixed(0)} of 100.`,
    },
    {
      name: 'rich-tones',
      weight: tones,
      text: `Tones from ${measures.shadowPoint.toFixed(0)} to ${measures.highlightPoint.toFixed(0)} of 255, ${measures.clippedHighlights < 0.05 ? 'nothing' : `${measures.clippedHighlights.toFixed(1)} %`} clipped.`,
    },
    {
      name: 'lively-colour',
      weight: colour,
      text: `Lively colour: ${measures.colourfulness.toFixed(0)} on a scale to 109.`,
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
  const least: Partial<Record<ReasonName, number>> = {
    'crisp-detail': 12,
    'crisp-subject': 9,
    'rich-tones': 6,
    'lively-colour': 3.5,
    'subject-stands-out': 2.5,
    'well-placed': 2,
  };
  return {
    named: all
      .filter((merit) => merit.weight >= (least[merit.name] ?? 0))
      .sort((first, second) => second.weight - first.weight),
    points: all.reduce((sum, merit) => sum + merit.weight, 0),
  };
}
