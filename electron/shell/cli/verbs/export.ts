import { resolve } from 'node:path';
import { bytesText } from '../../../../shared/bytes.ts';
import {
  COLOR_SPACES,
  DEFAULT_PATTERN,
  EXPORT_FORMATS,
  EXPORT_MODES,
  exportOptionsSchema,
  PATTERN_WORDS,
} from '../../../../shared/export.ts';
import type { ExportReport } from '../../../core/originals/export/export.ts';
import { namedPhotos } from './named-photos.ts';
import { UsageError, type Verb } from './verb.ts';

const words = Object.entries(PATTERN_WORDS)
  .map(([word, { about }]) => `  {${word}}`.padEnd(14) + about)
  .join('\n');

const exportVerb: Verb = {
  usage:
    'export (<folder> | --filter "…" | <photo>…) --to <dir> [--pattern "…"] [--as <format>] [--long-edge <px>] ' +
    '[--quality <1–100>] [--strip gps|all] [--mode copy|move|link] [--views] [--dry-run] [--data <dir>] [--json]',
  about:
    'Copies photos with their companions and sidecars into a tree of folders, or renders them in another format. ' +
    'Nothing is written over: a file that is there already with the same bytes is skipped, another one of that name ' +
    'makes ours be numbered. Every copy is compared with its original.\n\nWords of a pattern ' +
    `(default: "${DEFAULT_PATTERN}"):\n${words}`,
  options: {
    to: { type: 'string', value: 'dir', help: 'folder that they go to; made when it is missing' },
    filter: { type: 'string', value: 'text', help: 'for instance "flag:pick stars>=3"' },
    pattern: { type: 'string', value: 'text', help: 'where each goes below that folder' },
    as: { type: 'string', value: 'format', help: `one of: ${EXPORT_FORMATS.join(', ')} (default: original)` },
    'long-edge': { type: 'string', value: 'px', help: 'at most so many pixels; needs --as' },
    quality: { type: 'string', value: 'n', help: '1 to 100 (default: 88)' },
    'max-kb': { type: 'string', value: 'n', help: 'lower the quality until a file is no larger' },
    color: { type: 'string', value: 'space', help: `one of: ${COLOR_SPACES.join(', ')} (default: srgb)` },
    watermark: { type: 'string', value: 'text', help: 'text in the lower right corner' },
    strip: {
      type: 'string',
      value: 'what',
      help: 'gps: no place; copyright: only whose it is is kept; all: no metadata',
    },
    mode: { type: 'string', value: 'mode', help: `one of: ${EXPORT_MODES.join(', ')} (default: copy)` },
    views: { type: 'boolean', help: 'what people said of them goes along, as keeplight-views.json' },
    alone: { type: 'boolean', help: 'without the other file of a RAW+JPEG pair and without sidecars' },
    'dry-run': { type: 'boolean', help: 'only say what would happen' },
  },
  words: { least: 0, most: Number.POSITIVE_INFINITY },
  async run(call) {
    const to = call.text('to');
    if (to === undefined || to === '') throw new UsageError('Say where to: --to <dir>.');
    const strip = call.choice('strip', ['gps', 'copyright', 'all'] as const);
    const kilobytes = call.number('max-kb', { least: 1, most: 1_000_000 });
    const as = call.choice('as', EXPORT_FORMATS) ?? 'original';
    const longEdge = call.number('long-edge', { least: 16, most: 65_535 }) ?? null;
    if (as === 'original' && (longEdge !== null || kilobytes !== undefined || call.text('watermark') !== undefined)) {
      throw new UsageError('Originals go as they are: choose a format with --as.');
    }
    const options = exportOptionsSchema.parse({
      pattern: call.text('pattern') || undefined,
      as,
      longEdge,
      quality: call.number('quality', { least: 1, most: 100 }),
      maxBytes: kilobytes === undefined ? null : kilobytes * 1000,
      color: call.choice('color', COLOR_SPACES),
      watermark: call.text('watermark') ?? null,
      metadata: strip === 'all' ? 'none' : strip === 'copyright' ? 'copyright' : 'all',
      stripGps: strip === 'gps',
      mode: call.choice('mode', EXPORT_MODES),
      partners: !call.flag('alone'),
      views: call.flag('views'),
    });
    const isDry = call.flag('dry-run');
    const report = await call.withCore({}, async (core): Promise<ExportReport> => {
      const request = { ids: namedPhotos(core, call.words, call.text('filter')), folder: resolve(to), options };
      const { exporter } = core.originals;
      if (isDry) {
        const { files, failed } = await exporter.plan(request, call.signal);
        const fresh = files.filter(({ isThere }) => !isThere);
        return {
          planned: files.map(({ from, to: target }) => ({ from, to: target })),
          done: 0,
          skipped: files.length - fresh.length,
          renamed: fresh.filter(({ renamed }) => renamed).length,
          bytes: fresh.reduce((sum, { size }) => sum + size, 0),
          failed,
        };
      }
      const { batch, job } = await exporter.start(request, call.signal);
      await core.finishJob(job, { signal: call.signal, onProgress: ({ text }) => call.progress(text) });
      return exporter.report(batch);
    });
    await call.print(report, () => [
      ...(isDry ? report.planned.map(({ from, to: target }) => `${from} → ${target}`) : []),
      ...report.failed.map(({ path, reason }) => `${path}: ${reason}`),
      `${isDry ? `${report.planned.length - report.skipped} to write` : `${report.done} written`} ` +
        `(${bytesText(report.bytes)}), ${report.skipped} there already, ${report.renamed} numbered, ` +
        `${report.failed.length} failed.`,
    ]);
  },
};
export default exportVerb;
