/** A person's remark in a model's words, for data sets. Whether it says anything new is checked by who asks. */
import { ModelError, type ModelImage, type ModelSession } from '../../../models/model-api.ts';

const MOST_TOKENS = 160;

/** @returns null where the model had no answer to give. @throws ModelError when its process died; the signal's reason. */
export async function wordedBy(
  session: ModelSession,
  image: ModelImage,
  { question, answer }: { question: string; answer: string },
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const request = `Somebody was asked about this image: "${question}" They answered: "${answer}" Write their answer as one or two plain sentences. Use their words, add nothing, leave nothing out.`;
  let text = '';
  try {
    for await (const event of session.chat(
      image,
      { question: request, temperature: 0, maximumTokens: MOST_TOKENS },
      signal,
    )) {
      if (event.kind === 'token') text += event.text;
    }
  } catch (error) {
    if (error instanceof ModelError && error.code === 'bad-input') return null;
    throw error;
  }
  return text.trim() === '' ? null : text.trim();
}
