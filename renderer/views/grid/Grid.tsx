/** The grid: every photo of the view in rows, virtualized, with a file manager's selection. */
import './grid.css';
import { memo, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useActions } from '../../app/dispatch.ts';
import { FilterBar } from '../../panels/filter/FilterBar.tsx';
import { PhotoMenu } from '../../panels/photo/PhotoMenu.tsx';
import { useLibrary, useSelection, useSettings, useView } from '../../store/hooks.ts';
import type { Order } from '../../store/order.ts';
import {
  focusIndex,
  library,
  moveTo,
  sayVisible,
  selection,
  selectOnly,
  setShownEnd,
  showView,
} from '../../store/stores.ts';
import { useAlbumOrder } from './albumOrder.ts';
import { usePress } from './band.ts';
import { GridState } from './GridState.tsx';
import { HoverFacts } from './HoverFacts.tsx';
import { headerNote } from './headers.ts';
import { type Layout, layOut, pageFrom, rowOfPhoto, verticalFrom } from './layout.ts';
import { contentHeight, isScaled, placeIn, type Stretch } from './scale.ts';
import { type RowRange, useGridScroll } from './scroll.ts';
import { changeSize } from './sizes.ts';
import { Tile } from './Tile.tsx';

const PADDING = 12;
const GAP = 6;
const HEADER = 40;
/** Two lines of text. */
const CAPTION = 36;

export function Grid() {
  const order = useStore(library, (state) => state.order);
  const answered = useStore(library, (state) => state.answered);
  const state = useStore(library, (now) => now.state);
  const filterBar = useView((now) => now.filterBar);
  return (
    <div className="grid-view">
      {filterBar && <FilterBar />}
      {order.total > 0 && answered !== null ? (
        <Photos order={order} place={JSON.stringify(answered.source)} busy={state === 'loading'} />
      ) : (
        <GridState />
      )}
    </div>
  );
}

