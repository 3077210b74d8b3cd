import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { matchOption, promptOf, readAesBench, readOptions } from '../../models/evaluate/aesbench.ts';
import { type AesBenchResult, evaluate, type ScoreResult } from '../../models/evaluate/evaluate.ts';
import { type Judge, sessionJudge } from '../../models/evaluate/judge.ts';
import { PUBLISHED, TABLE_COLUMNS } from '../../models/evaluate/published.ts';
import { detectScoreFormat, readScores } from '../../models/evaluate/scores.ts';
import type { ChatRequest, ModelImage, ModelSession } from '../../models/model-api.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keeplight-evaluate-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Answers from a table, remembers what it was asked. */
function scripted(answers: Record<string, string>, grades: Record<string, number> = {}, identity = 'scripted 1') {
  const asked: string[] = [];
  const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
  const judge: Judge = {
    name: 'scripted',
    identity,
    async answer(image, prompt) {
      asked.push(prompt);
      const answer = answers[`${nameOf(image)}|${prompt.split(' Choose')[0]}`];
      if (answer === undefined) throw new Error(`${nameOf(image)} cannot be read.`);
      return answer;
    },
    async grade(image) {
      asked.push(nameOf(image));
      const grade = grades[nameOf(image)];
      if (grade === undefined) throw new Error(`${nameOf(image)} cannot be read.`);
      return grade;
    },
  };
  return { judge, asked };
}

const BENCH = {
  'a.jpg': {
    Source: 'Natural images',
    AesP_data: {
      Question: 'Is the light soft?',
      Options: 'A) Yes\nB) No',
      Answer: 'A) Yes',
      Dimension: 'Color and light',
    },
    AesE_data: { Question: 'What is the vibe?', Options: 'A) Calm\nB) Tense\nC) Sad', Answer: 'A', Dimension: 'Vibe' },
    AesA1_data: { Question: 'How is the quality?', Options: 'A) High\nB) Medium\nC) Low', Answer: 'High' },
    AesI_data: { Question: 'Describe the aesthetic experience.' },
  },
  'b.jpg': {
    Source: 'AGIs',
    AesP_data: {
      Question: 'How is the composition?',
      Options: 'A) Good\nB) Very good\nC) Poor',
      Answer: 'B',
      Dimension: 'Composition',
    },
    AesE_data: {
      Question: 'Why is it interesting?',
      Options: 'A) The face\nB) The sky\nC) The sea',
      Answer: 'B',
      Dimension: 'Interest',
    },
    AesA1_data: { Question: 'How is the quality?', Options: 'A) High\nB) Medium\nC) Low', Answer: 'C' },
  },
};

test('AesBench: accuracy by column, the authors’ prompts, responses written out, published figures beside', async () => {
  const annotations = join(folder, 'bench.json');
  await writeFile(annotations, JSON.stringify(BENCH));
  const { judge, asked } = scripted({
    'a.jpg|Is the light soft?': 'A) Yes',
    'a.jpg|What is the vibe?': 'The answer is B.',
    'a.jpg|How is the quality?': 'High',
    'a.jpg|Describe the aesthetic experience.': 'A calm picture.',
    'b.jpg|How is the composition?': 'It is very good.',
    'b.jpg|Why is it interesting?': 'I cannot say.',
    'b.jpg|How is the quality?': 'A) High',
  });
  const { result, text, files } = await evaluate({ annotations, images: folder, output: join(folder, 'bench'), judge });
  const { accuracy, unmatched, failures } = result as AesBenchResult;
  expect(failures).toEqual([]);
  expect(unmatched).toBe(1);
  const shares = (part: 'AesP' | 'AesE' | 'AesA') =>
    Object.fromEntries(
      Object.entries(accuracy[part] ?? {}).map(([column, cell]) => [column, [cell.value, cell.count]]),
    );
  expect(shares('AesP')).toEqual({
    'Color & light': [1, 1],
    Composition: [1, 1],
    NIs: [1, 1],
    AGIs: [1, 1],
    'Yes-No': [1, 1],
    How: [1, 1],
    Overall: [1, 2],
  });
  expect(shares('AesE')).toMatchObject({ Vibe: [0, 1], Interest: [0, 1], What: [0, 1], Why: [0, 1], Overall: [0, 2] });
  expect(shares('AesA')).toMatchObject({ NIs: [1, 1], AGIs: [0, 1], Overall: [0.5, 2] });
  expect(asked).toContain(
    'Is the light soft? Choose one from the following options:\nA) Yes\nB) No\nYou should output a correct option without explanation.',
  );
  expect(asked).toContain(
    'How is the quality? Choose one from the following options:\nA) High\nB) Medium\nC) Low\nYou should output a correct option.',
  );
  expect(asked).toContain('Describe the aesthetic experience.');
  expect(text).toMatch(/this model +– +100\.00 +100\.00 .*100\.00\n/);
  expect(text).toMatch(/AesExpert 7B \(p\).* 78\.57\n/);
  expect(text).toMatch(/LLaVA-1\.5 \(l\) +53\.85 .* 66\.32\n/);
  expect(text).toMatch(/Overall 50\.00 % of 2 questions/);
  const written = files.find((file) => file.endsWith('AesI-responses.json'))!;
  expect(JSON.parse(await readFile(written, 'utf8'))).toEqual({ 'a.jpg': { AesI_response: 'A calm picture.' } });
});

