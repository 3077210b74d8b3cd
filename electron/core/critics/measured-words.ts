/** The measured critic in words, for where a model would write: the same places, said to be measured. */
import type { Writing } from '../../../shared/contract.ts';
import type { Critique } from '../../../shared/critique.ts';

export function* measuredWriting(critique: Critique): Generator<Writing> {
  const faults = critique.reasons.filter(({ weight }) => weight < 0);
  const merits = critique.reasons.filter(({ weight }) => weight > 0);
  yield { kind: 'heading', text: 'Technical quality, measured without a model' };
  yield {
    kind: 'token',
    text: `By what can be measured in its pixels the technical quality of this photo is ${critique.level} (${critique.value.toFixed(0)} of 100).`,
  };
  if (faults.length > 0) {
    yield { kind: 'heading', text: 'What holds it back' };
    yield { kind: 'token', text: sentences(faults) };
  }
  if (merits.length > 0) {
    yield { kind: 'heading', text: 'What works' };
    yield { kind: 'token', text: sentences(merits) };
  }
  if (critique.suggestions.length > 0) {
    yield { kind: 'heading', text: 'What to do' };
    yield { kind: 'token', text: sentences(critique.suggestions) };
  }
  yield { kind: 'end', reason: 'complete' };
}

function sentences(parts: readonly { text: string }[]): string {
  return parts.map(({ text }) => (/[.!?]$/.test(text) ? text : `${text}.`)).join(' ');
}
