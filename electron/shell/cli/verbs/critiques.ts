import type { Verb } from './verb.ts';

const critiques: Verb = {
  usage: 'critiques <photo> [--data <dir>] [--json]',
  about:
    'Shows every judgement of one photo, newest first: who judged, with which model and prompt, and which one counts. A ' +
    'judgement stays when another model, another prompt or a changed file is judged.',
  options: {},
  words: { least: 1, most: 1 },
  async run(call) {
    const all = await call.withReader((reader) => reader.critiques(call.words[0]!));
    await call.print(all, () =>
      all.length === 0
        ? ['Nobody has judged this photo yet.']
        : all.map(({ critic, modelHash, value, level, createdAt, counts, isOfThisContent }) =>
            [
              `${Math.round(value)}`.padStart(3),
              level.padEnd(9),
              critic,
              modelHash.slice(0, 12),
              new Date(createdAt).toISOString().slice(0, 16).replace('T', ' '),
              counts ? 'counts' : isOfThisContent ? '' : 'of an earlier version of the file',
            ]
              .join('  ')
              .trimEnd(),
          ),
    );
  },
};
export default critiques;
