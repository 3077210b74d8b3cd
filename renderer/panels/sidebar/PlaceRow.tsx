import type { MouseEvent, PointerEvent, ReactNode } from 'react';
import { useDrag } from '../../store/hooks.ts';
import { Icon, type IconName } from '../../ui/Icon.tsx';

interface PlaceRowProps {
  label: string;
  icon?: IconName;
  /** Null until known, and where none is shown. */
  count: number | null;
  current: boolean;
  /** Steps of indentation. */
  depth?: number;
  /** Set on a folder with folders in it. */
  expanded?: boolean;
  onExpand?: (expanded: boolean) => void;
  /** What else must be known of it: `offline`. */
  note?: string;
  dropName?: string;
  onOpen: () => void;
  onMenu?: (place: { x: number; y: number }) => void;
  onPointerDown?: (event: PointerEvent) => void;
  children?: ReactNode;
}

/** One place of the sidebar, 26 pixels high: opens with a press, unfolds with Left and Right. */
export function PlaceRow(props: PlaceRowProps) {
  const { label, icon, count, current, depth = 0, expanded, onExpand, note, dropName, onOpen, onMenu } = props;
  const over = useDrag((state) => dropName !== undefined && state.over === dropName);
  const edge = useDrag((state) => (over && state.load?.kind === 'album' ? (state.after ? 'after' : 'before') : null));
  const menuAt = (event: MouseEvent) => {
    if (onMenu === undefined) return;
    event.preventDefault();
    const box = event.currentTarget.getBoundingClientRect();
    const byKey = event.clientX === 0 && event.clientY === 0;
    onMenu(byKey ? { x: box.left + 32, y: box.bottom } : { x: event.clientX, y: event.clientY });
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the row belongs to its button, which has the keyboard
    <div
      className="place"
      data-row
      data-current={current || undefined}
      data-offline={note !== undefined || undefined}
      data-drop={dropName}
      data-over={over ? (edge ?? 'into') : undefined}
      style={{ paddingLeft: 8 + depth * 14 }}
      onContextMenu={menuAt}
      onPointerDown={props.onPointerDown}
    >
      {expanded === undefined ? (
        <span className="place-fold" />
      ) : (
        <button
          type="button"
          className="place-fold"
          tabIndex={-1}
          aria-label={expanded ? `Fold ${label}` : `Unfold ${label}`}
          onClick={() => onExpand?.(!expanded)}
        >
          <Icon name={expanded ? 'down' : 'right'} size={12} />
        </button>
      )}
      <button
        type="button"
        className="place-open"
        aria-current={current ? 'page' : undefined}
        aria-expanded={expanded}
        onClick={onOpen}
        onKeyDown={(event) => {
          if (expanded === undefined) return;
          if (event.key === 'ArrowRight' && !expanded) onExpand?.(true);
          else if (event.key === 'ArrowLeft' && expanded) onExpand?.(false);
          else return;
          event.preventDefault();
        }}
      >
        {icon === undefined ? <span className="place-no-icon" /> : <Icon name={icon} />}
        <span className="cut place-label" title={label}>
          {label}
        </span>{' '}
        {note !== undefined && <span className="place-note">{note}</span>}{' '}
        {count !== null && (
          <span key={count} className="place-count">
            {count.toLocaleString('en')}
            <span className="only-read"> {count === 1 ? 'photo' : 'photos'}</span>
          </span>
        )}
      </button>
      {props.children}
    </div>
  );
}
