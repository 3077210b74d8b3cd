/**
 * Measured facts that are told to a model in words.
 * Only technical ones: a judge given sharpness, clipping and noise did better, given composition numbers too it did
 * worse (../../../models/runtime/prompts.ts has the source), so composition is left to its own eyes.
 */
import type { Critique } from '../../../shared/critique.ts';
import type { ReasonName } from '../../../shared/reasons.ts';

const TECHNICAL: readonly ReasonName[] = [
  'soft-focus',
  'motion-blur',
  'missed-focus',
  'overexposed',
  'underexposed',
  'clipped-highlights',
  'blocked-shadows',
  'noise',
  'tilted-horizon',
  'colour-cast',
  'low-contrast',
  'jpeg-damage',
  'crisp-subject',
  'crisp-detail',
];

/** More than a few facts drown the picture. */
const MOST_FACTS = 4;

/** A measured fact in words, and which reason of the critic it is. */
export interface Evidence {
  name: ReasonName;
  text: string;
}

/** The heaviest technical sentences of the measured critique, heaviest first; none for a photo without faults or merits. */
export function evidenceOf(measured: Pick<Critique, 'reasons'> | null): Evidence[] {
  return (measured?.reasons ?? [])
    .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .flatMap(({ name, text }) => TECHNICAL.filter((known) => known === name).map((known) => ({ name: known, text })))
    .slice(0, MOST_FACTS);
}
