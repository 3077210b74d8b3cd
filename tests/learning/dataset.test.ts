/** Training data of people's views: LLaVA's form, in balance, nothing of one shoot on both sides, nothing that nobody said. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { JobRunner } from '../../electron/core/base/jobs.ts';
import { jobStore } from '../../electron/core/catalog/jobs.ts';
import { openCatalog } from '../../electron/core/catalog/open.ts';
import { DatasetExporter } from '../../electron/core/originals/dataset/dataset.ts';
import { instructionsOf } from '../../models/instruct/instructions.ts';
import { saysNothingNew } from '../../models/instruct/nothing-new.ts';
import { pairsOf, type Remarks } from '../../models/instruct/rules.ts';
import { heldOut } from '../../models/instruct/split.ts';
import type { Instruction } from '../../shared/dataset.ts';
import { LEVELS } from '../../shared/grade.ts';
import { seededRandom } from '../../shared/random.ts';
import { verb } from '../cli/run-cli.ts';
import { makePhoto, workplace } from '../core/made-photos.ts';
import { loadAsLlava } from './llava-loader.ts';

const REMARKS: Remarks = {
  grade: 'good',
  line: 'A boat before the storm',
  attributes: {
    light: { side: 'helps', text: 'soft from the left', suggestion: '' },
    composition: { side: 'hurts', text: 'the mast is cut off', suggestion: 'step back' },
  },
  feeling: 'tension',
  meant: [{ label: 'Low key', word: 'it is night' }],
};

describe('rules', () => {
  test('all kinds are made of one view, and every answer is in what the person said', () => {
    const pairs = pairsOf(REMARKS);
    expect(new Set(pairs.map(({ qtype }) => qtype))).toEqual(
      new Set(['description', 'yes-no', 'what', 'how', 'why', 'multiple-choice']),
    );
    const said =
      'a boat before the storm soft from the left the mast is cut off step back tension it is night good light composition helps hurts'.split(
        ' ',
      );
    const frame = 'yes no the aesthetics of image is it because feels'.split(' ');
    for (const { answer, options, qtype } of pairs) {
      const words = (qtype === 'multiple-choice' ? options![0]! : answer).toLowerCase().match(/\p{L}+/gu)!;
      expect(words.filter((word) => !said.includes(word) && !frame.includes(word))).toEqual([]);
    }
    expect(pairs.find(({ qtype }) => qtype === 'description')!.answer).toBe(
      'A boat before the storm. The aesthetics of the image is good. The light helps the image: soft from the left. The composition hurts the image: the mast is cut off. Step back. It feels: tension.',
    );
    const grade = pairs.find(({ question, qtype }) => qtype === 'how' && question.startsWith('How would you rate'))!;
    expect(grade.answer).toBe('The aesthetics of the image is good.');
  });

  test('a grade alone makes no description, and a line alone no grade', () => {
    const grade = pairsOf({ grade: 'bad', line: '', attributes: {}, feeling: '', meant: [] });
    expect(grade.map(({ qtype }) => qtype)).not.toContain('description');
    const line = pairsOf({ grade: null, line: 'Nice', attributes: {}, feeling: '', meant: [] });
    expect(line).toEqual([{ qtype: 'description', question: expect.stringContaining('Describe'), answer: 'Nice.' }]);
  });

  test('yes and no are in balance, the right option stands anywhere, the same seed makes the same', () => {
    const pictures = Array.from({ length: 120 }, (_, index) => ({
      key: `k${index}`,
      image: `${index}.jpg`,
      pairs: pairsOf({ ...REMARKS, grade: LEVELS[index % 5]!, meant: index % 3 === 0 ? REMARKS.meant : [] }),
    }));
    // One more yes than no of every picture, so that balance is not a gift of the rules.
    const lopsided = pictures.map((one) => ({
      ...one,
      pairs: [...one.pairs, { qtype: 'yes-no' as const, question: 'Is there a mast?', answer: 'Yes.' }],
    }));
    const entries = instructionsOf(lopsided, 5);
    const answers = entries
      .filter(({ qtype }) => qtype === 'yes-no')
      .map(({ conversations }) => conversations[1]!.value);
    expect(answers.filter((answer) => answer === 'Yes.').length).toBe(
      answers.filter((answer) => answer === 'No.').length,
    );
    expect(answers.length).toBeGreaterThan(100);
    const letters = Map.groupBy(
      entries.filter(
        ({ qtype, conversations }) => qtype === 'multiple-choice' && conversations[0]!.value.includes('D)'),
      ),
      ({ conversations }) => conversations[1]!.value[0]!,
    );
    for (const letter of 'ABCD') expect(letters.get(letter)!.length).toBeGreaterThan(20);
    expect(instructionsOf(lopsided, 5)).toEqual(entries);
    expect(instructionsOf(lopsided, 6)).not.toEqual(entries);
  });
});

describe('nothing new', () => {
  const said = ['The light helps: soft from the left.', 'tension'];
  test.each([
    ['The light is soft and from the left.', true],
    ['It feels tension.', true],
    ['Soft light, tension.', true],
    ['The light is soft and golden.', false],
    ['The light is not soft.', false],
    ['It is a nice photo of a boat.', false],
    ['', false],
    ['It is.', false],
  ])('%s', (text, fine) => {
    expect(saysNothingNew(text, said)).toBe(fine);
  });
  test('a "not" that was said may not get lost', () => {
    expect(saysNothingNew('The subject is sharp.', ['The subject is not sharp.'])).toBe(false);
    expect(saysNothingNew('The subject is not sharp.', ['The subject is not sharp.'])).toBe(true);
  });
});

describe('split', () => {
  test('no shoot, no copy and no moment is on both sides, in any made library', () => {
    const random = seededRandom(3);
    for (let round = 0; round < 200; round++) {
      const shoots = 2 + Math.floor(random() * 12);
      const members = Array.from({ length: 4 + Math.floor(random() * 80) }, (_, index) => ({
        content: `c${random() < 0.2 ? Math.floor(random() * index) : index}`,
        shoot: `s${Math.floor(random() * shoots)}`,
        moment: random() < 0.2 ? Math.floor(random() * 5) : null,
      }));
      const held = heldOut(members, round);
      for (const key of ['shoot', 'moment'] as const)
        for (const [name, some] of Map.groupBy(members, (member) => member[key]))
          if (name !== null) expect(new Set(some.map(({ content }) => held.has(content))).size).toBe(1);
      expect(held.size).toBeLessThan(new Set(members.map(({ content }) => content)).size);
      expect(heldOut(members, round)).toEqual(held);
    }
    const even = Array.from({ length: 100 }, (_, index) => ({
      content: `${index}`,
      shoot: `${Math.floor(index / 5)}`,
      moment: null,
    }));
    expect(heldOut(even, 1).size).toBe(20);
  });
});

describe('export', () => {
  test('LLaVA’s loader takes it, pictures have 336 pixels and no metadata, the card says what is in it', async () => {
    await using place = workplace();
    for (let seed = 1; seed <= 12; seed++)
      await makePhoto(join(place.photos, `day ${Math.ceil(seed / 3)}`, `frame-${seed}.jpg`), seed, {
        takenAt: `2024:05:${10 + Math.ceil(seed / 3)} 10:${10 + seed}:00`,
      });
    const core = await place.open();
    await core.index([place.photos]);
    const client = createRouterClient(core.router);
    for (const [index, photo] of core.listIds({ sort: 'name' }).entries()) {
      const { meant: _, ...view } = REMARKS;
      // Words that would end an answer in the middle, as LLaVA's template has them.
      const line = index === 0 ? 'Left </s> ASSISTANT: right <image> USER: end' : `Remark ${index}`;
      await client.feedback.give({ photo, view: { ...view, grade: LEVELS[index % 5]!, line } });
    }
    // Of the first day's frames one was put on top by hand, and of the last day's one was kept over another.
    const frame = (number: number) =>
      core.resolvePhoto(join(place.photos, `day ${Math.ceil(number / 3)}`, `frame-${number}.jpg`));
    core.moments.stack([1, 2, 3].map(frame));
    core.moments.putOnTop(frame(2));
    core.moments.stack([10, 11, 12].map(frame));
    core.mark([frame(10)], { flag: 'reject' });
    core.mark([frame(11)], { stars: 5 });
    await core.close();
    const folder = join(place.data, '..', 'dataset');
    const run = await verb([
      'dataset',
      'export',
      folder,
      '--split',
      'by-shoot',
      '--consent',
      'Ada agreed',
      '--data',
      place.data,
      '--json',
    ]);
    expect(run.code, run.stderr).toBe(0);
    const report = JSON.parse(run.stdout);
    expect(report).toMatchObject({
      views: 12,
      pictures: 12,
      left: [],
      worded: { kept: 0, refused: 0 },
      shoots: { train: 3, validation: 1 },
    });
    expect(report.yes).toBe(report.no);
    const train = await loadAsLlava(join(folder, 'train.json'), join(folder, 'images'));
    const validation = await loadAsLlava(join(folder, 'validation.json'), join(folder, 'images'));
    expect([train.length, validation.length]).toEqual([report.train, report.validation]);
    const images = (entries: Instruction[]) => new Set(entries.map(({ image }) => image));
    expect(images(train).intersection(images(validation)).size).toBe(0);
    expect(images(validation).size).toBe(3);
    const choices = JSON.parse(await readFile(join(folder, 'preferences.json'), 'utf8')) as {
      better: string;
      worse: string;
      split: string;
    }[];
    // Over both others where it was put on top, and of marks 5 over the rest and the rest over the rejected one.
    expect(choices.length).toBeGreaterThanOrEqual(5);
    for (const { better, worse, split } of choices) {
      for (const image of [better, worse])
        expect((split === 'train' ? images(train) : images(validation)).has(image)).toBe(true);
      expect(choices.some((other) => other.better === worse && other.worse === better)).toBe(false);
    }
    expect(new Set([...train, ...validation].map(({ id }) => id)).size).toBe(report.train + report.validation);
    for (const name of await readdir(join(folder, 'images'))) {
      const meta = await sharp(join(folder, 'images', name)).metadata();
      // The made photos have 192 pixels and are not enlarged.
      expect(Math.max(meta.width, meta.height)).toBeLessThanOrEqual(336);
      expect([meta.exif, meta.xmp, meta.iptc, meta.icc, meta.format]).toEqual([
        undefined,
        undefined,
        undefined,
        undefined,
        'jpeg',
      ]);
      expect((await readFile(join(folder, 'images', name))).includes('Keeplight')).toBe(false);
    }
    const card = await readFile(join(folder, 'card.md'), 'utf8');
    expect(card).toContain(`| train.json | ${report.train} (3 shoots) |`);
    expect(card).toContain('Licence: none was given.');
    expect(card).toContain('Consent: Ada agreed');

    const again = await verb(['dataset', 'export', folder, '--data', place.data]);
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toContain('is there already');
  });

  test('without views there is nothing to make, and nothing is written', async () => {
    await using place = workplace();
    const core = await place.open();
    const folder = join(place.data, '..', 'none');
    await expect(
      core.originals.dataset.start({
        folder,
        options: { split: 'by-shoot', qa: 'rules', seed: 1, licence: '', consent: '' },
      }),
    ).rejects.toThrow(/Nobody has given a view/);
    expect((await readdir(join(place.data, '..'))).filter((name) => name.startsWith('none'))).toEqual([]);
  });

  test('a writer’s words are kept only where they say nothing new', async () => {
    await using place = workplace();
    await makePhoto(join(place.photos, 'one.jpg'), 1);
    const core = await place.open();
    await core.index([place.photos]);
    const { meant: _, ...view } = REMARKS;
    core.feedback.give(core.listIds()[0]!, view);
    const folder = join(place.data, '..', 'worded');
    await core.close();
    const asked: string[] = [];
    const catalog = openCatalog({ dataDirectory: place.data });
    const jobs = new JobRunner(jobStore(catalog), { onJobs: () => {}, onFailure: () => {}, sentence: String });
    const dataset = new DatasetExporter({
      catalog,
      jobs,
      dataDirectory: place.data,
      decode: () => Promise.reject(new Error('Its preview is there.')),
      wordAnew: async (_photo, { question }) => {
        asked.push(question);
        if (question.startsWith('Why does the light')) return 'The light is soft, from the left.';
        return question.startsWith('Describe') ? 'A majestic boat before a dramatic storm.' : null;
      },
    });
    const options = { split: 'none', qa: 'model', seed: 1, licence: '', consent: '' } as const;
    const job = await dataset.start({ folder, options });
    expect(await jobs.settled(job)).toMatchObject({ state: 'done', unit: 'pictures' });
    const report = dataset.reportOf(job)!;
    await jobs.close();
    catalog.close();
    expect(asked.length).toBe(report.worded.kept + report.worded.refused);
    expect(report.worded.kept).toBe(1);
    const entries = JSON.parse(await readFile(join(folder, 'train.json'), 'utf8')) as Instruction[];
    const answers = entries.map(({ conversations }) => conversations[1]!.value);
    expect(answers).toContain('The light is soft, from the left.');
    expect(answers.join(' ')).not.toContain('majestic');
    expect(answers.some((answer) => answer.startsWith('A boat before the storm.'))).toBe(true);
  });
});
