/** The history of everything that a person changes, against a model of the library that is only lists. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { PhotoColumns } from '../../electron/core/catalog/columns.ts';
import { rootById } from '../../electron/core/catalog/folders.ts';
import { type Catalog, openCatalog } from '../../electron/core/catalog/open.ts';
import {
  addToAlbum,
  arrangeAlbums,
  createAlbum,
  moveInAlbum,
  removeAlbum,
  removeFromAlbum,
  renameAlbum,
  setAlbumFilter,
} from '../../electron/core/history/albums.ts';
import { packIds, unpackIds } from '../../electron/core/history/kinds/packed-ids.ts';
import { rootRemoval } from '../../electron/core/history/kinds/root.ts';
import { setMarks } from '../../electron/core/history/marks.ts';
import { perform, redo, state, undo } from '../../electron/core/history/steps.ts';
import { FLAGS } from '../../shared/photo.ts';
import type { Filter } from '../../shared/query.ts';
import { fillCatalog } from './synthetic.ts';

/** Photos 1 to 6 are of root 1, 7 to 12 of root 2. */
const IN_A_ROOT = 6;
const PHOTOS = 2 * IN_A_ROOT;
const rootOf = (photo: number) => (photo <= IN_A_ROOT ? 1 : 2);

type ModelAlbum = { name: string; stars: number | null; photos: number[] };
/** Marks by photo; albums in their order. A photo without a mark is not in the library. */
type Model = { marks: Map<number, string>; albums: ModelAlbum[] };

/** Reads the library with nothing but SQL. */
function libraryOf(catalog: Catalog): Model {
  const marks = catalog
    .prepare<[], [number, string]>(
      `SELECT p.id, coalesce(m.flag || m.stars, 'none0') FROM photo p LEFT JOIN mark m ON m.photo_id = p.id ORDER BY p.id`,
    )
    .raw()
    .all();
  const albums = catalog
    .prepare<[], { id: number; name: string; filter: string | null }>('SELECT * FROM album ORDER BY kind, position, id')
    .all();
  const photos = catalog
    .prepare<[number], number>('SELECT photo_id FROM album_photo WHERE album_id = ? ORDER BY position, photo_id')
    .pluck();
  return {
    marks: new Map(marks),
    albums: albums.map(({ id, name, filter }) => ({
      name,
      stars: filter === null ? null : ((JSON.parse(filter) as Filter).stars?.min ?? null),
      photos: photos.all(id),
    })),
  };
}

