/** Kills the core at moments of chance and looks at what is left. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { catalogPath } from '../../electron/core/base/data-places.ts';
import { openCatalog } from '../../electron/core/catalog/open.ts';
import type { Flag } from '../../shared/photo.ts';
import { seededRandom } from '../../shared/random.ts';
import { makePhoto, workplace } from './made-photos.ts';

const VICTIM = fileURLToPath(new URL('./kill-victim.ts', import.meta.url));
const PHOTOS = 40;

type Mark = { path: string; stars: number; flag: Flag };

/** The mark that was being made when the process died may be there or not. */
type Said = { acknowledged: Mark[]; begun: Mark | null };

/** Starts the core, kills it after `milliseconds` of work. */
async function killAfter(data: string, photos: string, seed: number, milliseconds: number): Promise<Said> {
  const child = spawn(process.execPath, [VICTIM, data, photos, String(seed)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  const ended = once(child, 'close');
  while (!text.includes('open\n')) await Promise.race([once(child.stdout, 'data'), ended]);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  child.kill('SIGKILL');
  await ended;
  expect(text).not.toContain('failed');
  // The last line may be cut; a mark counts as acknowledged when its line is whole.
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  const said = (word: string) =>
    lines.filter((line) => line.startsWith(word)).map((line) => JSON.parse(line.slice(word.length)) as Mark);
  const [begun, acknowledged] = [said('try '), said('mark ')];
  return { acknowledged, begun: begun.length > acknowledged.length ? begun.at(-1)! : null };
}

/** @returns how many marks were acknowledged in all. */
export async function killOftenAndCheck(kills: number, seed: number): Promise<number> {
  await using place = workplace();
  for (let index = 0; index < PHOTOS; index++) await makePhoto(join(place.photos, `${index % 4}/${index}.jpg`), index);
  const random = seededRandom(seed);
  const marks = new Map<string, Mark>();
  let acknowledged = 0;
  for (let kill = 0; kill < kills; kill++) {
    const fresh = await killAfter(place.data, place.photos, seed + kill, random() * 3000);
    acknowledged += fresh.acknowledged.length;
    for (const mark of fresh.acknowledged) marks.set(mark.path, mark);
    const catalog = openCatalog({ dataDirectory: place.data });
    expect(catalog.pragma('integrity_check', { simple: true }), catalogPath(place.data)).toBe('ok');
    expect(catalog.pragma('foreign_key_check')).toEqual([]);
    catalog.close();
    const core = await place.open();
    if (fresh.begun) {
      const { begun } = fresh;
      const isThere = () => core.show(begun.path).stars === begun.stars && core.show(begun.path).flag === begun.flag;
      // Killed between undo and redo: what was undone can still be done again.
      if (JSON.stringify(begun) === JSON.stringify(fresh.acknowledged.at(-1)) && !isThere()) {
        expect((await core.redo()).label).not.toBeNull();
        expect(isThere()).toBe(true);
      }
      const { path, stars, flag } = core.show(begun.path);
      if (stars === fresh.begun.stars && flag === fresh.begun.flag) marks.set(path, fresh.begun);
    }
    for (const [path, mark] of marks) expect(core.show(path)).toMatchObject(mark);
    expect(core.list().length).toBeLessThanOrEqual(PHOTOS);
    // New work for the next one.
    await makePhoto(join(place.photos, `${kill % 4}/${kill % PHOTOS}.jpg`), 1000 + kill);
    await core.close();
  }
  const core = await place.open();
  expect(await core.index([place.photos])).toMatchObject({ photos: PHOTOS, failed: [] });
  for (const [path, mark] of marks) expect(core.show(path)).toMatchObject({ ...mark, state: 'ready' });
  expect(core.list()).toHaveLength(PHOTOS);
  return acknowledged;
}
