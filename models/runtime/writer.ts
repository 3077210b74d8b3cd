/** Writes about the photo in front of the model: explanations coarse to fine, and free conversation. */
import type { Level } from '../../shared/grade.ts';
import type { ChatRequest, ExplainRequest, ModelEvent, Turn } from '../model-api.ts';
import { type ImageContext, wasStopped } from './image-context.ts';
import { factsQuestion, SECTION_TITLES, type Style, sectionQuestion } from './prompts.ts';
import { Clock, clean, type End, historyOf, limitsOf, verdictTurns, type WritingLimits } from './turns.ts';

/** Places that an answer needs at least. */
const SHORTEST_ANSWER = 48;
const TOP_K = 40;
const TOP_P = 0.9;
/** Small models repeat themselves; this is mild enough not to bend their words. 1 when the likeliest word is wanted. */
const REPEAT_PENALTY = 1.1;

export class Writer {
  readonly #context: ImageContext;
  readonly #style: Style;
  /** Tokens of answers that were written here, so that a follow-up finds them read already. */
  readonly #written = new Map<string, number[]>();
  /** Of the last answer that was written, its question left out. */
  tokensPerSecond: number | null = null;

  constructor(context: ImageContext, style: Style) {
    this.#context = context;
    this.#style = style;
  }

  /** @param level what the probabilities say; the model goes on from its own verdict. */
  async *explain(level: Level, request: ExplainRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    const clock = new Clock();
    const limits = limitsOf(request);
    const turns = verdictTurns(level);
    yield { kind: 'section', section: 'grade', title: SECTION_TITLES.grade };
    clock.token();
    yield { kind: 'token', text: turns[1]!.text };
    for (const section of ['reasons', 'feeling', 'suggestions'] as const) {
      if (signal.aborted) break;
      turns.push({ role: 'person', text: sectionQuestion(section, request.evidence ?? []) });
      yield { kind: 'section', section, title: SECTION_TITLES[section] };
      const end = yield* this.#answer(turns, limits, clock, signal);
      if (end === 'stopped') break;
      if (end === 'full') {
        yield { kind: 'note', text: 'The model has no room left for more.' };
        yield clock.end('length');
        return;
      }
    }
    yield clock.end(signal.aborted ? 'stopped' : 'complete');
  }

  /** Tokens from the photo to where the first written word of its explanation begins; for measurements. */
  opening(level: Level, evidence: readonly string[]): readonly number[] {
    return this.#tokens([...verdictTurns(level), { role: 'person', text: sectionQuestion('reasons', evidence) }]);
  }

