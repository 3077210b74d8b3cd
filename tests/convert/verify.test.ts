import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readGgufFileInfo } from 'node-llama-cpp';
import { beforeAll, expect, test } from 'vitest';
import { bridgeFile } from '../../models/bridge/place.ts';
import { convertCheckpoint } from '../../models/convert/convert.ts';
import { CHECK_PICTURES, drawCheckPicture, verifyModel } from '../../models/convert/verify.ts';
import { evaluate } from '../../models/evaluate/evaluate.ts';
import { sessionJudge } from '../../models/evaluate/judge.ts';
import { openModel } from '../../models/runtime/process-client.ts';
import { TINY, writeCheckpoint } from './checkpoints.ts';
import { PLAIN, temporaryFolder } from './support.ts';
import { trainVocabulary } from './vocabulary.ts';

const bridge = existsSync(bridgeFile('cpu'));
const folder = await temporaryFolder('verify');
let files: { model: string; mmproj: string };
beforeAll(async () => {
  const checkpoint = join(folder, 'checkpoint');
  await writeCheckpoint(checkpoint, trainVocabulary(), PLAIN);
  files = await convertCheckpoint({ checkpoint, output: join(folder, 'out'), quantization: 'F16' });
});

test('the built-in pictures are always the same and all different', () => {
  const drawn = CHECK_PICTURES.map((name) => Buffer.from(drawCheckPicture(name).data));
  for (const [index, picture] of drawn.entries()) {
    expect(picture.equals(Buffer.from(drawCheckPicture(CHECK_PICTURES[index]!).data))).toBe(true);
    expect(drawn.filter((other) => other.equals(picture))).toHaveLength(1);
  }
});

test.skipIf(!bridge)('a converted model passes its verification and can be evaluated', async () => {
  const session = await openModel({ name: 'tiny', ...files, gpu: 'off', threads: 1 });
  try {
    const verification = await verifyModel(session);
    expect(verification.problems).toEqual([]);
    expect(verification.works).toBe(true);
    expect(verification.pictures.map(({ name }) => name)).toEqual([...CHECK_PICTURES]);

    const judge = sessionJudge(
      session,
      'hash',
      async (path) => {
        const name = CHECK_PICTURES.find((picture) => path.endsWith(`${picture}.png`));
        if (!name) throw new Error('There is no such picture.');
        return drawCheckPicture(name);
      },
      8,
    );
    const annotations = join(folder, 'scores.json');
    const photos = [...CHECK_PICTURES, 'absent'].map((name, index) => ({ image: `${name}.png`, gt_score: index }));
    await writeFile(annotations, JSON.stringify(photos));
    const scores = await evaluate({ annotations, images: folder, output: join(folder, 'scores'), judge });
    expect(scores.result).toMatchObject({
      kind: 'scores',
      agreement: { count: 3 },
      failures: [{ image: 'absent.png' }],
    });

    const bench = join(folder, 'bench.json');
    const question = { Question: 'Is the light good?', Options: 'A) yes\nB) no', Answer: 'A' };
    await writeFile(bench, JSON.stringify({ 'dusk.png': { AesP_data: question } }));
    const run = async (output: string) => {
      await evaluate({ annotations: bench, images: folder, output: join(folder, output), judge });
      return readFile(join(folder, output, 'AesP-responses.json'), 'utf8');
    };
    expect(await run('once')).toBe(await run('twice'));
  } finally {
    await session.close();
  }
});

test.skipIf(!bridge)('a model whose projector is blind does not pass', async () => {
  // Zeros in place of the projector's second layer: every picture becomes the same tokens.
  const info = await readGgufFileInfo(files.mmproj);
  const bytes = await readFile(files.mmproj);
  const layer = info.fullTensorInfo!.find((tensor) => tensor.name === 'mm.2.weight')!;
  bytes.fill(0, Number(layer.fileOffset), Number(layer.fileOffset) + 2 * TINY.embedding * TINY.embedding);
  const mmproj = join(folder, 'blind.gguf');
  await writeFile(mmproj, bytes);
  const session = await openModel({ name: 'blind', model: files.model, mmproj, gpu: 'off', threads: 1 });
  try {
    const { works, problems } = await verifyModel(session);
    expect(works).toBe(false);
    expect(problems.join()).toContain('does not see');
  } finally {
    await session.close();
  }
});
