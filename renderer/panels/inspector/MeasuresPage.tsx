/** Everything measured on the photo's pixels, with what it means. */

import { useMemo } from 'react';
import { evidenceOfMeasure } from '../../../shared/evidence.ts';
import { useDetail, useLoupe } from '../../store/hooks.ts';
import { toggleOverlay } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { usePointing } from '../photo/pointing.ts';
import { measuredWords, type ShownMeasure, shownMeasures } from './measures.ts';

/** One measure; pointed at, it lights up where on the photo it was taken. */
function Measure({ photo, row }: { photo: number; row: ShownMeasure }) {
  const pointing = usePointing(photo, row.text === '–' ? [] : evidenceOfMeasure(row.name));
  return (
    <div className="measure" data-measure={row.name} {...pointing}>
      <div className="measure-line selectable">
        <span>{row.label}</span>
        <span>{row.text}</span>
      </div>
      <div className="measure-track" aria-hidden="true">
        {row.bar !== null && <span style={{ left: `${row.bar.from * 100}%`, right: `${(1 - row.bar.to) * 100}%` }} />}
      </div>
      <p>{row.text === '–' ? 'This picture does not tell.' : row.meaning}</p>
    </div>
  );
}

export function MeasuresPage({ photo }: { photo: number }) {
  const { detail, problem } = useDetail(photo);
  const focusMap = useLoupe((state) => state.focusMap);
  const groups = useMemo(() => (detail?.measures == null ? [] : shownMeasures(detail.measures)), [detail]);
  if (detail === null) {
    return problem === null ? null : (
      <p className="meta" role="alert">
        {problem}
      </p>
    );
  }
  if (detail.measures === null) {
    return (
      <p className="meta">
        {detail.state === 'failed' ? 'A photo that cannot be read cannot be measured.' : 'Not measured yet.'}
      </p>
    );
  }
  return (
    <div className="fact-groups">
      {groups.map(({ title, rows }) => (
        <section key={title} className="fact-group">
          <h3 className="section-head">{title}</h3>
          {rows.map((row) => (
            <Measure key={row.name} photo={photo} row={row} />
          ))}
          {title === 'Focus' && (
            <div className="text-verbs">
              <Button tone="raised" aria-pressed={focusMap} onClick={() => toggleOverlay('focusMap')}>
                {focusMap ? 'Hide the focus map' : 'Show the focus map'}
              </Button>
            </div>
          )}
        </section>
      ))}
      <p className="meta">
        {measuredWords(detail.measures)} A measure describes: dark, soft or tilted can be what the photo wants.
      </p>
    </div>
  );
}
