/** The toolbar of the loupe: which photo of how many, its marks, and what helps to look closely. */

import { ActionButton, actionItem } from '../../app/ActionButton.tsx';
import { MarkBar } from '../../panels/photo/MarkBar.tsx';
import { countTitle, PhotoTitle } from '../../panels/photo/PhotoTitle.tsx';
import { useDetail, useLibrary, useLoupe, useRow, useSelection } from '../../store/hooks.ts';
import { MenuButton, type MenuItem } from '../../ui/Menu.tsx';

export function LoupeTitle() {
  const focus = useSelection((state) => state.focus);
  const row = useRow(focus);
  const { total } = useLibrary((state) => state.order);
  const place = useLibrary((state) => (focus === null ? 0 : state.order.indexOf(focus) + 1));
  if (focus === null) return <PhotoTitle title={countTitle(total)} />;
  if (row === undefined) return null;
  return <PhotoTitle title={row.name} count={`${place.toLocaleString('en')} of ${total.toLocaleString('en')}`} />;
}

export function LoupeTools() {
  const focus = useSelection((state) => state.focus);
  const row = useRow(focus);
  const isZoomed = useLoupe((state) => state.placement.scale !== null);
  if (row === undefined) return null;
  return (
    <>
      <MarkBar row={row} />
      <ActionButton action="feedback.view" showChord />
      <ActionButton action="look.why" showChord />
      <Overlays photo={row.id} />
      <ActionButton action="look.zoom" showChord aria-pressed={isZoomed} />
    </>
  );
}

function Overlays({ photo }: { photo: number }) {
  const { detail } = useDetail(photo);
  const hasFaces = detail !== null && detail.faces.length + (detail.seenFaces?.faces.length ?? 0) > 0;
  const clipping = useLoupe((state) => state.clipping);
  const focusMap = useLoupe((state) => state.focusMap);
  const thirds = useLoupe((state) => state.thirds);
  const faces = useLoupe((state) => state.faces);
  const items = (): MenuItem[] => [
    actionItem('look.clipping', { checked: clipping }),
    actionItem('look.focus', { checked: focusMap }),
    actionItem('look.thirds', { checked: thirds }),
    actionItem('look.faces', { checked: faces }),
  ];
  const shown = [clipping, focusMap, thirds, faces && hasFaces].filter(Boolean).length;
  return (
    <MenuButton
      label={shown === 0 ? 'Overlays' : `Overlays, ${shown} shown`}
      tone={shown === 0 ? 'plain' : 'raised'}
      align="end"
      items={items}
    >
      Overlays
    </MenuButton>
  );
}
