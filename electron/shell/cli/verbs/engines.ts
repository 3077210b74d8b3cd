import type { RemoteEngine } from '../../../../shared/contract-engines.ts';
import type { Core } from '../../../core/core.ts';
import { edgeOf, modelOf } from './choose-engines.ts';
import { readKey } from './engine-key.ts';
import { UsageError, type Verb, type VerbCall } from './verb.ts';

const ACTIONS = ['list', 'add', 'remove', 'test'] as const;

const engines: Verb = {
  usage:
    'engines list | add <url> [--model <name>] [--edge 336|1024] [--at-once <n>] [--key-file <file>] --agree | remove <url> | test [<url>] [--data <dir>] [--json]',
  about:
    'Servers on this or other computers that grade and write (llama-server, vLLM, SGLang, LM Studio, Ollama). None is used ' +
    'before it was agreed to: `add` says what would leave, and adds the engine when it is called again with --agree. ' +
    'Several that serve the same model share one queue. `models use <critic>` lets them judge; `test` has them judge a ' +
    'plain gray picture.',
  options: {
    model: { type: 'string', value: 'name', help: 'which of the models of the server; default: its only one' },
    edge: { type: 'string', value: 'pixels', help: 'size of the picture that is sent: 336 (default) or 1024' },
    'at-once': { type: 'string', value: 'n', help: 'photos at the same time; default: as the server says' },
    'key-file': { type: 'string', value: 'file', help: 'file with the key of the server; - reads it from stdin' },
    agree: { type: 'boolean', help: 'you have read what leaves, and agree' },
  },
  words: { least: 1, most: 2 },
  async run(call) {
    const [action, address] = call.words;
    if (!ACTIONS.some((known) => known === action)) throw new UsageError(`Say one of: ${ACTIONS.join(', ')}.`);
    if ((action === 'add' || action === 'remove') && address === undefined) {
      throw new UsageError(`Say the address of the engine to ${action}.`);
    }
    if (action === 'test') return test(call, address);
    const list = await call.withCore({}, async (core) => {
      if (action === 'add') await add(core, call, address ?? '');
      if (action === 'remove') await core.remoteEngines.remove(address ?? '');
      return core.remoteEngines.list();
    });
    await call.print(list, () =>
      list.length === 0 ? ['No engines: nothing leaves this computer.'] : list.map(lineOf),
    );
  },
};
export default engines;

async function add(core: Core, call: VerbCall, address: string): Promise<void> {
  const key = await readKey(call.text('key-file'));
  const probe = await core.remoteEngines.probe(address, key, call.signal);
  const edge = edgeOf(call.text('edge'));
  const model = modelOf(probe.models, call.text('model'), probe.address);
  const agreed = probe.sends.find((one) => one.edge === edge)?.text ?? '';
  if (!call.flag('agree')) throw new UsageError(`${agreed} Call again with --agree to allow that.`);
  const atOnce = call.number('at-once', { least: 1, most: 64 }) ?? null;
  const added = await core.remoteEngines.add({ address, model, edge, key, atOnce, agreed }, call.signal);
  call.say(agreed);
  if (!added.grades)
    call.say(`${added.address} gives no log-probabilities: it can write about photos, not grade them.`);
}

async function test(call: VerbCall, address: string | undefined): Promise<void> {
  const results = await call.withCore({}, async (core) => {
    const addresses = address === undefined ? core.remoteEngines.list().map((one) => one.address) : [address];
    return Promise.all(addresses.map((one) => core.remoteEngines.test(one, call.signal)));
  });
  await call.print(results, () =>
    results.map(({ address: place, text, milliseconds }) => {
      const time = milliseconds === null ? '' : ` One photo took ${(milliseconds / 1000).toFixed(1)} s.`;
      return `${place}: ${text}${time}`;
    }),
  );
}

function lineOf({ address, critic, server, model, edge, atOnce, grades, key }: RemoteEngine): string {
  const what = grades ? `grades as ${critic}` : 'writes only';
  return `${address}: ${model} (${server}), ${what}, pictures of ${edge} pixels, ${atOnce} at once${key === 'none' ? '' : `, key in the ${key}`}`;
}
