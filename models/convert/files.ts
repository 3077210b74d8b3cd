/** Reading a checkpoint's files: random access with exact lengths, and small files with a limit. */
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { ConversionError } from './failure.ts';

/** A file opened for reading only. */
export interface ReadableFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Exactly `length` bytes from `start` on. @throws ConversionError when the file ends before. */
  read(start: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** @throws ConversionError when it is missing, unreadable, no file, or a git-lfs pointer instead of the weights. */
export async function openFile(path: string): Promise<ReadableFile> {
  const name = basename(path);
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new ConversionError(
      missing ? `The file ${name} is missing.` : `The file ${name} cannot be opened: ${(error as Error).message}.`,
    );
  }
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw new ConversionError(`${name} is not a file.`);
    const file: ReadableFile = {
      name,
      size: stat.size,
      async read(start, length) {
        if (start < 0 || length < 0 || start + length > stat.size)
          throw new ConversionError(
            `The file ${name} is truncated: it has ${stat.size} bytes and ${start + length} are needed.`,
          );
        const bytes = Buffer.allocUnsafeSlow(length);
        let done = 0;
        while (done < length) {
          const { bytesRead } = await handle.read(bytes, done, length - done, start + done);
          if (bytesRead === 0) throw new ConversionError(`The file ${name} became shorter while it was read.`);
          done += bytesRead;
        }
        return bytes;
      },
      close: () => handle.close(),
    };
    const start = Buffer.from(await file.read(0, Math.min(24, stat.size))).toString('latin1');
    if (start.startsWith('version https://git-lfs'))
      throw new ConversionError(
        `${name} is a git-lfs pointer of ${stat.size} bytes, not the weights: fetch the large files (git lfs pull) first.`,
      );
    return file;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The whole of a small file. @param limit bytes; @returns null when there is no such file. */
export async function readSmallFile(path: string, limit: number): Promise<Buffer | null> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new ConversionError(`The file ${basename(path)} cannot be opened: ${(error as Error).message}.`);
  }
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw new ConversionError(`${basename(path)} is not a file.`);
    if (stat.size > limit)
      throw new ConversionError(`${basename(path)} has ${stat.size} bytes; at most ${limit} are expected.`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** The bytes as a JSON object. @throws ConversionError naming the file. */
export function parseJsonObject(bytes: Uint8Array, name: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new ConversionError(`${name} is not valid JSON (${(error as Error).message.slice(0, 120)}).`);
  }
  const object = asObject(value);
  if (!object) throw new ConversionError(`${name} holds no JSON object.`);
  return object;
}

/** The value where it is a JSON object, else null. */
export function asObject(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

/** A JSON file of a checkpoint. @returns null when there is no such file. */
export async function readJsonFile(path: string, limit = 4 << 20): Promise<JsonObject | null> {
  const bytes = await readSmallFile(path, limit);
  return bytes && parseJsonObject(bytes, basename(path));
}
