/** Token for token what llama.cpp's own program writes: positions, tokens, memory and sampling are as they should be. */
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { buildOracle } from '../../models/bridge/oracle.ts';
import { convertCheckpoint } from '../../models/convert/convert.ts';
import { makeTinyModel } from '../../models/tiny/make.ts';
import { makeTinyQwen, QWEN_TEMPLATE, writeTinyQwen } from '../../models/tiny/qwen.ts';
import { BUILD_TIMEOUT, openForTest, picture, ready, temporaryFolder } from './setting.ts';

const directory = temporaryFolder();
let oracle: Awaited<ReturnType<typeof buildOracle>>;
beforeAll(async () => {
  await ready();
  if (process.platform === 'linux') oracle = await buildOracle();
}, BUILD_TIMEOUT);

const QUESTIONS = [
  'Describe the aesthetic experience of this image in detail.',
  'How would you rate the aesthetics of this image?',
  'Is the light soft? Why?',
  'What is the mood — calm or strong?',
];
const TOKENS = 24;

test.skipIf(process.platform !== 'linux').each([61, 62])(
  'model %d: twelve pictures and questions',
  async (seed) => {
    const pair = await makeTinyModel(join(directory, `model-${seed}`), {
      ...{ seed, blocks: 3, heads: 4, keyHeads: seed === 61 ? 2 : 4 },
    });
    // The program keeps keys and values at half precision.
    const session = await openForTest({ ...pair, threads: 1, exact: false });
    let written = 0;
    for (const number of [1, 2, 3]) {
      const pixels = picture(100 * seed + number);
      const path = join(directory, `${seed}-${number}.png`);
      await sharp(pixels.data, { raw: { width: 56, height: 56, channels: 3 } })
        .png()
        .toFile(path);
      const photo = { key: path, read: () => pixels };
      for (const question of QUESTIONS) {
        const { text: expected } = await oracle({
          ...pair,
          image: path,
          prompt: `<__media__>\n${question}`,
          tokens: TOKENS,
        });
        let text = '';
        const request = { question, temperature: 0, maximumTokens: TOKENS };
        for await (const event of session.chat(photo, request)) if (event.kind === 'token') text += event.text;
        expect(text.trim(), question).toBe(expected.trim());
        written += text.length;
      }
    }
    expect(written).toBeGreaterThan(300);
  },
  180_000,
);

test.skipIf(process.platform !== 'linux')(
  'Qwen3.5: pictures of several shapes, and a further question',
  async () => {
    const tiny = makeTinyQwen({ seed: 63 });
    // The program asks for thinking by itself; we never do.
    tiny.tokenizerConfig.chat_template = QWEN_TEMPLATE.replace(
      'enable_thinking is defined and enable_thinking',
      'false',
    );
    const checkpoint = join(directory, 'qwen');
    await writeTinyQwen(checkpoint, tiny);
    const { model, mmproj } = await convertCheckpoint({ checkpoint, output: `${checkpoint}-out`, quantization: 'F32' });
    const session = await openForTest({ model, mmproj, threads: 1, exact: false });
    let written = 0;
    for (const [width, height] of [
      [320, 224],
      [256, 352],
    ] as const) {
      const pixels = picture(width, width, height);
      const path = join(directory, `qwen-${width}.png`);
      await sharp(pixels.data, { raw: { width, height, channels: 3 } })
        .png()
        .toFile(path);
      const photo = { key: path, read: () => pixels };
      // A grading in between leaves a running state behind, which the answers must not be told from.
      await session.grade(photo);
      for (const question of QUESTIONS) {
        const run = { model, mmproj, image: path, prompt: `<__media__>${question}`, tokens: TOKENS };
        const { text: expected } = await oracle(run);
        let text = '';
        const request = { question, temperature: 0, maximumTokens: TOKENS };
        for await (const event of session.chat(photo, request)) if (event.kind === 'token') text += event.text;
        // The program shows special tokens too.
        expect(text.trim(), question).toBe(expected.replace(/<\|\w+\|>|<\/?think>/g, '').trim());
        written += text.length;
      }
    }
    expect(written).toBeGreaterThan(100);
  },
  180_000,
);
