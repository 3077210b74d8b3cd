/**
 * Ties what a model writes to what was measured: the first sentence that speaks of a measured fact is followed by the
 * fact's number, `[1]`, which the page shows as a note. The model is never trusted to cite; its words are only matched.
 */
import { topicOf } from '../../../shared/reasons.ts';
import type { Evidence } from './facts-in-words.ts';

const SENTENCE_END = /[.!?](?=\s|$)|\n/;

/** Gets the text piece by piece and gives it back with the numbers put in; each fact is cited once. */
export function createCiter(evidence: readonly Evidence[]): { piece(text: string): string; end(): string } {
  const open = new Map(evidence.map((fact, index) => [index + 1, fact]));
  let sentence = '';

  function citations(): string {
    const cited = [...open].filter(([, { name }]) => topicOf(name)?.test(sentence) === true).map(([number]) => number);
    for (const number of cited) open.delete(number);
    sentence = '';
    return cited.map((number) => `[${number}]`).join('');
  }

  return {
    piece(text) {
      let out = '';
      let rest = text;
      for (let end = SENTENCE_END.exec(rest); end !== null; end = SENTENCE_END.exec(rest)) {
        const before = rest.slice(0, end.index);
        sentence += before;
        // A sentence of no words has ended before.
        out += before + (sentence.trim() === '' ? '' : citations()) + end[0];
        rest = rest.slice(end.index + end[0].length);
      }
      sentence += rest;
      return out + rest;
    },
    end: () => (sentence.trim() === '' ? '' : citations()),
  };
}
