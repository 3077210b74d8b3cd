/**
 * Windows links against import libraries, and node-llama-cpp ships none: they are made from the DLLs' export tables.
 * UNTESTED on Windows; the reader of the table is tested on a made file.
 * Source: Microsoft's PE format.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './toolchain.ts';

/** Names that a DLL exports. @throws Error when the file is no 64-bit DLL. */
export function exportedNames(bytes: Buffer): string[] {
  const header = bytes.readUInt32LE(0x3c);
  if (bytes.toString('latin1', header, header + 4) !== 'PE\0\0' || bytes.readUInt16LE(header + 24) !== 0x20b)
    throw new Error('This is no 64-bit DLL.');
  const sections = bytes.readUInt16LE(header + 6);
  const table = header + 24 + bytes.readUInt16LE(header + 20);
  const offsetOf = (address: number) => {
    for (let index = 0; index < sections; index++) {
      const at = table + 40 * index;
      const start = bytes.readUInt32LE(at + 12);
      const size = Math.max(bytes.readUInt32LE(at + 8), bytes.readUInt32LE(at + 16));
      if (address >= start && address < start + size) return address - start + bytes.readUInt32LE(at + 20);
    }
    throw new Error('The export table lies outside the file.');
  };
  const address = bytes.readUInt32LE(header + 24 + 112);
  if (address === 0) return [];
  const directory = offsetOf(address);
  const count = bytes.readUInt32LE(directory + 24);
  const names = offsetOf(bytes.readUInt32LE(directory + 32));
  return Array.from({ length: count }, (_, index) => {
    const start = offsetOf(bytes.readUInt32LE(names + 4 * index));
    return bytes.toString('latin1', start, bytes.indexOf(0, start));
  });
}

/** Makes `<name>.lib` for a DLL. @returns its path. */
export async function importLibrary(
  dll: string,
  name: string,
  directory: string,
  signal?: AbortSignal,
): Promise<string> {
  const definition = join(directory, `${name}.def`);
  const names = exportedNames(await readFile(dll));
  await writeFile(definition, `LIBRARY ${name}.dll\nEXPORTS\n${names.map((symbol) => `  ${symbol}\n`).join('')}`);
  return libraryFrom(definition, join(directory, `${name}.lib`), signal);
}

/** Turns a module definition file into an import library. @returns its path. */
export async function libraryFrom(definition: string, output: string, signal?: AbortSignal): Promise<string> {
  await run('lib', ['/nologo', `/def:${definition}`, `/out:${output}`, '/machine:x64'], { signal });
  return output;
}
