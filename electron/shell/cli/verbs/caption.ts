import { photoLine } from './photo-lines.ts';
import { UsageError, type Verb } from './verb.ts';

const caption: Verb = {
  usage: 'caption <photo> ("<text>" | --clear) [--title] [--data <dir>] [--json]',
  about: 'Sets the caption of a photo, named by id or path, as a step that can be undone.',
  options: {
    title: { type: 'boolean', help: 'set the title instead' },
    clear: { type: 'boolean', help: 'take it out; then no text is given' },
  },
  words: { least: 1, most: 2 },
  async run(call) {
    const [photo, text] = call.words as [string, string | undefined];
    const clears = call.flag('clear');
    if (clears === (text !== undefined)) throw new UsageError('Give a text, or --clear to take it out.');
    const value = text ?? null;
    const field = call.flag('title') ? 'title' : 'caption';
    const result = await call.withCore({}, (core) => core.word([photo], field, value));
    await call.print(result, () => result.photos.map(photoLine));
  },
};
export default caption;
