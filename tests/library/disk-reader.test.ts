/** A drive that falls silent while a library is scanned: the process that asks it is given up, never waited for. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { openDiskReader, SilentDrive } from '../../electron/core/files/disk-reader.ts';
import type { FoundFile, WalkProblem } from '../../electron/core/files/walk.ts';
import { CAN_SEE_PROCESSES, childrenOf } from './decoder-processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'keeplight-disk-'));
afterAll(() => rmSync(folder, { recursive: true }));

const never = new AbortController().signal;
const JPEG = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9000000000000', 'hex');

async function walked(reader: ReturnType<typeof openDiskReader>, root: string, signal = never) {
  const found: (FoundFile | WalkProblem)[] = [];
  for await (const item of reader.walk(root, signal)) found.push(item);
  return found;
}

describe('a reader of drives', () => {
  it('finds what lies in a folder, and says of each file what was asked', async () => {
    const root = join(folder, 'sound');
    mkdirSync(join(root, 'below'), { recursive: true });
    for (let index = 0; index < 700; index++) writeFileSync(join(root, 'below', `${index}.jpg`), JPEG);
    writeFileSync(join(root, 'a.jpg'), JPEG);
    writeFileSync(join(root, 'a.xmp'), '<x crs:SidecarForExtension="NEF"/>');
    const reader = openDiskReader();
    try {
      const found = await walked(reader, root);
      expect(found.filter(({ type }) => type === 'file')).toHaveLength(702);
      expect(new Set(found.map(({ relativePath }) => relativePath)).size).toBe(702);
      expect(await reader.hash(join(root, 'a.jpg'), never)).toMatch(/^[0-9a-f]{32}$/);
      expect(await reader.fingerprint(join(root, 'a.jpg'))).toMatch(/^28-[0-9a-f]{32}$/);
      expect(await reader.extensionOfSidecar(join(root, 'a.xmp'))).toBe('nef');
      expect(await Promise.all(['a.jpg', 'b.jpg'].map((name) => reader.isAbsent(join(root, name))))).toEqual([
        false,
        true,
      ]);
      expect(await Promise.all(['.', 'a.jpg'].map((name) => reader.isFolder(join(root, name))))).toEqual([true, false]);
      await expect(reader.isFolder(join(root, 'nowhere'))).rejects.toMatchObject({ code: 'ENOENT' });
      await expect(reader.hash(join(root, 'b.jpg'), never)).rejects.toMatchObject({ code: 'ENOENT' });
      const [gone] = await walked(reader, join(root, 'nowhere'));
      expect(gone).toMatchObject({ type: 'problem', rootGone: true });
    } finally {
      reader.close();
    }
  });

  it.skipIf(process.platform === 'win32')(
    'takes a question that cannot be answered back within its deadline, and answers others',
    async () => {
      const pipe = join(folder, 'pipe.jpg');
      execFileSync('mkfifo', [pipe]);
      writeFileSync(join(folder, 'a.jpg'), JPEG);
      const reader = openDiskReader({ seconds: 1.5 });
      try {
        // Opening it waits for a writer that never comes, as a drive that hangs would have it wait.
        const silent = reader.hash(pipe, never).catch((error: unknown) => error);
        const others = await Promise.all(Array.from({ length: 6 }, () => reader.hash(join(folder, 'a.jpg'), never)));
        expect(new Set(others).size).toBe(1);
        expect(await silent).toBeInstanceOf(SilentDrive);
        const waiting = new AbortController();
        const asked = reader.hash(pipe, waiting.signal);
        waiting.abort(new Error('never mind'));
        await expect(asked).rejects.toThrow('never mind');
      } finally {
        reader.close();
      }
    },
  );

  it.skipIf(!CAN_SEE_PROCESSES)('takes a root whose drive is silent for one that is not there now', async () => {
    const reader = openDiskReader({ seconds: 1.5 });
    try {
      // Once it has come up, it is the drive that is waited for.
      await reader.isAbsent(folder);
      // A process that stands still is what a process that waits for a drive looks like.
      for (const pid of childrenOf(process.pid, 'disk-process')) process.kill(pid, 'SIGSTOP');
      expect(await walked(reader, join(folder, 'sound'))).toMatchObject([
        {
          relativePath: '',
          hidesContents: true,
          rootGone: true,
          reason: 'The drive did not answer within 1.5 seconds.',
        },
      ]);
      await vi.waitFor(() => expect(childrenOf(process.pid, 'disk-process')).toEqual([]));
    } finally {
      reader.close();
    }
  });

  it('ends with its core, whatever it waits for', async () => {
    const reader = openDiskReader();
    const walking = walked(reader, folder, AbortSignal.timeout(1));
    await expect(walking).rejects.toThrow();
    reader.close();
    await expect(walked(reader, folder)).rejects.toThrow(/closed/);
  });
});
