/** The places of the sidebar: fixed ones with counts, folders, albums. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Album, FolderNode } from '../../shared/contract.ts';
import type { Filter, Source } from '../../shared/query.ts';
import { api } from './client.ts';
import { inTurn, undo } from './history.ts';
import { notify, notifyProblem } from './notices.ts';

export interface Counts {
  all: number;
  best: number;
  recent: number;
  rejected: number;
  problems: number;
}

export interface Places {
  counts: Counts | null;
  folders: readonly FolderNode[];
  albums: readonly Album[];
  /** Photos of an album that waits for its name; null while none does. */
  unnamed: readonly number[] | null;
}

export const places = createStore<Places>(() => ({ counts: null, folders: [], albums: [], unnamed: null }));
export const usePlaces = <T>(pick: (places: Places) => T): T => useStore(places, pick);

export async function readCounts(): Promise<void> {
  places.setState({ counts: await api.photos.counts({}) });
}
export async function readFolders(): Promise<void> {
  places.setState({ folders: await api.folders.tree({}) });
}
export async function readAlbums(): Promise<void> {
  const albums = await api.albums.list({});
  places.setState({ albums: albums.toSorted((a, b) => a.position - b.position) });
}

/** Name of a place for the title. */
export function sourceTitle(source: Source, { folders, albums }: Pick<Places, 'folders' | 'albums'>): string {
  switch (source.kind) {
    case 'all':
      return 'All photos';
    case 'folder':
      return folders.find((folder) => folder.id === source.id)?.name ?? 'Folder';
    case 'album':
      return albums.find((album) => album.id === source.id)?.name ?? 'Album';
    case 'best':
      return source.of === 'month' ? 'Best of each month' : 'Best of each folder';
    case 'recent':
      return 'Recently added';
    case 'rejected':
      return 'Rejected';
    case 'problems':
      return 'Problems';
  }
}

/** A name within a sentence: in full where it is short, and apart, so that its direction of writing ends with it. */
export function shortName(name: string): string {
  return `\u2068${name.length <= 40 ? name : `${name.slice(0, 38).trimEnd()} …`}\u2069`;
}

export async function createAlbum(name: string, ids: number[], filter: Filter | null = null): Promise<Album | null> {
  try {
    const album = await inTurn(() => api.albums.create({ name, filter, ids }));
    await readAlbums();
    return album;
  } catch (error) {
    notifyProblem(error);
    return null;
  }
}

export async function renameAlbum(id: number, name: string): Promise<void> {
  const before = places.getState().albums;
  places.setState({ albums: before.map((album) => (album.id === id ? { ...album, name } : album)) });
  try {
    await inTurn(() => api.albums.rename({ id, name }));
  } catch (error) {
    places.setState({ albums: before });
    notifyProblem(error);
  }
}

export async function removeAlbum(id: number): Promise<void> {
  try {
    await inTurn(() => api.albums.remove({ id }));
    await readAlbums();
  } catch (error) {
    notifyProblem(error);
  }
}

export async function setAlbumFilter(id: number, filter: Filter): Promise<void> {
  const before = places.getState().albums.find((album) => album.id === id);
  try {
    await inTurn(() => api.albums.setFilter({ id, filter }));
    await readAlbums();
    notify(`${before === undefined ? 'The smart album' : shortName(before.name)} has another filter now`, {
      label: 'Undo',
      run: () => void undo(),
    });
  } catch (error) {
    notifyProblem(error);
  }
}

export async function addToAlbum(id: number, ids: number[]): Promise<void> {
  try {
    const { added } = await inTurn(() => api.albums.addPhotos({ id, ids }));
    await readAlbums();
    const found = places.getState().albums.find((album) => album.id === id);
    const name = found === undefined ? 'the album' : shortName(found.name);
    const photos = added === 1 ? '1 photo' : `${added.toLocaleString('en')} photos`;
    notify(
      added === 0 ? `Already in ${name}` : `${photos} added to ${name}`,
      added === 0 ? null : { label: 'Undo', run: () => void undo() },
    );
  } catch (error) {
    notifyProblem(error);
  }
}

export async function removeFromAlbum(id: number, ids: number[]): Promise<void> {
  try {
    await inTurn(() => api.albums.removePhotos({ id, ids }));
    await readAlbums();
    const photos = ids.length === 1 ? '1 photo' : `${ids.length.toLocaleString('en')} photos`;
    notify(`${photos} taken out of the album`, { label: 'Undo', run: () => void undo() });
  } catch (error) {
    notifyProblem(error);
  }
}

/** Puts an album in front of another of its kind, or last. */
export async function arrangeAlbum(id: number, before: number | null): Promise<void> {
  const { albums } = places.getState();
  const moved = albums.find((album) => album.id === id);
  if (moved === undefined) return;
  const kin = albums.filter((album) => album.kind === moved.kind && album.id !== id);
  const at = before === null ? kin.length : kin.findIndex((album) => album.id === before);
  kin.splice(at < 0 ? kin.length : at, 0, moved);
  const others = albums.filter((album) => album.kind !== moved.kind);
  places.setState({ albums: [...others, ...kin.map((album, position) => ({ ...album, position }))] });
  try {
    await inTurn(() => api.albums.arrange({ ids: kin.map((album) => album.id) }));
  } catch (error) {
    notifyProblem(error);
  }
  await readAlbums().catch(notifyProblem);
}

/** Opens the dialog that names a new album with these photos in it; null closes it. */
export function askAlbumName(ids: readonly number[] | null): void {
  places.setState({ unnamed: ids });
}
