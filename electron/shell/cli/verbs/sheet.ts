import { basename, resolve } from 'node:path';
import { bytesText } from '../../../../shared/bytes.ts';
import { namedPhotos } from './named-photos.ts';
import { UsageError, type Verb } from './verb.ts';

const sheet: Verb = {
  usage: 'sheet (<folder> | --filter "…" | <photo>…) --out <file> [--title "…"] [--replace] [--data <dir>] [--json]',
  about:
    'Writes photos as a list: a contact sheet with thumbnails, names and marks where the file ends in .pdf or .html; ' +
    'everything known of them, for spreadsheets and scripts, where it ends in .csv or .json.',
  options: {
    out: {
      type: 'string',
      value: 'file',
      help: 'a .pdf (where Chromium or Chrome is installed), .html, .csv or .json',
    },
    filter: { type: 'string', value: 'text', help: 'for instance "flag:pick stars>=3"' },
    title: { type: 'string', value: 'text', help: 'default: the name of the folder' },
    replace: { type: 'boolean', help: 'a file of that name may be replaced' },
  },
  words: { least: 0, most: Number.POSITIVE_INFINITY },
  async run(call) {
    const out = call.text('out');
    if (out === undefined || out === '') throw new UsageError('Say where to: --out <file.pdf>.');
    const path = resolve(out);
    const title = call.text('title') ?? (call.words.length === 1 ? basename(resolve(call.words[0]!)) : 'Photos');
    const document = await call.withCore({}, async (core) => {
      const ids = namedPhotos(core, call.words, call.text('filter'));
      const job = core.reports.startList({ ids, title }, { path, replaces: call.flag('replace') });
      await core.finishJob(job, { signal: call.signal, onProgress: ({ text }) => call.progress(text) });
      return { out: path, photos: ids.length, bytes: core.reports.documentOf(job)!.bytes };
    });
    await call.print(document, () => [`${document.out} (${bytesText(document.bytes)})`]);
  },
};
export default sheet;
