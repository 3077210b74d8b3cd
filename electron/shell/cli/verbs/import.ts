import { resolve } from 'node:path';
import { bytesText } from '../../../../shared/bytes.ts';
import { DEFAULT_PATTERN } from '../../../../shared/export.ts';
import { CoreError } from '../../../core/base/core-error.ts';
import { UsageError, type Verb } from './verb.ts';

const importVerb: Verb = {
  usage: 'import <card> --to <dir> [--pattern "…"] [--backup <dir>] [--dry-run] [--data <dir>] [--json]',
  about:
    'Copies the photos of a card or folder into a tree of folders, compares every copy, and adds them to the library. ' +
    'What the library has already, under whatever name, is passed over. Nothing is ever deleted from the card. ' +
    'Called again after it was interrupted, it goes on: what is there already is skipped.',
  options: {
    to: { type: 'string', value: 'dir', help: 'folder that they go to; it becomes part of the library' },
    pattern: { type: 'string', value: 'text', help: `where each goes below it (default: "${DEFAULT_PATTERN}")` },
    backup: { type: 'string', value: 'dir', help: 'a second place that gets the same files' },
    'dry-run': { type: 'boolean', help: 'only say what would happen' },
  },
  words: { least: 1, most: 1 },
  async run(call) {
    const to = call.text('to');
    if (to === undefined || to === '') throw new UsageError('Say where to: --to <dir>.');
    const backup = call.text('backup');
    const request = {
      card: resolve(call.words[0]!),
      folder: resolve(to),
      backup: backup ? resolve(backup) : null,
      pattern: call.text('pattern') || DEFAULT_PATTERN,
    };
    const progress = {
      signal: call.signal,
      onProgress: (done: number, total: number) => call.progress(`Looking at ${done} of ${total} photos of the card`),
    };
    const report = await call.withCore({}, async (core) => {
      const { importer } = core.originals;
      if (call.flag('dry-run')) {
        const { files, known } = await importer.plan(request, progress);
        const first = files.filter(({ photo }) => photo > 0);
        return {
          planned: first.map(({ source, target }) => ({ from: source, to: target })),
          done: 0,
          skipped: 0,
          known,
          renamed: 0,
          bytes: first.reduce((sum, { size }) => sum + size, 0),
          backedUp: 0,
          failed: [],
          safe: 'Nothing was copied.',
        };
      }
      const { batch, job } = await importer.start(request, progress);
      try {
        await core.finishJob(job, { signal: call.signal, onProgress: ({ text }) => call.progress(text) });
      } catch (error) {
        if (error instanceof CoreError) throw error;
        throw new CoreError('CONFLICT', importer.report(batch).safe, { cause: error });
      }
      const done = importer.report(batch);
      if (done.planned.length > 0) {
        await core.index([request.folder], { signal: call.signal, onProgress: ({ text }) => call.progress(text) });
      }
      return done;
    });
    await call.print(report, () => [
      ...report.failed.map(({ path, reason }) => `${path}: ${reason}`),
      `${report.done} files copied (${bytesText(report.bytes)}), ${report.skipped} there already, ` +
        `${report.known.length} photos known, ${report.failed.length} failed.`,
      report.safe,
    ]);
  },
};
export default importVerb;
