import { basename, resolve } from 'node:path';
import { bytesText } from '../../../../shared/bytes.ts';
import { namedPhotos } from './named-photos.ts';
import { UsageError, type Verb } from './verb.ts';

const report: Verb = {
  usage:
    'report <folder> --out <file.html|file.pdf> [--filter "…"] [--client] [--words] [--replace] [--data <dir>] [--json]',
  about:
    'Writes the critique of a shoot as one file with its pictures inside: what was shot and kept, the strongest ' +
    'frames, what recurred with the settings behind it, and what to do differently. Every sentence has its counts.',
  options: {
    out: { type: 'string', value: 'file', help: 'an .html file, or a .pdf where Chromium or Chrome is installed' },
    title: { type: 'string', value: 'text', help: 'default: the name of the folder' },
    filter: { type: 'string', value: 'text', help: 'only these photos of the folder' },
    client: { type: 'boolean', help: 'picks and captions, no grades' },
    words: { type: 'boolean', help: 'with sentences of the chosen model, each compared with the numbers' },
    replace: { type: 'boolean', help: 'a file of that name may be replaced' },
  },
  words: { least: 1, most: 1 },
  async run(call) {
    const out = call.text('out');
    if (out === undefined || out === '') throw new UsageError('Say where to: --out <file.html>.');
    const folder = resolve(call.words[0]!);
    const path = resolve(out);
    const document = await call.withCore({}, async (core) => {
      const request = {
        ids: namedPhotos(core, [folder], call.text('filter')),
        title: call.text('title') ?? basename(folder),
        version: call.flag('client') ? ('client' as const) : ('full' as const),
      };
      if (call.flag('words')) await core.reports.written(request, call.signal);
      const job = core.reports.startReport(request, { path, replaces: call.flag('replace') });
      await core.finishJob(job, { signal: call.signal, onProgress: ({ text }) => call.progress(text) });
      const { bytes, report: said } = core.reports.documentOf(job)!;
      return { out: path, bytes, report: said };
    });
    await call.print(document, () => [`${document.out} (${bytesText(document.bytes)})`]);
  },
};
export default report;
