import { resolve } from 'node:path';
import { bytesText } from '../../../../shared/bytes.ts';
import { estimateText, type Model, SLOTS } from '../../../../shared/model.ts';
import { UsageError, type Verb } from './verb.ts';

const ACTIONS = ['list', 'add', 'add-adapter', 'remove', 'use', 'probe'] as const;

const models: Verb = {
  usage:
    'models list | probe | add <name or .gguf> [--mmproj <.gguf>] [--agree] | add-adapter <folder or .gguf> --base <name> [--lora-scale <s>] | remove <name> | use <name> [--as grader|writer] [--data <dir>] [--json]',
  about:
    'The models that can be chosen: one grades, one writes, and one may do both. `probe` measures this computer for ten ' +
    'seconds, so that each says what it takes here. `add` puts a pair of GGUF files on the shelf, or fetches a model of ' +
    'the registry after its licence was agreed to. `add-adapter` puts what was trained on such a model beside it: a ' +
    'folder of PEFT (converted here) or a GGUF adapter. `use measured` goes back to the critic that needs no model. ' +
    'Grades of a model that is removed stay.',
  options: {
    mmproj: { type: 'string', value: 'file', help: 'projector of the added file; default: the one beside it' },
    as: {
      type: 'string',
      value: 'slot',
      help: 'what the used model shall do, grader or writer; default: all that it can',
    },
    base: { type: 'string', value: 'name', help: 'model that the adapter was trained on' },
    'lora-scale': { type: 'string', value: 's', help: 'how strongly it is added, 0–2 (default: 1, as it was trained)' },
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
      } else if (action === 'add-adapter') {
        const base = call.text('base');
        if (base === undefined) throw new UsageError('Say which model it was trained on: --base <name>.');
        const scale = call.number('lora-scale', { least: 0, most: 2, whole: false });
        await known.addAdapter({ path: resolve(name ?? ''), base, scale }, call.signal);
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
  const strength = model.adapter === null ? '' : `, ${model.adapter.scale} × on ${model.adapter.base}`;
  const does = [...(model.active ? ['grades'] : []), ...(model.writes ? ['writes'] : [])].join(' and ');
  const mark = model.active ? '*' : model.writes ? '+' : ' ';
  const facts = [model.state, ...(does ? [does] : [`can ${model.slots.map((slot) => VERBS[slot]).join(' and ')}`])];
  const time = model.estimate ? `, ${estimateText(model.estimate)}` : '';
  return `${mark} ${model.name}: ${model.title} (${facts.join(', ')}${size}${strength}${time})${model.problem ? ` ${model.problem}` : ''}`;
}
