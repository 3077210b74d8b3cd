import { resolve } from 'node:path';
import type { Verb } from './verb.ts';

const index: Verb = {
  usage: 'index <folder>… [--no-faces] [--data <dir>] [--json]',
  about:
    'Adds the folders to the library and looks at every photo in them: metadata, previews, measures, faces. What was ' +
    'looked at before and has not changed is left alone. Broken files are listed with their reason and do not make it fail.',
  options: { 'no-faces': { type: 'boolean', help: 'leave the search for faces to another time' } },
  words: { least: 1, most: Number.POSITIVE_INFINITY },
  async run(call) {
    const folders = call.words.map((folder) => resolve(folder));
    const options = { signal: call.signal, onProgress: (progress: { text: string }) => call.progress(progress.text) };
    const report = await call.withCore({}, async (core) => {
      const indexed = await core.index(folders, options);
      if (!call.flag('no-faces')) await core.findFaces(options);
      return indexed;
    });
    await call.print(report, () => [
      `${report.photos} photos: ${report.indexed} looked at, ${report.unchanged} unchanged, ${report.failed.length} failed (${report.seconds.toFixed(1)} s).`,
      ...report.failed.map(({ path, reason }) => `  ${path}: ${reason}`),
    ]);
  },
};
export default index;
