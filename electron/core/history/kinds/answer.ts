/** A person's answers to a reason that was given for photos: it was meant, or they see it otherwise. */

import { z } from 'zod';
import { ANSWERS } from '../../../../shared/culling.ts';
import { photosText } from '../../../../shared/photo.ts';
import { answersTo, writeAnswer } from '../../catalog/answers.ts';
import { type Command, outcome, reversible } from './command.ts';

/** By photo, in the order of `target.photos`; null where nothing is answered. */
const answersSchema = z.array(z.object({ answer: z.enum(ANSWERS), word: z.string(), evidence: z.string() }).nullable());
type Answers = z.infer<typeof answersSchema>;
export type AnswerCommand = Command<{ photos: number[]; reason: string; label: string }, Answers>;

export const answer = reversible<AnswerCommand['target'], Answers>({
  name: 'answer',
  target: z.object({ photos: z.array(z.int()), reason: z.string(), label: z.string() }),
  state: answersSchema,
  bring(catalog, { photos, reason }, from, to, now) {
    const found = answersTo(catalog, photos, reason);
    const changed: number[] = [];
    let changedSince = 0;
    for (const [index, photo] of photos.entries()) {
      if (!found.has(photo)) continue;
      if ((found.get(photo)?.answer ?? null) !== (from[index]?.answer ?? null)) {
        changedSince++;
        continue;
      }
      writeAnswer(catalog, photo, reason, to[index] ?? null, now);
      changed.push(photo);
    }
    return outcome({ photos: changed, columns: ['answer'], vanished: photos.length - found.size, changedSince });
  },
  label(commands) {
    const { target, after } = commands[0]!;
    const count = photosText(target.photos.length);
    const given = after.find((one) => one !== null)?.answer;
    if (given === undefined) return `Take the answer to "${target.label}" of ${count} back`;
    return `Say of "${target.label}" on ${count}: ${given === 'meant' ? 'it was meant' : 'I see it otherwise'}`;
  },
});
