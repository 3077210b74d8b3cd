/**
 * What a catalog was when it was last closed: a checksum beside it. SQLite notices damage to the structure of a file,
 * never a star that has become another one; whoever opens the catalog next compares.
 */
import { closeSync, existsSync, openSync, readFileSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { catalogPath, sealPath } from '../base/data-places.ts';

const CHUNK = 1 << 20;
const sealSchema = z.object({ bytes: z.int(), sum: z.string() });

/** CRC-32 of a whole file as 8 hexadecimal digits, and its length. */
export function sumOf(path: string): z.infer<typeof sealSchema> {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.allocUnsafe(CHUNK);
    let sum = 0;
    let bytes = 0;
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
      sum = crc32(chunk.subarray(0, read), sum);
      bytes += read;
    }
    return { bytes, sum: sum.toString(16).padStart(8, '0') };
  } finally {
    closeSync(file);
  }
}

/** After the catalog was closed, and only when all of it is in its own file. */
export function sealCatalog(dataDirectory: string): void {
  const path = catalogPath(dataDirectory);
  if (hasLog(path)) return;
  writeFileSync(sealPath(dataDirectory), JSON.stringify(sumOf(path)), { mode: 0o600 });
}

/** Before anything is written into the catalog. */
export function breakSeal(dataDirectory: string): void {
  rmSync(sealPath(dataDirectory), { force: true });
}

/** True: the very bytes that were closed; false: others; null: nobody knows, the catalog was not closed in peace. */
export function sealHolds(dataDirectory: string): boolean | null {
  let seal: unknown;
  try {
    seal = JSON.parse(readFileSync(sealPath(dataDirectory), 'utf8'));
  } catch {
    return null;
  }
  const path = catalogPath(dataDirectory);
  const known = sealSchema.safeParse(seal);
  if (!known.success || hasLog(path)) return null;
  if (statSync(path).size !== known.data.bytes) return false;
  return sumOf(path).sum === known.data.sum;
}

function hasLog(path: string): boolean {
  const log = `${path}-wal`;
  return existsSync(log) && statSync(log).size > 0;
}
