/** `--model` and `--mmproj` of the command line: a name of the shelf, or files that are put on it. */
import { resolve } from 'node:path';
import type { Slot } from '../../../../shared/model.ts';
import type { Core } from '../../../core/core.ts';
import { UsageError } from './verb.ts';

/**
 * Chooses the model that does this from now on; without a name the chosen one stays.
 * @throws CoreError INVALID for one that does not do it.
 */
export async function chooseModel(
  core: Core,
  model: string | undefined,
  mmproj: string | undefined,
  slot: Slot,
  signal: AbortSignal,
  adapter: { path: string; scale: number } | null = null,
): Promise<void> {
  if (model === undefined) {
    if (mmproj !== undefined) throw new UsageError('--mmproj belongs to a --model.');
    if (adapter !== null) await use(await baseNow(core));
    return;
  }
  const isFile = model.toLowerCase().endsWith('.gguf');
  if (!isFile && mmproj !== undefined) throw new UsageError('A model named by the registry brings its own projector.');
  const { name } = isFile
    ? await core.models.addLocal(
        { model: resolve(model), mmproj: mmproj === undefined ? null : resolve(mmproj) },
        signal,
      )
    : { name: model };
  await use(name);

  async function use(base: string): Promise<void> {
    const chosen = adapter === null ? base : (await core.models.addAdapter({ ...adapter, base }, signal)).name;
    // Refused where it cannot do what is asked for; else it does all that it can.
    await core.models.use(chosen, slot);
    await core.models.use(chosen);
  }
}

/** The chosen model, or the one that the chosen adapter is added to. */
async function baseNow(core: Core): Promise<string> {
  const active = (await core.models.list()).find((model) => model.active);
  if (!active || active.origin === 'measured') throw new UsageError('--lora needs a model: name it with --model.');
  return active.adapter?.base ?? active.name;
}
