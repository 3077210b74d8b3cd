import { photoLines } from './photo-lines.ts';
import type { Verb } from './verb.ts';

const show: Verb = {
  usage: 'show <photo> [--data <dir>] [--json]',
  about: 'Shows one photo, named by its id or by the path of any of its files.',
  options: {},
  words: { least: 1, most: 1 },
  async run(call) {
    const photo = await call.withReader((reader) => reader.show(call.words[0]!));
    await call.print(photo, () => photoLines(photo));
  },
};
export default show;
