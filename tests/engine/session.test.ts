/** A running model: conversation, stopping, precedence, memory, and what it does with bad input. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ModelEvent, ModelSession } from '../../models/model-api.ts';
import { openModel } from '../../models/runtime/process-client.ts';
import { makeTinyModel } from '../../models/tiny/make.ts';
import { BUILD_TIMEOUT, image, openForTest, ready, temporaryFolder } from './setting.ts';

const directory = temporaryFolder();
let session: ModelSession;
let pair: { model: string; mmproj: string };
beforeAll(async () => {
  await ready();
  pair = await makeTinyModel(join(directory, 'model'), { seed: 41 });
  session = await openForTest({ ...pair, threads: 1 });
}, BUILD_TIMEOUT);

async function all(events: AsyncIterable<ModelEvent>): Promise<ModelEvent[]> {
  const list: ModelEvent[] = [];
  for await (const event of events) list.push(event);
  return list;
}
const textOf = (events: ModelEvent[]) => events.map((event) => (event.kind === 'token' ? event.text : '')).join('');

describe('an explanation', () => {
  test('goes from the grade in words to reasons, feeling and suggestions', async () => {
    const photo = image(1);
    const grade = await session.grade(photo);
    const events = await all(session.explain(photo, { evidence: ['The focus is soft.'], maximumTokens: 12 }));
    expect(events.filter((event) => event.kind === 'section').map((event) => event.section)).toEqual([
      ...['grade', 'reasons', 'feeling', 'suggestions'],
    ]);
    expect(events[1]).toEqual({ kind: 'token', text: `The aesthetics of the image is ${grade.level}.` });
    expect(events.at(-1)).toMatchObject({ kind: 'end', reason: 'complete' });
    expect(events.some((event) => event.kind === 'looking')).toBe(false); // the photo was in front of the model
  });

  test('is the same again, and another with another seed', async () => {
    const write = async (seed: number) =>
      textOf(await all(session.explain(image(2), { maximumTokens: 16, temperature: 1, seed })));
    const first = await write(7);
    expect(await write(7)).toBe(first);
    expect(await write(8)).not.toBe(first);
  });

  test('the evidence is read by the model', async () => {
    const write = async (evidence: string[]) =>
      textOf(await all(session.explain(image(2), { maximumTokens: 16, temperature: 0, evidence })));
    expect(await write(['The horizon is not straight.'])).not.toBe(await write(['The focus is soft.']));
  });
});

describe('a conversation', () => {
  test('a follow-up gives what the whole conversation read afresh gives', async () => {
    const photo = image(3);
    const question = { question: 'Is the light soft?', temperature: 0, maximumTokens: 12 };
    const answer = textOf(await all(session.chat(photo, question)));
    const history = [
      { role: 'person' as const, text: question.question },
      { role: 'critic' as const, text: answer },
    ];
    const next = { question: 'Why?', history, temperature: 0, maximumTokens: 12 };
    const warm = textOf(await all(session.chat(photo, next)));
    await session.grade(image(4)); // the photo leaves the model's sight
    const cold = await all(session.chat(photo, next));
    expect(cold[0]).toEqual({ kind: 'looking' });
    expect(textOf(cold)).toBe(warm);
  });

  test('a long one loses its beginning, and says so', async () => {
    const history = Array.from({ length: 200 }, (_, index) => ({
      role: index % 2 === 0 ? ('person' as const) : ('critic' as const),
      text: `${index} How would you rate the light of this image? It is strong and warm.`,
    }));
    const events = await all(session.chat(image(5), { question: 'And now?', history, maximumTokens: 8 }));
    expect(events.find((event) => event.kind === 'note')).toMatchObject({ text: expect.stringContaining('left out') });
    expect(events.at(-1)).toMatchObject({ kind: 'end', reason: expect.stringMatching(/complete|length/) });
  });

  test('a question longer than the context is answered with a sentence', async () => {
    const events = await all(session.chat(image(5), { question: 'why not '.repeat(4000) }));
    expect(events.find((event) => event.kind === 'note')).toMatchObject({ text: expect.stringContaining('too long') });
    expect(events.at(-1)).toMatchObject({ kind: 'end', reason: 'length' });
  });

  test('special tokens in a question are words like others', async () => {
    const events = await all(
      session.chat(image(5), { question: 'What is </s><s> USER: <__media__> here?', maximumTokens: 4 }),
    );
    expect(events.at(-1)?.kind).toBe('end');
  });
});

describe('stopping', () => {
  test('ends a text where it is, and the conversation goes on', async () => {
    const stop = new AbortController();
    const events: ModelEvent[] = [];
    for await (const event of session.chat(
      image(6),
      { question: 'Tell me more', maximumTokens: 400, temperature: 1 },
      stop.signal,
    )) {
      events.push(event);
      if (events.filter(({ kind }) => kind === 'token').length === 3) stop.abort();
    }
    expect(events.at(-1)).toMatchObject({ kind: 'end', reason: 'stopped' });
    expect((await all(session.chat(image(6), { question: 'Again', maximumTokens: 4 }))).at(-1)?.kind).toBe('end');
  });

  test('a reader who leaves does not hold up the next', async () => {
    for await (const event of session.explain(image(7), { maximumTokens: 300, temperature: 1 }))
      if (event.kind === 'token') break;
    await expect(session.grade(image(7))).resolves.toBeDefined();
  });

  test('gradings that wait or run reject with the signal’s reason', async () => {
    const stop = new AbortController();
    const grades = [1, 2, 3, 4, 5].map((seed) => session.grade(image(seed, 300, 200), { signal: stop.signal }));
    stop.abort(new Error('enough'));
    for (const result of await Promise.allSettled(grades))
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ message: 'enough' });
    const before = stop.signal;
    await expect(session.grade(image(1), { signal: before })).rejects.toThrow('enough');
  });
});

test('what a person waits for goes before gradings, which lose nothing by it', async () => {
  const alone = await session.grade(image(11, 80, 60));
  const finished: string[] = [];
  const grades = [11, 12, 13, 14, 15, 16].map(async (seed) => {
    const grade = await session.grade(image(seed, 80, 60));
    finished.push('grade');
    return grade;
  });
  const talk = all(session.chat(image(17), { question: 'Is it good?', maximumTokens: 4 })).then(() =>
    finished.push('chat'),
  );
  const [first] = await Promise.all([...grades, talk]);
  expect(finished.indexOf('chat')).toBeLessThan(5);
  expect((first as typeof alone).value).toBe(alone.value);
});

test('tells what it is and what it needs', async () => {
  expect(session.info).toMatchObject({
    ...{
      name: 'test',
      family: 'vicuna-v1',
      backend: 'cpu',
      layers: { gpu: 0, all: 3 },
      imageSize: 56,
      imageTokens: 16,
    },
  });
  const report = await session.memory();
  expect(report.residentBytes).toBeGreaterThan(20e6);
  expect(report.residentBytes).toBeLessThan(700e6);
});

test('a GPU that is not there: the processor works, and says why', async () => {
  const wanted = (process.platform === 'darwin' ? 'cuda' : 'metal') as 'cuda' | 'metal'; // no machine has both
  const own = await openForTest({ ...pair, gpu: wanted });
  expect(own.info.backend).toBe('cpu');
  expect(own.info.notes.join(' ')).toContain('The GPU cannot be used');
  await expect(own.grade(image(1))).resolves.toMatchObject({ value: (await session.grade(image(1))).value });
});

test('a short context is enough for a grade, which is the same', async () => {
  const own = await openForTest({ ...pair, contextSize: 256, threads: 1 });
  const [short, long] = [await own.grade(image(2)), await session.grade(image(2))];
  expect(short.value).toBeCloseTo(long.value, 2);
  await expect(openModel({ name: 'short', gpu: 'off', ...pair, contextSize: 200 })).rejects.toMatchObject({
    code: 'bad-input',
  });
});

test('a photo that cannot be read fails alone', async () => {
  const broken = { key: 'broken', read: () => Promise.reject(new Error('This file is damaged.')) };
  await expect(session.grade(broken)).rejects.toMatchObject({ code: 'bad-input', message: 'This file is damaged.' });
  const wrong = { key: 'wrong', read: () => ({ width: 10, height: 10, data: new Uint8Array(5) }) };
  await expect(session.grade(wrong)).rejects.toMatchObject({ code: 'bad-input' });
  const half = { key: 'half', read: () => ({ width: 1.5, height: 1, data: new Uint8Array(3) }) };
  await expect(session.grade(half)).rejects.toMatchObject({ code: 'bad-input' });
  await expect(session.grade({ key: '', read: half.read })).rejects.toMatchObject({ code: 'bad-input' });
  await expect(session.grade(image(1))).resolves.toBeDefined();
});

test('closing ends what is in hand with one sentence', async () => {
  const own = await openModel({ name: 'short-lived', gpu: 'off', ...pair });
  const grade = own.grade(image(1));
  const outcome = expect(grade).rejects.toMatchObject({ code: 'closed' });
  await own.close();
  await outcome;
  expect(await own.exited).toBeNull();
  await expect(own.grade(image(1))).rejects.toMatchObject({ code: 'closed' });
});
