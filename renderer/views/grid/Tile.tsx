import { memo } from 'react';
import type { PhotoRow } from '../../../shared/photo.ts';
import { pictureUrl } from '../../state/client.ts';
import { useLibrary } from '../../state/library.ts';
import { useRow } from '../../state/rows.ts';
import { useSelection } from '../../state/selection.ts';
import { useSettings } from '../../state/settings.ts';
import { Icon } from '../../ui/Icon.tsx';
import { GradeChip, StarsChip } from './chips.tsx';

/** Longest edge in device pixels up to which the small preview (320) is drawn; above it the large one comes on top. */
const THUMB_SERVES = 600;

interface TileProps {
  id: number;
  /** Index in the order. */
  index: number;
  column: number;
  left: number;
  width: number;
  height: number;
}

/** One photo of the grid. Its box is known before anything is loaded; only what is inside fades in. */
export const Tile = memo(function Tile({ id, index, column, left, width, height }: TileProps) {
  const row = useRow(id);
  const selected = useSelection((state) => state.ids.has(id));
  const focused = useSelection((state) => state.focus === id);
  const badges = useSettings((settings) => settings.grid.badges);
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the grid
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names this cell as its active descendant
    <div
      id={`photo-${id}`}
      className="tile"
      role="gridcell"
      aria-colindex={column + 1}
      aria-selected={selected}
      aria-label={row === undefined ? 'Photo' : describePhoto(row)}
      data-index={index}
      data-focused={focused || undefined}
      data-rejected={row?.flag === 'reject' || undefined}
      style={{ left, width, height }}
    >
      {row !== undefined && <Picture row={row} edge={Math.max(width, height) * window.devicePixelRatio} />}
      {row !== undefined && <Badges row={row} show={badges} width={width} />}
    </div>
  );
});

function showLoaded(image: HTMLImageElement | null): void {
  // What is already in the cache appears at once; only what has to come fades in.
  if (image?.complete === true && image.naturalWidth > 0) image.dataset.loaded = 'at-once';
}

function Picture({ row, edge }: { row: PhotoRow; edge: number }) {
  if (row.state === 'failed' && row.placeholder === null) return null;
  return (
    <span
      className="picture"
      style={row.placeholder === null ? undefined : { backgroundImage: `url("${row.placeholder}")` }}
    >
      {row.state !== 'pending' && <FadingImage src={pictureUrl('thumb', row)} />}
      {row.state !== 'pending' && edge > THUMB_SERVES && <FadingImage src={pictureUrl('screen', row)} />}
    </span>
  );
}

function FadingImage({ src }: { src: string }) {
  return (
    <img
      className="thumb"
      ref={showLoaded}
      src={src}
      alt=""
      decoding="async"
      draggable={false}
      onLoad={(event) => {
        event.currentTarget.dataset.loaded ??= 'faded';
      }}
    />
  );
}

/** Chips of what exists, and only of that. What went wrong is said even where the chips are hidden. */
function Badges({ row, show, width }: { row: PhotoRow; show: boolean; width: number }) {
  const explains = useLibrary((state) => state.query.source.kind === 'problems');
  const small = width < 130;
  return (
    <>
      <span className="corner top-left">
        {show && row.flag !== 'none' && (
          <span className="chip">
            <Icon name={row.flag === 'pick' ? 'flag' : 'reject'} size={12} />
          </span>
        )}
        {row.error !== null && row.state !== 'missing' && (
          <span className="chip problem">
            <Icon name="warning" size={12} />
          </span>
        )}
        {row.state === 'missing' && (
          <span className="chip">
            <Icon name="offline" size={12} />
          </span>
        )}
      </span>
      {show && (
        <span className="corner top-right">
          {row.kind === 'raw+jpeg' && !small && <span className="chip kind" data-kind="RAW+J" />}
          {row.kind === 'raw' && !small && <span className="chip kind" data-kind="RAW" />}
          {row.stack?.top === true && row.stack.size > 1 && (
            <span className="chip counted" data-count={row.stack.size}>
              <Icon name="stack" size={12} />
            </span>
          )}
        </span>
      )}
      {show && <span className="corner bottom-left">{row.grade !== null && <GradeChip grade={row.grade} />}</span>}
      {show && (
        <span className="corner bottom-right">{row.stars > 0 && <StarsChip stars={row.stars} compact={small} />}</span>
      )}
      {show && row.color !== 'none' && <span className={`color-line ${row.color}`} />}
      {row.error !== null && width >= 100 && (row.state === 'failed' || explains) && (
        <span className="tile-word" aria-hidden="true" data-on-photo={row.state !== 'failed' || undefined}>
          <span className="cut">{row.name}</span> <span className="why">{row.error}</span>
        </span>
      )}
    </>
  );
}

/** Name of a photo with everything its badges say, for a screen reader. */
export function describePhoto(row: PhotoRow): string {
  const parts = [row.error === null ? row.name : `${row.name} ${row.error}`];
  if (row.state === 'failed') parts.push('broken');
  if (row.state === 'missing') parts.push('file is not there now');
  if (row.state === 'pending') parts.push('not looked at yet');
  if (row.grade !== null) {
    const measured = row.grade.critic === 'measured' ? 'measured grade' : 'grade';
    parts.push(`${measured} ${Math.round(row.grade.value)}, ${row.grade.level}`);
  }
  if (row.flag !== 'none') parts.push(row.flag === 'pick' ? 'picked' : 'rejected');
  if (row.stars > 0) parts.push(row.stars === 1 ? '1 star' : `${row.stars} stars`);
  if (row.color !== 'none') parts.push(`${row.color} label`);
  if (row.stack?.top === true && row.stack.size > 1) parts.push(`stack of ${row.stack.size}`);
  if (row.kind === 'raw' || row.kind === 'raw+jpeg') parts.push(row.kind === 'raw' ? 'RAW' : 'RAW and JPEG');
  return parts.join(', ');
}
