/**
 * Reads files out of a git bundle without git. node-llama-cpp ships the llama.cpp that it was built from as one, and
 * the bridge needs a small part of it.
 * Source: git's gitformat-bundle and gitformat-pack.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { inflateSync } from 'node:zlib';

interface Entry {
  type: number;
  /** Inflated bytes: the object, or the delta against its base. */
  data: Buffer;
  /** Offset or name of the object that a delta changes. */
  base: number | string | null;
}

const COMMIT = 1;
const TREE = 2;
const BLOB = 3;
const TAG = 4;
const OFFSET_DELTA = 6;
const NAMED_DELTA = 7;
const TYPE_NAMES: Record<number, string> = { [COMMIT]: 'commit', [TREE]: 'tree', [BLOB]: 'blob', [TAG]: 'tag' };

/**
 * All files of the bundle's first reference that `wanted` names.
 * @param wanted gets a path with forward slashes from the repository's root.
 * @returns path → content, and the commit they belong to.
 * @throws Error when the file is no bundle or is damaged.
 */
export async function readBundle(
  path: string,
  wanted: (path: string) => boolean,
): Promise<{ commit: string; files: Map<string, Buffer> }> {
  const bytes = await readFile(path);
  const { reference, start } = readHeader(bytes, path);
  const entries = readPack(bytes, start, path);
  const objects = resolve(entries);
  const object = (name: string) => {
    const found = objects.get(name);
    if (!found) throw new Error(`${path} is damaged: it lacks the object ${name}.`);
    return found;
  };

  let head = object(reference);
  let commit = reference;
  while (head.type === TAG) {
    commit = /^object ([0-9a-f]{40})/m.exec(head.data.toString('latin1'))?.[1] ?? '';
    head = object(commit);
  }
  const root = /^tree ([0-9a-f]{40})/m.exec(head.data.toString('latin1'))?.[1];
  if (head.type !== COMMIT || !root) throw new Error(`${path} is damaged: its head is no commit.`);

  const files = new Map<string, Buffer>();
  const walk = (tree: string, prefix: string) => {
    const data = object(tree).data;
    for (let offset = 0; offset < data.length; ) {
      const space = data.indexOf(0x20, offset);
      const end = data.indexOf(0, space);
      const mode = data.toString('latin1', offset, space);
      const name = prefix + data.toString('utf8', space + 1, end);
      const child = data.toString('hex', end + 1, end + 21);
      offset = end + 21;
      if (mode === '40000') walk(child, `${name}/`);
      else if (mode.startsWith('100') && wanted(name)) files.set(name, object(child).data);
    }
  };
  walk(root, '');
  return { commit, files };
}

function readHeader(bytes: Buffer, path: string): { reference: string; start: number } {
  const firstLine = bytes.toString('latin1', 0, 20);
  if (!/^# v[23] git bundle\n/.test(firstLine)) throw new Error(`${path} is not a git bundle.`);
  let reference: string | null = null;
  let offset = bytes.indexOf(0x0a) + 1;
  for (;;) {
    const end = bytes.indexOf(0x0a, offset);
    if (end < 0) throw new Error(`${path} is damaged: its header has no end.`);
    const line = bytes.toString('utf8', offset, end);
    offset = end + 1;
    if (line === '') break;
    reference ??= /^([0-9a-f]{40}) /.exec(line)?.[1] ?? null;
  }
  if (!reference) throw new Error(`${path} names no commit.`);
  return { reference, start: offset };
}

function readPack(bytes: Buffer, start: number, path: string): Map<number, Entry> {
  if (bytes.toString('latin1', start, start + 4) !== 'PACK') throw new Error(`${path} holds no pack.`);
  const count = bytes.readUInt32BE(start + 8);
  const entries = new Map<number, Entry>();
  let offset = start + 12;
  for (let index = 0; index < count; index++) {
    const at = offset;
    let byte = bytes[offset++]!;
    const type = (byte >> 4) & 7;
    while (byte & 0x80) byte = bytes[offset++]!; // the size is known from the inflated data
    let base: number | string | null = null;
    if (type === OFFSET_DELTA) {
      byte = bytes[offset++]!;
      let distance = byte & 0x7f;
      while (byte & 0x80) {
        byte = bytes[offset++]!;
        distance = (distance + 1) * 128 + (byte & 0x7f);
      }
      base = at - distance;
    } else if (type === NAMED_DELTA) {
      base = bytes.toString('hex', offset, offset + 20);
      offset += 20;
    }
    const { buffer, engine } = inflateSync(bytes.subarray(offset), { info: true }) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    offset += engine.bytesWritten;
    entries.set(at, { type, data: buffer, base });
  }
  return entries;
}

/** Applies all deltas. @returns object name → type and content. */
function resolve(entries: Map<number, Entry>): Map<string, { type: number; data: Buffer }> {
  const objects = new Map<string, { type: number; data: Buffer }>();
  const done = new Map<number, { type: number; data: Buffer }>();
  const finish = (at: number, type: number, data: Buffer) => {
    const result = { type, data };
    done.set(at, result);
    objects.set(createHash('sha1').update(`${TYPE_NAMES[type]} ${data.length}\0`).update(data).digest('hex'), result);
    return result;
  };
  const settle = (at: number): { type: number; data: Buffer } | null => {
    const known = done.get(at);
    if (known) return known;
    const entry = entries.get(at);
    if (!entry) return null;
    if (entry.base === null) return finish(at, entry.type, entry.data);
    const base = typeof entry.base === 'number' ? settle(entry.base) : (objects.get(entry.base) ?? null);
    return base && finish(at, base.type, applyDelta(base.data, entry.data));
  };
  let waiting = [...entries.keys()];
  for (;;) {
    const left = waiting.filter((at) => settle(at) === null);
    if (left.length === 0) return objects;
    if (left.length === waiting.length) throw new Error('The bundle is damaged: a delta has no base.');
    waiting = left;
  }
}

function applyDelta(base: Buffer, delta: Buffer): Buffer {
  let offset = 0;
  const size = () => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = delta[offset++]!;
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (!(byte & 0x80)) return value;
    }
  };
  if (size() !== base.length) throw new Error('The bundle is damaged: a delta does not fit its base.');
  const result = Buffer.alloc(size());
  let written = 0;
  while (offset < delta.length) {
    const operation = delta[offset++]!;
    if (operation & 0x80) {
      let start = 0;
      let length = 0;
      for (let bit = 0; bit < 4; bit++) if (operation & (1 << bit)) start += delta[offset++]! * 2 ** (8 * bit);
      for (let bit = 0; bit < 3; bit++) if (operation & (16 << bit)) length += delta[offset++]! * 2 ** (8 * bit);
      if (length === 0) length = 0x10000;
      written += base.copy(result, written, start, start + length);
    } else {
      written += delta.copy(result, written, offset, offset + operation);
      offset += operation;
    }
  }
  if (written !== result.length) throw new Error('The bundle is damaged: a delta is too short.');
  return result;
}
