/** Models that are not AesExpert: another chat template, level words of several tokens, the real Llama-2 vocabulary. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getLlama } from 'node-llama-cpp';
import { beforeAll, describe, expect, test } from 'vitest';
import { readBundle } from '../../models/bridge/bundle.ts';
import { nodeLlamaCppHome } from '../../models/bridge/place.ts';
import { writeGguf } from '../../models/convert/gguf-writer.ts';
import { asGgufFile, planTextFile } from '../../models/convert/mapping.ts';
import { GRADE_QUESTION, LEVEL_WORDS, STEMS, VICUNA } from '../../models/runtime/prompts.ts';
import { understandTiny, VISION_PREFIX } from '../../models/tiny/checkpoint.ts';
import { makeTinyCheckpoint, type TinyCheckpoint, writeTinyModel } from '../../models/tiny/make.ts';
import { type ClipConfig, clipPatches, normalize, projectPatches } from '../reference/clip.ts';
import { type LlamaConfig, llamaLogits } from '../reference/llama.ts';
import { softmax } from '../reference/numbers.ts';
import { BUILD_TIMEOUT, image, openForTest, picture, ready, temporaryFolder } from './setting.ts';

const directory = temporaryFolder();
beforeAll(ready, BUILD_TIMEOUT);

const CHATML = `{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}`;

const text = (tiny: TinyCheckpoint, ids: number[]) =>
  ids
    .map((id) => tiny.tokenizer.tokens[id]!.text)
    .join('')
    .replaceAll('▁', ' ')
    .replaceAll('<0x0A>', '\n');

test('a model with a chat template of its own is spoken to by it', async () => {
  const tiny = makeTinyCheckpoint({ seed: 71 });
  const pair = await writeTinyModel(join(directory, 'chatml'), tiny);
  const plan = planTextFile(understandTiny(tiny), tiny.tokenizer, { name: 'chatml', licence: 'none', source: 'test' });
  plan.metadata.set('tokenizer.chat_template', { type: 'string', value: CHATML });
  await writeGguf(pair.model, asGgufFile(plan, 'F32'));
  const session = await openForTest(pair);
  expect(session.info.family).toBe('template');
  const { trace } = await session.grade(image(1), { trace: true });
  const [overall] = trace!.questions;
  expect(text(tiny, overall!.before)).toMatch(/<\|im_start\|>user\n$/);
  expect(text(tiny, overall!.after).trimStart()).toBe(
    `${GRADE_QUESTION}<|im_end|>\n<|im_start|>assistant\n${STEMS.overall}`,
  );
  const events = [];
  for await (const event of session.explain(image(1), { maximumTokens: 6 })) events.push(event.kind);
  expect(events.filter((kind) => kind === 'section')).toHaveLength(4);
  expect(events.at(-1)).toBe('end');
  // The person may still insist on Vicuna's words.
  const vicuna = await openForTest({ ...pair, family: 'vicuna-v1' });
  expect(text(tiny, (await vicuna.grade(image(1), { trace: true })).trace!.questions[0]!.before)).toMatch(/USER: $/);
});

test('level words of several tokens are read word for word, as the reference does', async () => {
  const tiny = makeTinyCheckpoint({ seed: 72 });
  for (const word of ['excellent', 'poor']) {
    const piece = tiny.tokenizer.tokens.find((token) => token.text === `▁${word}`)!;
    piece.text = `▁${word}#`; // no longer reachable
  }
  const session = await openForTest(await writeTinyModel(join(directory, 'words'), tiny));
  const { trace } = await session.grade(image(2), { trace: true });
  const vision = clipPatches(
    tiny.tensors,
    VISION_PREFIX,
    tiny.config.vision_config as ClipConfig,
    normalize(picture(2).data),
  );
  const tokens = projectPatches(tiny.tensors, 'model.mm_projector.', vision);
  const id = (piece: string) => tiny.tokenizer.tokens.findIndex((token) => token.text === piece);
  const words = [[id('▁excellen'), id('t')], [id('▁good')], [id('▁fair')], [id('▁poo'), id('r')], [id('▁bad')]];
  for (const question of trace!.questions.slice(0, 3)) {
    const sums = words.map((word) => {
      const read = [...question.before, ...tokens, ...question.after, ...word.slice(0, -1)];
      const logits = llamaLogits(tiny.tensors, tiny.config as unknown as LlamaConfig, read);
      return word.reduce((sum, token, index) => {
        const row = logits[read.length - word.length + index]!;
        return sum + Math.log(softmax(row)[token]!);
      }, 0);
    });
    const expected = softmax(sums);
    for (const [index, probability] of question.probabilities.entries())
      expect(Math.abs(probability - expected[index]!), `${question.name} ${index}`).toBeLessThan(3e-3);
  }
});

describe('the real Llama-2 vocabulary', () => {
  test('each level word is one token, the prompt has 35 tokens, and the text after the photo begins with 29871, 13', async () => {
    const bundle = join(nodeLlamaCppHome(), 'llama', 'gitRelease.bundle');
    const { files } = await readBundle(bundle, (path) => path === 'models/ggml-vocab-llama-spm.gguf');
    const path = join(directory, 'vocabulary.gguf');
    await writeFile(path, files.get('models/ggml-vocab-llama-spm.gguf')!);
    const llama = await getLlama({ gpu: false, build: 'never', logger: () => {} });
    const model = await llama.loadModel({ modelPath: path, vocabOnly: true, gpuLayers: 0 });
    const stem = `${VICUNA.ask(GRADE_QUESTION)}${VICUNA.gap}${STEMS.overall}`;
    const tokens = model.tokenize(stem, true);
    expect(tokens.slice(0, 2)).toEqual([29871, 13]);
    const ids = LEVEL_WORDS.map((word) => {
      const whole = model.tokenize(`${stem} ${word}`, true);
      expect(whole.slice(0, -1)).toEqual(tokens);
      return whole.at(-1);
    });
    expect(ids).toEqual([15129, 1781, 6534, 6460, 4319]);
    expect(1 + model.tokenize(VICUNA.before, true).length).toBe(35);
    await model.dispose();
    await llama.dispose();
  });
});
