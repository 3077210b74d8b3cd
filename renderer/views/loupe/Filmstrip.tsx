/** The view's photos in its order, as a strip under the loupe; only what is seen is drawn. */

import { memo, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useLibrary, useRow, useSelection } from '../../store/hooks.ts';
import { moveTo, pictureUrl } from '../../store/stores.ts';
import { Icon } from '../../ui/Icon.tsx';
import { layOutStrip, STRIP_HEIGHT, STRIP_PADDING, stripIndexAt, stripScroll, stripWidth } from './strip.ts';

/** Drawn beyond both ends, in CSS pixels. */
const BEYOND = 300;

const Cell = memo(function Cell(props: {
  id: number;
  index: number;
  left: number;
  width: number;
  isCurrent: boolean;
  isSelected: boolean;
}) {
  const row = useRow(props.id);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the strip has the keyboard and names the current photo
    // biome-ignore lint/a11y/useKeyWithClickEvents: the arrow keys move through the strip
    <div
      role="option"
      id={`strip-${props.id}`}
      className="strip-cell"
      aria-selected={props.isCurrent}
      aria-label={row?.name ?? `Photo ${props.index + 1}`}
      data-flag={row?.flag}
      data-selected={props.isSelected || undefined}
      style={{
        transform: `translateX(${props.left + STRIP_PADDING}px)`,
        width: props.width,
        ...(row?.placeholder == null || row.flag === 'reject' ? {} : { backgroundImage: `url("${row.placeholder}")` }),
      }}
      onClick={() => moveTo(props.index)}
    >
      {row !== undefined && row.state !== 'failed' && row.placeholder !== null && (
        <img src={pictureUrl('thumb', row)} alt="" decoding="async" draggable={false} height={STRIP_HEIGHT} />
      )}
      {row !== undefined && (row.state === 'failed' || row.state === 'missing') && (
        <span className="strip-state">
          <Icon name="warning" size={14} />
        </span>
      )}
      {row !== undefined && row.color !== 'none' && <span className={`strip-color dot ${row.color}`} />}
    </div>
  );
});

export function Filmstrip() {
  const order = useLibrary((state) => state.order);
  const focus = useSelection((state) => state.focus);
  const selected = useSelection((state) => state.ids);
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ scroll: 0, width: 0 });
  const strip = useMemo(() => layOutStrip(order.ratios), [order]);
  const current = focus === null ? -1 : order.indexOf(focus);

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
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || current < 0 || width === 0) return;
    const scroll = stripScroll(strip, current, element.scrollLeft, width);
    if (scroll !== element.scrollLeft) element.scrollLeft = scroll;
  }, [strip, current, width]);

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const turn = (event: WheelEvent) => {
      if (Math.abs(event.deltaY) <= Math.abs(event.deltaX)) return;
      event.preventDefault();
      element.scrollLeft += event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : 16);
    };
    element.addEventListener('wheel', turn, { passive: false });
    return () => element.removeEventListener('wheel', turn);
  }, []);

  const cells: React.JSX.Element[] = [];
  if (order.total > 0) {
    const first = stripIndexAt(strip, seen.scroll - BEYOND - STRIP_PADDING);
    const last = stripIndexAt(strip, seen.scroll + seen.width + BEYOND);
    for (let index = first; index <= last; index++) {
      const id = order.ids[index]!;
      cells.push(
        <Cell
          key={id}
          id={id}
          index={index}
          left={strip.lefts[index]!}
          width={stripWidth(strip, index)}
          isCurrent={index === current}
          isSelected={selected.size > 1 && selected.has(id)}
        />,
      );
    }
  }
  return (
    <div
      ref={box}
      className="strip"
      role="listbox"
      aria-label="Filmstrip"
      aria-orientation="horizontal"
      aria-activedescendant={current < 0 ? undefined : `strip-${focus}`}
      tabIndex={0}
      data-photos
    >
      <div
        role="presentation"
        className="strip-length"
        style={{ width: strip.lefts[strip.total]! + 2 * STRIP_PADDING }}
      >
        {cells}
      </div>
    </div>
  );
}