test('AesBench without answers writes responses for submission and counts nothing', async () => {
  const annotations = join(folder, 'hidden.json');
  await writeFile(
    annotations,
    JSON.stringify({ 'a.jpg': { AesP_data: { Question: 'Is it?', Options: 'A) Yes\nB) No' } } }),
  );
  const { judge } = scripted({ 'a.jpg|Is it?': 'B) No' });
  const { result, text } = await evaluate({ annotations, images: folder, output: join(folder, 'hidden'), judge });
  expect(result).toMatchObject({ accuracy: {}, withoutAnswer: 1, asked: 1 });
  expect(text).toContain('1 questions have no answer in the file');
  expect(JSON.parse(await readFile(join(folder, 'hidden', 'AesP-responses.json'), 'utf8'))).toEqual({
    'a.jpg': { AesP_response: 'B) No' },
  });
});

/** The published file's form: no answers, no dimensions, options in one text with the slips that it has. */
const PUBLISHED_FORM = {
  'para_1.jpg': {
    AesP_data: { Question: 'Is the light soft?', Options: 'A) Yes\nA) No' },
    AesE_data: { Question: 'Does it move you?', Options: 'A) Yes\nB)' },
    AesA1_data: { Question: 'How is it?', Options: 'A) High\nB) Medium\nC) Low' },
    AesI_data: { Question: 'This is an image with medium aesthetics, please explain the reason.' },
  },
  'elite.jpg': {
    AesP_data: { Question: 'Is the focus right?', Options: 'A) Good\nB) Fair\nC) Poor\nD)High' },
    AesA1_data: { Question: 'How is it?', Options: 'A) High\nB) Medium\nC) Low' },
    AesI_data: { Question: 'This is an image with low aesthetics, please explain the reason.' },
  },
  'midjourney_7.png': { AesP_data: 'nothing', AesE_data: { Question: 'What is it?', Options: '' } },
  'broken.jpg': 7,
};

