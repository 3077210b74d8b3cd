import { resolve } from 'node:path';
import { SORT_KEYS, sortHelp } from '../../../../shared/sorts.ts';
import { photoLine } from './photo-lines.ts';
import { LINES, type Verb } from './verb.ts';

const list: Verb = {
  usage:
    'list [<folder>] [--sort <key>] [--order asc|desc] [--filter "…"] [--limit <n>] [--data <dir>] [--json | --jsonl]',
  about:
    'Lists the photos of the library, or of one folder of it with all below; broken files are in it too, with their ' +
    `reason. Photos of equal value stand in the order in which they were found.\n\nOrders:\n${sortHelp()
      .map((line) => `  ${line}`)
      .join('\n')}`,
  options: {
    sort: {
      type: 'string',
      value: 'key',
      help: 'one of the orders above (default: grade; without a model that is technical quality)',
    },
    order: { type: 'string', value: 'asc|desc', help: 'default: what stands first beside the order' },
    filter: { type: 'string', value: 'text', help: 'for instance "flag:pick grade>=60 camera:X100V snow"' },
    limit: { type: 'string', value: 'n', help: 'at most so many' },
    ...LINES,
  },
  words: { least: 0, most: 1 },
  async run(call) {
    const [folder] = call.words;
    const query = {
      sort: call.choice('sort', SORT_KEYS),
      order: call.choice('order', ['asc', 'desc'] as const),
      filter: call.text('filter'),
      folder: folder === undefined ? undefined : resolve(folder),
      limit: call.number('limit', { least: 0, most: Number.POSITIVE_INFINITY }),
    };
    await call.withReader((reader) => call.printEach(reader.each(query), photoLine));
  },
};
export default list;
