/** 1,000 sidecars of other programs written by us and by exiftool, in its two ways. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExifTool, exiftoolPath } from 'exiftool-vendored';
import { openCore } from '../../electron/core/core.ts';
import { smallJpeg } from '../core/small-jpeg.ts';
import { madeSidecar } from '../originals/made-sidecars.ts';
import type { Benchmark, Measurement } from './bench.ts';

const PHOTOS = 1000;
/** A process a file is so slow that fewer are measured. */
const SINGLE = 60;

/** What is written, by us and by exiftool. */
const TAGS = ['-XMP-xmp:Rating=3', '-XMP-xmpDM:Pick=1', '-XMP-xmpDM:Good=true', '-XMP-xmp:MetadataDate=now'];

const benchmark: Benchmark = {
  name: 'Writing sidecars',
  about:
    'Stars and a pick into sidecars that Lightroom, darktable, digiKam, Photo Mechanic and Capture One wrote, each ' +
    'on the disk before the next: all of `sidecars write` with its plan, its history and its check, against exiftool ' +
    'kept open (exiftool-vendored, which writes and renames but waits for no disk) and against a process a file.',
  async run({ say }) {
    const directory = mkdtempSync(join(tmpdir(), 'keeplight-bench-sidecars-'));
    const [photos, kept, single] = ['photos', 'kept', 'single'].map((name) => join(directory, name)) as [
      string,
      string,
      string,
    ];
    for (const folder of [photos, kept, single]) mkdirSync(folder);
    say('making photos');
    for (let index = 0; index < PHOTOS; index++) {
      writeFileSync(join(photos, `${index}.jpg`), (await smallJpeg(index, false))({ stars: null, keyword: null }));
      const { bytes } = madeSidecar(index);
      for (const folder of [photos, kept]) writeFileSync(join(folder, `${index}.xmp`), bytes);
      if (index < SINGLE) writeFileSync(join(single, `${index}.xmp`), bytes);
    }
    const core = await openCore({
      dataDirectory: join(directory, 'data'),
      shell: 'browser',
      log: () => {},
      background: false,
    });
    const exiftool = new ExifTool({ maxProcs: 1 });
    try {
      await core.index([photos]);
      core.mark(core.listIds(), { stars: 3, flag: 'pick' });
      say('writing');
      const ours = await seconds(async () => {
        const { failed } = await core.sidecars('write', [photos], { dryRun: false });
        if (failed.length > 0) throw new Error(`${failed.length} were not written: ${failed[0]!.reason}`);
      });
      await exiftool.version();
      const open = await seconds(async () => {
        for (const name of readdirSync(kept)) {
          await exiftool.write(join(kept, name), {}, { writeArgs: [...TAGS, '-overwrite_original'] });
        }
      });
      const path = await exiftoolPath();
      const each = await seconds(async () => {
        for (const name of readdirSync(single)) {
          execFileSync(path, ['-config', '', '-q', '-q', ...TAGS, '-overwrite_original', join(single, name)]);
        }
      });
      const processes = (each / SINGLE) * PHOTOS;
      return [
        { label: `${PHOTOS.toLocaleString('en')} sidecars, ours`, value: ours, unit: 's' },
        { label: 'exiftool kept open', value: open, unit: 's' },
        { label: `exiftool, a process a file (from ${SINGLE})`, value: processes, unit: 's' },
        { label: 'ours ÷ exiftool kept open', value: ours / open, unit: '×', target: { most: 1 } },
        { label: 'a process a file ÷ ours', value: processes / ours, unit: '×', target: { least: 5 } },
      ] satisfies Measurement[];
    } finally {
      await exiftool.end();
      await core.close();
      rmSync(directory, { recursive: true, force: true });
    }
  },
};
export default benchmark;

async function seconds(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}
