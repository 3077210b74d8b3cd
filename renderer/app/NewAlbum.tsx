/** Names an album that was asked for from anywhere, and makes it. */
import { photosText } from '../../shared/photo.ts';
import { usePlaces } from '../store/hooks.ts';
import { shortName } from '../store/places.ts';
import { askAlbumName, createAlbum, notify } from '../store/stores.ts';
import { NameDialog } from '../ui/NameDialog.tsx';
import { openSource } from './openSource.ts';

async function newAlbum(name: string, ids: number[]): Promise<void> {
  const album = await createAlbum(name, ids);
  if (album === null) return;
  notify(ids.length === 0 ? `${shortName(name)} created` : `${photosText(ids.length)} put into ${shortName(name)}`, {
    label: 'Show it',
    run: () => openSource({ kind: 'album', id: album.id }),
  });
}

export function NewAlbum() {
  const ids = usePlaces((places) => places.unnamed);
  if (ids === null) return null;
  const words =
    ids.length === 0
      ? 'Drag photos onto it afterwards.'
      : ids.length === 1
        ? 'The photo goes into it.'
        : `The ${ids.length.toLocaleString('en')} selected photos go into it.`;
  return (
    <NameDialog
      title="New album"
      verb="Create"
      initial=""
      onClose={() => askAlbumName(null)}
      onName={(name) => void newAlbum(name, [...ids])}
    >
      {words}
    </NameDialog>
  );
}
