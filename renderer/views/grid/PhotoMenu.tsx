import { useState } from 'react';
import { COLOR_LABELS } from '../../../shared/labels.ts';
import { COLORS } from '../../../shared/photo.ts';
import { usePlaces } from '../../store/hooks.ts';
import {
  addToAlbum,
  askAlbumName,
  desktop,
  library,
  markTargets,
  notifyProblem,
  removeFromAlbum,
  setMarks,
  sharedMark,
} from '../../store/stores.ts';
import { Menu, type MenuItem } from '../../ui/Menu.tsx';

/** The menu of the chosen photos: everything that keys do, and albums. Other views show the same. */
export function PhotoMenu({ place, onClose }: { place: { x: number; y: number }; onClose: () => void }) {
  const [ids] = useState(markTargets);
  const albums = usePlaces((places) => places.albums).filter((album) => album.kind === 'album');
  const { source } = library.getState().query;
  const own = source.kind === 'album' ? albums.find((album) => album.id === source.id) : undefined;
  const none = ids.length === 0;
  const flag = sharedMark(ids, 'flag');
  const stars = sharedMark(ids, 'stars');
  const color = sharedMark(ids, 'color');

  const items: MenuItem[] = [
    { label: 'Open in loupe', action: 'view.loupe', disabled: none },
    { label: 'Compare', action: 'view.compare', disabled: none },
    { label: 'Survey', action: 'view.survey', disabled: none },
    { label: 'Why?', action: 'look.why', disabled: none },
    { kind: 'line' },
    { label: 'Pick', icon: 'flag', action: 'mark.pick', checked: flag === 'pick', disabled: none },
    { label: 'Reject', icon: 'reject', action: 'mark.reject', checked: flag === 'reject', disabled: none },
    { label: 'No flag', action: 'mark.unflag', checked: flag === 'none', disabled: none },
    {
      kind: 'submenu',
      label: 'Stars',
      icon: 'star',
      disabled: none,
      items: ([0, 1, 2, 3, 4, 5] as const).map((count) => ({
        label: count === 0 ? 'None' : '★'.repeat(count),
        action: `mark.stars${count}` as const,
        checked: stars === count,
      })),
    },
    {
      kind: 'submenu',
      label: 'Colour label',
      disabled: none,
      items: COLORS.map((name) => ({
        label: COLOR_LABELS[name],
        mark: <span className={`dot ${name}`} />,
        action: name === 'none' ? ('mark.noColor' as const) : (`mark.${name}` as const),
        checked: color === name,
        onChoose: () => void setMarks(ids, { color: name }),
      })),
    },
    { kind: 'line' },
    {
      kind: 'submenu',
      label: 'Add to album',
      icon: 'album',
      disabled: none,
      items: [
        { label: 'New album …', icon: 'plus', onChoose: () => askAlbumName(ids) },
        ...(albums.length > 0 ? [{ kind: 'line' } as const] : []),
        ...albums.map((album): MenuItem => ({ label: album.name, onChoose: () => void addToAlbum(album.id, ids) })),
      ],
    },
    ...(own === undefined
      ? []
      : [{ label: `Take out of ${own.name}`, disabled: none, onChoose: () => void removeFromAlbum(own.id, ids) }]),
    ...(desktop === null
      ? []
      : [
          { kind: 'line' } as const,
          {
            label: 'Show in the file manager',
            icon: 'external' as const,
            disabled: ids.length !== 1,
            onChoose: () => void desktop?.reveal(ids[0]!).catch(notifyProblem),
          },
        ]),
    { kind: 'line' },
    { label: 'Select all', action: 'select.all' },
    { label: 'Select none', action: 'select.none' },
  ];
  const label = ids.length === 1 ? 'Photo' : `${ids.length} photos`;
  return <Menu label={label} items={items} place={place} onClose={onClose} />;
}
