/** What has to be done again: by a newer Keeplight, or because someone tidied the data folder. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { expect, test } from 'vitest';
import { backUpGently, backups } from '../../electron/core/catalog/backup.ts';
import { type Catalog, openCatalog } from '../../electron/core/catalog/open.ts';
import { photosWithText } from '../../electron/core/catalog/text.ts';
import { MEASURED_CRITIC } from '../../models/measured/critic.ts';
import { makePhoto, type Workplace, workplace } from './made-photos.ts';

async function indexed(place: Workplace, count: number): Promise<void> {
  for (let index = 0; index < count; index++) await makePhoto(join(place.photos, `${index}.jpg`), index);
  const core = await place.open();
  await core.index([place.photos]);
  await core.close();
}

test('photos measured by other formulas are looked at again at the next start', async () => {
  await using place = workplace();
  await indexed(place, 3);
  const catalog = openCatalog({ dataDirectory: place.data });
  catalog.exec('UPDATE facts SET version = -1 WHERE photo_id < 3');
  catalog.close();
  const core = await place.open({ background: true });
  const versions = () => openedVersions(place);
  await expect.poll(versions, { timeout: 30_000 }).toEqual([2, 2, 1]);
  expect(core.list().map(({ state }) => state)).toEqual(['ready', 'ready', 'ready']);
});

function readOnly<Result>({ data }: Workplace, read: (catalog: Catalog) => Result): Result {
  const catalog = openCatalog({ dataDirectory: data, readOnly: true });
  try {
    return read(catalog);
  } finally {
    catalog.close();
  }
}

function openedVersions(place: Workplace): number[] {
  const versions = "SELECT version FROM photo WHERE state = 'ready' ORDER BY id";
  return readOnly(place, (catalog) => catalog.prepare<[], number>(versions).pluck().all());
}

test('photos judged by an older measured critic are judged again without a look', async () => {
  await using place = workplace();
  await indexed(place, 3);
  const catalog = openCatalog({ dataDirectory: place.data });
  catalog.exec("UPDATE critique SET prompt_version = 'older', value = 1; UPDATE photo SET grade = 1");
  catalog.close();
  const core = await place.open();
  expect(await core.index([place.photos])).toMatchObject({ indexed: 0 });
  for (const { grade } of core.list()) expect(grade!.value).not.toBe(1);
  const client = createRouterClient(core.router, { context: {} });
  const [model] = await client.models.list({});
  expect(model).toMatchObject({ name: MEASURED_CRITIC.critic, graded: 3 });
});

test('photos whose files are away are judged again from what was seen of them', async () => {
  await using place = workplace();
  await indexed(place, 3);
  const before = readOnly(place, (catalog) => catalog.prepare('SELECT id, grade, reasons FROM photo').all());
  const catalog = openCatalog({ dataDirectory: place.data });
  catalog.exec(
    "UPDATE critique SET model_hash = 'older', value = 1; UPDATE photo SET grade = 1; DELETE FROM concluded",
  );
  // Sentences that change are found by their words; those of the third photo stay as they are.
  catalog.exec(
    `UPDATE reason SET text = 'It was said otherwise.' WHERE critique_id IN (SELECT id FROM critique WHERE photo_id < 3);
     DELETE FROM photo_text`,
  );
  catalog.close();
  rmSync(place.photos, { recursive: true });
  await place.open({ background: true });
  const now = () => readOnly(place, (open) => open.prepare('SELECT id, grade, reasons FROM photo').all());
  await expect.poll(now, { timeout: 30_000 }).toEqual(before);
  const concluded = readOnly(place, (open) => open.prepare('SELECT count(*) FROM concluded').pluck().get());
  expect(concluded).toBe(3);
  expect(readOnly(place, (open) => photosWithText(open, 'jpg'))).toEqual([1, 2]);
});

test('a preview that was deleted is made again', async () => {
  await using place = workplace();
  await indexed(place, 2);
  rmSync(join(place.data, 'previews'), { recursive: true });
  const core = await place.open();
  await expect(core.picture('screen', 1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect.poll(() => core.picture('screen', 1).catch(() => null), { timeout: 30_000 }).not.toBeNull();
});

test('previews of a root that was removed are deleted, and nothing else', async () => {
  await using place = workplace();
  await indexed(place, 3);
  const core = await place.open();
  const client = createRouterClient(core.router, { context: {} });
  await client.roots.remove({ id: (await client.folders.tree({}))[0]!.rootId! });
  const left = () =>
    readdirSync(join(place.data, 'previews'), { recursive: true }).filter((name) => String(name).endsWith('.jpg'));
  await expect.poll(left, { timeout: 30_000 }).toEqual([]);
  expect(readdirSync(place.photos)).toHaveLength(3);
});

test('an edited photo leaves no outdated preview behind', async () => {
  await using place = workplace();
  await indexed(place, 1);
  const core = await place.open();
  const before = await core.picture('thumb', 1);
  await makePhoto(join(place.photos, '0.jpg'), 50);
  await core.index([place.photos]);
  const after = await core.picture('thumb', 1);
  if (!('path' in before) || !('path' in after)) throw new Error('Previews are files.');
  expect(after.path).not.toBe(before.path);
  await expect.poll(() => existsSync(before.path), { timeout: 30_000 }).toBe(false);
  expect(existsSync(after.path)).toBe(true);
});

test('a backup is made in steps while the catalog is written, and only the newest few are kept', async () => {
  await using place = workplace();
  await indexed(place, 2);
  const catalog = openCatalog({ dataDirectory: place.data });
  for (let round = 0; round < 7; round++) {
    const done = backUpGently(catalog, place.data, 'test');
    catalog.prepare('UPDATE photo SET size = size + 1').run();
    await done;
  }
  catalog.close();
  expect(backups(place.data)).toHaveLength(5);
  expect(readdirSync(join(place.data, 'backups')).every((name) => name.endsWith('.sqlite'))).toBe(true);
});

test('the doctor finds what the core works with', async () => {
  await using place = workplace();
  const core = await place.open();
  const findings = await core.doctor();
  expect(findings.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['Picture decoding', 'Catalog', 'ExifTool', 'Compiler', 'GPU', 'Models']),
  );
  for (const { text, state, remedy } of findings) {
    expect(text).not.toBe('');
    if (state === 'missing') expect(remedy).not.toBeNull();
  }
}, 120_000);
