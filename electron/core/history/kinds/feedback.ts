/** A person's view of a photo: given, and withdrawn when it is undone. Its row stays. */
import { z } from 'zod';
import { setGiven } from '../../catalog/feedback.ts';
import { writeText } from '../../catalog/text.ts';
import { type Command, outcome, reversible } from './command.ts';

type FeedbackCommand = Command<{ id: number; photo: number }, boolean>;

export const feedback = reversible<FeedbackCommand['target'], boolean>({
  name: 'feedback',
  target: z.object({ id: z.int(), photo: z.int() }),
  state: z.boolean(),
  bring(catalog, { id, photo }, _from, to) {
    const done = setGiven(catalog, id, to);
    if (done === 'changed') writeText(catalog, [photo]);
    return outcome({
      photos: done === 'changed' ? [photo] : [],
      columns: ['answer'],
      vanished: done === 'gone' ? 1 : 0,
      changedSince: done === 'so already' ? 1 : 0,
    });
  },
  label: () => 'Give your view of 1 photo',
});
