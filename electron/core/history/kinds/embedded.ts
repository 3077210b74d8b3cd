/** Marks and words written into a photo itself; its original lies beside it, and comes back before the step is undone. */
import { z } from 'zod';
import { photosText } from '../../../../shared/photo.ts';
import { type Command, type Kind, outcome } from './command.ts';

const targetSchema = z.object({
  photo: z.int(),
  root: z.int(),
  path: z.string(),
  /** Name of the original beside it. */
  backup: z.string(),
});
const stateSchema = z.object({ hash: z.string() });

export type EmbeddedCommand = Command<z.infer<typeof targetSchema>, z.infer<typeof stateSchema>>;

/** The library follows the file when it is looked at again. */
const nothing = () => outcome();

export const embedded: Kind<EmbeddedCommand['target'], EmbeddedCommand['before']> = {
  name: 'embedded',
  target: targetSchema,
  state: stateSchema,
  apply: nothing,
  revert: nothing,
  label: (commands) => `Write into ${photosText(commands.length)}`,
  beside: ({ target, before, after }) => ({ ...target, before: before.hash, after: after.hash }),
};