const some = fc.uniqueArray(fc.integer({ min: 1, max: PHOTOS }), { minLength: 1, maxLength: 5 });
const which = fc.nat(5);
const name = fc.constantFrom('Best', 'Print', 'Trip', 'O\'Hara "x"');
const actions = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('mark' as const),
      ids: some,
      flag: fc.constantFrom(...FLAGS),
      stars: fc.integer({ min: 0, max: 5 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('create' as const), name, ids: some, smart: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('rename' as const), which, name }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('filter' as const), which, stars: fc.integer({ min: 1, max: 5 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), which }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('arrange' as const), order: fc.shuffledSubarray([0, 1, 2, 3]) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('add' as const), which, ids: some }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('take' as const), which, ids: some }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('move' as const),
      which,
      ids: some,
      before: fc.integer({ min: 0, max: PHOTOS }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), root: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 9, arbitrary: fc.record({ do: fc.constant('undo' as const) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('redo' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
);
type Action = typeof actions extends fc.Arbitrary<infer T> ? T : never;

/** What a change makes of the model; null when it cannot be made. */
function changed(model: Model, action: Action): Model | null {
  const marks = new Map(model.marks);
  const albums = model.albums.map((album) => ({ ...album, photos: [...album.photos] }));
  const album = 'which' in action ? albums[action.which] : undefined;
  const ids = 'ids' in action ? action.ids.filter((id) => marks.has(id)) : [];
  switch (action.do) {
    case 'mark':
      for (const id of ids) marks.set(id, `${action.flag}${action.stars}`);
      break;
    case 'create':
      albums.push({ name: action.name, stars: action.smart ? 3 : null, photos: action.smart ? [] : ids });
      break;
    case 'rename':
      if (!album) return null;
      album.name = action.name;
      break;
    case 'filter':
      if (!album || album.stars === null) return null;
      album.stars = action.stars;
      break;
    case 'delete':
      if (!album) return null;
      albums.splice(albums.indexOf(album), 1);
      break;
    case 'arrange': {
      const first = action.order.flatMap((index) => albums[index] ?? []);
      albums.splice(0, albums.length, ...first, ...albums.filter((one) => !first.includes(one)));
      break;
    }
    case 'add':
      if (!album || album.stars !== null) return null;
      album.photos.push(...ids.filter((id) => !album.photos.includes(id)));
      break;
    case 'take':
      if (!album || album.stars !== null) return null;
      album.photos = album.photos.filter((id) => !ids.includes(id));
      break;
    case 'move': {
      if (!album || album.stars !== null) return null;
      const moved = ids.filter((id) => album.photos.includes(id));
      const behind = album.photos.slice(album.photos.indexOf(action.before)).find((id) => !moved.includes(id));
      const rest = album.photos.filter((id) => !moved.includes(id));
      const at = album.photos.includes(action.before) && behind !== undefined ? rest.indexOf(behind) : rest.length;
      album.photos = rest.toSpliced(at, 0, ...moved);
      break;
    }
    case 'leave':
      for (const id of marks.keys()) if (rootOf(id) === action.root) marks.delete(id);
      for (const one of albums) one.photos = one.photos.filter((id) => rootOf(id) !== action.root);
      break;
    default:
      return null;
  }
  // Those that are filled by hand come first.
  albums.sort((a, b) => Number(a.stars !== null) - Number(b.stars !== null));
  return { marks, albums };
}

/** Makes a change in the catalog, of which the model says that it can be made. */
function make(catalog: Catalog, columns: PhotoColumns, action: Action): void {
  const albums = catalog.prepare<[], number>('SELECT id FROM album ORDER BY kind, position, id').pluck().all();
  const album = 'which' in action ? albums[action.which]! : 0;
  const there = new Set(catalog.prepare<[], number>('SELECT id FROM photo').pluck().all());
  const ids = 'ids' in action ? action.ids.filter((id) => there.has(id)) : [];
  switch (action.do) {
    case 'mark':
      setMarks(catalog, ids, { flag: action.flag, stars: action.stars });
      break;
    case 'create': {
      createAlbum(catalog, columns, { name: action.name, filter: action.smart ? { stars: { min: 3 } } : null, ids });
      break;
    }
    case 'rename':
      renameAlbum(catalog, album, action.name);
      break;
    case 'filter':
      setAlbumFilter(catalog, album, { stars: { min: action.stars } });
      break;
    case 'delete':
      removeAlbum(catalog, album);
      break;
    case 'arrange':
      arrangeAlbums(
        catalog,
        action.order.flatMap((index) => albums[index] ?? []),
      );
      break;
    case 'add':
      addToAlbum(catalog, album, action.ids);
      break;
    case 'take':
      removeFromAlbum(catalog, album, action.ids);
      break;
    case 'move':
      moveInAlbum(catalog, album, action.ids, action.before);
      break;
    case 'leave': {
      const root = rootById(catalog, action.root);
      if (root) perform(catalog, () => [rootRemoval(catalog, root)]);
      break;
    }
    default:
      break;
  }
}

test('any changes of any kind are undone and done again, also across restarts and removed roots', () => {
  fc.assert(
    fc.property(fc.array(actions, { minLength: 8, maxLength: 45 }), (script) => {
      const dataDirectory = mkdtempSync(join(tmpdir(), 'keeplight-history-'));
      let catalog = openCatalog({ dataDirectory });
      try {
        fillCatalog(catalog, { photos: IN_A_ROOT, root: '/one' });
        fillCatalog(catalog, { photos: IN_A_ROOT, root: '/two', seed: 2 });
        let columns = new PhotoColumns(catalog);
        const states = [libraryOf(catalog)];
        let at = 0;
        for (const action of script) {
          if (action.do === 'undo') {
            const { label, note } = undo(catalog);
            expect([label === null, note]).toEqual([at === 0, null]);
            at = Math.max(0, at - 1);
          } else if (action.do === 'redo') {
            const { label, note } = redo(catalog);
            expect([label === null, note]).toEqual([at === states.length - 1, null]);
            at = Math.min(states.length - 1, at + 1);
          } else if (action.do === 'restart') {
            catalog.close();
            catalog = openCatalog({ dataDirectory });
            columns = new PhotoColumns(catalog);
          } else {
            const next = changed(states[at]!, action);
            if (!next) continue;
            const before = state(catalog).undo;
            const steps = countSteps(catalog);
            make(catalog, columns, action);
            const same =
              JSON.stringify([...next.marks, next.albums]) ===
              JSON.stringify([...states[at]!.marks, states[at]!.albums]);
            if (!same || countSteps(catalog) !== steps || state(catalog).undo !== before) {
              states.splice(at + 1, states.length, next);
              at++;
            }
          }
          expect(sorted(libraryOf(catalog))).toEqual(sorted(states[at]!));
          expect([state(catalog).undo === null, state(catalog).redo === null]).toEqual([
            at === 0,
            at === states.length - 1,
          ]);
          expect(catalog.pragma('foreign_key_check')).toEqual([]);
        }
      } finally {
        catalog.close();
        rmSync(dataDirectory, { recursive: true, force: true });
      }
    }),
    { numRuns: 60, seed: 8 },
  );
}, 240_000);

const countSteps = (catalog: Catalog) => catalog.prepare('SELECT count(*) FROM step').pluck().get();
const sorted = ({ marks, albums }: Model) => ({ marks: [...marks].toSorted(([a], [b]) => a - b), albums });

test('ids are packed small and read back in their order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 48 - 1 })), (ids) => {
      expect(unpackIds(packIds(ids))).toEqual(ids);
    }),
    { seed: 3 },
  );
  const million = Array.from({ length: 1_000_000 }, (_, index) => index + 1);
  expect(packIds(million).length).toBeLessThan(1_400_000);
  expect(unpackIds(packIds(million))).toEqual(million);
});

