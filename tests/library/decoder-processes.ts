/** The decoding processes of a process, as the system lists them. Linux only. */
import { readdirSync, readFileSync } from 'node:fs';

export const CAN_SEE_PROCESSES = process.platform === 'linux';
if (!CAN_SEE_PROCESSES) console.warn('Tests that look for processes are skipped: there is no /proc.');

/** Ids of the decoding processes that this process (default: the test's own) started and that live. */
export function decodersOf(parent = process.pid): number[] {
  return childrenOf(parent, 'decoding-process');
}

/** The same of any program. @param words that stand in its command line. */
export function childrenOf(parent: number, words: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((id) => {
      // The name in the second field may hold anything; what follows its bracket may not.
      const [state, of] = read(`/proc/${id}/stat`)
        .replace(/^.*\) /s, '')
        .split(' ');
      return Number(of) === parent && state !== 'Z' && read(`/proc/${id}/cmdline`).includes(words);
    })
    .map(Number);
}

export function isAlive(id: number): boolean {
  const state = read(`/proc/${id}/stat`).replace(/^.*\) /s, '')[0];
  return state !== undefined && state !== 'Z';
}

/** Most bytes that it ever held in memory. */
export function peakBytes(id: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(read(`/proc/${id}/status`))?.[1] ?? 0) * 1024;
}

/** Empty for one that has gone meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
