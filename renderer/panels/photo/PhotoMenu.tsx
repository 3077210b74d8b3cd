import { useState } from 'react';
import { COLORS } from '../../../shared/photo.ts';
import { actionItem } from '../../app/ActionButton.tsx';
import { usePlaces } from '../../store/hooks.ts';
import {
  addToAlbum,
  askAlbumName,
  history,
  library,
  markTargets,
  removeFromAlbum,
  settings,
  sharedMark,
} from '../../store/stores.ts';
import { Menu, type MenuItem } from '../../ui/Menu.tsx';
import { COLOR_ACTIONS } from './MarkBar.tsx';

const STACK_ACTIONS = ['stacks.toggle', 'stacks.stack', 'stacks.unstack', 'stacks.split', 'stacks.top'] as const;

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
    actionItem('view.loupe', { disabled: none }),
    actionItem('view.compare', { disabled: none }),
    actionItem('view.survey', { disabled: none }),
    actionItem('look.why'),
    { kind: 'line' },
    actionItem('mark.pick', { checked: flag === 'pick' }),
    actionItem('mark.reject', { checked: flag === 'reject' }),
    actionItem('mark.unflag', { checked: flag === 'none' }),
    {
      kind: 'submenu',
      label: 'Stars',
      icon: 'star',
      disabled: none,
      items: ([0, 1, 2, 3, 4, 5] as const).map((count) =>
        actionItem(`mark.stars${count}`, { checked: stars === count }),
      ),
    },
    {
      kind: 'submenu',
      label: 'Color label',
      disabled: none,
      items: COLORS.map((name) =>
        actionItem(COLOR_ACTIONS[name], { mark: <span className={`dot ${name}`} />, checked: color === name }),
      ),
    },
    { kind: 'line' },
    actionItem('photo.rotateLeft', { disabled: none }),
    actionItem('photo.rotateRight', { disabled: none }),
    {
      kind: 'submenu',
      label: 'Stack',
      icon: 'stack',
      disabled: none,
      items: STACK_ACTIONS.map((name) => actionItem(name)),
    },
    {
      kind: 'submenu',
      label: 'Add to album',
      icon: 'album',
      disabled: none,
      items: [
        actionItem('app.newAlbum', { onChoose: () => askAlbumName(ids) }),
        ...(albums.length > 0 ? [{ kind: 'line' } as const] : []),
        ...albums.map((album): MenuItem => ({ label: album.name, onChoose: () => void addToAlbum(album.id, ids) })),
      ],
    },
    ...(own === undefined
      ? []
      : [{ label: `Take out of ${own.name}`, disabled: none, onChoose: () => void removeFromAlbum(own.id, ids) }]),
    { kind: 'line' },
    actionItem('sidecars.write', { disabled: none }),
    ...(settings.getState().sidecars.embed ? [actionItem('files.embed', { disabled: none })] : []),
    actionItem('files.export'),
    actionItem('files.list'),
    actionItem('app.reveal'),
    actionItem('files.open'),
    actionItem('files.copyPath'),
    actionItem('files.trash'),
    { kind: 'line' },
    actionItem('select.all'),
    actionItem('select.none'),
    { kind: 'line' },
    actionItem('history.undo', { disabled: history.getState().undo === null }),
    actionItem('history.redo', { disabled: history.getState().redo === null }),
  ];
  const label = ids.length === 1 ? 'Photo' : `${ids.length} photos`;
  return <Menu label={label} items={items} place={place} onClose={onClose} />;
}
