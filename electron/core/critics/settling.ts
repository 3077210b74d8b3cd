/**
 * Which of some photos is the better one, settled while a person waits: what the grader has not judged is judged now, its
 * numbers and the measures decide, and the writer words what they decided.
 */
import type { ChatRequest, ModelEvent } from '../../../models/model-api.ts';
import type { Settling, Verdict } from '../../../shared/contract.ts';
import { messageOf } from '../../../shared/error-message.ts';
import type { ActiveModel } from '../engines/chosen-model.ts';
import { sentencesIn } from './checked.ts';
import { contradictionOf } from './claims.ts';

export interface SettlingRoom {
  /** The model whose numbers decide; null for the measures alone. */
  readonly grader: ActiveModel | null;
  /** The model that words; null where none can. */
  readonly writer: ActiveModel | null;
  isGraded(photo: number): boolean;
  /** @throws what the engine throws; the signal's reason. */
  grade(photo: number, signal: AbortSignal): Promise<unknown>;
  compare(photos: readonly number[]): Verdict;
  say(photo: number, request: ChatRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
}

const QUESTION =
  'This photo was compared with others of the same shoot, and the facts say how it went. Tell the photographer in two or ' +
  'three short sentences which photo to keep and why. Use only the facts, call the photos by their letters, and add nothing.';
const MOST_TOKENS = 160;

export async function* settle(
  room: SettlingRoom,
  photos: readonly number[],
  signal: AbortSignal,
): AsyncGenerator<Settling> {
  const { grader, writer } = room;
  const open = grader === null ? [] : photos.filter((photo) => !room.isGraded(photo));
  let problem: string | null = null;
  for (const [at, photo] of open.entries()) {
    signal.throwIfAborted();
    yield { kind: 'grading', done: at, total: open.length, by: grader!.known.title };
    try {
      await room.grade(photo, signal);
    } catch (error) {
      signal.throwIfAborted();
      problem = messageOf(error);
      break;
    }
  }
  const verdict = room.compare(photos);
  yield { kind: 'verdict', verdict, used: usedText(grader, verdict, problem) };
  const decided = verdict.winner ?? verdict.ranking[0]?.id;
  if (writer === null || decided === undefined || verdict.points.length === 0) return;
  yield { kind: 'wording', by: writer.known.title };
  const request = { question: QUESTION, evidence: [verdict.text], maximumTokens: MOST_TOKENS, temperature: 0 };
  let text = '';
  try {
    for await (const event of room.say(decided, request, signal)) {
      if (event.kind !== 'token') continue;
      text += event.text;
      yield { kind: 'token', text: event.text };
    }
  } catch (error) {
    signal.throwIfAborted();
    // The verdict stands without the words.
    yield { kind: 'unworded', text: messageOf(error) };
    return;
  }
  const facts = { reasons: [], seen: null, texts: [verdict.text] };
  for (const sentence of sentencesIn(text)) {
    const found = contradictionOf(sentence, facts) ?? otherWinner(sentence, verdict, photos);
    if (found !== null) yield { kind: 'contradicted', ...found };
  }
}

/** By what it was decided, in a sentence. */
function usedText(grader: ActiveModel | null, { critic }: Verdict, problem: string | null): string {
  if (critic !== 'measured')
    return `Decided by the grades of ${grader?.known.title ?? critic} and what was measured at full size.`;
  if (grader === null) return 'No grader is chosen: decided by technical quality, measured without a model.';
  const why = problem === null ? '' : ` (${problem.replace(/\.$/, '')})`;
  return `${grader.known.title} did not grade all of these${why}: decided by technical quality, measured.`;
}

/** A sentence that names another photo as the one to keep than the numbers do. */
function otherWinner(sentence: string, { winner }: Verdict, photos: readonly number[]) {
  const named = /\b(?:keep|choose|pick|prefer|select)(?:\s+(?:photo|image|picture|frame))?\s+([A-D])\b/.exec(sentence);
  const letter = winner === null ? null : ('ABCD'[photos.indexOf(winner)] ?? null);
  if (named === null || named[1] === letter) return null;
  const text = letter === null ? 'The numbers are too close to call.' : `The numbers say ${letter}.`;
  return { sentence: sentence.trim().replace(/[.!?\s]+$/, ''), text, reason: null };
}