test('AesBench’s published form is read whole: oddities are counted, nothing that is not there is guessed', async () => {
  const { questions, oddities } = readAesBench(JSON.stringify(PUBLISHED_FORM));
  expect(oddities).toEqual({
    ...{ 'no-entry': 1, 'no-question': 1, 'no-options': 1, 'empty-option': 1, 'repeated-letter': 1 },
    ...{ 'missing-space': 1 },
  });
  expect(questions.every(({ dimension }) => dimension === null)).toBe(true);
  const about = (image: string, part: string) => questions.find((each) => each.image === image && each.part === part);
  expect(about('para_1.jpg', 'AesP')).toMatchObject({ questionType: 'Yes-No', source: 'NIs', answer: null });
  // Four options are no Yes-No question, whatever its first word; "elite" is no generator.
  expect(about('elite.jpg', 'AesP')).toMatchObject({ questionType: null, source: null });
  expect(about('midjourney_7.png', 'AesE')).toMatchObject({ questionType: 'What', source: 'AGIs' });
  expect(about('para_1.jpg', 'AesA')).toMatchObject({ answer: 'B', answerByWording: true });
  expect(about('elite.jpg', 'AesA')).toMatchObject({ answer: 'C', answerByWording: true });
  const slip = about('para_1.jpg', 'AesP')!.options;
  expect(['A) No', 'No', 'A) Yes', 'A', ''].map((said) => matchOption(said, slip))).toEqual(['B', 'B', 'A', 'A', null]);
  expect(matchOption('', about('para_1.jpg', 'AesE')!.options)).toBeNull();
  // Whatever the order of the parts that are asked for: AesI's question tells AesA's answer.
  const order = readAesBench(JSON.stringify(PUBLISHED_FORM), ['AesI', 'AesA']).questions;
  expect(order.map(({ part }) => part)).toEqual(['AesA', 'AesI', 'AesA', 'AesI']);
});

test('the report says by what AesA is scored, and a submission has the challenge’s form', async () => {
  const annotations = join(folder, 'published.json');
  await writeFile(annotations, JSON.stringify(PUBLISHED_FORM));
  const { judge } = scripted({
    'para_1.jpg|Is the light soft?': 'A) No',
    'para_1.jpg|Does it move you?': 'B',
    'para_1.jpg|How is it?': 'B) Medium',
    'para_1.jpg|This is an image with medium aesthetics, please explain the reason.': 'It is plain.',
    'elite.jpg|Is the focus right?': 'It is high.',
    'elite.jpg|How is it?': 'A',
    'elite.jpg|This is an image with low aesthetics, please explain the reason.': 'It is dull.',
    'midjourney_7.png|What is it?': 'A tree.',
  });
  const submission = join(folder, 'submission.json');
  const output = join(folder, 'published');
  const { result, text, files } = await evaluate({ annotations, images: folder, output, submission, judge });
  expect(result).toMatchObject({
    ...{ answersByWording: 2, withoutDimension: 4, oddities: { 'repeated-letter': 1 } },
    accuracy: { AesA: { Overall: { value: 0.5, count: 2 } } },
  });
  expect(text).toContain("AesA is scored by AesI's wording (2 questions)");
  expect(text).toContain('The dimension of 4 questions: the published file does not say.');
  expect(text).toContain('Odd in the file: 1 questions use a letter for two options.');
  expect(files).toContain(submission);
  expect(JSON.parse(await readFile(submission, 'utf8'))).toEqual({
    'para_1.jpg': { AesP: 'A) No', AesE: 'B) ', AesA1: 'medium' },
    'elite.jpg': { AesP: 'D) High', AesA1: 'high' },
    'midjourney_7.png': { AesE: 'A tree.' },
  });
});

test('a model is asked each question in a context of its own', async () => {
  const requests: ChatRequest[] = [];
  const session = {
    info: { name: 'n', description: 'd', promptVersion: '1', family: 'vicuna-v1' },
    async *chat(_: ModelImage, request: ChatRequest) {
      requests.push(request);
      yield { kind: 'token', text: 'B' } as const;
    },
  } as unknown as ModelSession;
  const judge = sessionJudge(session, 'hash', async () => ({ width: 1, height: 1, data: new Uint8Array(3) }));
  for (const prompt of ['first', 'second']) await judge.answer('a.jpg', prompt);
  expect(requests.map(({ question, history }) => [question, history ?? []])).toEqual([
    ['first', []],
    ['second', []],
  ]);
});

