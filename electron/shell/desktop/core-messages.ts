/** What the desktop shell and its core process say to each other beside the page's port. Paths stay between these two. */
import type { PictureSize } from '../../../shared/addresses.ts';
import type { Quarters } from '../../../shared/photo.ts';
import type { Mending, MendingChoice } from '../../core/base/core-error.ts';
import type { ServedPicture } from '../../core/base/records.ts';

/** What undo and redo would do now, for people; null where there is nothing. */
export type UndoState = { undo: string | null; redo: string | null };

/** Questions of the shell, by name: what is asked and what is answered. */
export type CoreQuestions = {
  picture: { ask: { size: PictureSize; id: number; quarters?: Quarters }; answer: ServedPicture };
  /** A path from a native dialog → token for the page. */
  token: { ask: { path: string }; answer: string };
  reveal: { ask: { id: number }; answer: string };
  /** Files that stand for photos, in the order asked; what is gone is left out. */
  paths: { ask: { ids: readonly number[] }; answer: string[] };
  addRoot: { ask: { path: string }; answer: number };
};
export type QuestionName = keyof CoreQuestions;

export type ToCore =
  /** @property mend what a person chose for a catalog that could not be opened before. */
  | { kind: 'start'; dataDirectory: string; mend?: Mending }
  /** Comes with the port of a page. */
  | { kind: 'connect' }
  | { [Name in QuestionName]: { kind: 'ask'; id: number; name: Name; ask: CoreQuestions[Name]['ask'] } }[QuestionName]
  | { kind: 'cancel'; id: number }
  /** What the keychain made of the text; null where it cannot. */
  | { kind: 'keychain'; id: number; text: string | null }
  | { kind: 'close' };

export type FromCore =
  | { kind: 'ready' }
  | ({ kind: 'history' } & UndoState)
  /** The core could not be opened. @property sentence for people. @property choices what they can do; may be none. */
  | { kind: 'failed'; sentence: string; choices: readonly MendingChoice[] }
  | { kind: 'answer'; id: number; answer: unknown }
  | { kind: 'refusal'; id: number; sentence: string; notFound: boolean }
  /** A key of an engine elsewhere, to be sealed or opened by the system's keychain. */
  | { kind: 'keychain'; id: number; what: 'seal' | 'open'; text: string }
  | { kind: 'closed' };
