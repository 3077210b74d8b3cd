/** Names that a critic may give for its grade, with their captions: one list for the critic, the filter bar and statistics. */
import { DIMENSION_LABELS, DIMENSIONS } from './grade.ts';

export interface ReasonFacts {
  readonly label: string;
  readonly kind: 'fault' | 'merit';
}

const facts = <const T extends Record<string, ReasonFacts>>(table: T): T => table;

export const REASON_FACTS = facts({
  'soft-focus': { label: 'Soft', kind: 'fault' },
  'motion-blur': { label: 'Motion blur', kind: 'fault' },
  'missed-focus': { label: 'Focus missed', kind: 'fault' },
  overexposed: { label: 'Overexposed', kind: 'fault' },
  underexposed: { label: 'Underexposed', kind: 'fault' },
  'clipped-highlights': { label: 'Clipped highlights', kind: 'fault' },
  'blocked-shadows': { label: 'Blocked shadows', kind: 'fault' },
  noise: { label: 'Noise', kind: 'fault' },
  'tilted-horizon': { label: 'Tilted', kind: 'fault' },
  'colour-cast': { label: 'Color cast', kind: 'fault' },
  'low-contrast': { label: 'Flat', kind: 'fault' },
  'jpeg-damage': { label: 'JPEG damage', kind: 'fault' },
  'low-resolution': { label: 'Few pixels', kind: 'fault' },
  'not-a-photo': { label: 'Not a photo', kind: 'fault' },
  'crisp-subject': { label: 'Crisp subject', kind: 'merit' },
  'crisp-detail': { label: 'Crisp detail', kind: 'merit' },
  'subject-stands-out': { label: 'Subject stands out', kind: 'merit' },
  'rich-tones': { label: 'Rich tones', kind: 'merit' },
  'lively-colour': { label: 'Lively color', kind: 'merit' },
  'well-placed': { label: 'Well placed', kind: 'merit' },
});
export type ReasonName = keyof typeof REASON_FACTS;

/**
 * A reason as people read it: a measured one by its caption, a model's own (`weak-light`) by the dimension that stands
 * out from the photo as a whole. An unknown name (of another critic) is shown as it is.
 */
export function reasonFacts(name: string): ReasonFacts {
  const dimension = DIMENSIONS.find((one) => name === `strong-${one}` || name === `weak-${one}`);
  if (dimension !== undefined) {
    const isStrong = name.startsWith('strong-');
    return {
      label: `${DIMENSION_LABELS[dimension]}: ${isStrong ? 'strong' : 'weak'}`,
      kind: isStrong ? 'merit' : 'fault',
    };
  }
  return Object.hasOwn(REASON_FACTS, name) ? REASON_FACTS[name as ReasonName] : { label: name, kind: 'fault' };
}
