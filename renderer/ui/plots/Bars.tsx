/** Rows of label, bar and number: probabilities of the levels, dimensions, measures. */
import { gradeOf, LEVELS, type LevelProbabilities } from '../../../shared/grade.ts';
import './plots.css';

export interface BarRow {
  readonly key: string;
  readonly label: string;
  /** Length of the bar, 0–1; null draws an empty track. */
  readonly share: number | null;
  /** The number as people read it. */
  readonly text: string;
  /** Where a thin mark stands on the track, 0–1: a median. */
  readonly tick?: number;
  /** What the number means, as a tooltip. */
  readonly title?: string;
  /** Not the one that counts here: drawn without the accent. */
  readonly muted?: boolean;
  /** More of the row's element: what it does when it is pointed at. */
  readonly attributes?: React.HTMLAttributes<HTMLElement>;
}

const percent = (share: number): string => `${Math.min(100, Math.max(0, share * 100)).toFixed(2)}%`;

/** @param label what the rows are, for screen readers. */
export function Bars(props: { label: string; rows: readonly BarRow[] }): React.JSX.Element {
  return (
    <dl className="bars" aria-label={props.label}>
      {props.rows.map((row) => (
        <div key={row.key} title={row.title} {...row.attributes}>
          <dt>{row.label}</dt>
          <dd className="bar-track" aria-hidden="true">
            {row.share !== null && (
              <span className="bar-fill" data-muted={row.muted || undefined} style={{ width: percent(row.share) }} />
            )}
            {row.tick !== undefined && <span className="bar-tick" style={{ left: percent(row.tick) }} />}
          </dd>
          <dd>{row.text}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A probability as photographers' tools print it: .49 */
export function probabilityText(probability: number): string {
  const text = probability.toFixed(2);
  return text.startsWith('0') ? text.slice(1) : text;
}

/** The five probabilities of a model's grade, and the grade that follows from them: their expected value. */
export function LevelBars(props: { probabilities: LevelProbabilities }): React.JSX.Element {
  const grade = gradeOf(props.probabilities);
  return (
    <Bars
      label="Probability of each level"
      rows={[
        ...LEVELS.map((level, index) => ({
          key: level,
          label: level[0]!.toUpperCase() + level.slice(1),
          share: props.probabilities[index]!,
          text: probabilityText(props.probabilities[index]!),
        })),
        {
          key: 'expected',
          label: 'Expected',
          share: null,
          tick: grade / 100,
          text: String(Math.round(grade)),
          title: 'Excellent counts 100, good 75, fair 50, poor 25 and bad 0.',
        },
      ]}
    />
  );
}
