/**
 * A process that asks a drive what is on it, one question at a time (watching is one that has no end), so that a drive that never answers costs this process and
 * not the core (disk-reader.ts). Holds no state between questions. Ends when its parent does.
 */
import { lstat, stat } from 'node:fs/promises';
import { messageOf } from '../../../shared/error-message.ts';
import { errorCode } from '../base/file-error.ts';
import { extensionOfSidecar } from '../formats/sidecar.ts';
import type { DiskAnswer, DiskQuestion } from './disk-reader.ts';
import { fingerprintFile, hashFile } from './fingerprint.ts';
import { type FoundFile, type WalkProblem, walkRoot } from './walk.ts';

/** Found files of one message: few enough that the core's turn for them is short. */
const BATCH = 250;

// A terminal signals all processes of its group: the core alone decides.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
// Exiting in order would wait for a thread that waits for a drive.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', (question: DiskQuestion) => void answer(question));
say({ type: 'alive' });

function say(message: DiskAnswer): void {
  if (process.connected) process.send?.(message, () => {}); // a failure shows as this process's end
}

async function answer(question: DiskQuestion): Promise<void> {
  try {
    if (question.type === 'watch') {
      // Chokidar is loaded where something is watched, and nowhere else.
      const { watchRoot } = await import('./watch.ts');
      watchRoot(
        question.path,
        (event) => say({ type: 'root', event }),
        () => say({ type: 'alive' }),
        question.options,
      );
      return;
    }
    say({ type: 'answer', value: await told(question) });
  } catch (error) {
    say({ type: 'failed', message: messageOf(error), code: errorCode(error) });
  }
}

async function told(question: Exclude<DiskQuestion, { type: 'watch' }>): Promise<string | boolean | null> {
  switch (question.type) {
    case 'hash':
      return hashFile(question.path, () => say({ type: 'alive' }));
    case 'fingerprint':
      return fingerprintFile(question.path);
    case 'sidecar':
      return extensionOfSidecar(question.path);
    case 'absent':
      return isAbsent(question.path);
    case 'folder':
      return (await stat(question.path)).isDirectory();
    case 'walk':
      return walk(question.path);
  }
}

async function walk(path: string): Promise<null> {
  let found: (FoundFile | WalkProblem)[] = [];
  const tell = (folder: string) => {
    say({ type: 'walked', found, folder });
    found = [];
  };
  for await (const item of walkRoot(path, { atFolder: tell })) {
    found.push(item);
    if (found.length >= BATCH) say({ type: 'walked', found: found.splice(0), folder: null });
  }
  tell('');
  return null;
}

async function isAbsent(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return false;
  } catch (error) {
    return errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR';
  }
}
