/**
 * `--engine` of the command line: engines on other computers become the critic whose grades count. Naming an address is
 * the yes to what is sent there, and what that is stands on stderr before the first photo goes.
 */
import type { RemoteEngine } from '../../../../shared/contract-engines.ts';
import type { Core } from '../../../core/core.ts';
import { readKey } from './engine-key.ts';
import { UsageError, type VerbCall, type VerbOption } from './verb.ts';

export const ENGINE_OPTIONS: Record<string, VerbOption> = {
  engine: {
    type: 'string',
    multiple: true,
    value: 'url',
    help: 'send photos to this server instead, which is agreed to by naming it; may be given several times',
  },
  'engine-model': {
    type: 'string',
    value: 'name',
    help: 'which of the models of the servers; default: their only one',
  },
  'engine-edge': { type: 'string', value: 'pixels', help: 'size of the picture that is sent: 336 (default) or 1024' },
  'engine-key-file': { type: 'string', value: 'file', help: 'file with the key of the servers; - reads it from stdin' },
};

export async function chooseEngines(core: Core, call: VerbCall): Promise<void> {
  const addresses = call.texts('engine');
  const rest = ['engine-model', 'engine-edge', 'engine-key-file'].find((name) => call.text(name) !== undefined);
  if (addresses.length === 0) {
    if (rest) throw new UsageError(`--${rest} belongs to an --engine.`);
    return;
  }
  if (call.text('model') !== undefined) throw new UsageError('Choose one of --model and --engine.');
  const edge = edgeOf(call.text('engine-edge'));
  const key = await readKey(call.text('engine-key-file'));
  const added: RemoteEngine[] = [];
  for (const address of addresses) {
    const known = core.remoteEngines.list().find((one) => one.address === address.replace(/\/(v1\/?)?$/, ''));
    const probe = await core.remoteEngines.probe(address, key, call.signal);
    const model = modelOf(probe.models, call.text('engine-model') ?? known?.model, probe.address);
    const sends = probe.sends.find((one) => one.edge === edge);
    if (!sends) throw new UsageError('--engine-edge is 336 or 1024.');
    call.say(sends.text);
    added.push(
      await core.remoteEngines.add(
        { address, model, edge, key, atOnce: known?.atOnce ?? null, agreed: sends.text },
        call.signal,
      ),
    );
  }
  const critics = new Set(added.map(({ critic }) => critic));
  const [first] = added;
  if (!first || critics.size > 1) {
    const what = added.map(({ address, model, server }) => `${address}: ${model} (${server})`).join('; ');
    throw new UsageError(
      `These engines do not serve the same model in the same way, so their grades would not be of one kind: ${what}.`,
    );
  }
  const others = core.remoteEngines
    .list()
    .filter(({ critic, address }) => critic === first.critic && !added.some((one) => one.address === address));
  for (const { address } of others) call.say(`${address}, which was agreed to before, takes part as well.`);
  await core.models.use(first.critic);
}

export function edgeOf(text: string | undefined): RemoteEngine['edge'] {
  if (text === undefined || text === '336') return 336;
  if (text === '1024') return 1024;
  throw new UsageError('The size of the picture that is sent is 336 or 1024.');
}

export function modelOf(offered: readonly string[], wanted: string | undefined, address: string): string {
  const found = offered.find((name) => name === wanted || (wanted !== undefined && name.endsWith(`/${wanted}`)));
  const [only] = offered;
  if (found) return found;
  if (wanted === undefined && only !== undefined && offered.length === 1) return only;
  throw new UsageError(`${address} offers ${offered.join(', ')}: say which one.`);
}
