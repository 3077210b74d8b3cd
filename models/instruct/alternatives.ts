/** Answers that could have been given and were not: what stands beside the right one in a multiple choice. */
import type { Attribute, Side } from '../../shared/feedback.ts';

/** Of each attribute, in the words that people use of photos. */
export const ALTERNATIVES: Readonly<Record<Attribute, Readonly<Record<Side, readonly string[]>>>> = {
  clarity: {
    helps: ['fine detail everywhere', 'a crisp subject', 'clean tones without noise', 'sharp edges'],
    hurts: ['blur from a moving camera', 'focus behind the subject', 'heavy noise', 'smeared detail'],
  },
  color: {
    helps: ['colors in harmony', 'rich and natural colors', 'a restrained palette', 'warm tones that fit'],
    hurts: ['a color cast', 'colors that clash', 'too much saturation', 'dull colors'],
  },
  light: {
    helps: [
      'soft light from the side',
      'warm light of the evening',
      'light that models the subject',
      'a balanced exposure',
    ],
    hurts: ['harsh light from above', 'flat light', 'burnt highlights', 'shadows without detail'],
  },
  object: {
    helps: ['a clear subject', 'a telling moment', 'a vivid expression', 'an unusual subject'],
    hurts: ['no clear subject', 'a dull moment', 'an awkward expression', 'a subject that is too small'],
  },
  composition: {
    helps: ['a balanced frame', 'lines that lead to the subject', 'a calm background', 'room for the subject'],
    hurts: ['a crowded frame', 'a tilted horizon', 'a distracting background', 'a subject cut off at the edge'],
  },
};
