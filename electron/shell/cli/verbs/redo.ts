import type { Verb } from './verb.ts';

const redo: Verb = {
  usage: 'redo [--data <dir>] [--json]',
  about: 'Does the last change again that was taken back.',
  options: {},
  words: { least: 0, most: 0 },
  async run(call) {
    const { label, note } = await call.withCore({}, (core) => core.redo());
    if (note !== null) call.say(note);
    await call.print({ label }, () => [label === null ? 'Nothing to redo.' : `Done again: ${label}.`]);
  },
};
export default redo;
