/** The folder in which a conversion makes its files; one conversion at a time works in it. */
import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConversionError } from './failure.ts';

export interface Workplace {
  folder: string;
  /** Stops holding it. */
  release(): void;
  remove(): Promise<void>;
}

function folderOf(output: string, name: string): string {
  return join(output, `.${name}.converting`);
}

/** Bytes that an earlier attempt has left there; they are used or replaced. */
export async function bytesInWorkplace(output: string, name: string): Promise<number> {
  const folder = folderOf(output, name);
  let sum = 0;
  for (const part of await readdir(folder).catch(() => []))
    sum += (await stat(join(folder, part)).catch(() => null))?.size ?? 0;
  return sum;
}

/** A lock without a sign of life for so long is a dead process's, milliseconds. */
const LOCK_EXPIRES = 60_000;

/** Folders that this process works in: a lock with our number that is not here is an earlier process's. */
const held = new Set<string>();

/**
 * Opens it, keeping the whole files of an earlier attempt at the same thing.
 * @param stamp tells what is made from what. @throws ConversionError where the folder cannot be written to or is held.
 */
export async function openWorkplace(output: string, name: string, stamp: string): Promise<Workplace> {
  const folder = folderOf(output, name);
  const lock = join(folder, 'lock');
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new ConversionError(`The folder ${output} cannot be written to: ${(error as Error).message}.`);
  }
  const holder = Number(await readFile(lock, 'utf8').catch(() => ''));
  const age = Date.now() - ((await stat(lock).catch(() => null))?.mtimeMs ?? 0);
  const alive = holder === process.pid ? held.has(folder) : isAlive(holder);
  if (holder > 0 && age < LOCK_EXPIRES && alive)
    throw new ConversionError(`Another conversion (process ${holder}) is writing ${name} in ${output}.`);
  held.add(folder);
  await writeFile(lock, String(process.pid));
  const stampFile = join(folder, 'stamp.json');
  if ((await readFile(stampFile, 'utf8').catch(() => '')) !== stamp) {
    for (const part of ['mmproj.gguf', 'model.gguf']) await rm(join(folder, part), { force: true });
    await writeFile(stampFile, stamp);
  }
  for (const part of await readdir(folder))
    if (part.endsWith('.partial') || part.startsWith('quantized-')) await rm(join(folder, part), { force: true });
  const heartbeat = setInterval(() => utimes(lock, new Date(), new Date()).catch(() => {}), 5000);
  heartbeat.unref();
  return {
    folder,
    release() {
      clearInterval(heartbeat);
      held.delete(folder);
    },
    async remove() {
      clearInterval(heartbeat);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
