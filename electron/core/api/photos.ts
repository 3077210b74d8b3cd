/** Roots, folders, photos, marks, the history and albums. */
import { quartersOf } from '../base/quarters.ts';
import { albums } from '../catalog/albums.ts';
import { photoAtDate } from '../catalog/at-date.ts';
import { countsOf, distributionOf, facetsOf } from '../catalog/facets.ts';
import { folderTree } from '../catalog/folders.ts';
import { headOf } from '../catalog/head.ts';
import { headOfOrder, orderOf, partsOf } from '../catalog/order.ts';
import { photoDetail, photoRows } from '../catalog/photos.ts';
import type { Base } from './handler.ts';
import type { Services } from './services.ts';

export function rootHandlers(os: Base, { history, library, tokens }: Services) {
  return {
    add: os.roots.add.handler(async ({ input }) => ({ id: await library.addRoot(tokens.pathOf(input.token)) })),
    addDemo: os.roots.addDemo.handler(() => ({ job: library.addDemo() })),
    remove: os.roots.remove.handler(async ({ input }) => {
      await history.removeRoot(input.id);
      return {};
    }),
    rescan: os.roots.rescan.handler(({ input }) => {
      library.rescan(input.id);
      return {};
    }),
  };
}

export function folderHandlers(os: Base, { catalog, columns }: Services) {
  return {
    tree: os.folders.tree.handler(() => folderTree(catalog, columns)),
  };
}

export function photoHandlers(os: Base, { catalog, columns, library, evidence }: Services) {
  return {
    order: os.photos.order.handler(async ({ input, signal }) => {
      await columns.load(partsOf(input.query));
      signal?.throwIfAborted();
      return orderOf(catalog, columns, input.query);
    }),
    head: os.photos.head.handler(({ input: { query } }) =>
      columns.has(partsOf(query)) ? headOfOrder(catalog, columns, query) : headOf(catalog, query),
    ),
    atDate: os.photos.atDate.handler(async ({ input, signal }) => {
      await columns.load([...partsOf(input.query), 'date']);
      signal?.throwIfAborted();
      return photoAtDate(catalog, columns, input.query, input.date);
    }),
    rows: os.photos.rows.handler(({ input }) => photoRows(catalog, input.ids)),
    detail: os.photos.detail.handler(async ({ input }) => {
      await columns.load();
      return photoDetail(catalog, columns, input.id);
    }),
    evidence: os.photos.evidence.handler(({ input, signal }) => evidence(input.id, input.kinds, signal)),
    facets: os.photos.facets.handler(async ({ input }) => {
      await columns.load();
      return facetsOf(catalog, columns, input.query);
    }),
    counts: os.photos.counts.handler(async () => {
      await columns.load();
      return countsOf(columns);
    }),
    visible: os.photos.visible.handler(({ input }) => {
      library.setVisible(input.ids);
      return {};
    }),
    lookAgain: os.photos.lookAgain.handler(({ input }) => {
      library.lookAgain(input.ids);
      return {};
    }),
    distribution: os.photos.distribution.handler(async ({ input }) => {
      await columns.load();
      return distributionOf(catalog, columns, input.query);
    }),
  };
}

export function faceHandlers(os: Base, { faces }: Services) {
  return {
    find: os.faces.find.handler(() => ({ job: faces.start() })),
    forget: os.faces.forget.handler(async () => {
      await faces.forget();
      return {};
    }),
  };
}

export function markHandlers(os: Base, { history }: Services) {
  return {
    set: os.marks.set.handler(({ input }) => ({ changed: history.mark([input]).length })),
    setEach: os.marks.setEach.handler(({ input }) => ({ changed: history.mark(input.changes).length })),
  };
}

export function rotationHandlers(os: Base, { history }: Services) {
  return {
    turn: os.rotation.turn.handler(({ input }) => ({
      changed: history.rotate(input.ids, quartersOf(input.by)).length,
    })),
  };
}

export function historyHandlers(os: Base, { history }: Services) {
  return {
    state: os.history.state.handler(() => history.state()),
    undo: os.history.undo.handler(() => history.undo()),
    redo: os.history.redo.handler(() => history.redo()),
  };
}

export function albumHandlers(os: Base, { catalog, columns, history }: Services) {
  return {
    list: os.albums.list.handler(async () => {
      await columns.load();
      return albums(catalog, columns);
    }),
    create: os.albums.create.handler(({ input }) => history.createAlbum(input)),
    rename: os.albums.rename.handler(({ input }) => {
      history.renameAlbum(input.id, input.name);
      return {};
    }),
    setFilter: os.albums.setFilter.handler(({ input }) => {
      history.setAlbumFilter(input.id, input.filter);
      return {};
    }),
    remove: os.albums.remove.handler(({ input }) => {
      history.removeAlbum(input.id);
      return {};
    }),
    arrange: os.albums.arrange.handler(({ input }) => {
      history.arrangeAlbums(input.ids);
      return {};
    }),
    addPhotos: os.albums.addPhotos.handler(({ input }) => ({ added: history.addToAlbum(input.id, input.ids) })),
    removePhotos: os.albums.removePhotos.handler(({ input }) => {
      history.removeFromAlbum(input.id, input.ids);
      return {};
    }),
    movePhotos: os.albums.movePhotos.handler(({ input }) => {
      history.moveInAlbum(input.id, input.ids, input.before);
      return {};
    }),
  };
}
