/** What is read for an explanation: no token twice, and the same words whether or not something was there already. */
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Eyes } from '../../models/bridge/eyes.ts';
import { Grading } from '../../models/grading.ts';
import { type Loaded, loadModel } from '../../models/loading.ts';
import { factsQuestion, sectionQuestion } from '../../models/prompts.ts';
import type { ModelEvent } from '../../models/session.ts';
import { Sight } from '../../models/sight.ts';
import { makeTinyModel } from '../../models/tiny/make.ts';
import { Writing } from '../../models/writing.ts';
import { BUILD_TIMEOUT, picture, ready, temporaryFolder } from './setting.ts';

const directory = temporaryFolder();
const EVIDENCE = ['Subject softer than background: 23 against 60 of 100.', 'Tilted 2.1° clockwise.'];
let loaded: Loaded;
/** Tokens of every batch that was read while writing. */
const batches: number[] = [];
let sight: Sight;
let grading: Grading;
let writing: Writing;

beforeAll(async () => {
  await ready();
  const pair = await makeTinyModel(join(directory, 'model'), { seed: 44 });
  loaded = await loadModel({ name: 'test', gpu: 'off', threads: 1, ...pair }, () => {});
  const { eyes, style, info, facts } = loaded;
  const counting = new Proxy(eyes, {
    get(target, name: keyof Eyes) {
      if (name === 'next')
        return (tokens: Int32Array, position: number) => {
          batches.push(tokens.length);
          return target.next(tokens, position);
        };
      return target[name].bind(target);
    },
  });
  sight = new Sight(counting, style.before, info.contextSize, facts.trainedContext);
  grading = new Grading(sight, style);
  writing = new Writing(sight, style);
  return async () => {
    await eyes.close();
    await loaded.model.dispose();
  };
}, BUILD_TIMEOUT);

async function textOf(events: AsyncIterable<ModelEvent>): Promise<string> {
  let text = '';
  for await (const event of events) if (event.kind === 'token') text += event.text;
  return text;
}
const explain = () =>
  textOf(
    writing.explain('good', { evidence: EVIDENCE, temperature: 0, maximumTokens: 20 }, new AbortController().signal),
  );
const ask = () =>
  textOf(writing.chat({ question: 'Is it sharp?', temperature: 0, maximumTokens: 6 }, new AbortController().signal));

test('an explanation of a graded photo goes on from what grading read, in one batch', async () => {
  await sight.look('photo', () => picture(1));
  await grading.read();
  const opening = writing.opening('good', EVIDENCE);
  const [stem] = grading.plan.stems;
  expect(opening.slice(0, stem!.length)).toEqual(stem);

  batches.length = 0;
  const warm = await explain();
  expect(batches[0]).toBe(opening.length - stem!.length);
  expect(batches[1]).toBe(1);

  await sight.look('another', () => picture(2));
  await sight.look('photo', () => picture(1));
  batches.length = 0;
  expect(await explain()).toBe(warm);
  expect(batches[0]).toBe(opening.length);

  await ask();
  expect(await explain()).toBe(warm);
});

test('grades are the same after an explanation or a conversation as before', async () => {
  await sight.look('photo', () => picture(3));
  const before = await grading.read();
  await explain();
  expect(await grading.read()).toEqual(before);
  await ask();
  expect(await grading.read()).toEqual(before);
  expect(await grading.read(1)).toEqual({ overall: expect.anything() });
});

test('an explanation is told what was measured in few words, a question in all', () => {
  expect(sectionQuestion('reasons', EVIDENCE)).toMatch(
    / Measured: Subject softer than background\. Tilted 2\.1° clockwise\.$/,
  );
  expect(factsQuestion('Is it sharp?', EVIDENCE)).toBe(`Is it sharp? Measured: ${EVIDENCE.join(' ')}`);
});