  async *chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    const clock = new Clock();
    const limits = limitsOf(request);
    const question = { role: 'person' as const, text: factsQuestion(request.question, request.evidence ?? []) };
    const turns = [...historyOf(request), question];
    let dropped = false;
    while (turns.length > 1 && this.#context.roomAfter(this.#tokens(turns).length) < limits.maximumTokens) {
      turns.splice(0, turns[1]?.role === 'critic' ? 2 : 1);
      dropped = true;
    }
    if (dropped)
      yield { kind: 'note', text: 'The beginning of this conversation no longer fits the model and is left out.' };
    const end = yield* this.#answer(turns, limits, clock, signal);
    if (end === 'full') yield { kind: 'note', text: 'The question is too long for this model’s context.' };
    yield clock.end(end === 'full' ? 'length' : end);
  }

  /** Writes the answer to the last turn, and appends it to the turns. */
  async *#answer(
    turns: Turn[],
    limits: WritingLimits,
    clock: Clock,
    signal: AbortSignal,
  ): AsyncGenerator<ModelEvent, End['reason'] | 'full'> {
    const tokens = this.#tokens(turns);
    const room = this.#context.roomAfter(tokens.length);
    if (room < Math.min(SHORTEST_ANSWER, limits.maximumTokens)) return 'full';
    const greedy = limits.temperature <= 0;
    this.#context.eyes.startSampling(limits.temperature, TOP_K, TOP_P, greedy ? 1 : REPEAT_PENALTY, limits.seed);
    const words = new Words(this.#style.stops);
    const written: number[] = [];
    let reason: End['reason'] = 'length';
    let begun = 0; // when its first token was there
    let text = '';
    try {
      let unread = this.#context.missing(tokens);
      while (written.length < Math.min(limits.maximumTokens, room - 1)) {
        if (signal.aborted) {
          reason = 'stopped';
          break;
        }
        const taken = await this.#context.next(unread);
        begun ||= performance.now();
        if (taken.end) {
          reason = 'complete';
          break;
        }
        unread = [taken.token];
        written.push(taken.token);
        const piece = words.add(taken.piece);
        if (piece) {
          // The space between question and answer is not part of the answer.
          const shown = text === '' ? piece.trimStart() : piece;
          text += shown;
          if (shown) {
            clock.token();
            yield { kind: 'token', text: shown };
          }
        }
        if (words.stopped) {
          reason = 'complete';
          break;
        }
      }
    } catch (error) {
      if (!wasStopped(error) || !signal.aborted) throw error;
      reason = 'stopped';
    }
    const rest = words.rest();
    if (rest) {
      text += rest;
      yield { kind: 'token', text: rest };
    }
    if (written.length > 1) this.tokensPerSecond = (written.length - 1) / ((performance.now() - begun) / 1000);
    if (!words.stopped) this.#remember(text, written);
    turns.push({ role: 'critic', text });
    return reason;
  }

  /** Tokens of a conversation from the photo to where the next answer begins. The last turn is a person's. */
  #tokens(turns: readonly Turn[]): number[] {
    const { eyes } = this.#context;
    const style = this.#style;
    const cut = (text: string) => [...eyes.tokenize(text, false, true)];
    const tokens: number[] = [];
    for (let index = 0; index < turns.length; index++) {
      const turn = turns[index]!;
      if (turn.role === 'critic') continue;
      const question = index === 0 ? style.ask(clean(turn.text)) : style.askAgain(clean(turn.text));
      const reply = turns[index + 1];
      if (reply?.role !== 'critic') {
        tokens.push(...cut(question));
        continue;
      }
      const own = this.#written.get(reply.text);
      if (own) tokens.push(...cut(question), ...own, ...cut(style.end));
      else tokens.push(...cut(question + style.gap + clean(reply.text) + style.end));
    }
    return tokens;
  }

  #remember(text: string, tokens: number[]): void {
    this.#written.delete(text);
    this.#written.set(text, tokens);
    if (this.#written.size > 32) this.#written.delete(this.#written.keys().next().value!);
  }
}

/** Turns tokens' bytes into text, holding back what may be the middle of a character or the start of a stop text. */
class Words {
  readonly #decoder = new TextDecoder();
  readonly #stops: readonly string[];
  #held = '';
  stopped = false;

  constructor(stops: readonly string[]) {
    this.#stops = stops;
  }

  add(piece: Uint8Array): string {
    this.#held += this.#decoder.decode(piece, { stream: true });
    for (const stop of this.#stops) {
      const at = this.#held.indexOf(stop);
      if (at < 0) continue;
      const text = this.#held.slice(0, at).trimEnd();
      this.#held = '';
      this.stopped = true;
      return text;
    }
    let keep = 0;
    for (const stop of this.#stops)
      for (let length = Math.min(stop.length - 1, this.#held.length); length > keep; length--)
        if (this.#held.endsWith(stop.slice(0, length))) keep = length;
    const text = this.#held.slice(0, this.#held.length - keep);
    this.#held = this.#held.slice(this.#held.length - keep);
    return text;
  }
  rest(): string {
    const text = this.stopped ? '' : this.#held + this.#decoder.decode();
    this.#held = '';
    return text;
  }
}