function library(): { catalog: Catalog; columns: PhotoColumns } {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'keeplight-history-'));
  const catalog = openCatalog({ dataDirectory });
  onTestFinished(() => {
    catalog.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  });
  fillCatalog(catalog, { photos: PHOTOS, root: '/one' });
  return { catalog, columns: new PhotoColumns(catalog) };
}

test('what has gone or was changed by something else is said, and the rest is undone', () => {
  const { catalog, columns } = library();
  catalog.exec('DELETE FROM mark');
  setMarks(catalog, [1, 2, 3, 4], { stars: 5 });
  catalog.exec('DELETE FROM photo WHERE id = 2; UPDATE mark SET stars = 1 WHERE photo_id = 3');
  expect(undo(catalog).note).toBe('1 photo is no longer in the library. 1 photo was changed since and stays as it is.');
  expect(catalog.prepare('SELECT stars FROM mark ORDER BY photo_id').pluck().all()).toEqual([0, 1, 0]);
  const { id } = createAlbum(catalog, columns, { name: 'Best', filter: null, ids: [5, 6, 7] });
  removeFromAlbum(catalog, id, [6, 7]);
  catalog.exec('DELETE FROM photo WHERE id = 6');
  expect(undo(catalog).note).toBe('1 photo is no longer in the library.');
  expect(libraryOf(catalog).albums).toEqual([{ name: 'Best', stars: null, photos: [5, 7] }]);
  renameAlbum(catalog, id, 'Better');
  catalog.exec("UPDATE album SET name = 'Other'");
  expect(undo(catalog)).toMatchObject({
    label: 'Rename album "Best" to "Better"',
    note: 'The name of "Other" is another one by now and stays.',
  });
  addToAlbum(catalog, id, [8]);
  catalog.exec('DELETE FROM album');
  expect(undo(catalog).note).toBe('The album "Other" does not exist any more.');
  expect(undo(catalog).note).toBe('The album "Best" is gone already.');
});

test('a root that was added again comes back as one with what people decided before', () => {
  for (const added of ['/one', '/', '/one/2010']) {
    const { catalog, columns } = library();
    catalog.exec('DELETE FROM mark');
    setMarks(catalog, [3, 4], { flag: 'pick', stars: 4 });
    const { id } = createAlbum(catalog, columns, { name: 'Best', filter: null, ids: [4, 9, 3] });
    catalog.exec("INSERT INTO message (photo_id, role, text, created_at) VALUES (3, 'person', 'Why?', 0)");
    const before = libraryOf(catalog);
    const files = catalog.prepare('SELECT photo_id, name FROM file ORDER BY photo_id').all();
    perform(catalog, () => [rootRemoval(catalog, rootById(catalog, 1)!)]);
    expect(libraryOf(catalog)).toEqual({ marks: new Map(), albums: [{ name: 'Best', stars: null, photos: [] }] });
    // The same files under a root of this path, and a photo that is new.
    catalog.exec(`
      INSERT INTO root (id, path, name, added_at) VALUES (50, '${added}', 'again', 0);
      INSERT INTO folder (id, root_id, path, name) VALUES (60, 50, '', 'again');
      INSERT INTO folder (id, root_id, path, name)
        VALUES (61, 50, '${{ '/one': '2010/0000 harbour', '/': 'one/2010/0000 harbour', '/one/2010': '0000 harbour' }[added]}', 'x');`);
    for (const [index, { name }] of [...(files as { name: string }[]), { name: 'new.jpg' }].entries()) {
      catalog
        .prepare("INSERT INTO photo (id, folder_id, name, name_key, kind, added_at) VALUES (?, 61, ?, ?, 'jpeg', 0)")
        .run(100 + index, name, name);
      catalog.prepare('INSERT INTO photo_text (rowid, name) VALUES (?, ?)').run(100 + index, name);
      catalog
        .prepare(
          "INSERT INTO file (photo_id, folder_id, name, role, position, size, mtime, device, inode) VALUES (?, 61, ?, 'main', 0, 1, 0, '1', '1')",
        )
        .run(100 + index, name);
    }
    expect(undo(catalog), added).toMatchObject({ label: 'Remove one from the library', note: null });
    expect(sorted(libraryOf(catalog))).toEqual(
      sorted({ ...before, marks: new Map([...before.marks, [100 + files.length, 'none0']]) }),
    );
    expect(catalog.prepare('SELECT path FROM root').pluck().all()).toEqual([added === '/' ? '/' : '/one']);
    expect(catalog.prepare('SELECT photo_id FROM message').pluck().all()).toEqual([3]);
    expect(catalog.prepare('SELECT count(DISTINCT folder_id) FROM photo').pluck().get()).toBe(1);
    expect(catalog.pragma('foreign_key_check')).toEqual([]);
    expect(catalog.prepare('SELECT count(*) FROM kept').pluck().get()).toBe(0);
    expect(catalog.prepare('SELECT rowid FROM photo_text ORDER BY rowid').pluck().all()).toHaveLength(PHOTOS + 1);
    expect(id).toBe(1);
  }
});
