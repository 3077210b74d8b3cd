/** Measured facts that are told to a model in words: those whose reason has a topic in shared/reasons.ts. */
import type { Critique } from '../../../shared/critique.ts';
import { topicOf } from '../../../shared/reasons.ts';

/** More than a few facts drown the picture. */
const MOST_FACTS = 4;

/** A measured fact in words, and which reason of the critic it is. */
export interface Evidence {
  name: string;
  text: string;
}

/** The heaviest technical sentences of the measured critique, heaviest first; none for a photo without faults or merits. */
export function evidenceOf(measured: Pick<Critique, 'reasons'> | null): Evidence[] {
  return (measured?.reasons ?? [])
    .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .filter(({ name }) => topicOf(name) !== null)
    .map(({ name, text }) => ({ name, text }))
    .slice(0, MOST_FACTS);
}
