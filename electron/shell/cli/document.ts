/**
 * The only way to the standard output of the command line. The process that runs a verb has standard error in the
 * place of standard output, so that whatever a library, a worker thread or a child process prints cannot get between
 * the parts of a document; the real standard output is one descriptor further, and only this file knows it.
 */
import { spawn } from 'node:child_process';
import { createWriteStream, fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { isatty, WriteStream } from 'node:tty';

/** Says to the process that runs a verb that its standard output lies at DOCUMENT; build/keeplight.mjs knows both too. */
const VARIABLE = 'KEEPLIGHT_DOCUMENT';
const DOCUMENT = 3;

/** True in a process whose standard output was put aside. */
export const hasDocument = (): boolean => process.env[VARIABLE] === String(DOCUMENT);

/** @returns the real standard output; what is written waits until its reader has taken what came before. */
export function openDocument(): Writable {
  // Processes that this one starts have it no longer.
  delete process.env[VARIABLE];
  if (isatty(DOCUMENT)) return new WriteStream(DOCUMENT);
  const found = fstatSync(DOCUMENT);
  if (found.isFIFO() || found.isSocket()) return new Socket({ fd: DOCUMENT, readable: false, writable: true });
  return createWriteStream('', { fd: DOCUMENT });
}

/**
 * Runs this program again with its standard output put aside, and ends as it ends.
 * @returns its exit code
 */
export function runWithDocument(): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
      env: { ...process.env, [VARIABLE]: String(DOCUMENT) },
      stdio: ['inherit', 2, 2, 1],
    });
    // A terminal sends Ctrl+C to the child as well; from elsewhere it must be handed on.
    process.on('SIGINT', () => void (process.stdin.isTTY || child.kill('SIGINT')));
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void child.kill(signal));
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}
