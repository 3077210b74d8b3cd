/** Opens a model in a process of its own. The only way in which the rest of Keeplight reaches a model. */
import type { ModelSession, OpenOptions } from './session.ts';

export * from './session.ts';

/**
 * Starts the model's process and loads the model.
 * @throws ModelError; the signal's reason when aborted.
 */
export async function openModel(options: OpenOptions, signal?: AbortSignal): Promise<ModelSession> {
  signal?.throwIfAborted();
  const { startProcess } = await import('./parent.ts');
  return startProcess(options, signal);
}
