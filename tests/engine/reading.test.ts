/** What is read for an explanation: no token twice, and the same words whether or not something was there already. */
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Eyes } from '../../models/bridge/eyes.ts';
import type { ModelEvent } from '../../models/model-api.ts';
import { Grader } from '../../models/runtime/grader.ts';
import { ImageContext } from '../../models/runtime/image-context.ts';
import { type Loaded, loadModel } from '../../models/runtime/load-model.ts';
import { factsQuestion, sectionQuestion } from '../../models/runtime/prompts.ts';
import { Writer } from '../../models/runtime/writer.ts';
import { makeTinyModel } from '../../models/tiny/make.ts';
import { BUILD_TIMEOUT, picture, ready, temporaryFolder } from './setting.ts';

const directory = temporaryFolder();
const EVIDENCE = ['Subject softer than background: 23 against 60 of 100.', 'Tilted 2.1° clockwise.'];
let loaded: Loaded;
/** Tokens of every batch that was read while writing. */
const batches: number[] = [];
let context: ImageContext;
let grader: Grader;
let writing: Writer;

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
  context = new ImageContext(counting, style.before, info.contextSize, facts.trainedContext);
  grader = new Grader(context, style);
  writing = new Writer(context, style);
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
  await context.look('photo', () => picture(1));
  await grader.read();
  const opening = writing.opening('good', EVIDENCE);
  const [stem] = grader.plan.stems;
  expect(opening.slice(0, stem!.length)).toEqual(stem);

  batches.length = 0;
  const warm = await explain();
  expect(batches[0]).toBe(opening.length - stem!.length);
  expect(batches[1]).toBe(1);

  await context.look('another', () => picture(2));
  await context.look('photo', () => picture(1));
  batches.length = 0;
  expect(await explain()).toBe(warm);
  expect(batches[0]).toBe(opening.length);

  await ask();
  expect(await explain()).toBe(warm);
});

test('grades are the same after an explanation or a conversation as before', async () => {
  await context.look('photo', () => picture(3));
  const before = await grader.read();
  await explain();
  expect(await grader.read()).toEqual(before);
  await ask();
  expect(await grader.read()).toEqual(before);
  expect(await grader.read(1)).toEqual({ overall: expect.anything() });
});

test('an explanation is told what was measured in few words, a question in all', () => {
  expect(sectionQuestion('reasons', EVIDENCE)).toMatch(
    / Measured: Subject softer than background\. Tilted 2\.1° clockwise\.$/,
  );
  expect(factsQuestion('Is it sharp?', EVIDENCE)).toBe(`Is it sharp? Measured: ${EVIDENCE.join(' ')}`);
});
