import { resolve } from 'node:path';
import { datasetOptionsSchema } from '../../../../shared/dataset.ts';
import { UsageError, type Verb } from './verb.ts';

const dataset: Verb = {
  usage:
    'dataset export <dir> [--split by-shoot|none] [--qa rules|model] [--seed <n>] [--licence "…"] [--consent "…"] [--data <dir>] [--json]',
  about:
    "Makes instruction data in LLaVA's form of the views that people gave (`keeplight feedback`): descriptions, questions " +
    'of four kinds and multiple choice, pictures of 336 pixels without metadata, whole shoots held out for validation, ' +
    'and a card. Nothing is trained here and nothing is sent anywhere; docs/training.md has the commands for a GPU.',
  options: {
    split: { type: 'string', value: 'how', help: 'by-shoot (default) holds whole shoots out; none: all in one file' },
    qa: {
      type: 'string',
      value: 'how',
      help: 'rules (default); model: the chosen model words answers anew, kept only where it says nothing new',
    },
    seed: { type: 'string', value: 'n', help: 'of the order of options and of the split (default: 1)' },
    licence: { type: 'string', value: 'text', help: 'for the card' },
    consent: { type: 'string', value: 'text', help: 'for the card: who agreed to what' },
  },
  words: { least: 2, most: 2 },
  async run(call) {
    const [action, folder] = call.words;
    if (action !== 'export' || folder === undefined) throw new UsageError('Say: dataset export <dir>.');
    const options = datasetOptionsSchema.parse({
      split: call.choice('split', ['by-shoot', 'none'] as const),
      qa: call.choice('qa', ['rules', 'model'] as const),
      seed: call.number('seed', { least: 0, most: 2 ** 31, whole: true }),
      licence: call.text('licence'),
      consent: call.text('consent'),
    });
    const report = await call.withCore({}, async (core) => {
      const job = await core.originals.dataset.start({ folder: resolve(folder), options });
      await core.finishJob(job, { signal: call.signal, onProgress: ({ text }) => call.progress(text) });
      return core.originals.dataset.reportOf(job)!;
    });
    await call.print(report, () => [
      `${report.train} entries to train on and ${report.validation} to validate, from ${report.views} views of ${report.pictures} pictures.`,
      ...report.files,
      ...report.left.map(
        ({ photo, reason }) => `${photo === null ? 'A view' : `Photo ${photo}`} was left out: ${reason}`,
      ),
    ]);
  },
};
export default dataset;
