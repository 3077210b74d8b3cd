/** Names that a critic may give for its grade, with their captions: one list for the critic, the filter bar and statistics. */

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
  'colour-cast': { label: 'Colour cast', kind: 'fault' },
  'low-contrast': { label: 'Flat', kind: 'fault' },
  'jpeg-damage': { label: 'JPEG damage', kind: 'fault' },
  'low-resolution': { label: 'Few pixels', kind: 'fault' },
  'not-a-photo': { label: 'Not a photo', kind: 'fault' },
  'crisp-subject': { label: 'Crisp subject', kind: 'merit' },
  'crisp-detail': { label: 'Crisp detail', kind: 'merit' },
  'subject-stands-out': { label: 'Subject stands out', kind: 'merit' },
  'rich-tones': { label: 'Rich tones', kind: 'merit' },
  'lively-colour': { label: 'Lively colour', kind: 'merit' },
  'well-placed': { label: 'Well placed', kind: 'merit' },
});
export type ReasonName = keyof typeof REASON_FACTS;

/** Caption of a reason; an unknown name (of another critic) is shown as it is. */
export function reasonLabel(name: string): string {
  return name in REASON_FACTS ? REASON_FACTS[name as ReasonName].label : name;
}
