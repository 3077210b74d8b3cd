/**
 * Answers as they come, one JSON line each, so that an evaluation of hours survives a stop or a kill. The first line
 * says what is evaluated; a journal of something else is never continued.
 */
import { mkdir, open, readFile, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { EvaluationError } from './failure.ts';

const entrySchema = z.object({
  /** Which question or photo. */
  key: z.string(),
  /** Text of an answer. */
  answer: z.string().optional(),
  /** Grade, 0–100. */
  grade: z.number().optional(),
  /** Why there is neither. */
  failure: z.string().optional(),
});
export type JournalEntry = z.infer<typeof entrySchema>;

export interface Journal {
  /** What earlier runs answered; failures are tried again. */
  readonly known: ReadonlyMap<string, JournalEntry>;
  add(entry: JournalEntry): Promise<void>;
  close(): Promise<void>;
}

/** @param about identifies judge, data and prompts. @throws EvaluationError when the file is about something else. */
export async function openJournal(path: string, about: string): Promise<Journal> {
  await mkdir(dirname(path), { recursive: true });
  const known = new Map<string, JournalEntry>();
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  // A kill may leave a torn last line: what follows the last line end is cut off.
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) await truncate(path, Buffer.byteLength(whole));
  const [head, ...lines] = whole.split('\n').slice(0, -1);
  if (head !== undefined && head !== JSON.stringify({ about }))
    throw new EvaluationError(
      `${path} holds the answers of another model or data set. Choose another folder or move it away.`,
    );
  for (const [index, line] of lines.entries()) {
    let entry: JournalEntry;
    try {
      entry = entrySchema.parse(JSON.parse(line));
    } catch {
      throw new EvaluationError(`Line ${index + 2} of ${path} is damaged. Move the file away to begin again.`);
    }
    known.set(entry.key, entry);
  }
  for (const [key, entry] of known) if (entry.failure !== undefined) known.delete(key);
  const handle = await open(path, 'a');
  if (head === undefined) await handle.write(`${JSON.stringify({ about })}\n`);
  return {
    known,
    add: async (entry) => {
      await handle.write(`${JSON.stringify(entry)}\n`);
    },
    close: async () => {
      await handle.sync();
      await handle.close();
    },
  };
}
