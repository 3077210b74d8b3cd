/** Everything measured on the photo's pixels, with what it means. */

import { useMemo } from 'react';
import { useDetail, useLoupe } from '../../store/hooks.ts';
import { toggleOverlay } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { measuredWords, shownMeasures } from './measures.ts';

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
            <div key={row.name} className="measure" data-measure={row.name}>
              <div className="measure-line selectable">
                <span>{row.label}</span>
                <span>{row.text}</span>
              </div>
              <div className="measure-track" aria-hidden="true">
                {row.bar !== null && (
                  <span style={{ left: `${row.bar.from * 100}%`, right: `${(1 - row.bar.to) * 100}%` }} />
                )}
              </div>
              <p>{row.text === '–' ? 'This picture does not tell.' : row.meaning}</p>
            </div>
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
