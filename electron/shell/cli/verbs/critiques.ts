import { PROMPT_NAMES } from '../../../../shared/model.ts';
import { UsageError, type Verb } from './verb.ts';

const critiques: Verb = {
  usage: 'critiques <photo> [--again] [--model <name>] [--prompt plain|spaced] [--data <dir>] [--json]',
  about:
    'Shows every judgement of one photo, newest first: who judged, with which model and prompt, and which one counts. A ' +
    'judgement stays when another model, another prompt or a changed file is judged. --again judges it once more, by the ' +
    'chosen grader or another one, and shows them all.',
  options: {
    again: { type: 'boolean', help: 'judge the photo once more first; what was judged before stays' },
    model: { type: 'string', value: 'name', help: 'who judges again; default: the chosen grader' },
    prompt: {
      type: 'string',
      value: 'way',
      help: 'plain, or spaced: a space before the answer, as Q-ReAlign’s scorer asks',
    },
  },
  words: { least: 1, most: 1 },
  async run(call) {
    const model = call.text('model');
    const said = call.text('prompt');
    const prompt = PROMPT_NAMES.find((name) => name === said);
    if (said !== undefined && prompt === undefined) throw new UsageError(`Say one of: ${PROMPT_NAMES.join(', ')}.`);
    if (!call.flag('again') && (model !== undefined || prompt !== undefined))
      throw new UsageError('--model and --prompt belong to --again.');
    if (call.flag('again')) {
      const { id } = await call.withReader((reader) => reader.show(call.words[0]!));
      await call.withCore({}, (core) =>
        core.critics.judgeAgain(id, { ...(model ? { model } : {}), ...(prompt ? { prompt } : {}) }, call.signal),
      );
    }
    const all = await call.withReader((reader) => reader.critiques(call.words[0]!));
    await call.print(all, () =>
      all.length === 0
        ? ['Nobody has judged this photo yet.']
        : all.map(({ critic, modelHash, promptVersion, value, level, createdAt, counts, isOfThisContent }) =>
            [
              `${Math.round(value)}`.padStart(3),
              level.padEnd(9),
              critic,
              modelHash.slice(0, 12),
              promptVersion,
              new Date(createdAt).toISOString().slice(0, 16).replace('T', ' '),
              counts ? 'counts' : isOfThisContent ? '' : 'of an earlier version of the file',
            ]
              .join('  ')
              .trimEnd(),
          ),
    );
  },
};
export default critiques;
