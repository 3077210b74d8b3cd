/** Explanations and conversation by an engine elsewhere, streamed word by word. */
import { z } from 'zod';
import type { Level } from '../../shared/grade.ts';
import type { ChatRequest, ExplainRequest, ModelEvent, ModelImage, Turn } from '../model-api.ts';
import { factsQuestion, SECTION_TITLES, sectionQuestion } from '../runtime/prompts.ts';
import { Clock, clean, type End, historyOf, limitsOf, verdictTurns, type WritingLimits } from '../runtime/turns.ts';
import type { Dispatcher } from './dispatcher.ts';
import { EngineFailure, PhotoRefused } from './failures.ts';
import { exchangeStream } from './http.ts';
import type { RemoteLane } from './lane.ts';

const chunk = z.looseObject({
  choices: z.array(
    z.looseObject({
      delta: z.looseObject({ content: z.string().nullish() }).optional(),
      finish_reason: z.string().nullish(),
    }),
  ),
});

/** A server that fails after it began to answer says so inside the stream. */
const failure = z.looseObject({
  error: z.looseObject({ message: z.string().transform((text) => text.slice(0, 200)) }),
});

interface WritingRoom {
  dispatcher: Dispatcher<RemoteLane>;
  pictureOf: (image: ModelImage, signal?: AbortSignal) => Promise<string>;
  /** The level of the photo as a whole; null where it cannot be graded. */
  levelOf: (image: ModelImage, signal: AbortSignal | undefined) => Promise<Level | null>;
}

export class RemoteWriter {
  readonly #room: WritingRoom;
  tokensPerSecond: number | null = null;

  constructor(room: WritingRoom) {
    this.#room = room;
  }

  async *explain(image: ModelImage, request: ExplainRequest, signal?: AbortSignal): AsyncGenerator<ModelEvent> {
    const clock = new Clock();
    try {
      yield { kind: 'looking' };
      const picture = await this.#room.pictureOf(image, signal);
      const level = request.level ?? (await this.#room.levelOf(image, signal));
      const turns: Turn[] = [];
      if (level) {
        turns.push(...verdictTurns(level));
        yield { kind: 'section', section: 'grade', title: SECTION_TITLES.grade };
        clock.token();
        yield { kind: 'token', text: turns[1]?.text ?? '' };
      }
      for (const section of ['reasons', 'feeling', 'suggestions'] as const) {
        turns.push({ role: 'person', text: sectionQuestion(section, request.evidence ?? []) });
        yield { kind: 'section', section, title: SECTION_TITLES[section] };
        yield* this.#answer(picture, turns, limitsOf(request), clock, signal);
      }
      yield clock.end('complete');
    } catch (error) {
      if (!signal?.aborted) throw error;
      yield clock.end('stopped');
    }
  }

  async *chat(image: ModelImage, request: ChatRequest, signal?: AbortSignal): AsyncGenerator<ModelEvent> {
    const clock = new Clock();
    try {
      yield { kind: 'looking' };
      const picture = await this.#room.pictureOf(image, signal);
      const turns = historyOf(request);
      turns.push({ role: 'person', text: factsQuestion(request.question, request.evidence ?? []) });
      const reason = yield* this.#answer(picture, turns, limitsOf(request), clock, signal);
      yield clock.end(reason);
    } catch (error) {
      if (!signal?.aborted) throw error;
      yield clock.end('stopped');
    }
  }

  /** Writes the answer to the last turn, and appends it to the turns. */
  async *#answer(
    picture: string,
    turns: Turn[],
    limits: WritingLimits,
    clock: Clock,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<ModelEvent, End['reason']> {
    const pieces: string[] = [];
    let wake: () => void = () => {};
    let settled = false;
    const abandoned = new AbortController();
    const stop = signal ? AbortSignal.any([signal, abandoned.signal]) : abandoned.signal;
    const began = performance.now();
    const writing = this.#room.dispatcher
      .run((lane, both) => write(lane, picture, turns, limits, both, take), { urgent: true, signal: stop })
      .finally(() => {
        settled = true;
        wake();
      });
    writing.catch(() => {});
    let text = '';
    let tokens = 0;
    function take(piece: string): void {
      pieces.push(piece);
      wake();
    }
    try {
      for (;;) {
        const piece = pieces.shift();
        if (piece !== undefined) {
          // The first word of an answer often has the space that stood before it.
          const shown = text === '' ? piece.trimStart() : piece;
          if (shown === '') continue;
          text += shown;
          tokens += 1;
          clock.token();
          yield { kind: 'token', text: shown };
        } else if (settled) break;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
      const reason = await writing;
      if (tokens > 1) this.tokensPerSecond = (1000 * tokens) / (performance.now() - began);
      turns.push({ role: 'critic', text: text.trim() });
      return reason;
    } finally {
      // The reader left early: what is being written is of no use to anyone.
      if (!settled) abandoned.abort();
    }
  }
}

/** @throws EngineFailure before the first word, so that another engine can write; PhotoRefused after it. */
async function write(
  lane: RemoteLane,
  picture: string,
  turns: readonly Turn[],
  limits: WritingLimits,
  signal: AbortSignal,
  take: (piece: string) => void,
): Promise<End['reason']> {
  let begun = false;
  let reason: End['reason'] = 'complete';
  const stream = exchangeStream({
    ...{ address: lane.address, path: '/v1/chat/completions', key: lane.key, agent: lane.agent, signal },
    body: {
      model: lane.model,
      messages: messagesOf(picture, turns),
      ...{ max_tokens: limits.maximumTokens, temperature: limits.temperature, seed: limits.seed, stream: true },
    },
  });
  try {
    for await (const data of stream) {
      const said = parseJson(data);
      const trouble = failure.safeParse(said);
      if (trouble.success) throw new PhotoRefused(`${lane.name} stopped writing: ${trouble.data.error.message}`);
      const parsed = chunk.safeParse(said);
      if (!parsed.success) continue;
      const [choice] = parsed.data.choices;
      const piece = choice?.delta?.content;
      if (choice?.finish_reason === 'length') reason = 'length';
      if (!piece) continue;
      begun = true;
      take(piece);
    }
  } catch (error) {
    if (begun && error instanceof EngineFailure) throw new PhotoRefused(error.message);
    throw error;
  }
  return reason;
}

/** A few words about a picture, to see that it can. */
export async function writeOnce(lane: RemoteLane, picture: string, signal: AbortSignal): Promise<void> {
  const turns: Turn[] = [{ role: 'person', text: 'Describe this image.' }];
  await write(lane, picture, turns, { maximumTokens: 4, temperature: 0, seed: 1 }, signal, () => {});
}

function messagesOf(picture: string, turns: readonly Turn[]): unknown[] {
  return turns.map(({ role, text }, index) => {
    if (role === 'critic') return { role: 'assistant', content: text };
    const words = clean(text);
    if (index > 0) return { role: 'user', content: words };
    return {
      role: 'user',
      content: [
        { type: 'image_url', image_url: { url: picture } },
        { type: 'text', text: `\n${words}` },
      ],
    };
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
