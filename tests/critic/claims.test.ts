/** What a model writes is held against the measures: sentences known to be false are found, those known to be true stay. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checked, sentencesIn } from '../../electron/core/critics/checked.ts';
import { contradictionOf, type Known } from '../../electron/core/critics/claims.ts';
import { checkedText, wordsOfSentence } from '../../shared/claims.ts';
import type { Writing } from '../../shared/contract.ts';
import type { Seen } from '../../shared/facts.ts';
import { seededRandom } from '../../shared/random.ts';
import { syntheticFacts } from '../measure/synthetic-facts.ts';

fc.configureGlobal({ seed: 5150 });

const anySeen: Seen = syntheticFacts(seededRandom(3)).seen;

/** Everything wrong that can be wrong together. */
const BAD: Known = {
  reasons: [
    { name: 'soft-focus', weight: -20, text: 'Soft: even the sharpest parts reach only 34 of 100.' },
    { name: 'overexposed', weight: -18, text: 'Overexposed: 14 % of the picture is clipped to pure white.' },
    { name: 'blocked-shadows', weight: -6, text: '6.2 % of the picture is pure black, without detail.' },
    { name: 'tilted-horizon', weight: -2, text: 'Leans 3.0° clockwise: straighten it.' },
    { name: 'noise', weight: -9, text: 'Noisy: smooth parts vary by ±8.1 of 255 steps.' },
    {
      name: 'colour-cast',
      weight: -8,
      text: 'A warm (orange) cast: what should be grey leans that way by about 0.41 EV.',
    },
    { name: 'low-contrast', weight: -4, text: 'Flat: all tones lie within 90 of 255 steps.' },
  ],
  seen: {
    ...anySeen,
    focus: 34,
    subjectFocus: 30,
    noise: 8.1,
    tilt: 3,
    tiltAgreement: 90,
    contrast: 9,
    brightness: 190,
  },
  texts: ['800 2.8 50'],
};

/** Nothing wrong with it. */
const GOOD: Known = {
  reasons: [{ name: 'crisp-detail', weight: 18, text: 'Crisp: the sharpest parts reach 92 of 100.' }],
  seen: {
    ...anySeen,
    ...{
      focus: 92,
      subjectFocus: 88,
      motion: 3,
      noise: 0.8,
      tilt: 0.1,
      tiltAgreement: 90,
      contrast: 28,
      dynamicRange: 8,
    },
    ...{ clippedHighlights: 0, clippedSky: 0, clippedRed: 0, clippedGreen: 0, clippedBlue: 0, blockedShadows: 0 },
    ...{ brightness: 120, brightest: 250, castRed: 0.01, castBlue: 0, neutralArea: 40, blockiness: 1, banding: 0 },
  },
  texts: ['100 8 35'],
};

type Sentence = readonly [which: 'bad' | 'good', isFalse: boolean, sentence: string];

/** Written while the rules were. */
const KNOWN: readonly Sentence[] = [
  ['bad', true, 'The image is sharp and full of life.'],
  ['bad', true, 'The eyes are tack-sharp, and the pose is natural.'],
  ['bad', true, 'The photo is well exposed.'],
  ['bad', true, 'The horizon is level.'],
  ['bad', true, 'There is no visible noise.'],
  ['bad', true, 'The colors are accurate and pleasing.'],
  ['bad', true, 'It has strong contrast.'],
  ['bad', true, 'Highlights are well preserved.'],
  ['bad', true, 'The subject is in focus, which helps.'],
  ['bad', true, 'About 40 % of the sky is clipped.'],
  ['bad', false, 'The photo is not sharp.'],
  ['bad', false, 'It is blurry and overexposed.'],
  ['bad', false, 'A sharper focus would help.'],
  ['bad', false, 'The horizon is tilted by 3 degrees.'],
  ['bad', false, 'The background is out of focus.'],
  ['bad', false, 'The light is soft and warm.'],
  ['bad', false, 'Try to keep the horizon level.'],
  ['bad', false, 'It lacks contrast and looks flat.'],
  ['bad', false, 'Sharp shadows lead the eye.'],
  ['bad', false, 'Taken at ISO 800 and f/2.8, it is noisy.'],
  ['good', true, 'The photo is blurry.'],
  ['good', true, 'The highlights are blown out.'],
  ['good', true, 'The image is noisy.'],
  ['good', true, 'The horizon is tilted.'],
  ['good', true, 'It is underexposed.'],
  ['good', true, 'It lacks contrast.'],
  ['good', false, 'The photo is sharp.'],
  ['good', false, 'The image is not blurry.'],
  ['good', false, 'The image is free of noise and well exposed.'],
  ['good', false, 'The distant hills are out of focus.'],
  ['good', false, 'The three people form a triangle.'],
];

