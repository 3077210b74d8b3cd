/** Where library and sidecar say different things of a photo: side by side, field by field, to choose from. */
import { COLOR_LABELS, FLAG_LABELS } from '../../../shared/labels.ts';
import type { Color, Flag, PhotoDetail } from '../../../shared/photo.ts';
import type { StatementField } from '../../../shared/statement.ts';
import { resolveDifference } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';

const FIELD_LABELS: Readonly<Record<StatementField, string>> = {
  flag: 'Flag',
  stars: 'Stars',
  color: 'Color label',
  title: 'Title',
  caption: 'Caption',
};

export function Differences({ detail }: { detail: PhotoDetail }) {
  if (detail.differences.length === 0) return null;
  return (
    <section className="fact-group differences" aria-label="Library and sidecar differ">
      <h3 className="section-head">Library and sidecar differ</h3>
      {detail.differences.map(({ field, ours, theirs }) => {
        const choose = (choice: 'ours' | 'theirs' | 'both') => void resolveDifference(detail.id, field, choice);
        const isText = field === 'title' || field === 'caption';
        return (
          <div key={field} className="difference">
            <dl className="facts selectable">
              <div>
                <dt>{FIELD_LABELS[field]}</dt>
                <dd>{said(field, ours)}</dd>
              </div>
              <div>
                <dt>in the sidecar</dt>
                <dd>{said(field, theirs)}</dd>
              </div>
            </dl>
            <div className="text-verbs">
              <Button onClick={() => choose('ours')}>Keep ours</Button>
              <Button onClick={() => choose('theirs')}>Take theirs</Button>
              {isText && ours !== null && theirs !== null && <Button onClick={() => choose('both')}>Keep both</Button>}
            </div>
          </div>
        );
      })}
    </section>
  );
}

function said(field: StatementField, value: string | number | null): string {
  if (value === null) return 'nothing';
  if (field === 'flag') return FLAG_LABELS[value as Flag];
  if (field === 'color') return COLOR_LABELS[value as Color];
  if (field === 'stars') return value === 1 ? '1 star' : `${value} stars`;
  return String(value);
}