test('right options may lie in a file apart, and entries may be named without _data', async () => {
  const annotations = join(folder, 'apart.json');
  const question = { Question: 'How is it?', Options: 'A) High\nB) Medium\nC) Low' };
  await writeFile(
    annotations,
    JSON.stringify({ 'a.jpg': { AesA1: question, AesP: question }, 'b.jpg': { AesA1: question } }),
  );
  await writeFile(join(folder, 'apart.answers.json'), JSON.stringify({ 'a.jpg': { AesA1: 'high', AesP: 'C) Low' } }));
  const { judge } = scripted({ 'a.jpg|How is it?': 'A', 'b.jpg|How is it?': 'A' });
  const { result } = await evaluate({ annotations, images: folder, output: join(folder, 'apart'), judge });
  expect(result).toMatchObject({
    withoutAnswer: 1,
    accuracy: { AesA: { Overall: { value: 1, count: 1 } }, AesP: { Overall: { value: 0, count: 1 } } },
  });
  const missing = {
    annotations,
    answers: join(folder, 'nowhere.json'),
    images: folder,
    output: join(folder, 'm'),
    judge,
  };
  await expect(evaluate(missing)).rejects.toThrow('file of answers cannot be read');
});

test('a stopped evaluation continues where it was, tries failures again, and repeats itself exactly', async () => {
  const annotations = join(folder, 'plain.json');
  const names = ['1.jpg', '2.jpg', '3.jpg', '4.jpg', '5.jpg'];
  await writeFile(annotations, JSON.stringify(names.map((image, index) => ({ image, gt_score: index * 1.5 }))));
  const output = join(folder, 'resume');
  const grades = { '1.jpg': 10, '2.jpg': 30, '3.jpg': 20, '5.jpg': 90 };

  const controller = new AbortController();
  const first = scripted({}, grades);
  const stopped = evaluate({
    annotations,
    images: folder,
    output,
    judge: first.judge,
    signal: controller.signal,
    onProgress: ({ done }) => {
      if (done === 2) controller.abort(new Error('stopped'));
    },
  });
  await expect(stopped).rejects.toThrow('stopped');
  expect(first.asked).toEqual(['1.jpg', '2.jpg']);
  // A kill in the middle of a line.
  const journal = join(output, 'answers.jsonl');
  await writeFile(journal, `${await readFile(journal, 'utf8')}{"key":"3.j`);

  const second = scripted({}, grades);
  const { result } = await evaluate({ annotations, images: folder, output, judge: second.judge });
  expect(second.asked).toEqual(['3.jpg', '4.jpg', '5.jpg']);
  expect(result).toMatchObject({ failures: [{ image: '4.jpg', reason: '4.jpg cannot be read.' }] });

  const third = scripted({}, { ...grades, '4.jpg': 40 });
  const whole = await evaluate({ annotations, images: folder, output, judge: third.judge });
  expect(third.asked).toEqual(['4.jpg']);
  const { agreement, failures } = whole.result as ScoreResult;
  expect(failures).toEqual([]);
  expect(agreement.count).toBe(5);
  expect(agreement.srcc.value).toBeCloseTo(0.9, 12);
  expect(agreement.pairAccuracy.value).toBeCloseTo(0.9, 12);

  const anew = await evaluate({
    annotations,
    images: folder,
    output: join(folder, 'anew'),
    judge: scripted({}, { ...grades, '4.jpg': 40 }).judge,
  });
  expect(anew.text).toBe(whole.text);
  expect(anew.result).toEqual(whole.result);

  const other = scripted({}, grades, 'scripted 2');
  await expect(evaluate({ annotations, images: folder, output, judge: other.judge })).rejects.toThrow(
    /answers of another model or data set/,
  );
});