/**
 * Written in one go before the rules had seen one of them: then precision was .83 and recall .83. The four that were marked
 * wrongly have changed the rules since; the four that were missed still are.
 */
const SEEN_ONCE: readonly Sentence[] = [
  ['bad', true, 'Every strand of hair is rendered with crisp detail.'],
  ['bad', true, 'Technically the shot is flawless: sharp where it matters.'],
  ['bad', true, 'The photographer nailed the focus.'],
  ['bad', true, 'The exposure is balanced, with detail everywhere.'],
  ['bad', true, 'Exposure is spot on.'],
  ['bad', true, 'The sky keeps all of its detail.'],
  ['bad', true, 'The straight horizon gives the scene calm.'],
  ['bad', true, 'The camera was held perfectly level.'],
  ['bad', true, 'The file is clean, with hardly any grain.'],
  ['bad', true, 'Noise is well controlled even in the shadows.'],
  ['bad', true, 'White balance is neutral.'],
  ['bad', true, 'The whites are rendered without any color cast.'],
  ['bad', true, 'Good contrast makes the subject pop.'],
  ['bad', true, 'Shadow detail is fully preserved.'],
  ['bad', true, 'The shutter speed of 1/2000 froze the action.'],
  ['bad', true, 'Sharpness scores 95 of 100 here.'],
  ['bad', false, 'Unfortunately the focus missed the face.'],
  ['bad', false, 'The sky is burnt out, so the eye leaves the frame.'],
  ['bad', false, 'The composition follows the rule of thirds.'],
  ['bad', false, 'Nothing in the frame is really sharp.'],
  ['bad', false, 'A level horizon would calm the scene.'],
  ['bad', false, 'It is hard to call this sharp.'],
  ['bad', false, 'The softness is due to camera shake.'],
  ['bad', false, 'Grain is visible in the dark parts.'],
  ['bad', false, 'The sharp contrast between red and green draws the eye.'],
  ['bad', false, 'An orange tint lies over everything.'],
  ['bad', false, 'Next time expose for the highlights.'],
  ['bad', false, 'The mood is warm and inviting.'],
  ['bad', false, 'At 50 mm the perspective is natural.'],
  ['bad', false, 'The crisp morning air can almost be felt.'],
  ['bad', false, 'Is the eye sharp?'],
  ['bad', false, 'The image would be stronger if it were in focus.'],
  ['good', true, 'Sadly the picture is out of focus.'],
  ['good', true, 'The whole scene is too dark.'],
  ['good', true, 'Heavy noise spoils the shadows.'],
  ['good', true, 'A strong blue cast lies over the snow.'],
  ['good', true, 'The crooked horizon distracts.'],
  ['good', true, 'The picture looks soft.'],
  ['good', true, 'It suffers from motion blur.'],
  ['good', true, 'Contrast is low.'],
  ['good', false, 'The lighting is soft and flattering.'],
  ['good', false, 'Focus and exposure are right.'],
  ['good', false, 'There are no blown highlights.'],
  ['good', false, 'The blurred background isolates the subject.'],
  ['good', false, 'A longer shutter would add motion blur to the water.'],
  ['good', false, 'The horizon is straight.'],
  ['good', false, 'The sharpest parts reach 92 of 100.'],
  ['good', false, 'Consider a tighter crop.'],
];

/** Written after that, and run once; no rule was changed for these. */
const UNSEEN: readonly Sentence[] = [
  ['bad', true, 'Overall this is a sharp photograph with a clear subject.'],
  ['bad', true, 'Focus is precise, drawing us to the face.'],
  ['bad', true, 'The highlights are nicely controlled.'],
  ['bad', true, 'The image is properly exposed throughout.'],
  ['bad', true, 'The horizon looks perfectly straight.'],
  ['bad', true, 'Noise is minimal.'],
  ['bad', true, 'True colors and a natural skin tone.'],
  ['bad', true, 'The scene has rich contrast.'],
  ['bad', true, 'You can count every feather.'],
  ['bad', true, 'The picture was taken at ISO 100.'],
  ['bad', false, 'It cannot be called sharp.'],
  ['bad', false, 'The whites are blown and the blacks are crushed.'],
  ['bad', false, 'The photo has a charming subject.'],
  ['bad', false, 'A tripod could keep this sharp.'],
  ['bad', false, 'The lines of the pier lead into the depth.'],
  ['bad', false, 'Straightening by 3.0° would give it rest.'],
  ['bad', false, 'The face is far from crisp.'],
  ['bad', false, 'The exposure is not balanced.'],
  ['bad', false, 'Sharp edges of light cut the wall.'],
  ['bad', false, 'The color cast makes skin look ill.'],
  ['good', true, 'The main subject is blurred.'],
  ['good', true, 'Blocked shadows hide the texture.'],
  ['good', true, 'The photo is grainy.'],
  ['good', true, 'White balance is clearly off.'],
  ['good', true, 'It looks washed out.'],
  ['good', false, 'Blur in the background separates the planes.'],
  ['good', false, 'The tones are soft and calm.'],
  ['good', false, 'A strong photo without blocked shadows.'],
  ['good', false, 'Noise is not visible.'],
  ['good', false, 'If the horizon were tilted it would be livelier.'],
];

