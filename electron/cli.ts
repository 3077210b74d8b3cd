/** `keeplight <verb>`: the same core for scripts and machines without a screen. Documents on stdout, the rest on stderr. */
import { enableCompileCache } from 'node:module';
import { availableParallelism } from 'node:os';
import { hasDocument, runWithDocument } from './shell/cli/document.ts';

// Decoding runs on libuv's threads; libuv reads this when it is first used, so before anything else.
process.env.UV_THREADPOOL_SIZE ??= String(availableParallelism() + 4);
enableCompileCache();
if (hasDocument()) {
  // Imported after the cache is on, so that what it imports starts warm.
  const { runCommandLine } = await import('./shell/cli/command-line.ts');
  await runCommandLine(process.argv.slice(2));
} else {
  process.exit(await runWithDocument());
}
