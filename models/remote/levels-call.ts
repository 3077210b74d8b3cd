/** Nine answers begun about one photo, and the probabilities of the words that would go on with each. */
import { z } from 'zod';
import type { Reading } from '../runtime/level-scores.ts';
import { GRADE_QUESTION, JUDGEMENTS, type Judgement, STEMS } from '../runtime/prompts.ts';
import { EngineFailure, PhotoRefused } from './failures.ts';
import { exchange } from './http.ts';
import type { RemoteLane } from './lane.ts';
import { levelsAmong } from './levels.ts';
import { MANNERS } from './servers.ts';

export interface Levels {
  readings: Record<Judgement, Reading>;
  milliseconds: number;
  /** Words of the list that was needed, the longest of the nine. */
  listed: number;
}

const completion = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        logprobs: z
          .looseObject({
            content: z
              .array(
                z.looseObject({
                  top_logprobs: z.array(z.looseObject({ token: z.string(), logprob: z.number() })).nullish(),
                }),
              )
              .nullish(),
          })
          .nullish(),
      }),
    )
    .min(1),
});

/** How many words the lists of each model must have; learned once, so that later photos ask once. */
const learned = new WeakMap<RemoteLane, number>();

/** @throws EngineFailure, PhotoRefused with a sentence; the signal's reason. */
export async function askLevels(lane: RemoteLane, picture: string, signal: AbortSignal): Promise<Levels> {
  const started = performance.now();
  const readings = {} as Record<Judgement, Reading>;
  let listed = 0;
  for (const judgement of JUDGEMENTS) {
    const found = await askOne(lane, picture, judgement, signal);
    readings[judgement] = found.reading;
    listed = Math.max(listed, found.listed);
  }
  return { readings, milliseconds: performance.now() - started, listed };
}

async function askOne(
  lane: RemoteLane,
  picture: string,
  judgement: Judgement,
  signal: AbortSignal,
): Promise<{ reading: Reading; listed: number }> {
  const { lists } = MANNERS[lane.server];
  const least = learned.get(lane) ?? 0;
  let missing: readonly string[] = [];
  let longest = 0;
  for (const length of lists.filter((list) => list >= least)) {
    const listed = await askList(lane, picture, judgement, length, signal).catch((error: unknown) => {
      // A list that is longer than the server gives is refused: what it gave before is all there is.
      if (error instanceof PhotoRefused && longest > 0) return null;
      throw error;
    });
    if (listed === null) break;
    const found = levelsAmong(listed);
    if (found.reading) {
      if (length > least) learned.set(lane, length);
      return { reading: found.reading, listed: length };
    }
    missing = found.missing;
    longest = Math.max(longest, listed.length);
    if (listed.length < length) break;
  }
  const words = missing.map((word) => `“${word}”`).join(', ');
  const remedy = lane.server === 'vLLM' ? ' Start it with --max-logprobs 400.' : '';
  throw new PhotoRefused(
    `${lane.name} lists the ${longest} likeliest words, and ${words} would be needed too: no grade is made of less.${remedy}`,
  );
}

async function askList(lane: RemoteLane, picture: string, judgement: Judgement, length: number, signal: AbortSignal) {
  const answer = completion.safeParse(
    await exchange({
      ...{ address: lane.address, path: '/v1/chat/completions', key: lane.key, agent: lane.agent, signal },
      body: {
        model: lane.model,
        messages: [
          {
            role: 'user',
            content: [
              { type: 'image_url', image_url: { url: picture } },
              { type: 'text', text: `\n${GRADE_QUESTION}` },
            ],
          },
          { role: 'assistant', content: lane.gap + STEMS[judgement] },
        ],
        ...{ max_tokens: 1, temperature: 0, logprobs: true, top_logprobs: length, stream: false },
        ...MANNERS[lane.server].goOn,
      },
    }),
  );
  if (!answer.success) throw new EngineFailure('broken', `${lane.name} answers in a way that is not understood.`);
  const list = answer.data.choices[0]?.logprobs?.content?.[0]?.top_logprobs;
  if (!list || list.length === 0) {
    throw new EngineFailure('refused', `${lane.name} gives no log-probabilities.`, { lacks: 'probabilities' });
  }
  return list;
}
