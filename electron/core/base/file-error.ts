/** A system error code → a sentence for people, and whether it passes. */
import { messageOf } from '../../../shared/error-message.ts';
import { type Failure, UnreadablePhoto } from './unreadable.ts';

const SENTENCES: Readonly<Record<string, string>> = {
  EACCES: 'You have no permission to read it.',
  EPERM: 'You have no permission to read it.',
  ENOENT: 'It is not there any more.',
  ENOTDIR: 'It is not there any more.',
  EISDIR: 'This is a folder, not a file.',
  ELOOP: 'The link leads in a circle.',
  ENAMETOOLONG: 'Its name is too long for this system.',
  EMFILE: 'The system allows no more open files.',
  ENFILE: 'The system allows no more open files.',
  ENOMEM: 'There is not enough memory to read it.',
  EIO: 'The disk reports an error while reading it.',
  ENODEV: 'The disk is not connected.',
  ENXIO: 'The disk is not connected.',
  ETIMEDOUT: 'The network drive does not answer.',
  EHOSTDOWN: 'The network drive does not answer.',
  ESTALE: 'The network drive was reconnected; scan it again.',
  EBUSY: 'Another program keeps it locked.',
};

export function errorCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

export function sentenceForFileError(error: unknown): string {
  const code = errorCode(error);
  if (code === null) return messageOf(error);
  return SENTENCES[code] ?? `The system could not read it (${code}).`;
}

/** What the name itself says; everything else that a system refuses may be otherwise the next time. */
const LASTING: ReadonlySet<string> = new Set(['EISDIR', 'ELOOP', 'ENAMETOOLONG']);

/** An error of opening or reading a file → why the photo cannot be shown. */
export function unreadableFile(error: unknown): UnreadablePhoto {
  if (error instanceof UnreadablePhoto) return error;
  const code = errorCode(error);
  const failure: Failure = code === null || LASTING.has(code) || code.startsWith('ERR_') ? 'file' : 'machine';
  return new UnreadablePhoto(sentenceForFileError(error), failure);
}
