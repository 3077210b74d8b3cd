import { resolve } from 'node:path';
import { bytesText } from '../../../../shared/bytes.ts';
import { estimateText, type Model, SLOTS } from '../../../../shared/model.ts';
import { UsageError, type Verb } from './verb.ts';

const ACTIONS = ['list', 'add', 'remove', 'use', 'probe'] as const;

const models: Verb = {
  usage:
    'models list | probe | add <name or .gguf> [--mmproj <.gguf>] [--agree] | remove <name> | use <name> [--as grader|writer] [--data <dir>] [--json]',
  about:
    'The models that can be chosen: one grades, one writes, and one may do both. `probe` measures this computer for ten ' +
    'seconds, so that each says what it takes here. `add` puts a pair of GGUF files on the shelf, or fetches a model of ' +
    'the registry after its licence was agreed to. `use measured` goes back to the critic that needs no model. Grades ' +
    'of a model that is removed stay.',
  options: {
    mmproj: { type: 'string', value: 'file', help: 'projector of the added file; default: the one beside it' },
    as: {
      type: 'string',
      value: 'slot',
      help: 'what the used model shall do, grader or writer; default: all that it can',
    },
    agree: { type: 'boolean', help: 'you have read and agree to the licence that `models list --json` shows' },
  },
  words: { least: 1, most: 2 },
  async run(call) {
    const [action, name] = call.words;
    if (!ACTIONS.some((known) => known === action)) throw new UsageError(`Say one of: ${ACTIONS.join(', ')}.`);
    if (action !== 'list' && action !== 'probe' && name === undefined)
      throw new UsageError(`Say which model to ${action}.`);
    const slot = SLOTS.find((known) => known === call.text('as'));
    if (call.text('as') !== undefined && (slot === undefined || action !== 'use'))
      throw new UsageError('--as belongs to `use` and says grader or writer.');
    const shelf = await call.withCore({}, async (core) => {
      const { models: known } = core;
      if (action === 'add' && name?.toLowerCase().endsWith('.gguf')) {
        const mmproj = call.text('mmproj');
        await known.addLocal(
          { model: resolve(name), mmproj: mmproj === undefined ? null : resolve(mmproj) },
          call.signal,
        );
      } else if (action === 'add') {
        const entry = (await known.list()).find((model) => model.name === name);
        if (entry?.licence && !call.flag('agree')) {
          throw new UsageError(
            `${entry.title}: ${entry.about} It comes under ${entry.licence}. ${entry.licenceText ?? ''} Call again with --agree to fetch it.`,
          );
        }
        const job = await known.install(name ?? '', entry?.licence ?? null);
        await core.finishJob(job, { signal: call.signal, onProgress: ({ text }) => call.progress(text) });
      } else if (action === 'remove') await known.remove(name ?? '');
      else if (action === 'use') await known.use(name ?? '', slot);
      else if (action === 'probe') await known.probe(call.signal);
      return known.list();
    });
    await call.print(shelf, () => shelf.map(lineOf));
  },
};
export default models;

const VERBS = { grader: 'grade', writer: 'write' } as const;

function lineOf(model: Model): string {
  const size = model.bytes ? `, ${bytesText(model.bytes)}` : '';
  const does = [...(model.active ? ['grades'] : []), ...(model.writes ? ['writes'] : [])].join(' and ');
  const mark = model.active ? '*' : model.writes ? '+' : ' ';
  const facts = [model.state, ...(does ? [does] : [`can ${model.slots.map((slot) => VERBS[slot]).join(' and ')}`])];
  const time = model.estimate ? `, ${estimateText(model.estimate)}` : '';
  return `${mark} ${model.name}: ${model.title} (${facts.join(', ')}${size}${time})${model.problem ? ` ${model.problem}` : ''}`;
}
