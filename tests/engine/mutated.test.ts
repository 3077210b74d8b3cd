/** 12 mutated model files: each is graded with or refused with a sentence, in time, and the next one is none the worse. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type ModelPair, makeTinyModel } from '../../models/tiny/make.ts';
import { fateOf, LIMIT, type Outcome } from './mutated.ts';
import { BUILD_TIMEOUT, image, openForTest, ready, temporaryFolder } from './setting.ts';

const FILES = 12;

const directory = temporaryFolder();
let pair: ModelPair;
beforeAll(async () => {
  await ready();
  pair = await makeTinyModel(join(directory, 'good'), { seed: 51 });
  await mkdir(join(directory, 'mutated'));
}, BUILD_TIMEOUT);

test('mutated model files are loaded or refused with a sentence', { timeout: FILES * LIMIT }, async () => {
  const outcomes: Outcome[] = [];
  for (let seed = 1; seed <= FILES; seed++) outcomes.push(await fateOf(seed, pair, join(directory, 'mutated')));
  const refused = outcomes.filter(({ fate }) => fate === 'refused');
  for (const { said, seed } of refused) expect(said, `file ${seed}`).toMatch(/^[A-Z"'a-z0-9][^\n]{10,300}\.$/);
  expect(outcomes.filter(({ milliseconds }) => milliseconds > LIMIT)).toEqual([]);
  console.log(
    `${refused.length} of ${FILES} refused; the slowest took ${Math.round(Math.max(...outcomes.map(({ milliseconds }) => milliseconds)))} ms`,
  );
  // Both kinds of end are there: else nothing was tried.
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThan(FILES);
  // This process, and the next model, are as before.
  const session = await openForTest(pair);
  expect((await session.grade(image(3))).value).toBeGreaterThanOrEqual(0);
});
