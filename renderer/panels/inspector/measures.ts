/** Measures as the page shows them: in groups, with unit, place in the range and meaning. */
import {
  MEASURE_FACTS,
  type MeasureFacts,
  type MeasureName,
  OPTIONAL_MEASURE_FACTS,
  type OptionalMeasureName,
} from '../../../shared/measures.ts';

type AnyMeasure = MeasureName | OptionalMeasureName;

const GROUPS: readonly { title: string; names: readonly AnyMeasure[] }[] = [
  {
    title: 'Focus',
    names: [
      'focus',
      'subjectFocus',
      'backgroundFocus',
      'sharpArea',
      'detail',
      'focusFalloff',
      'motion',
      'motionDirection',
    ],
  },
  {
    title: 'Light',
    names: [
      'brightness',
      'shadowPoint',
      'highlightPoint',
      'clippedHighlights',
      'clippedSky',
      'clippedRed',
      'clippedGreen',
      'clippedBlue',
      'blockedShadows',
      'dynamicRange',
      'contrast',
    ],
  },
  { title: 'Color', names: ['colourfulness', 'castRed', 'castBlue', 'cast', 'neutralArea'] },
  { title: 'Composition', names: ['tilt', 'tiltAgreement', 'subjectX', 'subjectY', 'subjectSpread', 'thirds'] },
  { title: 'Damage', names: ['noise', 'blockiness', 'banding'] },
];

const FACTS: Readonly<Record<AnyMeasure, MeasureFacts>> = { ...MEASURE_FACTS, ...OPTIONAL_MEASURE_FACTS };

export interface ShownMeasure {
  readonly name: AnyMeasure;
  readonly label: string;
  readonly meaning: string;
  /** Number with its unit; a dash where the picture does not tell. */
  readonly text: string;
  /** Part of the range that people meet, from its zero to the value, 0–1; null where the picture does not tell. */
  readonly bar: { readonly from: number; readonly to: number } | null;
}

/** A number with its unit, with a true minus sign. */
export function measureText(value: number, { unit, digits }: MeasureFacts): string {
  const number = value.toFixed(digits).replace('-', '−');
  return unit === '°' ? `${number}°` : unit === '' ? number : `${number} ${unit}`;
}

/** Groups of what the photo's measures hold; measures that a newer core added stand at the end. */
export function shownMeasures(measures: Readonly<Record<string, unknown>>): { title: string; rows: ShownMeasure[] }[] {
  const grouped = new Set<string>(GROUPS.flatMap(({ names }) => names));
  const rest = (Object.keys(FACTS) as AnyMeasure[]).filter((name) => !grouped.has(name));
  return [...GROUPS, { title: 'More', names: rest }]
    .map(({ title, names }) => ({ title, rows: names.flatMap((name) => rowOf(name, measures[name])) }))
    .filter(({ rows }) => rows.length > 0);
}

function rowOf(name: AnyMeasure, value: unknown): ShownMeasure[] {
  if (value === undefined) return [];
  const facts = FACTS[name];
  const [low, high] = facts.range;
  const place = (number: number): number => Math.min(1, Math.max(0, (number - low) / (high - low)));
  const isNumber = typeof value === 'number' && Number.isFinite(value);
  return [
    {
      name,
      label: facts.label,
      meaning: facts.meaning,
      text: isNumber ? measureText(value, facts) : '–',
      bar: isNumber ? { from: Math.min(place(0), place(value)), to: Math.max(place(0), place(value)) } : null,
    },
  ];
}
