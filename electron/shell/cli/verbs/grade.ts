import { resolve } from 'node:path';
import type { ListedPhoto } from '../../../core/base/records.ts';
import { chooseEngines, ENGINE_OPTIONS } from './choose-engines.ts';
import { chooseModel } from './choose-model.ts';
import { photoLine } from './photo-lines.ts';
import { LINES, UsageError, type Verb } from './verb.ts';

const grade: Verb = {
  usage:
    'grade [<folder>] [--model <name or .gguf>] [--mmproj <.gguf>] [--lora <file or folder> [--lora-scale <s>]] [--trace] [--data <dir>] [--json | --jsonl] | grade [<folder>] --engine <url> [--engine <url>…] [--engine-model <name>]',
  about:
    'Grades every photo of the folder (default: of the library) with a model, without generating text: an overall ' +
    'grade and eight dimensions. A folder that is not in the library is added first. The model becomes the one whose ' +
    'grades count; photos that it has graded before are not graded again unless --trace asks for the arithmetic. With ' +
    '--engine the model runs on other computers: a small copy of every photo is sent there, and nowhere else.',
  options: {
    model: { type: 'string', value: 'model', help: 'registry name or path of a GGUF file; default: the chosen model' },
    mmproj: { type: 'string', value: 'file', help: 'path of its projector; default: the one beside it' },
    lora: { type: 'string', value: 'path', help: 'adapter to add to that model: a PEFT folder or a GGUF file' },
    'lora-scale': { type: 'string', value: 's', help: 'how strongly it is added, 0–2 (default: 1, as it was trained)' },
    trace: { type: 'boolean', help: 'add token ids, logits, probabilities and times of every question' },
    ...ENGINE_OPTIONS,
    ...LINES,
  },
  words: { least: 0, most: 1 },
  async run(call) {
    const [word] = call.words;
    const folder = word === undefined ? undefined : resolve(word);
    const failures = new Map<number, string>();
    const results = await call.withCore({}, async (core) => {
      await chooseEngines(core, call);
      const lora = call.text('lora');
      const scale = call.number('lora-scale', { least: 0, most: 2, whole: false });
      if (lora === undefined && scale !== undefined) throw new UsageError('--lora-scale belongs to a --lora.');
      const adapter = lora === undefined ? null : { path: resolve(lora), scale: scale ?? 1 };
      await chooseModel(core, call.text('model'), call.text('mmproj'), 'grader', call.signal, adapter);
      if (folder !== undefined) {
        await core.index([folder], { signal: call.signal, onProgress: ({ text }) => call.progress(text) });
      }
      return core.critics.gradeNow(core.listIds({ folder, filter: 'state:ready' }), {
        trace: call.flag('trace'),
        signal: call.signal,
        onProgress: (done, total) => call.progress(`Graded ${done} of ${total} photos`),
        onFailure: (photo, reason) => failures.set(photo, reason),
      });
    });
    const withResult = (photo: ListedPhoto) => {
      const result = results.get(photo.id);
      return {
        ...photo,
        error: photo.error ?? failures.get(photo.id) ?? null,
        critique: result?.critique ?? null,
        ...(call.flag('trace') ? { trace: result?.trace ?? null } : {}),
      };
    };
    await call.withReader((reader) => call.printEach(eachWith(reader.each({ folder }), withResult), photoLine));
  },
};
export default grade;

function* eachWith<Item, Result>(items: Iterable<Item>, change: (item: Item) => Result): Generator<Result> {
  for (const item of items) yield change(item);
}
