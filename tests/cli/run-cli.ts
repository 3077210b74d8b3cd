/** Starts `keeplight` as a person would, or runs a verb of it in this process, and collects what it prints. */
import { type ChildProcess, spawn } from 'node:child_process';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { runVerb } from '../../electron/shell/cli/command-line.ts';

export const CLI = fileURLToPath(new URL('../../electron/cli.ts', import.meta.url));

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** What was printed so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves when stdout or stderr matches; rejects when the program ends before. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
}

export function startCli(
  parameters: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; program?: string } = {},
): Running {
  const child = spawn(process.execPath, [options.program ?? CLI, ...parameters], {
    cwd: options.cwd,
    env: { ...process.env, NODE_NO_WARNINGS: '1', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return {
    child,
    ended,
    stdout: () => stdout,
    stderr: () => stderr,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(stdout) ?? pattern.exec(stderr);
          if (found) resolve(found);
        };
        child.stdout.on('data', look);
        child.stderr.on('data', look);
        void ended.then(({ code }) => reject(new Error(`It ended with ${code} before ${pattern}: ${stderr}`)));
        look();
      }),
  };
}

export const cli = (parameters: string[], options?: { cwd?: string; env?: NodeJS.ProcessEnv }) =>
  startCli(parameters, options).ended;

/** The same verb without a process of its own, which takes most of the time: for tests of what verbs do and say. */
export async function verb(parameters: string[]): Promise<Omit<Ended, 'signal'>> {
  const [stdout, stderr] = [collected(), collected()];
  const { signal } = new AbortController();
  const code = await runVerb(parameters, { document: stdout.stream, messages: stderr.stream, signal });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function collected(): { stream: Writable; text: () => string } {
  const pieces: Buffer[] = [];
  const stream = new Writable({
    write(piece: Buffer, _encoding, done) {
      pieces.push(piece);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(pieces).toString('utf8') };
}
