import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { Album } from '../../../shared/contract.ts';
import { photosText } from '../../../shared/photo.ts';
import { ActionButton } from '../../app/ActionButton.tsx';
import { openSource } from '../../app/openSource.ts';
import { DRAG_STARTS, type Target } from '../../store/drag.ts';
import { useDropTarget, usePlaces } from '../../store/hooks.ts';
import { shortName } from '../../store/places.ts';
import {
  addToAlbum,
  arrangeAlbum,
  carry,
  library,
  notify,
  places,
  removeAlbum,
  renameAlbum,
  setSort,
  showSource,
  undo,
} from '../../store/stores.ts';
import { Confirm } from '../../ui/Dialog.tsx';
import { Menu, type MenuItem } from '../../ui/Menu.tsx';
import { NameDialog } from '../../ui/NameDialog.tsx';
import { Group } from './Group.tsx';
import { PlaceRow } from './PlaceRow.tsx';

/** Albums of one kind, in the order that the person gave them. */
export function Albums({ kind }: { kind: 'album' | 'smart' }) {
  const all = usePlaces((state) => state.albums);
  const albums = all.filter((album) => album.kind === kind);
  if (kind === 'smart') {
    if (albums.length === 0) return null;
    return (
      <Group title="Smart albums">
        <List albums={albums} />
      </Group>
    );
  }
  return (
    <Group title="Albums" action={<ActionButton action="app.newAlbum" iconOnly />}>
      {albums.length === 0 ? (
        <p className="place-hint">Collect photos of any folder here.</p>
      ) : (
        <List albums={albums} />
      )}
    </Group>
  );
}

function List({ albums }: { albums: readonly Album[] }) {
  return (
    <ul>
      {albums.map((album) => (
        <li key={album.id}>
          <AlbumRow album={album} />
        </li>
      ))}
    </ul>
  );
}

function AlbumRow({ album }: { album: Album }) {
  const current = useStore(library, ({ query: { source } }) => source.kind === 'album' && source.id === album.id);
  const [menu, setMenu] = useState<{ x: number; y: number } | null>(null);
  const [asking, setAsking] = useState<'name' | 'removal' | null>(null);

  const { id, kind } = album;
  const target = useMemo<Target>(
    () => ({
      accepts: (load) =>
        load.kind === 'photos' ? kind === 'album' : load.smart === (kind === 'smart') && load.id !== id,
      drop: (load, after) => {
        if (load.kind === 'photos') void addToAlbum(id, [...load.ids]);
        else void arrangeAlbum(load.id, after ? neighbour(id, 1) : id);
      },
    }),
    [id, kind],
  );
  const dropName = `album-${id}`;
  useDropTarget(dropName, target);

  const items: MenuItem[] = [
    { label: 'Rename …', onChoose: () => setAsking('name') },
    ...(kind === 'album' && current
      ? [{ label: 'Sort by hand', onChoose: () => setSort({ key: 'manual', order: 'asc' }) }]
      : []),
    { kind: 'line' },
    {
      label: 'Move up',
      icon: 'up',
      disabled: neighbour(id, -1) === null,
      onChoose: () => void arrangeAlbum(id, neighbour(id, -1)),
    },
    {
      label: 'Move down',
      icon: 'down',
      disabled: neighbour(id, 1) === null,
      onChoose: () => void arrangeAlbum(id, neighbour(id, 2)),
    },
    { kind: 'line' },
    { label: 'Delete …', tone: 'danger', onChoose: () => setAsking('removal') },
  ];

  return (
    <>
      <PlaceRow
        label={album.name}
        icon={kind === 'smart' ? 'smart' : 'album'}
        count={album.count}
        current={current}
        dropName={dropName}
        onOpen={() => openSource({ kind: 'album', id })}
        onMenu={setMenu}
        onPointerDown={(event) => {
          if (event.button !== 0 || event.pointerType === 'touch') return;
          const { clientX, clientY } = event;
          const move = (moved: PointerEvent) => {
            if (Math.hypot(moved.clientX - clientX, moved.clientY - clientY) < DRAG_STARTS) return;
            stop();
            carry({ kind: 'album', id, smart: kind === 'smart' }, moved);
          };
          const stop = () => {
            window.removeEventListener('pointermove', move);
            window.removeEventListener('pointerup', stop);
          };
          window.addEventListener('pointermove', move);
          window.addEventListener('pointerup', stop);
        }}
      />
      {menu !== null && <Menu label={album.name} place={menu} items={items} onClose={() => setMenu(null)} />}
      {asking === 'name' && (
        <NameDialog
          title="Rename album"
          verb="Rename"
          initial={album.name}
          onClose={() => setAsking(null)}
          onName={(name) => void renameAlbum(id, name)}
        />
      )}
      {asking === 'removal' && (
        <Confirm
          title={`Delete ${shortName(album.name)}?`}
          verb="Delete album"
          danger
          onClose={() => setAsking(null)}
          onConfirm={() => void removeWithWayBack(album)}
        >
          <p>
            {kind === 'smart'
              ? 'The saved filter is deleted. No photo is touched.'
              : `Its list of ${photosText(album.count)} is deleted. The photos stay in the library.`}
          </p>
        </Confirm>
      )}
    </>
  );
}

/** The album that stands `by` places after this one among its kind, or null. */
function neighbour(id: number, by: number): number | null {
  const { albums } = places.getState();
  const own = albums.find((album) => album.id === id);
  const kin = albums.filter((album) => album.kind === own?.kind);
  return kin[kin.findIndex((album) => album.id === id) + by]?.id ?? null;
}

async function removeWithWayBack(album: Album): Promise<void> {
  const { source } = library.getState().query;
  await removeAlbum(album.id);
  if (source.kind === 'album' && source.id === album.id) showSource({ kind: 'all' });
  notify(`${shortName(album.name)} deleted`, { label: 'Undo', run: () => void undo() });
}