function Photos({ order, place, busy }: { order: Order; place: string; busy: boolean }) {
  const view = useRef<HTMLDivElement>(null);
  const drawn = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState({ width: 0, height: 0 });
  const mode = useSettings((settings) => settings.grid.layout);
  const size = useSettings((settings) => settings.grid.size);
  const names = useSettings((settings) => settings.grid.names);
  const focus = useSelection((now) => now.focus);
  const [menu, setMenu] = useState<{ x: number; y: number } | null>(null);

  useLayoutEffect(() => {
    const element = view.current;
    if (element === null) return;
    const measure = () => {
      const next = { width: element.clientWidth - 2 * PADDING, height: element.clientHeight };
      setRoom((before) => (before.width === next.width && before.height === next.height ? before : next));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const layout = useMemo(
    () =>
      layOut({
        ratios: order.ratios,
        sections: order.sections,
        mode,
        width: Math.max(160, room.width),
        size,
        gap: GAP,
        caption: names ? CAPTION : 0,
        header: HEADER,
        space: PADDING,
      }),
    [order, mode, size, names, room.width],
  );
  // While only a beginning is here the rest is about as high, so that the place on the scroll bar stays.
  const height = Math.round((layout.height * order.expected) / order.total);
  const covered = layout.sections[0]?.hasHeader === true ? HEADER : 0;
  const scroll = useGridScroll({ view, drawn, layout, height, order, place, viewHeight: room.height, covered });
  const { range, stretch, onScroll, reveal } = scroll;
  const { band, onPointerDown } = usePress(view, scroll.origin, layout, order);
  const insertion = useAlbumOrder(scroll.origin, layout, order);
  const epoch = useStore(library, (now) => now.epoch);
  useEffect(() => setShownEnd(layout.rowStart[range.end] ?? layout.count), [layout, range]);

  // Coming back from the loupe, the photo one was at is in sight, and keys work at once.
  const ready = room.height > 0;
  useEffect(() => {
    if (!ready) return;
    const { focus: id } = selection.getState();
    const index = id === null ? -1 : library.getState().order.indexOf(id);
    if (index > 0) reveal(index);
    const active = document.activeElement;
    if (active === null || active === document.body) view.current?.focus({ preventScroll: true });
  }, [ready, reveal]);

  useEffect(() => {
    sayVisible([...order.ids.subarray(layout.rowStart[range.first] ?? 0, layout.rowStart[range.end] ?? 0)]);
  }, [order, layout, range]);

  const move = (index: number, extend: boolean): void => {
    moveTo(index, extend);
    reveal(index);
  };
  const start = (): number | null => (selection.getState().focus === null ? null : focusIndex());
  /** From nowhere, any move goes to the first photo. */
  const from = (next: (index: number) => number) => {
    const at = start();
    return at === null ? 0 : Math.max(0, Math.min(order.total - 1, next(at)));
  };
  const page = room.height - HEADER;
  useActions({
    'move.left': ({ extend }) =>
      move(
        from((at) => at - 1),
        extend,
      ),
    'move.right': ({ extend }) =>
      move(
        from((at) => at + 1),
        extend,
      ),
    'move.up': ({ extend }) =>
      move(
        from((at) => verticalFrom(layout, at, -1)),
        extend,
      ),
    'move.down': ({ extend }) =>
      move(
        from((at) => verticalFrom(layout, at, 1)),
        extend,
      ),
    'move.first': ({ extend }) => move(0, extend),
    'move.last': ({ extend }) => move(order.total - 1, extend),
    'move.pageUp': ({ extend }) =>
      move(
        from((at) => pageFrom(layout, at, -page)),
        extend,
      ),
    'move.pageDown': ({ extend }) =>
      move(
        from((at) => pageFrom(layout, at, page)),
        extend,
      ),
    'grid.larger': () => changeSize(1),
    'grid.smaller': () => changeSize(-1),
  });

  // A mark that went on moves the focus without a key of ours: keep it in sight, and in the document for its name.
  const focusAt = focus === null ? -1 : order.indexOf(focus);
  const lastFocus = useRef(focus);
  useEffect(() => {
    if (lastFocus.current !== focus && focusAt >= 0 && band === null) reveal(focusAt);
    lastFocus.current = focus;
  }, [focus, focusAt, band, reveal]);

  const focusRow = focusAt < 0 || focusAt >= layout.count ? -1 : rowOfPhoto(layout, focusAt);
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a table cannot be virtualized in rows of unequal tiles */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the dispatcher of keys does it (state/actions.ts) */}
      <div
        ref={view}
        className="grid-scroll"
        data-photos
        data-drop="photos"
        role="grid"
        aria-label="Photos"
        aria-multiselectable="true"
        aria-rowcount={layout.rows + layout.sections.filter((section) => section.hasHeader).length}
        aria-busy={busy}
        aria-activedescendant={focus !== null && focusRow >= 0 ? `photo-${focus}` : undefined}
        aria-describedby="grid-help"
        tabIndex={0}
        onScroll={onScroll}
        onPointerDown={onPointerDown}
        onClick={(event) => {
          const id = photoOf(event.target, order);
          if (id !== null && (event.nativeEvent as PointerEvent).pointerType === 'touch') selectOnly(id);
        }}
        onDoubleClick={(event) => {
          const id = photoOf(event.target, order);
          if (id === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
          selectOnly(id);
          showView('loupe');
        }}
        onContextMenu={(event) => {
          event.preventDefault();
          const id = photoOf(event.target, order);
          if (id !== null && !selection.getState().ids.has(id)) selectOnly(id);
          const byKey = event.clientX === 0 && event.clientY === 0;
          const cell = byKey && focus !== null ? document.getElementById(`photo-${focus}`) : null;
          const box = cell?.getBoundingClientRect();
          setMenu(box === undefined ? { x: event.clientX, y: event.clientY } : { x: box.left + 24, y: box.top + 24 });
        }}
      >
        <div
          className="grid-content"
          role="presentation"
          data-scaled={isScaled(height) || undefined}
          style={{ height: contentHeight(height) }}
        >
          <div ref={drawn} className="grid-drawn" role="presentation">
            <Rows key={epoch} layout={layout} order={order} range={range} stretch={stretch} focusRow={focusRow} />
            {band !== null && (
              <div
                className="band"
                style={{
                  left: band.left,
                  top: placeIn(stretch, band.top),
                  width: band.right - band.left,
                  height: placeIn(stretch, band.bottom) - placeIn(stretch, band.top),
                }}
              />
            )}
            {insertion !== null && (
              <div className="insertion" style={{ ...insertion, top: placeIn(stretch, insertion.top) }} />
            )}
          </div>
        </div>
      </div>
      <p id="grid-help" className="only-read">
        Arrow keys move, F6 goes to the next panel, question mark shows all shortcuts.
      </p>
      <HoverFacts view={view} />
      {menu !== null && <PhotoMenu place={menu} onClose={() => setMenu(null)} />}
    </>
  );
}

function photoOf(target: EventTarget, order: Order): number | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[data-index]') : null;
  return cell === null ? null : (order.ids[Number(cell.dataset.index)] ?? null);
}

interface RowsProps {
  layout: Layout;
  order: Order;
  range: RowRange;
  stretch: Stretch;
  focusRow: number;
}

const Rows = memo(function Rows({ layout, order, range, stretch, focusRow }: RowsProps) {
  const badges = useSettings((settings) => settings.grid.badges);
  const names = useSettings((settings) => settings.grid.names);
  const byTechnical = useStore(library, (now) => now.query.sort.key === 'technical');
  const explains = useLibrary((state) => state.query.source.kind === 'problems');
  const end = Math.min(range.end, layout.rows);
  const first = Math.min(range.first, end);
  const shown: number[] = [];
  for (let row = first; row < end; row++) shown.push(row);
  // The focused photo stays in the document, so that a screen reader can name it wherever one scrolls.
  if (focusRow >= 0 && (focusRow < first || focusRow >= end)) shown.push(focusRow);
  const sections = [...new Set(shown.map((row) => layout.rowSection[row]!))];
  return sections.map((at) => {
    const section = layout.sections[at]!;
    const facts = order.sections[section.index];
    const top = placeIn(stretch, section.top);
    return (
      // biome-ignore lint/a11y/useSemanticElements: see the grid
      <div
        key={facts?.key ?? 'all'}
        className="grid-section"
        role="rowgroup"
        style={{ top, height: placeIn(stretch, section.top + section.height) - top }}
      >
        {section.hasHeader && facts !== undefined && (
          <Header label={facts.label} note={headerNote(facts)} ariaRow={section.firstRow + at + 1} />
        )}
        {shown
          .filter((row) => layout.rowSection[row] === at)
          .map((row) => (
            <Row
              key={row}
              row={row}
              ariaRow={row + 1 + (section.hasHeader ? at + 1 : 0)}
              top={placeIn(stretch, layout.rowTop[row]!) - top}
              layout={layout}
              order={order}
              badges={badges}
              names={names}
              byTechnical={byTechnical}
              explains={explains}
            />
          ))}
      </div>
    );
  });
});

function Header({ label, note, ariaRow }: { label: string; note: string; ariaRow: number }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the grid
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
    <div className="grid-header" role="row" aria-rowindex={ariaRow}>
      {/* biome-ignore lint/a11y/useSemanticElements: see the grid */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus */}
      <div role="rowheader">
        <strong>{label}</strong> <span>{note}</span>
      </div>
    </div>
  );
}

interface RowProps {
  row: number;
  ariaRow: number;
  top: number;
  layout: Layout;
  order: Order;
  badges: boolean;
  names: boolean;
  byTechnical: boolean;
  explains: boolean;
}

const Row = memo(function Row(props: RowProps) {
  const { row, ariaRow, top, layout, order, badges, names, byTechnical, explains } = props;
  const start = layout.rowStart[row]!;
  const height = layout.rowHeight[row]!;
  const tiles = [];
  for (let index = start; index < layout.rowStart[row + 1]!; index++) {
    const id = order.ids[index]!;
    tiles.push(
      <Tile
        key={id}
        id={id}
        index={index}
        column={index - start}
        left={layout.left[index]!}
        width={layout.width[index]!}
        height={height}
        badges={badges}
        names={names}
        byTechnical={byTechnical}
        explains={explains}
      />,
    );
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the grid
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus
    <div className="grid-row" role="row" aria-rowindex={ariaRow} style={{ top, height }}>
      {tiles}
    </div>
  );
});
