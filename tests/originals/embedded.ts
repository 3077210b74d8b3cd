/** Writes into photos and waits for it. */
import type { Core } from '../../electron/core/core.ts';

export async function embedded(core: Core, ids: readonly number[], signed = false) {
  const { embedder } = core.originals;
  const job = embedder.start(ids, signed);
  await core.finishJob(job);
  return embedder.reportOf(job)!;
}
