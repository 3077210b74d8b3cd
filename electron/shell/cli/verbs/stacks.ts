import { resolve } from 'node:path';
import type { Moment } from '../../../../shared/moments.ts';
import type { Verb } from './verb.ts';

const verb: Verb = {
  usage: 'stacks [<folder>] [--threshold <0.2–0.95>] [--json]',
  about:
    'Lists the moments of the library, or of a folder: bursts, repeats, duplicates, brackets and panoramas, each with the photo on top and why. With --threshold it lists those that another likeness would find, and changes nothing.',
  options: {
    threshold: { type: 'string', value: 'likeness', help: 'how alike two frames must be to show the same view' },
  },
  words: { least: 0, most: 1 },
  async run(call) {
    const threshold = call.number('threshold', { least: 0.2, most: 0.95, whole: false });
    const folder = call.words[0] === undefined ? undefined : resolve(call.words[0]);
    const stacks = await call.withCore({ readOnly: true }, async (core) => {
      const found = threshold === undefined ? core.moments.all() : await core.moments.preview(threshold, call.signal);
      const inside = folder === undefined ? null : new Set(core.listIds({ folder }));
      const wanted = inside === null ? found : found.filter(({ photos }) => photos.some((id) => inside.has(id)));
      const paths = core.paths(wanted.flatMap(({ photos }) => photos));
      return wanted.map((moment) => documentOf(moment, paths));
    });
    await call.print(stacks, () =>
      stacks.flatMap(({ kind, photos, top, reason }) => [
        `${kind}, ${photos.length} photos${reason.text === '' ? '' : `: ${reason.text}`}`,
        ...photos.map((path) => `  ${path === top ? '▲' : ' '} ${path}`),
      ]),
    );
  },
};
export default verb;

function documentOf({ id, kind, top, photos, reason }: Moment, paths: ReadonlyMap<number, string>) {
  const pathOf = (photo: number) => paths.get(photo) ?? String(photo);
  return { id, kind, top: pathOf(top), photos: photos.map(pathOf), reason };
}
