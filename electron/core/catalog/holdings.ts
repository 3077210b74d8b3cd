/** What a catalog holds of a person's work, counted for a sentence: whether this is the right copy to take. */
import Database from 'better-sqlite3';

export type Holdings = { photos: number; marks: number; steps: number; albums: number };

/** @returns null when the file is no catalog or cannot be read. */
export function holdingsOf(path: string): Holdings | null {
  let database: Database.Database | null = null;
  try {
    database = new Database(path, { readonly: true });
    return countHoldings(database);
  } catch {
    return null;
  } finally {
    database?.close();
  }
}

export function countHoldings(database: Database.Database): Holdings {
  const count = (table: string) => Number(database.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
  return { photos: count('photo'), marks: count('mark'), steps: count('step'), albums: count('album') };
}

const many = (count: number, word: string) => `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`;

/** `1,256 photos, 5,631 steps, 312 marks and 4 albums`. */
export function holdingsText({ photos, steps, marks, albums }: Holdings): string {
  return `${many(photos, 'photo')}, ${many(steps, 'step')}, ${many(marks, 'mark')} and ${many(albums, 'album')}`;
}

/** `today 18:20`, `yesterday 18:20`, `12 March 2026, 18:20`: the computer's own time. */
export function momentText(time: number, now = Date.now()): string {
  const moment = new Date(time);
  const clock = `${String(moment.getHours()).padStart(2, '0')}:${String(moment.getMinutes()).padStart(2, '0')}`;
  const days = Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(time).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0) return `today ${clock}`;
  if (days === 1) return `yesterday ${clock}`;
  const month = moment.toLocaleString('en', { month: 'long' });
  return `${moment.getDate()} ${month} ${moment.getFullYear()}, ${clock}`;
}
