/**
 * How many threads a model gets on the CPU. llama.cpp's threads wait for each other by spinning: one thread more than
 * there are free cores costs a factor of ten and more, one less costs its share.
 */
import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';

/** Cores without their second hardware threads, never more than this process may use. */
export async function physicalCores(): Promise<number> {
  const allowed = availableParallelism();
  if (process.platform === 'linux') {
    const text = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
    const cores = new Set<string>();
    for (const part of text.split('\n\n')) {
      const package_ = /^physical id\s*:\s*(\d+)/m.exec(part)?.[1];
      const core = /^core id\s*:\s*(\d+)/m.exec(part)?.[1];
      if (package_ !== undefined && core !== undefined) cores.add(`${package_}:${core}`);
    }
    if (cores.size > 0) return Math.max(1, Math.min(allowed, cores.size));
  }
  const doubled = process.arch === 'x64' && process.platform !== 'linux' && allowed > 2;
  return Math.max(1, doubled ? Math.floor(allowed / 2) : allowed);
}

/**
 * Threads for a model on the CPU.
 * @param wanted by the person; 0 = automatic: the physical cores that nothing else keeps busy right now, at least half.
 */
export async function chooseThreads(wanted: number): Promise<number> {
  if (wanted > 0) return Math.min(wanted, availableParallelism());
  const cores = await physicalCores();
  if (cores === 1) return 1;
  const busy = await busyCores();
  return Math.max(Math.ceil(cores / 2), Math.min(cores, Math.round(cores - busy)));
}

/** Cores that programs kept busy for a moment, this process's own share left out. */
async function busyCores(): Promise<number> {
  const sample = () => cpus().reduce((sum, { times }) => sum + times.user + times.sys + times.irq, 0);
  const started = performance.now();
  const before = sample();
  const own = process.cpuUsage();
  await wait(200);
  const used = process.cpuUsage(own);
  const elapsed = performance.now() - started;
  return Math.max(0, (sample() - before - (used.user + used.system) / 1000) / elapsed);
}