test('every annotation format is told apart and read', () => {
  const votes = '0 2 3 8 19 36 76 52 16 9';
  const ava = `1 953619 ${votes.replace(/ \d+$/, ' 9')} 1 22 1396\n2 953958 10 7 15 26 26 21 10 8 1 2 15 21 1396\n`;
  expect(detectScoreFormat('AVA.txt', ava)).toBe('ava');
  const [first] = readScores('ava', '1 953619 0 0 0 0 2 0 0 0 0 2 1 22 1396');
  expect(first).toEqual({ image: '953619.jpg', score: 7.5 });

  const para =
    'sessionId,imageName,semantic,aestheticScore_mean,aestheticScore_std\nsession1,iaa_pub1_.jpg,"a, b",3.25,0.5\nsession1,iaa_pub2_.jpg,,2.5,1\n';
  expect(detectScoreFormat('PARA-GiaaTest.csv', para)).toBe('para');
  expect(readScores('para', para)).toEqual([
    { image: 'session1/iaa_pub1_.jpg', score: 3.25 },
    { image: 'session1/iaa_pub2_.jpg', score: 2.5 },
  ]);

  const aadb = 'farm1_255.jpg 0.65\nfarm 2 256.jpg 0.5\n';
  expect(detectScoreFormat('imgListTestNewRegression_score.txt', aadb)).toBe('aadb');
  expect(readScores('aadb', aadb)[1]).toEqual({ image: 'farm 2 256.jpg', score: 0.5 });

  const eva = '"image_id"="user_id"="score"="visual"\n"12"="u1"="6"="3"\n"12"="u2"="9"="1"\n"13"="u1"="2"="1"\n';
  expect(detectScoreFormat('votes_filtered.csv', eva)).toBe('eva');
  expect(readScores('eva', eva)).toEqual([
    { image: '12.jpg', score: 7.5 },
    { image: '13.jpg', score: 2 },
  ]);

  expect(detectScoreFormat('x.json', '[{"image":"a","gt_score":1}]')).toBe('plain');
  expect(() => detectScoreFormat('x.txt', 'hello world and more')).toThrow('no annotation file that is known');
  expect(() => readScores('ava', '1 2 3')).toThrow('Line 1');
  expect(() => readScores('plain', '[{"image":"a"}]')).toThrow('Entry 0');
  expect(() => readScores('plain', '[{"image":"a","gt_score":1},{"image":"a","gt_score":1}]')).toThrow('twice');
  const strange = '{"a":{"AesP_data":{"Question":"Q","Options":"A) x\\nB) y","Answer":"z"}}}';
  expect(readAesBench(strange)).toMatchObject({ oddities: { 'strange-answer': 1 }, questions: [{ answer: null }] });
  expect(() => readAesBench('{"a":{}}')).toThrow('has no questions');
});

test('a picture outside the folder is refused, the rest goes on', async () => {
  const annotations = join(folder, 'outside.json');
  await writeFile(annotations, '[{"image":"../../etc/passwd","gt_score":1},{"image":"in.jpg","gt_score":2}]');
  const { judge, asked } = scripted({}, { 'in.jpg': 5, passwd: 1 });
  const { result } = await evaluate({ annotations, images: folder, output: join(folder, 'outside'), judge });
  expect(asked).toEqual(['in.jpg']);
  expect(result.failures[0]?.reason).toMatch(/does not lie in the folder/);
});

test('responses are matched with options as a reader would', () => {
  const options = readOptions('A) Good\nB) Very good\nC) Not bad, but plain\nD) Poor');
  expect(options).toHaveLength(4);
  const cases: [string, string | null][] = [
    ['A', 'A'],
    ['b', 'B'],
    ['B) Very good', 'B'],
    ['(C)', 'C'],
    ['D.', 'D'],
    ['Very good', 'B'],
    ['It is very good.', 'B'],
    ['The correct option is D', 'D'],
    ['Answer: C) Not bad, but plain', 'C'],
    ['A beautiful and poor picture', 'D'],
    ['good or poor', null],
    ['I do not know', null],
    ['E) Other', null],
    ['', null],
  ];
  for (const [response, letter] of cases)
    expect([response, matchOption(response, options)]).toEqual([response, letter]);
});

test('prompts and published tables have the form of their sources', () => {
  expect(promptOf('AesI', 'Describe it.', '')).toBe('Describe it.');
  for (const [part, rows] of Object.entries(PUBLISHED))
    for (const { figures } of rows)
      for (const [column, value] of Object.entries(figures)) {
        expect(TABLE_COLUMNS[part as keyof typeof TABLE_COLUMNS]).toContain(column);
        expect(Number.isFinite(value)).toBe(true);
      }
});
