/**
 * The real llama-server, built from the bundle with the same mended sources: what it says of photos equals what our own
 * engine says of them with the same files, and two of them share a queue of which one is killed in the middle.
 */
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { sentPicture } from '../../electron/core/engines/sent-picture.ts';
import { readAddress } from '../../models/remote/address.ts';
import { askServer } from '../../models/remote/servers.ts';
import { openRemote, type RemoteSession } from '../../models/remote/session.ts';
import { type ModelPair, makeTinyModel } from '../../models/tiny/make.ts';
import { DIMENSIONS } from '../../shared/grade.ts';
import { ALL_PHOTOS } from '../../shared/query.ts';
import { makePhoto, workplace } from '../core/made-photos.ts';
import { llamaServer, type RunningServer } from './llama-server.ts';
import { openForTest, picture, ready, temporaryFolder } from './setting.ts';

const isLinux = process.platform === 'linux';
const directory = temporaryFolder();
/** The tower of the tiny model; pictures of this size are looked at as they are. */
const EDGE = 56;
const MOST_APART = 3e-3;
let start: Awaited<ReturnType<typeof llamaServer>>;
beforeAll(async () => {
  await ready();
  if (isLinux) start = await llamaServer();
}, 900_000);

async function sessionAt(server: RunningServer): Promise<RemoteSession> {
  const facts = await askServer(readAddress(server.address), null);
  const [model = ''] = facts.models;
  expect(facts).toMatchObject({ kind: 'llama.cpp', sees: true, atOnce: 2 });
  const gap = await facts.gapOf(model);
  expect(gap).toBe(' ');
  return openRemote({
    ...{ name: 'tiny', model: 'tiny', hash: facts.hashOf(model), edge: EDGE, grades: true, cacheDirectory: null },
    engines: [{ address: server.address, model, server: facts.kind, atOnce: facts.atOnce, gap, key: null }],
    encode: sentPicture,
  });
}

test.skipIf(!isLinux).each([81, 82])('model %d: level probabilities equal those of our own engine', async (seed) => {
  const pair: ModelPair = await makeTinyModel(join(directory, `model-${seed}`), { seed, blocks: 3 });
  const server = await start(pair, 2);
  // The server keeps keys and values at half precision.
  const own = await openForTest({ ...pair, exact: false });
  const session = await sessionAt(server);
  let apart = 0;
  try {
    for (const number of [1, 2, 3, 4]) {
      const pixels = picture(100 * seed + number, 90, 60);
      // Ours sees what was sent: the JPEG, not what it was made of.
      const { data, info } = await sharp(await sentPicture(pixels, EDGE, 'jpeg'))
        .raw()
        .toBuffer({ resolveWithObject: true });
      const seen = { width: info.width, height: info.height, data: new Uint8Array(data) };
      const theirs = await session.grade({ key: `photo ${number}`, read: () => pixels }, { trace: true });
      const ours = await own.grade({ key: `photo ${number}`, read: () => seen }, { trace: true });
      for (const [index, question] of (ours.trace?.questions ?? []).entries())
        for (const [level, probability] of question.probabilities.entries())
          apart = Math.max(apart, Math.abs(probability - (theirs.trace?.questions[index]?.probabilities[level] ?? 9)));
      for (const dimension of DIMENSIONS)
        for (const [level, probability] of ours.dimensions[dimension].probabilities.entries())
          apart = Math.max(apart, Math.abs(probability - (theirs.dimensions[dimension].probabilities[level] ?? 9)));
      expect(Math.abs(ours.mass - theirs.mass)).toBeLessThan(MOST_APART);
    }
  } finally {
    await session.close();
    await server.kill();
  }
  console.log(`Largest difference of a probability: ${apart.toExponential(1)}.`);
  expect(apart).toBeGreaterThan(0);
  expect(apart).toBeLessThan(MOST_APART);
});

test.skipIf(!isLinux)('two servers, one killed in the middle of a queue: nothing lost, nothing twice', async () => {
  await using place = workplace();
  const pair = await makeTinyModel(join(directory, 'queue'), { seed: 91 });
  const servers = [await start(pair, 2), await start(pair, 2)];
  try {
    const count = 40;
    for (let seed = 1; seed <= count; seed += 1) await makePhoto(join(place.photos, `frame-${seed}.jpg`), seed);
    const core = await place.open();
    await core.index([place.photos]);
    const critics = new Set<string>();
    for (const { address } of servers) {
      const { sends, models } = await core.remoteEngines.probe(address, null);
      const engine = { address, model: models[0] ?? '', edge: 336 as const, key: null, atOnce: null };
      critics.add((await core.remoteEngines.add({ ...engine, agreed: sends[0]?.text ?? '' })).critic);
    }
    expect(critics.size).toBe(1);
    const [critic = ''] = critics;
    await core.models.use(critic);
    const job = core.critics.grade(ALL_PHOTOS);
    const done = (index: number) => core.remoteEngines.list()[index]?.done ?? 0;
    await expect.poll(() => Math.min(done(0), done(1)), { interval: 5, timeout: 120_000 }).toBeGreaterThan(2);
    await servers[0]?.kill();
    await core.finishJob(job);
    expect(core.jobs().find(({ id }) => id === job)).toMatchObject({ state: 'done', done: count, failed: 0 });
    expect(core.list().filter(({ grade }) => grade?.critic === critic)).toHaveLength(count);
    // Each photo was finished by one engine; the gray pictures that show its bias were judged beside.
    expect(done(0) + done(1)).toBe(count + 3);
    expect(core.remoteEngines.list()[0]).toMatchObject({ state: 'resting' });
  } finally {
    for (const server of servers) await server.kill();
  }
});
