import type { PhotoRow } from '../../../shared/photo.ts';
import { runAction } from '../../store/actions.ts';
import { useLibrary, useLoupe, usePlaces } from '../../store/hooks.ts';
import { sourceTitle } from '../../store/places.ts';
import { showView, toggleOverlay } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { MenuButton, type MenuItem } from '../../ui/Menu.tsx';
import { ToolbarEnd, ToolbarStart } from '../frame/Slots.tsx';
import { MarkBar } from './MarkBar.tsx';

/** The way back to the grid, by the name of the place. */
export function BackButton() {
  const source = useLibrary((state) => state.query.source);
  const folders = usePlaces((state) => state.folders);
  const albums = usePlaces((state) => state.albums);
  const title = sourceTitle(source, { folders, albums });
  return (
    <Button icon="left" className="back-button" aria-label={`Back to ${title}`} onClick={() => showView('grid')}>
      <span className="cut">{title}</span>
    </Button>
  );
}

export function LoupeToolbar({ row, hasFaces }: { row: PhotoRow; hasFaces: boolean }) {
  const place = useLibrary(
    (state) => `${(state.order.indexOf(row.id) + 1).toLocaleString('en')} of ${state.order.total.toLocaleString('en')}`,
  );
  const clipping = useLoupe((state) => state.clipping);
  const focusMap = useLoupe((state) => state.focusMap);
  const thirds = useLoupe((state) => state.thirds);
  const faces = useLoupe((state) => state.faces);
  const isZoomed = useLoupe((state) => state.placement.scale !== null);
  const overlays = (): MenuItem[] => [
    { label: 'Clipping', checked: clipping, action: 'look.clipping' },
    { label: 'Focus map', checked: focusMap, action: 'look.focus' },
    { label: 'Thirds', checked: thirds, action: 'look.thirds' },
    { label: 'Faces', checked: faces, disabled: !hasFaces, onChoose: () => toggleOverlay('faces') },
  ];
  const shown = [clipping, focusMap, thirds, faces && hasFaces].filter(Boolean).length;
  return (
    <>
      <ToolbarStart>
        <BackButton />
        <h1 className="toolbar-title cut">{row.name}</h1>
        <span className="toolbar-count">{place}</span>
      </ToolbarStart>
      <ToolbarEnd>
        <MarkBar row={row} />
        <Button action="look.why" showChord onClick={() => void runAction('look.why')}>
          Why?
        </Button>
        <MenuButton
          label={shown === 0 ? 'Overlays' : `Overlays, ${shown} shown`}
          tone={shown === 0 ? 'plain' : 'raised'}
          align="end"
          items={overlays}
        >
          Overlays
        </MenuButton>
        <Button action="look.zoom" showChord aria-pressed={isZoomed}>
          100 %
        </Button>
      </ToolbarEnd>
    </>
  );
}
