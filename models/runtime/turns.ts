/** What is said in a conversation about a photo, whoever writes the answer: turns, bounds, and words made harmless. */
import type { Level } from '../../shared/grade.ts';
import type { ExplainRequest, Turn } from '../model-api.ts';
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
