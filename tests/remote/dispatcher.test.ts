/** One queue over several engines, in virtual time: what is shared out, put back, given up, and how much is lost to failures. */
import { expect, test } from 'vitest';
import { Dispatcher } from '../../models/remote/dispatcher.ts';
import { EngineFailure, PhotoRefused } from '../../models/remote/failures.ts';
import { type MadeEngine, SimulatedEngine, VirtualTime } from './virtual-time.ts';

function made(engines: readonly MadeEngine[], patience?: number) {
  const time = new VirtualTime();
  const lanes = engines.map((engine, index) => new SimulatedEngine(engine, time, 7 * index + 1));
  const dispatcher = new Dispatcher({ lanes, clock: time, ...(patience === undefined ? {} : { patience }) });
  return { time, lanes, dispatcher };
}

/** As many as the dispatcher has room for are in hand at any time, as the queue of the core does. */
async function judgeAll(
  dispatcher: Dispatcher<SimulatedEngine>,
  photos: number,
  failed: (photo: number, error: Error) => void = (_, error) => {
    throw error;
  },
): Promise<number[]> {
  const { signal } = new AbortController();
  const judged: number[] = [];
  let next = 0;
  const work = async () => {
    while (next < photos) {
      const photo = next++;
      // What is sent for a photo takes some room; it must not be held any longer than the photo.
      const picture = Buffer.alloc(8_000, photo % 256);
      await dispatcher
        .run((lane) => lane.judge(photo, picture), { signal })
        .then(
          (done) => judged.push(done),
          (error: Error) => failed(photo, error),
        );
    }
  };
  await Promise.all(Array.from({ length: dispatcher.room + 8 }, work));
  return judged;
}

const EIGHT: readonly MadeEngine[] = [
  { name: 'a', atOnce: 8, takes: 400 },
  { name: 'b', atOnce: 8, takes: 700, crashes: { every: 900_000, last: 45_000 } },
  { name: 'c', atOnce: 4, takes: 300, fails: 0.002 },
  { name: 'd', atOnce: 4, takes: 1500, crashes: { every: 300_000, last: 5_000 } },
  { name: 'e', atOnce: 2, takes: 250 },
  { name: 'f', atOnce: 2, takes: 4000, fails: 0.001 },
  { name: 'g', atOnce: 1, takes: 900, crashes: { every: 1_200_000, last: 120_000 } },
  { name: 'h', atOnce: 1, takes: 12_000 },
];

test('100,000 photos over eight engines: none lost, none twice, at least 95 % of what all could do', async () => {
  const { time, lanes, dispatcher } = made(EIGHT);
  const run = judgeAll(dispatcher, 100_000);
  await time.run(run);
  const judged = await run;
  expect(judged).toHaveLength(100_000);
  expect(new Set(judged).size).toBe(100_000);
  expect(lanes.reduce((sum, { done }) => sum + done.length, 0)).toBe(100_000);
  const could = lanes.reduce((sum, lane) => sum + lane.could(time.now()), 0);
  console.log(
    `Of what all could do ${((100 * 100_000) / could).toFixed(1)} % was done in ${(time.now() / 60_000).toFixed(0)} min.`,
  );
  expect(100_000 / could).toBeGreaterThan(0.95);
  const memory = process.memoryUsage().rss;
  console.log(`Memory: ${(memory / 1e6).toFixed(0)} MB.`);
  expect(memory).toBeLessThan(500e6);
  dispatcher.close();
}, 60_000);

test('the slowest engine does not hold up the others', async () => {
  const { time, lanes, dispatcher } = made([
    { name: 'quick', atOnce: 4, takes: 100 },
    { name: 'slow', atOnce: 1, takes: 60_000 },
  ]);
  const run = judgeAll(dispatcher, 2000);
  await time.run(run);
  expect(lanes[0]?.done.length).toBeGreaterThan(1990);
  expect(time.now()).toBeLessThan(150_000);
  dispatcher.close();
});

test('work of an engine that dies goes to another one, first of all, and the engine is asked after its health', async () => {
  const { time, lanes, dispatcher } = made([
    { name: 'mortal', atOnce: 2, takes: 1000, crashes: { every: 5000, last: 1e9 } },
    { name: 'well', atOnce: 1, takes: 1000 },
  ]);
  const run = judgeAll(dispatcher, 60);
  await time.run(run);
  expect((await run).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, index) => index));
  const [mortal, well] = dispatcher.states();
  expect(mortal).toMatchObject({ state: 'resting', running: 0, problem: 'mortal is down.' });
  expect(well).toMatchObject({ state: 'well', problem: null, done: lanes[1]?.done.length });
  dispatcher.close();
});

