/** The critique of a shoot: what it claims can be counted again from the photos. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Frame } from '../../electron/core/catalog/shoot.ts';
import { answeredOf, withoutAnswered } from '../../electron/core/report/answered.ts';
import { isTooLong, settingBehind, settingsOf } from '../../electron/core/report/settings-behind.ts';
import { weaknessesOf } from '../../electron/core/report/weaknesses.ts';
import { checkedSentences } from '../../electron/core/report/written.ts';
import { seededRandom } from '../../shared/random.ts';
import { makePhoto, workplace } from '../core/made-photos.ts';

/** Frames as a shoot has them, with what matters in a test. */
function frame(id: number, part: Partial<Frame>): Frame {
  return {
    id,
    version: 1,
    quarters: 0,
    name: `${id}.jpg`,
    folder: 'shoot',
    takenAt: Date.UTC(2026, 4, 17, 9, 0, id),
    takenPrecision: 'second',
    camera: 'X',
    cameraSerial: null,
    lens: 'Zoom',
    shutter: 1 / 500,
    aperture: 4,
    iso: 400,
    focalLength: 50,
    focalLength35: 50,
    focus: 80,
    grade: 60,
    critic: 'measured',
    flag: 'none',
    stars: 0,
    stack: null,
    title: null,
    caption: null,
    reasons: [],
    ...part,
  };
}

test('the setting behind a fault is found, and named with the counts that are there', async () => {
  const random = seededRandom(1);
  const frames = Array.from({ length: 200 }, (_, id) => {
    const isLong = id % 5 === 0;
    const isSoft = isLong ? random() < 0.7 : random() < 0.04;
    return frame(id, {
      shutter: isLong ? 1 / 60 : 1 / 500,
      focalLength: 200,
      focalLength35: 200,
      reasons: isSoft ? ['soft-focus'] : [],
    });
  });
  const soft = frames.filter(({ reasons }) => reasons.length > 0);
  const long = frames.filter((one) => isTooLong(one) === true);
  const { weaknesses, next } = await weaknessesOf(frames);
  expect(weaknesses).toHaveLength(1);
  const [found] = weaknesses;
  expect(found!.count).toBe(soft.length);
  expect(found!.title).toBe('Soft where it should be sharp, mostly below 1/focal length.');
  const both = soft.filter((one) => long.includes(one)).length;
  expect(found!.detail).toContain(`${both} of ${soft.length} are below 1/focal length`);
  expect(found!.detail).toContain(`of ${long.length} frames are soft`);
  expect(next).toEqual([
    {
      text: 'Stay at 1/200 s or shorter at the equivalent of 200 mm: raise the ISO instead.',
      evidence: `${both} of ${long.length} frames soft`,
    },
  ]);
});

test('nothing is said of chance: faults that no setting explains name none', async () => {
  let named = 0;
  for (let seed = 0; seed < 60; seed++) {
    const random = seededRandom(seed + 1);
    const frames = Array.from({ length: 120 }, (_, id) =>
      frame(id, {
        shutter: 1 / [60, 125, 250, 500][Math.floor(random() * 4)]!,
        focalLength: 50,
        focalLength35: 24,
        reasons: random() < 0.1 ? ['soft-focus'] : [],
      }),
    );
    const settings = await settingsOf(frames, () => undefined);
    const soft = frames.flatMap(({ reasons }, position) => (reasons.length > 0 ? [position] : []));
    if (settingBehind(settings, soft, ['handheld']) !== null) named++;
  }
  expect(named).toBe(0);
  expect(await weaknessesOf([frame(1, { reasons: ['noise'] }), frame(2, { reasons: ['noise'] })])).toEqual({
    weaknesses: [],
    next: [],
  });
});

test('what a person answered is said back, and no longer held against the frames', async () => {
  const soft = Array.from({ length: 4 }, (_, index) => frame(index + 1, { reasons: ['soft-focus', 'noise'] }));
  const answers = [1, 2].map((photo) => ({
    photo,
    reason: 'soft-focus',
    answer: 'meant' as const,
    word: photo === 1 ? 'I panned' : '',
  }));
  const left = withoutAnswered(soft, answers);
  expect(left.map(({ reasons }) => reasons)).toEqual([
    ['noise'],
    ['noise'],
    ['soft-focus', 'noise'],
    ['soft-focus', 'noise'],
  ]);
  // Two of four are left: no fault that recurs.
  expect((await weaknessesOf(left)).weaknesses.map(({ reason, count }) => [reason, count])).toEqual([['noise', 4]]);
  expect(answeredOf(left, answers)).toEqual([
    {
      title: expect.stringMatching(/^It was meant: .*soft/i),
      count: 2,
      words: ['I panned'],
      examples: [expect.objectContaining({ id: 1 }), expect.objectContaining({ id: 2 })],
    },
  ]);
  expect((await weaknessesOf(soft)).weaknesses.map(({ reason }) => reason)).toContain('soft-focus');
});

test('of what a model writes only sentences stay whose every number is one of the report', () => {
  const facts = [
    '34 frames: Soft, mostly at 1/125 s. 28 of 34 are at 200 mm.',
    'kept: 12 %.',
    '1,204 frames, 09:10 to 19:48.',
  ];
  const text =
    'You kept 12 % of 1,204 frames. Of 34 soft frames 28 were taken at 200 mm and 1/125 s! The light was lovely. ' +
    'Next time use 1/500 s. Between 09:10 and 19:48 you never rested. You kept 28 of 35';
  expect(checkedSentences(text, facts)).toEqual({
    sentences: [
      'You kept 12 % of 1,204 frames.',
      'Of 34 soft frames 28 were taken at 200 mm and 1/125 s!',
      'Between 09:10 and 19:48 you never rested.',
    ],
    dropped: 2,
  });
  expect(checkedSentences('12 12 12', facts).sentences).toEqual([]);
});

test('one file holds its pictures, runs nothing, and is not written over', async () => {
  await using place = workplace();
  for (let index = 0; index < 6; index++)
    await makePhoto(join(place.photos, `${index}.jpg`), index, { takenAt: `2024:05:01 12:0${index}:00` });
  const core = await place.open();
  await core.index([place.photos]);
  const ids = core.listIds({ sort: 'name' });
  core.mark(ids.slice(0, 2), { flag: 'pick' });
  const out = join(place.photos, '../report.html');
  const request = { ids, title: '<b>Harbour & "sea"</b>', version: 'full' as const };
  const write = async () => core.finishJob(core.reports.startReport(request, { path: out, replaces: false }));
  await write();
  const html = readFileSync(out, 'utf8');
  expect(html).toContain('&#60;b&#62;Harbour &#38; &#34;sea&#34;&#60;/b&#62;, 1 May 2024');
  expect(html).not.toMatch(/<script|https?:|<b>Harbour/);
  expect(html.match(/data:image\/jpeg;base64/g)!.length).toBeGreaterThanOrEqual(5);
  expect(html).toContain('6 frames, 12:00 to 12:05, one body');
  expect(html).toContain('2 kept.');
  writeFileSync(out, 'of a person');
  await expect(write()).rejects.toThrow(/there already/);
  expect(readFileSync(out, 'utf8')).toBe('of a person');
  const client = await core.reports.read({ ids, title: 'Harbour', version: 'client' });
  expect(client.gallery.map(({ id }) => id)).toEqual(ids.slice(0, 2));
  expect(JSON.stringify(client)).not.toMatch(/grade/i);
}, 60_000);
