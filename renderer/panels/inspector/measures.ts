/** Measures as the page shows them: in groups, with unit, place in the range and meaning. */
import { seenSchema } from '../../../shared/facts.ts';
import {
  MEASURE_FACTS,
  MEASURE_GROUPS,
  MEASURE_NAMES,
  type MeasureName,
  measureText,
} from '../../../shared/measures.ts';

export interface ShownMeasure {
  readonly name: MeasureName;
  readonly label: string;
  readonly meaning: string;
  /** Number with its unit; a dash where the picture does not tell. */
  readonly text: string;
  /** Part of the range that people meet, from its zero to the value, 0–1; null where the picture does not tell. */
  readonly bar: { readonly from: number; readonly to: number } | null;
}

/** What the photo's measures hold, in the groups and the order of the table. */
export function shownMeasures(measures: Readonly<Record<string, unknown>>): { title: string; rows: ShownMeasure[] }[] {
  return Object.entries(MEASURE_GROUPS)
    .map(([group, title]) => ({
      title,
      rows: MEASURE_NAMES.filter((name) => MEASURE_FACTS[name].group === group).flatMap((name) =>
        rowOf(name, measures[name]),
      ),
    }))
    .filter(({ rows }) => rows.length > 0);
}

/** Which pixels all of it is known from. */
export function measuredWords({ measuredOn }: Readonly<Record<string, unknown>>): string {
  const known = seenSchema.shape.measuredOn.safeParse(measuredOn).data;
  if (known === undefined) return 'Measured from the pixels.';
  const size = `${known.width.toLocaleString('en')} × ${known.height.toLocaleString('en')}`;
  return `Measured on the preview of ${size} pixels, not on the RAW itself: focus is known only as far as that shows.`;
}

function rowOf(name: MeasureName, value: unknown): ShownMeasure[] {
  if (value === undefined) return [];
  const facts = MEASURE_FACTS[name];
  const [low, high] = facts.range;
  const place = (number: number): number => Math.min(1, Math.max(0, (number - low) / (high - low)));
  const isNumber = typeof value === 'number' && Number.isFinite(value);
  return [
    {
      name,
      label: facts.label,
      meaning: facts.meaning,
      text: isNumber ? measureText(name, value) : '–',
      bar: isNumber ? { from: Math.min(place(0), place(value)), to: Math.max(place(0), place(value)) } : null,
    },
  ];
}
