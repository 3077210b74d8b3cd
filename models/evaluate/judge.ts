/** Who is evaluated: anything that answers a question about a picture and grades it. A model session is one. */
import { createHash } from 'node:crypto';
import { gradeOf, type LevelProbabilities } from '../../shared/grade.ts';
import type { ModelSession, Pixels } from '../model-api.ts';
import { EvaluationError } from './failure.ts';

export interface Judge {
  /** For people, such as `aesexpert-7b, llama 7B Q4_K - Medium`. */
  name: string;
  /** Changes when answers may change: model, quantization, prompts. A journal of another identity is not continued. */
  identity: string;
  /** The answer to a prompt about a picture, word for word, always the same for the same input. */
  answer(image: string, prompt: string, signal?: AbortSignal): Promise<string>;
  /** Expected level, 0–100, of Q-Align's question and stem, nothing subtracted. */
  grade(image: string, signal?: AbortSignal): Promise<number>;
}

/** Reads a picture file upright and in sRGB. @throws Error with a sentence when it cannot be read. */
export type ReadPicture = (path: string, signal?: AbortSignal) => Promise<Pixels>;

/**
 * A running model as a judge: greedy answers, and Q-Align's plain softmax over the five level words.
 * @param modelHash of the model's files. @param maximumTokens of an answer; AesI descriptions need a few hundred.
 */
export function sessionJudge(
  session: ModelSession,
  modelHash: string,
  readPicture: ReadPicture,
  maximumTokens = 512,
): Judge {
  const { name, description, promptVersion, family } = session.info;
  const imageOf = (path: string) => ({
    key: createHash('sha256').update(path).digest('hex'),
    read: (signal?: AbortSignal) => readPicture(path, signal),
  });
  return {
    name: `${name}, ${description}`,
    identity: [name, modelHash, promptVersion, family, maximumTokens].join(' '),
    async answer(image, prompt, signal) {
      let text = '';
      const events = session.chat(imageOf(image), { question: prompt, temperature: 0, maximumTokens, seed: 1 }, signal);
      for await (const event of events) if (event.kind === 'token') text += event.text;
      return text.trim();
    },
    async grade(image, signal) {
      const { trace } = await session.grade(imageOf(image), { trace: true, signal });
      const overall = trace?.questions.find((question) => question.name === 'overall');
      if (overall?.probabilities.length !== 5) throw new EvaluationError('The model gave no level probabilities.');
      return gradeOf(overall.probabilities as unknown as LevelProbabilities);
    },
  };
}
