/** What the page makes of the critic's stream: written texts, paragraphs, sentences to be spoken. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { finishedSentences, paragraphsOf } from '../../renderer/panels/inspector/paragraphs.ts';
import { continued, NOTHING_WRITTEN, plainText, storedParts } from '../../renderer/store/writing.ts';
import type { Writing } from '../../shared/contract.ts';

fc.configureGlobal({ seed: 4105 });

const play = (events: readonly Writing[]) => events.reduce(continued, NOTHING_WRITTEN);

describe('a written text', () => {
  test('holds every token in order under the heading that came before it', () => {
    const word = fc.stringMatching(/^[a-z ]{1,8}$/);
    const event = fc.oneof(
      word.map((text): Writing => ({ kind: 'token', text })),
      word.map((text): Writing => ({ kind: 'heading', text })),
      word.map((text): Writing => ({ kind: 'status', text })),
    );
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const written = play(events);
        const tokens = events.flatMap((one) => (one.kind === 'token' ? [one.text] : []));
        expect(written.parts.map((part) => part.text).join('')).toBe(tokens.join(''));
        const headings = events.flatMap((one) => (one.kind === 'heading' ? [one.text] : []));
        expect(written.parts.flatMap((part) => part.heading ?? [])).toEqual(headings);
        expect(written.status === null || events.at(-1)?.kind === 'status').toBe(true);
      }),
    );
  });

  test('takes each piece of evidence once and ends as it is told', () => {
    const written = play([
      { kind: 'evidence', number: 1, text: 'soft', reason: 'soft-focus' },
      { kind: 'evidence', number: 1, text: 'soft', reason: 'soft-focus' },
      { kind: 'token', text: 'Soft [1].' },
      { kind: 'end', reason: 'length' },
    ]);
    expect(written.evidence).toHaveLength(1);
    expect(written.state).toBe('length');
    expect(plainText(written)).toBe('Soft [1].\n\n1 soft');
  });

  test('that was stored comes back with its headings', () => {
    expect(storedParts('## Overall\n\nGood light.\n\n## What to do\n\nWait.')).toEqual([
      { heading: 'Overall', text: '\nGood light.\n\n' },
      { heading: 'What to do', text: '\nWait.' },
    ]);
    expect(storedParts('No heading.')).toEqual([{ heading: null, text: 'No heading.' }]);
  });
});

describe('paragraphs', () => {
  test('split at blank lines and list marks, with references between the words', () => {
    expect(paragraphsOf('The sky is flat [1]; the\nground is sharp.\n\n- Wait.\n- Step **closer** [2]')).toEqual([
      { kind: 'text', runs: ['The sky is flat', { note: 1 }, '; the ground is sharp.'] },
      { kind: 'item', runs: ['Wait.'] },
      { kind: 'item', runs: ['Step closer', { note: 2 }] },
    ]);
  });

  test('lose no word of any text', () => {
    const words = fc.array(fc.stringMatching(/^[a-zA-Z]{1,6}$/), { minLength: 1, maxLength: 30 });
    const gap = fc.constantFrom(' ', '\n', '\n\n', ' [3] ');
    fc.assert(
      fc.property(words, fc.array(gap, { minLength: 30, maxLength: 30 }), (all, gaps) => {
        const text = all.map((word, index) => word + gaps[index]!).join('');
        const kept = paragraphsOf(text).flatMap((one) => one.runs.filter((run) => typeof run === 'string').join(' '));
        expect(kept.join(' ').split(/\s+/).filter(Boolean)).toEqual(all);
      }),
    );
  });
});

test('only finished sentences are spoken, and together they are the text', () => {
  expect(finishedSentences('The light is flat. The sk')).toBe('The light is flat.');
  expect(finishedSentences('The light')).toBe('');
  expect(finishedSentences('It is 1.5 stops dark. And')).toBe('It is 1.5 stops dark.');
});
