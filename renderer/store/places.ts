/** The places of the sidebar: fixed ones with counts, folders, albums. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Album, FolderNode } from '../../shared/contract.ts';
import { type PhotoId, photosText } from '../../shared/photo.ts';
import { meets, type PhotoColumn } from '../../shared/photo-columns.ts';
import type { Filter, Source } from '../../shared/query.ts';
import { filterColumns } from '../../shared/query-columns.ts';
import type { Api } from './connection.ts';
import type { HistoryStore } from './history.ts';
import type { NoticesStore } from './notices.ts';

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

/**
 * The filter of the smart album that a source is; null for every other source, undefined for an album that the page
 * does not know yet.
 */
export function smartFilterOf(source: Source, albums: readonly Album[]): Filter | null | undefined {
  if (source.kind !== 'album') return null;
  return albums.find((album) => album.id === source.id)?.filter;
}

/** Whether a change of these columns may change what the list of albums says: the counts of smart ones, mostly. */
export function albumsHangOn(changed: readonly PhotoColumn[] | null, albums: readonly Album[]): boolean {
  if (changed === null || changed.includes('presence')) return true;
  return albums.some(({ filter }) => filter !== null && meets(changed, filterColumns(filter)));
}

export interface PlacesStore {
  places: StoreApi<Places>;
  readCounts(): Promise<void>;
  readFolders(): Promise<void>;
  readAlbums(): Promise<void>;
  createAlbum(name: string, ids: number[], filter?: Filter | null): Promise<Album | null>;
  renameAlbum(id: number, name: string): Promise<void>;
  removeAlbum(id: number): Promise<void>;
  setAlbumFilter(id: number, filter: Filter): Promise<void>;
  addToAlbum(id: number, ids: number[]): Promise<void>;
  removeFromAlbum(id: number, ids: number[]): Promise<void>;
  /** Moves photos of an album in front of another one of it, or to the end. */
  moveInAlbum(id: number, ids: number[], before: PhotoId | null): Promise<void>;
  /** Puts an album in front of another of its kind, or last. */
  arrangeAlbum(id: number, before: number | null): Promise<void>;
  /** Opens the dialog that names a new album with these photos in it; null closes it. */
  askAlbumName(ids: readonly number[] | null): void;
}

export function createPlacesStore({
  api,
  inTurn,
  undo,
  notify,
  notifyProblem,
}: { api: Api } & Pick<HistoryStore, 'inTurn' | 'undo'> & Pick<NoticesStore, 'notify' | 'notifyProblem'>): PlacesStore {
  const places = createStore<Places>(() => ({ counts: null, folders: [], albums: [], unnamed: null }));

  async function readAlbums(): Promise<void> {
    const albums = await api.albums.list({});
    places.setState({ albums: albums.toSorted((a, b) => a.position - b.position) });
  }

  async function setAlbumFilter(id: number, filter: Filter): Promise<void> {
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

  async function addToAlbum(id: number, ids: number[]): Promise<void> {
    try {
      const { added } = await inTurn(() => api.albums.addPhotos({ id, ids }));
      await readAlbums();
      const found = places.getState().albums.find((album) => album.id === id);
      const name = found === undefined ? 'the album' : shortName(found.name);
      notify(
        added === 0 ? `Already in ${name}` : `${photosText(added)} added to ${name}`,
        added === 0 ? null : { label: 'Undo', run: () => void undo() },
      );
    } catch (error) {
      notifyProblem(error);
    }
  }

  async function removeFromAlbum(id: number, ids: number[]): Promise<void> {
    try {
      await inTurn(() => api.albums.removePhotos({ id, ids }));
      await readAlbums();
      notify(`${photosText(ids.length)} taken out of the album`, { label: 'Undo', run: () => void undo() });
    } catch (error) {
      notifyProblem(error);
    }
  }

  return {
    places,
    async readCounts() {
      places.setState({ counts: await api.photos.counts({}) });
    },
    async readFolders() {
      places.setState({ folders: await api.folders.tree({}) });
    },
    readAlbums,
    async createAlbum(name, ids, filter = null) {
      try {
        const album = await inTurn(() => api.albums.create({ name, filter, ids }));
        await readAlbums();
        return album;
      } catch (error) {
        notifyProblem(error);
        return null;
      }
    },
    async renameAlbum(id, name) {
      const before = places.getState().albums;
      places.setState({ albums: before.map((album) => (album.id === id ? { ...album, name } : album)) });
      try {
        await inTurn(() => api.albums.rename({ id, name }));
      } catch (error) {
        places.setState({ albums: before });
        notifyProblem(error);
      }
    },
    async removeAlbum(id) {
      try {
        await inTurn(() => api.albums.remove({ id }));
        await readAlbums();
      } catch (error) {
        notifyProblem(error);
      }
    },
    setAlbumFilter,
    addToAlbum,
    removeFromAlbum,
    async moveInAlbum(id, ids, before) {
      try {
        await inTurn(() => api.albums.movePhotos({ id, ids, before }));
      } catch (error) {
        notifyProblem(error);
      }
    },
    async arrangeAlbum(id, before) {
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
    },
    askAlbumName: (ids) => places.setState({ unnamed: ids }),
  };
}
