import { photoLine } from './photo-lines.ts';
import { UsageError, type Verb } from './verb.ts';

const TURNS = { left: 3, right: 1, half: 2 } as const;

const rotate: Verb = {
  usage: 'rotate <photo>… --left | --right | --half [--data <dir>] [--json]',
  about:
    'Turns photos, named by id or path, by a quarter of a circle or by a half, as one step that can be undone. The library ' +
    'remembers it: files stay as they are, and what is exported as a picture comes out turned.',
  options: {
    left: { type: 'boolean', help: 'by 90° to the left' },
    right: { type: 'boolean', help: 'by 90° to the right' },
    half: { type: 'boolean', help: 'by 180°' },
  },
  words: { least: 1, most: Number.POSITIVE_INFINITY },
  async run(call) {
    const given = (['left', 'right', 'half'] as const).filter((name) => call.flag(name));
    const [way] = given;
    if (way === undefined || given.length > 1) throw new UsageError('Say one way: --left, --right or --half.');
    const result = await call.withCore({}, (core) => core.rotate(call.words, TURNS[way]));
    await call.print(result, () => result.photos.map(photoLine));
  },
};
export default rotate;
