/**
 * Reasons that the measured critic may give for its grade, technical quality: one row each, from which the filter bar, statistics, the
 * faults that evidence is weighed for, the dimensions, what a model is told and how its words are tied to it are read.
 * A new reason is a row here and the file that finds it (models/measured/).
 */
import { type EvidenceKind, evidenceOfMeasure } from './evidence.ts';
import { DIMENSION_LABELS, DIMENSIONS } from './grade.ts';

export interface ReasonFacts {
  readonly label: string;
  /**
   * A note describes what the photo is (its key, its light), a warning is about faces (shared/face.ts); both move no grade.
   */
  readonly kind: 'fault' | 'merit' | 'note' | 'warning';
}

interface ReasonRow extends ReasonFacts {
  /** The dimension whose score it moves. */
  readonly dimension?: 'technical' | 'light' | 'composition';
  /** Whether it is there is learned: evidence is weighed for and against it. Others follow from the measures alone. */
  readonly weighed?: true;
  /**
   * Words by which a sentence of a model speaks of it. Only what has them is told to a model: a judge given sharpness,
   * clipping and noise did better, given composition numbers too it did worse (models/prompts.ts has the source).
   */
  readonly topic?: RegExp;
  /** Where on the photo it was measured (evidence.ts); absent where that is no place, or all of it. */
  readonly evidence?: readonly EvidenceKind[];
}

const rows = <const T extends Record<string, ReasonRow>>(table: T): T => table;

const SHARPNESS = /\b(sharp|focus|focused|blur\w*|soft\w*|crisp\w*|clarity|detail\w*)\b/i;
const BRIGHT = /\b(bright\w*|over-?expos\w*|highlights?|burn\w*|blown|clipp\w*|washed|exposure)\b/i;
const DARK = /\b(dark\w*|under-?expos\w*|shadows?|dim|exposure)\b/i;
const MOVED = /\b(motion|mov\w*|shak\w*|blur\w*)\b/i;
const GRAIN = /\b(nois\w*|grain\w*)\b/i;
const COMPRESSED = /\b(artifacts?|artefacts?|compress\w*|blocky|pixelat\w*)\b/i;
const TINTED = /\b(colou?rs?|tint\w*|cast|white balance|warm\w*|cool\w*|tones?)\b/i;
const SLANTED = /\b(tilt\w*|horizon\w*|slant\w*|crooked|level)\b/i;
const FLAT = /\b(contrast\w*|flat\w*|dull\w*|haz\w*|washed)\b/i;

