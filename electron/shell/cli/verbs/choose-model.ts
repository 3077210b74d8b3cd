/** `--model` and `--mmproj` of the command line: a name of the shelf, or files that are put on it. */
import { resolve } from 'node:path';
import type { Core } from '../../../core/core.ts';
import { UsageError } from './verb.ts';

/** Chooses the model whose grades count from now on; without a name the chosen one stays. */
export async function chooseModel(
  core: Core,
  model: string | undefined,
  mmproj: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (model === undefined) {
    if (mmproj !== undefined) throw new UsageError('--mmproj belongs to a --model.');
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
  await core.models.use(name);
}
