/**
 * What is known of a photo, as it stands on it. Bars and stars are backgrounds (chips.css): an inline SVG each would
 * cost more to lay out and paint than the whole photo.
 */
import './chips.css';
import { levelOf } from '../../../shared/grade.ts';
import { MOMENT_LABELS } from '../../../shared/labels.ts';
import type { PhotoRow } from '../../../shared/photo.ts';
import { Icon, type IconName } from '../../ui/Icon.tsx';

/** CSS pixels of a tile's width below which chips say less. */
const SMALL = 130;

type ShownGrade = Pick<NonNullable<PhotoRow['grade']>, 'value' | 'level' | 'critic'> & { estimate: boolean };

/** The grade that a tile shows: what its view is ordered by, so that numbers of two critics never mix in one order. */
export function shownGrade(row: PhotoRow, byTechnical: boolean): ShownGrade | null {
  if (byTechnical && row.technical !== null)
    return { value: row.technical, level: levelOf(row.technical), critic: 'measured', estimate: false };
  if (row.estimate !== null) return { ...row.estimate, estimate: true };
  return row.grade === null ? null : { ...row.grade, estimate: false };
}

/** An estimate is marked with another sign than what the pixels say. */
function gradeText({ value, critic, estimate }: ShownGrade): string {
  const sign = estimate ? '≈' : critic === 'measured' ? '~' : '';
  return `${sign}${Math.round(value)}`;
}

/** Who judged, in a word that fits a chip. */
const judgeWord = (critic: string) => (critic === 'measured' ? 'Tech' : 'Aes');

function IconChip({ name, problem = false }: { name: IconName; problem?: boolean }) {
  return (
    <span className={problem ? 'chip problem' : 'chip'}>
      <Icon name={name} size={12} />
    </span>
  );
}

interface ChipsProps {
  row: PhotoRow;
  /** Width of the tile in CSS pixels. */
  width: number;
  /** Whether the view stands by technical quality: then that is shown, whoever graded. */
  byTechnical: boolean;
  /** What went wrong is said even where the other chips are hidden. */
  show: boolean;
}

/** Chips of what exists, and only of that, in the corners of a tile. */
export function Chips({ row, width, show, byTechnical }: ChipsProps) {
  const small = width < SMALL;
  const flag = show && row.flag !== 'none' ? row.flag : null;
  const problem = row.error !== null && row.state !== 'missing';
  const missing = row.state === 'missing';
  const kind = show && !small && (row.kind === 'raw' || row.kind === 'raw+jpeg') ? row.kind : null;
  const stack = show && row.stack?.top === true && row.stack.size > 1 ? row.stack : null;
  const grade = show ? shownGrade(row, byTechnical) : null;
  const stars = show ? row.stars : 0;
  const above = flag !== null || problem || missing || kind !== null || stack !== null;
  const below = grade !== null || stars > 0;
  if (!above && !below) return null;
  return (
    <span className="chips">
      {above && (
        <span className="chip-line">
          {flag !== null && <IconChip name={flag === 'pick' ? 'flag' : 'reject'} />}
          {problem && <IconChip name="warning" problem />}
          {missing && <IconChip name="offline" />}
          <span className="apart" />
          {kind !== null && <span className="chip kind" data-kind={kind === 'raw' ? 'RAW' : 'RAW+J'} />}
          {stack !== null && (
            <span
              className="chip counted"
              data-count={small ? stack.size : `${MOMENT_LABELS[stack.kind]} ${stack.size}`}
            >
              <Icon name="stack" size={12} />
            </span>
          )}
        </span>
      )}
      {below && (
        <span className="chip-line below">
          {grade !== null && (
            <span
              className="chip grade"
              data-level={grade.level}
              data-measured={grade.critic === 'measured' || grade.estimate || undefined}
              data-judge={small ? undefined : judgeWord(grade.critic)}
            >
              {gradeText(grade)}
            </span>
          )}
          <span className="apart" />
          {stars > 0 && (
            <span className="chip stars" data-stars={small ? 1 : stars} data-number={small ? stars : undefined} />
          )}
        </span>
      )}
    </span>
  );
}
