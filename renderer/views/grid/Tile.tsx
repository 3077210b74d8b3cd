import { memo, useLayoutEffect, useRef } from 'react';
import { MOMENT_LABELS } from '../../../shared/labels.ts';
import type { PhotoRow } from '../../../shared/photo.ts';
import type { Query } from '../../../shared/query.ts';
import { exposureLine } from '../../panels/inspector/facts.ts';
import { useLibrary, useRow, useSelection } from '../../store/hooks.ts';
import type { Order } from '../../store/order.ts';
import { isCollapsed } from '../../store/stacks.ts';
import { rowOf } from '../../store/stores.ts';
import { Chips, shownGrade } from './chips.tsx';
import { addressOf, hidePicture, showPicture } from './thumbs.ts';

/** Longest edge in device pixels up to which the small preview (320) is drawn; above it the large one comes on top. */
const THUMB_SERVES = 600;
/** CSS pixels of width from which there is room for a sentence. */
const WORDY = 100;

interface TileProps {
  id: number;
  /** Index in the order. */
  index: number;
  column: number;
  left: number;
  width: number;
  height: number;
  /** Chips of what exists are shown. */
  badges: boolean;
  /** File name and shooting data stand under it. */
  names: boolean;
  /** The view stands by technical quality. */
  byTechnical: boolean;
  /** What went wrong is said in words, though there is a picture. */
  explains: boolean;
}

/** One photo of the grid. Its box is known before anything is loaded; only what is inside fades in. */
export const Tile = memo(function Tile(props: TileProps) {
  const { id, index, column, left, width, height, badges, names, byTechnical, explains } = props;
  const row = useRow(id);
  const selected = useSelection((state) => state.ids.has(id));
  const focused = useSelection((state) => state.focus === id);
  const stack = row?.stack?.id ?? null;
  const joined = useLibrary(({ order, query }) => (stack === null ? null : joinedIn(order, query, index, stack)));
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the grid
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names this cell as its active descendant
    <div
      id={`photo-${id}`}
      className="tile"
      role="gridcell"
      aria-colindex={column + 1}
      aria-selected={selected}
      aria-label={row === undefined ? 'Photo' : describePhoto(row, byTechnical)}
      data-index={index}
      data-focused={focused || undefined}
      data-stack={joined ?? undefined}
      data-column={joined === null ? undefined : column}
      data-rejected={row?.flag === 'reject' || undefined}
      style={{ left, width, height }}
    >
      {row !== undefined && <Picture row={row} edge={Math.max(width, height) * window.devicePixelRatio} />}
      {row !== undefined && <Chips row={row} width={width} show={badges} byTechnical={byTechnical} />}
      {badges && row !== undefined && row.color !== 'none' && <span className={`color-line ${row.color}`} />}
      {names && row !== undefined && (
        <span className="tile-caption" aria-hidden="true">
          <span className="cut">{row.name}</span>
          <span className="cut tile-settings">{exposureLine(row.settings)}</span>
        </span>
      )}
      {row !== undefined && row.error !== null && width >= WORDY && (row.state === 'failed' || explains) && (
        <span className="tile-word" aria-hidden="true" data-on-photo={row.state !== 'failed' || undefined}>
          <span className="cut">{row.name}</span> <span className="why">{row.error}</span>
        </span>
      )}
    </div>
  );
});

/** Whether a photo of an open stack stands behind another one of it, is its first, or neither. */
function joinedIn(order: Order, query: Query, index: number, stack: number): 'first' | 'joined' | null {
  if (query.stacks === 'open' || isCollapsed(query, stack)) return null;
  const before = order.ids[index - 1];
  return before !== undefined && rowOf(before)?.stack?.id === stack ? 'joined' : 'first';
}

function Picture({ row, edge }: { row: PhotoRow; edge: number }) {
  const place = useRef<HTMLSpanElement>(null);
  const thumb = addressOf(row, 'thumb');
  const screen = edge > THUMB_SERVES ? addressOf(row, 'screen') : null;
  useLayoutEffect(() => {
    if (thumb === null) return hidePicture(place.current!, 'thumb');
    return showPicture(place.current!, thumb, 'thumb', row.placeholder);
  }, [thumb, row.placeholder]);
  useLayoutEffect(() => {
    if (screen === null) return hidePicture(place.current!, 'screen');
    return showPicture(place.current!, screen, 'screen', null);
  }, [screen]);
  return <span ref={place} className="picture" data-waits={thumb !== null || undefined} />;
}

/** Name of a photo with everything its badges say, for a screen reader. */
export function describePhoto(row: PhotoRow, byTechnical = false): string {
  const parts = [row.error === null ? row.name : `${row.name} ${row.error}`];
  if (row.state === 'failed') parts.push('broken');
  if (row.state === 'missing') parts.push('file is not there now');
  if (row.state === 'pending') parts.push('not looked at yet');
  const grade = shownGrade(row, byTechnical);
  if (grade !== null) {
    const [what, judge] = grade.critic === 'measured' ? ['technical quality', ''] : ['grade', ` by ${grade.critic}`];
    if (grade.estimate) parts.push('estimated');
    parts.push(`${what} ${Math.round(grade.value)}, ${grade.level}${judge}`);
  }
  if (row.flag !== 'none') parts.push(row.flag === 'pick' ? 'picked' : 'rejected');
  if (row.stars > 0) parts.push(row.stars === 1 ? '1 star' : `${row.stars} stars`);
  if (row.color !== 'none') parts.push(`${row.color} label`);
  if (row.stack?.top === true && row.stack.size > 1)
    parts.push(`on top of a ${MOMENT_LABELS[row.stack.kind].toLowerCase()} of ${row.stack.size}`);
  if (row.kind === 'raw' || row.kind === 'raw+jpeg') parts.push(row.kind === 'raw' ? 'RAW' : 'RAW and JPEG');
  return parts.join(', ');
}
