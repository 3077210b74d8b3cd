import { SORT_KEYS } from '../../../../shared/query.ts';
import { photoLine } from '../photo-lines.ts';
import type { Verb } from '../verb.ts';

const list: Verb = {
  usage: 'list [--sort <key>] [--order asc|desc] [--filter "…"] [--limit <n>] [--data <dir>] [--json]',
  about: 'Lists the photos of the library; broken files are in it too, with their reason.',
  options: {
    sort: { type: 'string', value: 'key', help: `one of: ${SORT_KEYS.join(', ')} (default: grade)` },
    order: { type: 'string', value: 'asc|desc', help: 'default: what is natural for the key' },
    filter: { type: 'string', value: 'text', help: 'for instance "flag:pick grade>=60 camera:X100V snow"' },
    limit: { type: 'string', value: 'n', help: 'at most so many' },
  },
  words: { least: 0, most: 0 },
  async run(call) {
    const query = {
      sort: call.choice('sort', SORT_KEYS),
      order: call.choice('order', ['asc', 'desc'] as const),
      filter: call.text('filter'),
      limit: call.number('limit', { least: 0, most: Number.POSITIVE_INFINITY }),
    };
    const photos = await call.withCore({ readOnly: true }, (core) => core.list(query));
    await call.print(photos, () => photos.map(photoLine));
  },
};
export default list;
