/** Roots, folders, photos, marks and albums. */

import {
  addToAlbum,
  albums,
  arrangeAlbums,
  createAlbum,
  moveInAlbum,
  removeAlbum,
  removeFromAlbum,
  renameAlbum,
  setAlbumFilter,
} from '../catalog/albums.ts';
import { countsOf, distributionOf, facetsOf } from '../catalog/facets.ts';
import { folderTree } from '../catalog/folders.ts';
import { history, redo, setMarks, setMarksEach, undo } from '../catalog/marks.ts';
import { orderOf } from '../catalog/order.ts';
import { photoDetail, photoRows } from '../catalog/photos.ts';
import type { Base } from './handler.ts';
import type { Services } from './services.ts';

export function rootHandlers(os: Base, { library, tokens }: Services) {
  return {
    add: os.roots.add.handler(async ({ input }) => ({ id: await library.addRoot(tokens.pathOf(input.token)) })),
    addDemo: os.roots.addDemo.handler(() => ({ job: library.addDemo() })),
    remove: os.roots.remove.handler(async ({ input }) => {
      await library.removeRoot(input.id);
      return {};
    }),
    rescan: os.roots.rescan.handler(({ input }) => {
      library.rescan(input.id);
      return {};
    }),
  };
}

export function folderHandlers(os: Base, { catalog, columns }: Services) {
  return { tree: os.folders.tree.handler(() => folderTree(catalog, columns)) };
}

export function photoHandlers(os: Base, { catalog, columns, library }: Services) {
  return {
    order: os.photos.order.handler(({ input }) => orderOf(catalog, columns, input.query)),
    rows: os.photos.rows.handler(({ input }) => photoRows(catalog, input.ids)),
    detail: os.photos.detail.handler(({ input }) => photoDetail(catalog, columns, input.id)),
    facets: os.photos.facets.handler(({ input }) => facetsOf(catalog, columns, input.query)),
    counts: os.photos.counts.handler(() => countsOf(columns)),
    visible: os.photos.visible.handler(({ input }) => {
      library.setVisible(input.ids);
      return {};
    }),
    distribution: os.photos.distribution.handler(({ input }) => distributionOf(catalog, columns, input.query)),
  };
}

export function markHandlers(os: Base, { catalog, changes }: Services) {
  const changed = (ids: readonly number[]) => {
    changes.photos(ids, true);
    changes.tell({ kind: 'history' });
  };
  return {
    set: os.marks.set.handler(({ input: { ids, ...mark } }) => {
      const touched = setMarks(catalog, ids, mark);
      changed(touched);
      return { changed: touched.length };
    }),
    setEach: os.marks.setEach.handler(({ input }) => {
      const touched = setMarksEach(catalog, input.changes);
      changed(touched);
      return { changed: touched.length };
    }),
    history: os.marks.history.handler(() => history(catalog)),
    undo: os.marks.undo.handler(() => {
      const undone = undo(catalog);
      changed(undone.ids);
      return undone;
    }),
    redo: os.marks.redo.handler(() => {
      const redone = redo(catalog);
      changed(redone.ids);
      return redone;
    }),
  };
}

export function albumHandlers(os: Base, { catalog, columns, changes }: Services) {
  const changed = () => changes.tell({ kind: 'albums' });
  /** The photos in it, or their order, are others now. */
  const refilled = () => {
    changed();
    changes.tell({ kind: 'photos', ids: [], order: true });
  };
  return {
    list: os.albums.list.handler(() => albums(catalog, columns)),
    create: os.albums.create.handler(({ input }) => {
      const album = createAlbum(catalog, columns, input);
      changed();
      return album;
    }),
    rename: os.albums.rename.handler(({ input }) => {
      renameAlbum(catalog, input.id, input.name);
      changed();
      return {};
    }),
    setFilter: os.albums.setFilter.handler(({ input }) => {
      setAlbumFilter(catalog, input.id, input.filter);
      refilled();
      return {};
    }),
    remove: os.albums.remove.handler(({ input }) => {
      removeAlbum(catalog, input.id);
      changed();
      return {};
    }),
    arrange: os.albums.arrange.handler(({ input }) => {
      arrangeAlbums(catalog, input.ids);
      changed();
      return {};
    }),
    addPhotos: os.albums.addPhotos.handler(({ input }) => {
      const added = addToAlbum(catalog, input.id, input.ids);
      refilled();
      return { added };
    }),
    removePhotos: os.albums.removePhotos.handler(({ input }) => {
      removeFromAlbum(catalog, input.id, input.ids);
      refilled();
      return {};
    }),
    movePhotos: os.albums.movePhotos.handler(({ input }) => {
      moveInAlbum(catalog, input.id, input.ids, input.before);
      refilled();
      return {};
    }),
  };
}
