import { resolve, sep } from 'node:path';
import { chooseModel } from '../choose-model.ts';
import { photoLine } from '../photo-lines.ts';
import type { Verb } from '../verb.ts';

const grade: Verb = {
  usage: 'grade [<folder>] [--model <name or .gguf>] [--mmproj <.gguf>] [--trace] [--data <dir>] [--json]',
  about:
    'Grades every photo of the folder (default: of the library) with a model, without generating text: an overall ' +
    'grade and eight dimensions. A folder that is not in the library is added first. The model becomes the one whose ' +
    'grades count; photos that it has graded before are not graded again unless --trace asks for the arithmetic.',
  options: {
    model: { type: 'string', value: 'model', help: 'registry name or path of a GGUF file; default: the chosen model' },
    mmproj: { type: 'string', value: 'file', help: 'path of its projector; default: the one beside it' },
    trace: { type: 'boolean', help: 'add token ids, logits, probabilities and times of every question' },
  },
  words: { least: 0, most: 1 },
  async run(call) {
    const [word] = call.words;
    const folder = word === undefined ? null : resolve(word);
    const failures = new Map<number, string>();
    const photos = await call.withCore({}, async (core) => {
      await chooseModel(core, call.text('model'), call.text('mmproj'), call.signal);
      if (folder !== null) {
        await core.index([folder], { signal: call.signal, onProgress: ({ text }) => call.progress(text) });
      }
      const isWanted = ({ path }: { path: string }) => folder === null || path.startsWith(folder + sep);
      const wanted = core.list().filter(isWanted);
      const results = await core.critics.gradeNow(
        wanted.filter(({ state }) => state === 'ready').map(({ id }) => id),
        {
          trace: call.flag('trace'),
          signal: call.signal,
          onProgress: (done, total) => call.progress(`Graded ${done} of ${total} photos`),
          onFailure: (photo, reason) => failures.set(photo, reason),
        },
      );
      return core
        .list({ sort: 'grade' })
        .filter(isWanted)
        .map((photo) => {
          const result = results.get(photo.id);
          return {
            ...photo,
            error: photo.error ?? failures.get(photo.id) ?? null,
            critique: result?.critique ?? null,
            ...(call.flag('trace') ? { trace: result?.trace ?? null } : {}),
          };
        });
    });
    await call.print(photos, () => photos.map(photoLine));
  },
};
export default grade;
