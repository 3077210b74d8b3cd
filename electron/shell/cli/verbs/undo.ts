import type { Verb } from './verb.ts';

const undo: Verb = {
  usage: 'undo [--data <dir>] [--json]',
  about: 'Takes back the last change that a person made, here or in the app; once more takes back the one before.',
  options: {},
  words: { least: 0, most: 0 },
  async run(call) {
    const { label, note } = await call.withCore({}, (core) => core.undo());
    if (note !== null) call.say(note);
    await call.print({ label }, () => [label === null ? 'Nothing to undo.' : `Undone: ${label}.`]);
  },
};
export default undo;
