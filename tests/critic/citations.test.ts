import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCiter } from '../../electron/core/critics/citations.ts';
import type { Evidence } from '../../electron/core/critics/facts-in-words.ts';

fc.configureGlobal({ seed: 4104 });

const FACTS: Evidence[] = [
  { name: 'soft-focus', text: 'Soft: the sharpest parts reach only 40 of 100.' },
  { name: 'clipped-highlights', text: '4 % of the sky is clipped.' },
  { name: 'tilted-horizon', text: 'Tilted 2.1° clockwise.' },
];

function cite(text: string, cuts: readonly number[]): string {
  const citer = createCiter(FACTS);
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].toSorted((a, b) => a - b);
  let from = 0;
  let out = '';
  for (const place of [...places, text.length]) {
    out += citer.piece(text.slice(from, place));
    from = place;
  }
  return out + citer.end();
}

describe('citations', () => {
  test('follow the first sentence that speaks of the fact, once', () => {
    expect(cite('The picture is blurred. The blur is strong. The horizon leans.', [])).toBe(
      'The picture is blurred[1]. The blur is strong. The horizon leans[3].',
    );
  });

  test('follow a last sentence that has no end, and nothing where the text ends with one', () => {
    expect(cite('A calm lake. The picture is blurred', [])).toBe('A calm lake. The picture is blurred[1]');
    expect(cite('', [])).toBe('');
  });

  test('stay away where nothing measured is spoken of', () => {
    expect(cite('A calm lake. It invites.', [])).toBe('A calm lake. It invites.');
  });

  test('do not change the words, however the text is cut into pieces', () => {
    const words = fc.constantFrom(
      'sharp',
      'sky',
      'highlights',
      'level',
      'the',
      'calm',
      '2.5',
      '.',
      '\n',
      '!',
      'blurry',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 40 }), fc.array(fc.nat(), { maxLength: 12 }), (parts, cuts) => {
        const text = parts.join(' ');
        const cited = cite(text, cuts);
        expect(cited.replace(/\[\d\]/g, '')).toBe(text);
        for (const number of ['[1]', '[2]', '[3]']) expect(cited.split(number).length).toBeLessThanOrEqual(2);
      }),
    );
  });
});
