/** Level words among the likeliest next words that a server lists. */

import type { Reading } from '../runtime/level-scores.ts';
import { LEVEL_WORDS } from '../runtime/prompts.ts';

/** One entry of `top_logprobs`. */
export interface Listed {
  token: string;
  logprob: number;
}

/**
 * Share of the five words that those which are not listed could take together at most, up to which they are counted with
 * that: it moves a grade by less than a point. Beyond it the list is too short.
 */
const MOST_UNSEEN = 0.01;

export type Found =
  | { reading: Reading; missing: readonly string[] }
  /** The words that are not listed could change the grade. */
  | { reading: null; missing: readonly string[] };

/**
 * Finds the five words. Vocabularies write the space before a word as ` `, `▁` or `Ġ`; some servers leave it away, and
 * then no word of the list has it. A word without its space is another one where others have theirs.
 */
export function levelsAmong(listed: readonly Listed[]): Found {
  const entries = listed
    .filter(({ logprob }) => Number.isFinite(logprob))
    .map(({ token, logprob }) => ({ token: token.replace(/^[▁Ġ]/, ' '), logprob }));
  const spaced = entries.some(({ token }) => /^ \S/.test(token));
  const of = (word: string) => {
    const wanted = spaced ? ` ${word}` : word;
    const found = entries.filter(({ token }) => token === wanted).map(({ logprob }) => logprob);
    return found.length === 0 ? null : Math.max(...found);
  };
  const known = LEVEL_WORDS.map(of);
  const missing = LEVEL_WORDS.filter((_, index) => known[index] === null);
  const seen = known.reduce<number>((sum, value) => sum + (value === null ? 0 : Math.exp(value)), 0);
  // Whatever is not listed is no likelier than the last that is.
  const floor = Math.min(...entries.map(({ logprob }) => logprob));
  const unseen = missing.length * Math.exp(floor);
  if (missing.length === LEVEL_WORDS.length || unseen > MOST_UNSEEN * (seen + unseen))
    return { reading: null, missing };
  const logits = known.map((value) => value ?? floor);
  return { reading: { logits, mass: Math.min(1, seen) }, missing };
}
