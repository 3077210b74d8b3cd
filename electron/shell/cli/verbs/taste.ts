import type { Verb } from './verb.ts';

const taste: Verb = {
  usage: 'taste [--data <dir>] [--json]',
  about:
    'Says what was learned from your marks: how often it finds the photo that you prefer, on photos that it has not ' +
    'seen, against the grade alone, and what speaks for a photo. It is used only where it is clearly better.',
  options: {},
  words: { least: 0, most: 0 },
  async run(call) {
    const { text, ...state } = await call.withCore({}, (core) => core.taste());
    await call.print(state, () => [
      text,
      ...state.features.map(({ name, weight }) => `  ${weight > 0 ? '+' : '−'}${Math.abs(weight).toFixed(1)}  ${name}`),
    ]);
  },
};
export default taste;