test('when no engine answers, waiting work is given up after a while with their sentences', async () => {
  const { time, dispatcher } = made([{ name: 'gone', atOnce: 2, takes: 10, crashes: { every: 0, last: 1e9 } }], 30_000);
  const failures: string[] = [];
  await time.run(judgeAll(dispatcher, 5, (_, error) => failures.push(error.message)));
  expect(failures).toHaveLength(5);
  expect(failures[0]).toBe('No engine can be used now. gone is down.');
  expect(time.now()).toBeGreaterThanOrEqual(30_000);
  expect(time.now()).toBeLessThan(45_000);
  dispatcher.close();
});

/** An engine whose answers the test writes. */
function scripted(atOnce = 1) {
  const time = new VirtualTime();
  const lane = { name: 'one', atOnce, alive: async () => {} };
  return { time, dispatcher: new Dispatcher({ lanes: [lane], clock: time, patience: 20_000 }) };
}

test('a photo over which engines break three times is given up alone', async () => {
  const { time, dispatcher } = scripted();
  let tries = 0;
  const poison = dispatcher.run(async () => {
    tries += 1;
    throw new EngineFailure('broken', 'It died.');
  });
  const other = dispatcher.run(async () => 'fine');
  await time.run(Promise.allSettled([poison, other]));
  await expect(poison).rejects.toThrow(PhotoRefused);
  expect(tries).toBe(3);
  expect(await other).toBe('fine');
  dispatcher.close();
});

test('an engine that refuses is not waited for; one that refuses photo after photo neither', async () => {
  const { time, dispatcher } = scripted();
  const wrongKey = dispatcher.run(async () => {
    throw new EngineFailure('refused', 'The key is wrong.');
  });
  await time.run(Promise.allSettled([wrongKey]));
  await expect(wrongKey).rejects.toThrow('The key is wrong.');
  expect(time.now()).toBe(0);
  dispatcher.close();

  const second = scripted();
  const work = Array.from({ length: 20 }, () =>
    second.dispatcher.run(async () => {
      throw new PhotoRefused('No.');
    }),
  );
  await second.time.run(Promise.allSettled(work));
  const ends = await Promise.allSettled(work);
  const sentences = ends.map((end) => (end.status === 'rejected' ? String(end.reason.message) : ''));
  expect(sentences.filter((text) => text === 'No.')).toHaveLength(8);
  expect(sentences[8]).toContain('8 photos in a row');
  second.dispatcher.close();
});

test('what a person waits for goes before what waits, and a busy engine is given less', async () => {
  const { time, dispatcher } = scripted(2);
  const order: string[] = [];
  const slow = (name: string, takes: number) => () => time.wait(takes).then(() => order.push(name));
  const work = [
    ...['a', 'b', 'c'].map((name) => dispatcher.run(slow(name, 100))),
    dispatcher.run(slow('person', 10), { urgent: true }),
  ];
  await time.run(Promise.all(work));
  expect(order[0]).toBe('person');
  dispatcher.close();

  const busy = scripted(4);
  let running = 0;
  let most = 0;
  const limited = () => async () => {
    running += 1;
    try {
      if (running > 2) throw new EngineFailure('busy', 'Too much.', { wait: 500 });
      await busy.time.wait(100);
      most = Math.max(most, running);
    } finally {
      running -= 1;
    }
  };
  await busy.time.run(Promise.all(Array.from({ length: 40 }, () => busy.dispatcher.run(limited()))));
  expect(busy.dispatcher.states()[0]?.done).toBe(40);
  expect(most).toBe(2);
  busy.dispatcher.close();
});

test('work that is stopped ends at once, waiting or not, and is not done later', async () => {
  const { time, dispatcher } = scripted();
  const stop = new AbortController();
  let began = 0;
  const work = [1, 2].map(() =>
    dispatcher.run(
      async (_, signal) => {
        began += 1;
        await time.wait(1000, signal);
        signal.throwIfAborted();
      },
      { signal: stop.signal },
    ),
  );
  stop.abort(new Error('Enough.'));
  const ends = await Promise.allSettled(work);
  expect(ends.map((end) => end.status === 'rejected' && end.reason.message)).toEqual(['Enough.', 'Enough.']);
  expect(began).toBe(1);
  dispatcher.close();
  await expect(dispatcher.run(async () => 1)).rejects.toMatchObject({ code: 'closed' });
});