export const REASON_FACTS = rows({
  'soft-focus': {
    label: 'Soft',
    kind: 'fault',
    dimension: 'technical',
    weighed: true,
    topic: SHARPNESS,
    evidence: ['sharpest'],
  },
  'motion-blur': { label: 'Motion blur', kind: 'fault', dimension: 'technical', weighed: true, topic: MOVED },
  'missed-focus': {
    label: 'Focus missed',
    kind: 'fault',
    dimension: 'technical',
    topic: SHARPNESS,
    evidence: ['subject', 'background'],
  },
  overexposed: {
    label: 'Overexposed',
    kind: 'fault',
    dimension: 'light',
    weighed: true,
    topic: BRIGHT,
    evidence: ['highlights', 'sky'],
  },
  underexposed: {
    label: 'Underexposed',
    kind: 'fault',
    dimension: 'light',
    weighed: true,
    topic: DARK,
    evidence: ['brightest'],
  },
  'clipped-highlights': {
    label: 'Clipped highlights',
    kind: 'fault',
    dimension: 'light',
    topic: BRIGHT,
    evidence: ['highlights', 'sky'],
  },
  'blocked-shadows': {
    label: 'Blocked shadows',
    kind: 'fault',
    dimension: 'light',
    topic: DARK,
    evidence: ['shadows'],
  },
  noise: {
    label: 'Noise',
    kind: 'fault',
    dimension: 'technical',
    weighed: true,
    topic: GRAIN,
    evidence: ['smoothest'],
  },
  'tilted-horizon': { label: 'Tilted', kind: 'fault', dimension: 'composition', topic: SLANTED, evidence: ['lines'] },
  'jpeg-damage': {
    label: 'JPEG damage',
    kind: 'fault',
    dimension: 'technical',
    weighed: true,
    topic: COMPRESSED,
    evidence: ['bands'],
  },
  'colour-cast': {
    label: 'Color cast',
    kind: 'fault',
    dimension: 'light',
    weighed: true,
    topic: TINTED,
    evidence: ['tint'],
  },
  'low-contrast': { label: 'Flat', kind: 'fault', dimension: 'light', topic: FLAT },
  'eyes-closed': { label: 'Eyes closed', kind: 'warning', evidence: ['closed-eyes'] },
  'soft-eyes': { label: 'Soft eyes', kind: 'warning', evidence: ['soft-eyes'] },
  incomplete: { label: 'Incomplete', kind: 'fault', dimension: 'technical' },
  'low-resolution': { label: 'Few pixels', kind: 'fault', dimension: 'technical' },
  'not-a-photo': { label: 'Not a photo', kind: 'fault', dimension: 'technical' },
  'crisp-subject': {
    label: 'Crisp subject',
    kind: 'merit',
    dimension: 'technical',
    topic: SHARPNESS,
    evidence: ['subject'],
  },
  'crisp-detail': {
    label: 'Crisp detail',
    kind: 'merit',
    dimension: 'technical',
    topic: SHARPNESS,
    evidence: ['sharpest'],
  },
  clean: { label: 'Clean', kind: 'merit', dimension: 'technical', topic: GRAIN, evidence: ['smoothest'] },
  'rich-tones': { label: 'Rich tones', kind: 'merit', dimension: 'light' },
  'true-colour': { label: 'True color', kind: 'merit', dimension: 'light', evidence: ['neutral'] },
  lacking: { label: 'What it lacks', kind: 'note', dimension: 'technical' },
  'subject-stands-out': { label: 'Subject stands out', kind: 'note', dimension: 'composition', evidence: ['in-focus'] },
  'lively-colour': { label: 'Lively color', kind: 'note', dimension: 'light' },
  'well-placed': { label: 'Well placed', kind: 'note', dimension: 'composition', evidence: ['eye'] },
  'colored-light': { label: 'Colored light', kind: 'note', dimension: 'light' },
  'low-key': { label: 'Low key', kind: 'note', dimension: 'light' },
  'high-key': { label: 'High key', kind: 'note', dimension: 'light' },
  haze: { label: 'Haze or mist', kind: 'note', dimension: 'light' },
});

type Table = typeof REASON_FACTS;
type Of<Part> = { [Name in keyof Table]: Table[Name] extends Part ? Name : never }[keyof Table];

export type ReasonName = keyof Table;
/** Faults that evidence is weighed for. */
export type FaultName = Of<{ weighed: true }>;

const NAMES = Object.keys(REASON_FACTS) as ReasonName[];

export const FAULTS: readonly FaultName[] = NAMES.filter((name): name is FaultName => 'weighed' in REASON_FACTS[name]);

/** Whether a reason moves the score of a dimension; names of other critics move none. */
export function moves(name: string, dimension: ReasonRow['dimension']): boolean {
  if (!Object.hasOwn(REASON_FACTS, name)) return false;
  const row: ReasonRow = REASON_FACTS[name as ReasonName];
  return row.dimension === dimension;
}

/** Kinds of evidence that a reason names, or that show a measure or sign of this name; none for names of other critics. */
export function evidenceOf(name: string): readonly EvidenceKind[] {
  if (!Object.hasOwn(REASON_FACTS, name)) return evidenceOfMeasure(name);
  const row: ReasonRow = REASON_FACTS[name as ReasonName];
  return row.evidence ?? [];
}

/** Words by which a text speaks of a reason; null for one that models are not told of. */
export function topicOf(name: string): RegExp | null {
  if (!Object.hasOwn(REASON_FACTS, name)) return null;
  const row: ReasonRow = REASON_FACTS[name as ReasonName];
  return row.topic ?? null;
}

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

/** Faults of which a person's words speak: `blurry` → soft, motion blur, focus missed. At most three, as the table has them. */
export function reasonsSpokenOf(text: string): string[] {
  return Object.entries<ReasonRow>(REASON_FACTS)
    .filter(([, { kind, topic }]) => kind === 'fault' && topic?.test(text) === true)
    .slice(0, 3)
    .map(([name]) => name);
}