function ratesOf(table: readonly Sentence[]) {
  const wrong: string[] = [];
  let [found, falseOnes, marked] = [0, 0, 0];
  for (const [which, isFalse, sentence] of table) {
    const isMarked = contradictionOf(sentence, which === 'bad' ? BAD : GOOD) !== null;
    if (isMarked !== isFalse) wrong.push(`${isFalse ? 'missed' : 'marked'}: ${sentence}`);
    falseOnes += Number(isFalse);
    marked += Number(isMarked);
    found += Number(isMarked && isFalse);
  }
  return { precision: found / marked, recall: found / falseOnes, wrong };
}

describe('sentences that contradict the measures', () => {
  test('are found among those that the rules were written with, and no true one is marked', () => {
    expect(ratesOf(KNOWN).wrong).toEqual([]);
  });

  test('are found among others: hardly a true one is marked, most false ones are', () => {
    for (const [name, table] of Object.entries({ 'seen once': SEEN_ONCE, unseen: UNSEEN })) {
      const { precision, recall, wrong } = ratesOf(table);
      const rates = `precision ${precision.toFixed(2)}, recall ${recall.toFixed(2)}`;
      console.log([`Checker on ${table.length} sentences, ${name}: ${rates}.`, ...wrong].join('\n'));
      expect(precision).toBeGreaterThanOrEqual(0.9);
      expect(recall).toBeGreaterThanOrEqual(0.5);
    }
  });

  test('say what was measured instead', () => {
    expect(contradictionOf('The image is sharp.', BAD)).toEqual({
      sentence: 'The image is sharp',
      text: 'Soft: even the sharpest parts reach only 34 of 100.',
      reason: 'soft-focus',
    });
    expect(contradictionOf('40 % of the sky is white.', BAD)?.text).toBe('40 % was measured nowhere.');
    expect(contradictionOf('The picture is blurry.', GOOD)?.text).toContain('Focus 92 %');
  });

  test('are none where nothing was measured', () => {
    const nothing: Known = { reasons: [], seen: null, texts: [] };
    for (const [, , sentence] of KNOWN.filter(([, , one]) => !/\d/.test(one)))
      expect(contradictionOf(sentence, nothing)).toBeNull();
  });
});

test('a text keeps its words, however it comes in pieces, and each of its sentences is checked once', async () => {
  const text = 'The image is sharp[1]. It is well exposed! A calm lake.\n- The horizon is level';
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(text.length), { maxLength: 8 }), async (cuts) => {
      const places = [0, ...cuts.toSorted((one, other) => one - other), text.length];
      const pieces = places.slice(1).map((end, at) => text.slice(places[at], end));
      async function* writing(): AsyncGenerator<Writing> {
        for (const piece of pieces) yield { kind: 'token', text: piece };
        yield { kind: 'end', reason: 'complete' };
      }
      const events: Writing[] = [];
      for await (const event of checked(writing(), BAD)) events.push(event);
      expect(events.flatMap((one) => (one.kind === 'token' ? [one.text] : [])).join('')).toBe(text);
      expect(events.flatMap((one) => (one.kind === 'contradicted' ? [one.sentence] : []))).toEqual([
        'The image is sharp',
        'It is well exposed',
        'The horizon is level',
      ]);
      expect(events.at(-2)).toEqual({ kind: 'checked', sentences: 4, contradicted: 3 });
      expect(events.at(-1)?.kind).toBe('end');
    }),
  );
});

test('numbers and marks do not split or hide a sentence', () => {
  expect(sentencesIn('It is 1.5 EV dark. Soft.')).toHaveLength(2);
  expect(wordsOfSentence(' - **The image** is\nsharp[1][2].')).toBe('The image is sharp');
  expect(checkedText(9, 2)).toBe('2 of 9 sentences contradict what was measured');
  expect(checkedText(1, 0)).toBe('1 sentence checked: none contradicts what was measured');
});
