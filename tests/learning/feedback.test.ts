/** People's own views: kept as they were given, undone without being lost, found, asked for in rounds, held against critics. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { expect, test } from 'vitest';
import type { Askable } from '../../electron/core/catalog/feedback.ts';
import { chooseRound, disagreement } from '../../electron/core/learning/rounds.ts';
import { exportOptionsSchema } from '../../shared/export.ts';
import type { PersonView } from '../../shared/feedback.ts';
import { verb } from '../cli/run-cli.ts';
import { makePhoto, workplace } from '../core/made-photos.ts';

const VIEW: PersonView = {
  grade: 'good',
  attributes: { light: { side: 'helps', text: 'soft from the window', suggestion: '' } },
  feeling: 'quiet',
  line: 'The zither stands alone',
};

async function opened(place: ReturnType<typeof workplace>, count: number) {
  for (let seed = 1; seed <= count; seed++) {
    const takenAt = `2024:05:${String(seed).padStart(2, '0')} 10:00:00`;
    await makePhoto(join(place.photos, `frame-${seed}.jpg`), seed, { takenAt });
  }
  const core = await place.open();
  await core.index([place.photos]);
  return { core, client: createRouterClient(core.router), ids: core.listIds({ sort: 'name' }) };
}

test('a view is never overwritten, undo withdraws it and redo brings it back, and its words are found', async () => {
  await using place = workplace();
  const { core, client, ids } = await opened(place, 2);
  await client.settings.set({ ...core.settings, person: { name: 'Ada' } });
  const first = await client.feedback.give({ photo: ids[0]!, view: VIEW });
  expect(first).toMatchObject({ person: 'Ada', grade: 'good', isOfThisContent: true, line: VIEW.line });
  await client.feedback.give({
    photo: ids[0]!,
    view: { ...VIEW, grade: 'fair', line: 'Seen again, the marimba is missing' },
  });
  const views = () => client.feedback.of({ photo: ids[0]! });
  expect((await views()).map(({ grade }) => grade)).toEqual(['fair', 'good']);
  expect(core.listIds({ filter: 'zither window' })).toEqual([ids[0]]);
  expect(core.listIds({ filter: 'marimba' })).toEqual([ids[0]]);

  expect(core.undoState().undo).toBe('Give your view of 1 photo');
  await core.undo();
  expect((await views()).map(({ grade }) => grade)).toEqual(['good']);
  expect(core.listIds({ filter: 'marimba' })).toEqual([]);
  await core.redo();
  expect((await views()).map(({ grade }) => grade)).toEqual(['fair', 'good']);
  expect((await views())[1]).toEqual(first);
  await expect(
    client.feedback.give({ photo: ids[0]!, view: { ...VIEW, grade: null, attributes: {}, feeling: ' ', line: '' } }),
  ).rejects.toThrow();
  await expect(client.feedback.give({ photo: 999, view: VIEW })).rejects.toThrow(/no longer in the library/);
});

test('views outlive the photo: taken out and added again, the same pixels still have them', async () => {
  await using place = workplace();
  const { core, client, ids } = await opened(place, 1);
  await client.feedback.give({ photo: ids[0]!, view: VIEW });
  const [root] = await client.folders.tree({});
  await client.roots.remove({ id: root!.rootId! });
  expect(core.listIds()).toEqual([]);
  await core.index([place.photos]);
  const [again] = core.listIds();
  expect((await client.feedback.of({ photo: again! })).map(({ line }) => line)).toEqual([VIEW.line]);
});

test('a round has ten photos, ends when all were seen, and its order says nothing of what anybody thinks', async () => {
  await using place = workplace();
  const { client, ids } = await opened(place, 14);
  const round = (await client.feedback.round({}))!;
  expect(round.photos).toHaveLength(10);
  expect(new Set(round.photos.map(({ photo }) => photo)).size).toBe(10);
  expect(await client.feedback.round({})).toEqual(round);
  for (const { photo } of round.photos)
    await client.feedback.give({ photo, view: { ...VIEW, grade: 'poor' }, round: round.id });
  const next = (await client.feedback.round({}))!;
  expect(next.id).not.toBe(round.id);
  expect(next.photos.map(({ photo }) => photo).sort()).toEqual(
    ids.filter((id) => !round.photos.some(({ photo }) => photo === id)).sort(),
  );
});

test('agreement with the measured critic and with oneself is counted, not guessed', async () => {
  await using place = workplace();
  const { core, client, ids } = await opened(place, 4);
  const levels = core.list({ sort: 'name' }).map(({ grade }) => grade!.level);
  for (const [index, photo] of ids.entries())
    await client.feedback.give({ photo, view: { ...VIEW, grade: levels[index]! } });
  const whole = await client.feedback.agreement({});
  expect(whole).toMatchObject({ views: 4, photos: 4, oneself: { photos: 0, same: null } });
  expect(whole.with).toEqual([
    { who: 'measured', title: 'Technical quality, measured', photos: 4, same: 1, near: 1, srcc: null },
  ]);
  const other = levels[0] === 'bad' ? 'excellent' : 'bad';
  await client.feedback.give({ photo: ids[0]!, view: { ...VIEW, grade: other } });
  await client.feedback.give({ photo: ids[1]!, view: { ...VIEW, grade: levels[1]! } });
  const parted = await client.feedback.agreement({});
  expect(parted.oneself).toMatchObject({ photos: 2, same: 0.5 });
  expect(parted.with[0]).toMatchObject({ photos: 4, same: 0.75 });
  // What was said in words is a decision too, for those who evaluate critics.
  expect((await client.critic.own({})).decided).toBe(4);
  expect((await core.taste()).marks).toBe(4);
});

test('the command line gives a view and prints what was said', async () => {
  await using place = workplace();
  const { core, ids } = await opened(place, 1);
  await core.close();
  const said = await verb([
    'feedback',
    String(ids[0]),
    '--grade',
    'poor',
    '--hurts',
    'light: flat; color',
    '--suggest',
    'light: wait for the sun',
    '--by',
    'Ben',
    '--data',
    place.data,
    '--json',
  ]);
  expect(said.stderr).toBe('');
  expect(JSON.parse(said.stdout)).toMatchObject([
    {
      person: 'Ben',
      grade: 'poor',
      attributes: {
        light: { side: 'hurts', text: 'flat', suggestion: 'wait for the sun' },
        color: { side: 'hurts', text: '' },
      },
    },
  ]);
  const wrong = await verb(['feedback', String(ids[0]), '--helps', 'mood: calm', '--data', place.data]);
  expect(wrong).toMatchObject({ code: 2, stdout: '' });
  expect(wrong.stderr).toContain('"mood" is not one of: clarity, color, light, object, composition.');
});

test('what was said goes along in an export that asks for it, over nothing', async () => {
  await using place = workplace();
  const { core, ids } = await opened(place, 2);
  core.feedback.give(ids[1]!, VIEW);
  const to = join(place.data, '..', 'out');
  const options = exportOptionsSchema.parse({ pattern: '{name}.{ext}', views: true });
  for (const line of [VIEW.line, 'Another remark']) {
    if (line !== VIEW.line) core.feedback.give(ids[1]!, { ...VIEW, line });
    const { job } = await core.originals.exporter.start({ ids, folder: to, options });
    await core.finishJob(job);
  }
  expect((await readdir(to)).sort()).toEqual([
    'frame-1.jpg',
    'frame-2.jpg',
    'keeplight-views-2.json',
    'keeplight-views.json',
  ]);
  const read = async (name: string) => JSON.parse(await readFile(join(to, name), 'utf8'));
  expect(await read('keeplight-views.json')).toMatchObject([
    { file: 'frame-2.jpg', views: [{ line: VIEW.line, grade: 'good' }] },
  ]);
  expect((await read('keeplight-views-2.json'))[0].views).toHaveLength(2);
});

const photo = (id: number, more: Partial<Askable> = {}): Askable => ({
  photo: id,
  content: `content ${id}`,
  folder: 1,
  stack: null,
  grade: 50,
  technical: 50,
  taste: null,
  confidence: 1,
  reasons: '',
  seenAt: null,
  ...more,
});

test('what critics and taste differ on comes first, never two of a moment, and two of what was seen half a day ago', () => {
  const now = 1e12;
  const many = Array.from({ length: 40 }, (_, index) =>
    photo(index + 1, {
      grade: 50 + index,
      technical: 50,
      reasons: index % 2 === 0 ? 'noise' : 'soft-focus',
      folder: index % 4,
    }),
  );
  const plain = chooseRound(many, now);
  expect(plain).toHaveLength(10);
  expect(plain[0]).toEqual({ photo: 40, why: 'disagreement' });
  const moment = many.map((one) => ({ ...one, stack: one.photo > 20 ? 7 : null }));
  expect(chooseRound(moment, now).filter(({ photo: id }) => id > 20)).toHaveLength(1);
  const seen = many.map((one) => ({
    ...one,
    seenAt: one.photo <= 3 ? now - (4 - one.photo) * 24 * 3_600_000 : one.photo === 4 ? now - 60_000 : null,
  }));
  const mixed = chooseRound(seen, now);
  expect(mixed.filter(({ why }) => why === 'again').map(({ photo: id }) => id)).toEqual([1, 2]);
  expect(mixed.map(({ photo: id }) => id)).not.toContain(4);
  expect(mixed).toHaveLength(10);
  expect(disagreement(photo(1, { grade: 80, technical: 30, taste: 60 }))).toBe(50);
  expect(chooseRound([], now)).toEqual([]);
  // Spread: of a library that is all alike but for a few, those few are among them.
  const alike = Array.from({ length: 60 }, (_, index) =>
    photo(index + 1, { grade: 60, technical: 30, reasons: 'noise' }),
  );
  const few = [61, 62].map((id) => photo(id, { grade: 60, technical: 42, reasons: 'haze', folder: 2 }));
  expect(chooseRound([...alike, ...few], now).filter(({ photo: id }) => id > 60)).toHaveLength(2);
});
