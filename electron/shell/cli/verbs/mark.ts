import { COLORS, FLAGS } from '../../../../shared/photo.ts';
import { photoLine } from './photo-lines.ts';
import { UsageError, type Verb } from './verb.ts';

const mark: Verb = {
  usage: 'mark <photo>… [--flag <flag>] [--stars <0–5>] [--color <color>] [--data <dir>] [--json]',
  about: 'Sets what is given on all these photos, named by id or path, as one step that can be undone.',
  options: {
    flag: { type: 'string', value: 'flag', help: `one of: ${FLAGS.join(', ')}` },
    stars: { type: 'string', value: 'n', help: '0 to 5' },
    color: { type: 'string', value: 'color', help: `one of: ${COLORS.join(', ')}` },
  },
  words: { least: 1, most: Number.POSITIVE_INFINITY },
  async run(call) {
    const given = {
      flag: call.choice('flag', FLAGS),
      stars: call.number('stars', { least: 0, most: 5 }),
      color: call.choice('color', COLORS),
    };
    if (Object.values(given).every((value) => value === undefined)) {
      throw new UsageError('Say what to set: --flag, --stars or --color.');
    }
    const result = await call.withCore({}, (core) => core.mark(call.words, given));
    await call.print(result, () => result.photos.map(photoLine));
  },
};
export default mark;
