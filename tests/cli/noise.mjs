/** Loaded into the process of a verb and its worker threads before all else: prints in every way that a library can. */
import { spawnSync } from 'node:child_process';
import { writeSync } from 'node:fs';
import { isMainThread, Worker } from 'node:worker_threads';

// Not in the process that only starts the verb's.
if (process.env.KEEPLIGHT_DOCUMENT !== undefined) process.env.KEEPLIGHT_TEST_NOISE = 'on';
if (process.env.KEEPLIGHT_TEST_NOISE === 'on') {
  const who = isMainThread ? 'process' : 'worker';
  // As native code does: past every stream of Node.
  writeSync(1, `descriptor of a ${who}\n`);
  process.stdout.write(`stream of a ${who}\n`);
  console.log(`console of a ${who}`);
  if (isMainThread) {
    spawnSync(process.execPath, ['-p', '"child of a process"'], { stdio: 'inherit', env: {} });
    new Worker(new URL(import.meta.url)).unref();
  }
}
