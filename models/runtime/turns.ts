/** What is said in a conversation about a photo, whoever writes the answer: turns, bounds, and words made harmless. */
import type { Level } from '../../shared/grade.ts';
import type { ChatRequest, ExplainRequest, ModelEvent, Turn } from '../model-api.ts';
import { GRADE_QUESTION, IMAGE_MARKER, STEMS } from './prompts.ts';

export interface WritingLimits {
  maximumTokens: number;
  temperature: number;
  seed: number;
}

/** The model's own verdict; its tokens begin as those of grading do, which are still there. */
export function verdictTurns(level: Level): Turn[] {
  return [
    { role: 'person', text: GRADE_QUESTION },
    { role: 'critic', text: `${STEMS.overall} ${level}.` },
  ];
}

/** What was said before, as it can stand in front of a question: it begins with the person. */
export function historyOf({ history = [] }: ChatRequest): Turn[] {
  const turns = history.filter(({ text }) => text.trim() !== '');
  const begins = turns.findIndex(({ role }) => role === 'person');
  return begins < 0 ? [] : turns.slice(begins);
}

/** What a person writes must not become a special token or a picture; Qwen's tokenizers take composed characters. */
export function clean(text: string): string {
  return text
    .replaceAll(IMAGE_MARKER, '')
    .replace(/<\/?s>|<\|[^|>]{0,40}\|>|<(start|end)_of_turn>|<\/?think>/g, '')
    .normalize('NFC')
    .trim();
}

export function limitsOf(request: ExplainRequest): WritingLimits {
  return {
    maximumTokens: Math.max(1, Math.min(request.maximumTokens ?? 160, 2048)),
    temperature: request.temperature ?? 0.2,
    seed: request.seed ?? 1,
  };
}

export type End = Extract<ModelEvent, { kind: 'end' }>;

/** Counts an answer's tokens, and the time to the first and to the last. */
export class Clock {
  readonly #started = performance.now();
  #first: number | null = null;
  #tokens = 0;

  token(): void {
    this.#first ??= performance.now() - this.#started;
    this.#tokens += 1;
  }
  end(reason: End['reason']): End {
    const all = performance.now() - this.#started;
    return { kind: 'end', reason, tokens: this.#tokens, milliseconds: { first: this.#first ?? all, all } };
  }
}
