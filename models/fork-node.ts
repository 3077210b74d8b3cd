/** Starts a program of ours as a Node process of its own, inside Electron too: native code that dies takes only that one. */
import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @param name of the file beside `from`, without its ending, which is the one of the caller. @param from import.meta.url. */
export function forkBeside(name: string, from: string, serialization: 'json' | 'advanced' = 'json'): ChildProcess {
  return fork(fileURLToPath(new URL(`./${name}${extname(from)}`, from)), [], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization,
    execArgv: [],
    env: { ...process.env, ...(process.versions.electron ? { ELECTRON_RUN_AS_NODE: '1' } : {}) },
  });
}
