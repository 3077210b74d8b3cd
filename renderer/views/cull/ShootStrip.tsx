/** The shoot as a strip of moments, each with its state as a line at its foot; only what is seen is drawn. */

import { memo, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { CullMoment } from '../../../shared/culling.ts';
import { useCull, useRow } from '../../store/hooks.ts';
import { goToFrame, pictureUrl } from '../../store/stores.ts';

/** Of one moment with its gap, in CSS pixels. */
const CELL = 72;
const BEYOND = 4;

const Cell = memo(function Cell({
  moment,
  index,
  isCurrent,
}: {
  moment: CullMoment;
  index: number;
  isCurrent: boolean;
}) {
  const row = useRow(moment.top);
  const state = useCull(({ decided }) => {
    let picks = 0;
    let open = 0;
    for (const id of moment.photos) {
      const decision = decided.get(id);
      if (decision === undefined) open++;
      else if (decision !== 'reject') picks++;
    }
    if (open === moment.photos.length) return 'open';
    if (open > 0) return 'partly';
    return picks > 0 ? 'kept' : 'rejected';
  });
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the strip has the keyboard and names the current moment
    // biome-ignore lint/a11y/useKeyWithClickEvents: the arrow keys move through the shoot
    <div
      role="option"
      id={`moment-${index}`}
      className="shoot-cell"
      aria-selected={isCurrent}
      aria-label={`Moment ${index + 1}, ${moment.photos.length === 1 ? '1 frame' : `${moment.photos.length} frames`}, ${state === 'open' ? 'undecided' : state === 'partly' ? 'partly decided' : state}`}
      data-state={state}
      style={{ transform: `translateX(${index * CELL}px)` }}
      onClick={() => goToFrame(moment.top)}
    >
      {row !== undefined && row.placeholder !== null && row.state !== 'failed' && (
        <img src={pictureUrl('thumb', row)} alt="" decoding="async" draggable={false} />
      )}
      {moment.photos.length > 1 && <span className="shoot-count">{moment.photos.length}</span>}
    </div>
  );
});

export function ShootStrip() {
  const moments = useCull((state) => state.moments);
  const current = useCull((state) => (state.at === null ? -1 : (state.momentOf.get(state.at) ?? -1)));
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ scroll: 0, width: 0 });
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const read = () => setSeen({ scroll: element.scrollLeft, width: element.clientWidth });
    read();
    const observer = new ResizeObserver(read);
    observer.observe(element);
    element.addEventListener('scroll', read, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', read);
    };
  }, []);
  const { width } = seen;
  useEffect(() => {
    const element = box.current;
    if (element === null || current < 0 || width === 0) return;
    const left = current * CELL;
    if (left < element.scrollLeft + CELL || left > element.scrollLeft + width - 2 * CELL)
      element.scrollLeft = Math.max(0, left - width / 3);
  }, [current, width]);
  const first = Math.max(0, Math.floor(seen.scroll / CELL) - BEYOND);
  const last = Math.min(moments.length, Math.ceil((seen.scroll + seen.width) / CELL) + BEYOND);
  return (
    <div
      ref={box}
      className="cull-shoot"
      role="listbox"
      aria-label="Moments of the shoot"
      aria-orientation="horizontal"
      aria-activedescendant={current < 0 ? undefined : `moment-${current}`}
      tabIndex={0}
      data-photos
    >
      <div role="presentation" className="shoot-length" style={{ width: moments.length * CELL }}>
        {moments.slice(first, last).map((moment, at) => (
          <Cell key={moment.photos[0]} moment={moment} index={first + at} isCurrent={first + at === current} />
        ))}
      </div>
    </div>
  );
}
