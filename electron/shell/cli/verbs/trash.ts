import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { bytesText } from '../../../../shared/bytes.ts';
import { CoreError } from '../../../core/base/core-error.ts';
import type { TrashReport } from '../../../core/originals/trash/trash-can.ts';
import { namedPhotos } from './named-photos.ts';
import { UsageError, type Verb } from './verb.ts';

const trash: Verb = {
  usage: 'trash (<photo>… | --rejected <folder>) [--to <dir>] [--dry-run] [--yes] [--data <dir>] [--json]',
  about:
    'Moves photos with all their files (RAW, JPEG, sidecars) to the trash of the system. A photo of which one file ' +
    'cannot be moved stays whole. `keeplight undo` and `keeplight restore --last` bring them back where the system allows.',
  options: {
    rejected: { type: 'string', value: 'folder', help: 'all rejected photos in and below it' },
    to: { type: 'string', value: 'dir', help: 'a folder instead of the trash, for drives that have none' },
    'dry-run': { type: 'boolean', help: 'only say what would go' },
    yes: { type: 'boolean', help: 'do not ask' },
  },
  words: { least: 0, most: Number.POSITIVE_INFINITY },
  async run(call) {
    const rejected = call.text('rejected');
    if (call.words.length > 0 === (rejected !== undefined)) {
      throw new UsageError('Name photos, or a folder with --rejected.');
    }
    const isDry = call.flag('dry-run');
    const isAsked = !isDry && !call.flag('yes');
    if (isAsked && !process.stdin.isTTY) {
      throw new CoreError('INVALID', 'Nobody can be asked here: add --yes, or look first with --dry-run.');
    }
    const to = call.text('to');
    const folder = to ? resolve(to) : null;
    const report = await call.withCore({}, async (core): Promise<TrashReport> => {
      const { trashCan } = core.originals;
      const ids =
        rejected === undefined
          ? namedPhotos(core, call.words, undefined)
          : namedPhotos(core, [rejected], 'flag:reject');
      const plan = await trashCan.plan(ids, folder);
      const { photos, files, bytes, failed } = plan;
      if (isDry || photos === 0) return { photos, files, bytes, failed };
      if (isAsked && !(await agrees(`Move ${photos} photos (${files.length} files, ${bytesText(bytes)})?`))) {
        throw new CoreError('CONFLICT', 'Nothing was moved.');
      }
      const { batch, job } = await trashCan.start(plan.ids, folder);
      await core.finishJob(job, { signal: call.signal, onProgress: ({ text }) => call.progress(text) });
      return trashCan.report(batch, plan);
    });
    await call.print(report, () => [
      ...report.files,
      ...report.failed.map(({ path, reason }) => `${path}: ${reason}`),
      `${report.photos} photos ${isDry ? 'would go' : 'moved'} (${report.files.length} files, ${bytesText(report.bytes)}).`,
    ]);
  },
};
export default trash;

async function agrees(question: string): Promise<boolean> {
  const line = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await line.question(`${question} [y/N] `)).trim());
  } finally {
    line.close();
  }
}
