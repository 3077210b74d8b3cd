import { photoLine } from './photo-lines.ts';
import { UsageError, type Verb } from './verb.ts';

const tag: Verb = {
  usage: 'tag <photo>… [--add <a,b>] [--remove <c>] [--data <dir>] [--json]',
  about:
    'Gives keywords to photos, named by id or path, and takes them, as one step that can be undone. `Places|Oslo` is a ' +
    'keyword below another one.',
  options: {
    add: { type: 'string', value: 'a,b', help: 'keywords to give, `,` between' },
    remove: { type: 'string', value: 'c,d', help: 'keywords to take' },
  },
  words: { least: 1, most: Number.POSITIVE_INFINITY },
  async run(call) {
    const list = (name: string) => (call.text(name) ?? '').split(',').filter((keyword) => keyword.trim() !== '');
    const change = { add: list('add'), remove: list('remove') };
    if (change.add.length + change.remove.length === 0) throw new UsageError('Say which keywords: --add or --remove.');
    const result = await call.withCore({}, (core) => core.tag(call.words, change));
    await call.print(result, () => result.photos.map(photoLine));
  },
};
export default tag;
