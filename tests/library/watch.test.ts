/** The watcher, in its process, tells which folders changed; it is polled for, never slept for. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type DiskReader, openDiskReader } from '../../electron/core/files/disk-reader.ts';
import type { RootEvent } from '../../electron/core/files/watch.ts';
import { CAN_SEE_PROCESSES, childrenOf } from './decoder-processes.ts';

const patience = { timeout: 30_000, interval: 20 };
const watching = { quietMs: 60, longestMs: 600, presenceMs: 80 };
let disk: DiskReader | null = null;
let base: string | null = null;
afterEach(() => {
  disk?.close();
  if (base !== null) rmSync(base, { recursive: true, force: true });
});

async function watched(deadlines: { seconds?: number; againSeconds?: number } = {}) {
  base = mkdtempSync(join(tmpdir(), 'keeplight-watch-'));
  const root = join(base, 'photos');
  mkdirSync(join(root, 'a', 'b'), { recursive: true });
  mkdirSync(join(root, '.hidden'));
  writeFileSync(join(root, 'a', 'b', 'old.jpg'), 'x');
  const events: RootEvent[] = [];
  disk = openDiskReader({ watching, ...deadlines });
  const stop = disk.watch(root, (event) => events.push(event));
  await vi.waitFor(() => expect(events).toEqual([{ type: 'watched' }]), patience);
  const changed = () => events.flatMap((event) => (event.type === 'changed' ? event.folders : []));
  const covers = (folder: string) =>
    changed().some((told) => told === '' || told === folder || folder.startsWith(`${told}/`));
  return { root, events, changed, covers, stop };
}

describe('watching', () => {
  it('tells the folder of a file that came, changed, went or was renamed', async () => {
    const { root, events, covers } = await watched();
    const steps: [string, () => void][] = [
      ['a/b', () => writeFileSync(join(root, 'a', 'b', 'new.jpg'), 'x')],
      ['a/b', () => writeFileSync(join(root, 'a', 'b', 'old.jpg'), 'changed')],
      ['a', () => renameSync(join(root, 'a', 'b', 'new.jpg'), join(root, 'a', 'moved.jpg'))],
      ['a', () => unlinkSync(join(root, 'a', 'moved.jpg'))],
    ];
    for (const [folder, step] of steps) {
      events.length = 0;
      step();
      await vi.waitFor(() => expect(covers(folder)).toBe(true), patience);
    }
  });

  it('tells a folder that arrives with its contents, and what happens in it later', async () => {
    const { root, events, covers } = await watched();
    mkdirSync(join(root, 'shoot', 'raw'), { recursive: true });
    writeFileSync(join(root, 'shoot', 'raw', '1.jpg'), 'x');
    await vi.waitFor(() => expect(covers('shoot/raw')).toBe(true), patience);
    await vi.waitFor(() => {
      events.length = 0;
      writeFileSync(join(root, 'shoot', 'raw', '2.jpg'), String(performance.now()));
      return vi.waitFor(() => expect(covers('shoot/raw')).toBe(true), { timeout: 1000, interval: 20 });
    }, patience);
  });

  it('tells a burst as one, and nothing of hidden folders', async () => {
    const { root, events, changed, covers } = await watched();
    writeFileSync(join(root, '.hidden', 'x.jpg'), 'x');
    for (let index = 0; index < 200; index++) writeFileSync(join(root, 'a', `${index}.jpg`), 'x');
    await vi.waitFor(() => expect(covers('a')).toBe(true), patience);
    expect(events.length).toBeLessThan(30);
    expect(changed().some((folder) => folder.includes('.hidden'))).toBe(false);
  });

  it('tells an unplugged root, and that it came back', async () => {
    const { root, events } = await watched();
    renameSync(root, `${root}-away`);
    await vi.waitFor(() => expect(events.map(({ type }) => type)).toContain('gone'), patience);
    renameSync(`${root}-away`, root);
    await vi.waitFor(() => expect(events.at(-1)?.type).toBe('watched'), patience);
    events.length = 0;
    writeFileSync(join(root, 'a', 'after.jpg'), 'x');
    await vi.waitFor(() => expect(events.some(({ type }) => type === 'changed')).toBe(true), patience);
  });

  it.skipIf(!CAN_SEE_PROCESSES)('takes a silent drive for a root that has gone, until it answers again', async () => {
    const { root, events, covers } = await watched({ seconds: 1.5, againSeconds: 0.2 });
    const [silent] = childrenOf(process.pid, 'disk-process');
    // A process that stands still is what a process that waits for a drive looks like.
    process.kill(silent!, 'SIGSTOP');
    await vi.waitFor(() => expect(events.map(({ type }) => type)).toEqual(['watched', 'gone', 'watched']), patience);
    expect(childrenOf(process.pid, 'disk-process')).not.toContain(silent);
    writeFileSync(join(root, 'a', 'after.jpg'), 'x');
    await vi.waitFor(() => expect(covers('a')).toBe(true), patience);
  });

  it('ends with its process when nobody watches any more', async () => {
    const { root, events, stop } = await watched();
    stop();
    if (CAN_SEE_PROCESSES) {
      await vi.waitFor(() => expect(childrenOf(process.pid, 'disk-process')).toEqual([]), patience);
    }
    writeFileSync(join(root, 'a', 'after.jpg'), 'x');
    expect(events).toEqual([{ type: 'watched' }]);
  });
});
