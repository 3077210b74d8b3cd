/**
 * Indexing against libvips' own thumbnailer making the same two previews: it decodes each photo twice, we once, and
 * read metadata and measure besides.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { PREVIEW_EDGES } from '../../shared/addresses.ts';
import type { BenchContext, Benchmark, Measurement } from './bench.ts';

const run = promisify(execFile);
/** KEEPLIGHT_BENCH_PHOTOS makes a shorter run of it. */
const PHOTOS = Number(process.env.KEEPLIGHT_BENCH_PHOTOS) || 500;
const SIZES = [
  { width: 4000, height: 3000 },
  { width: 4896, height: 3264 },
  { width: 5472, height: 3648 },
  { width: 6000, height: 4000 },
] as const;
const REAL = fileURLToPath(new URL('../../../shared/photos', import.meta.url));
const CLI = fileURLToPath(new URL('../../electron/cli.ts', import.meta.url));
const LARGE_OUTPUT = 64 * 1024 * 1024;

const benchmark: Benchmark = {
  name: 'Index',
  about: `Scan, metadata, both previews and all measures of ${PHOTOS} JPEGs of 12–24 MP, against \`vipsthumbnail\` making the same two previews on the same cores (the faster of one process with all threads and one process a core).`,
  async run(context) {
    const directory = await mkdtemp(join(tmpdir(), 'keeplight-bench-index-'));
    try {
      const photos = join(directory, 'photos');
      context.say(`making ${PHOTOS} photos`);
      const paths = await makePhotos(photos, context.signal);
      return await compare(directory, photos, paths, context);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
};
export default benchmark;

async function compare(
  directory: string,
  photos: string,
  paths: readonly string[],
  { signal, say }: BenchContext,
): Promise<Measurement[]> {
  // Everything is read once, so that nobody pays for the disk.
  for (const path of paths) await readFile(path);
  say('vipsthumbnail, one process with all threads');
  const oneProcess = await timed(() => thumbnails(paths, join(directory, 'vips-1'), 1, signal));
  say('vipsthumbnail, one process a core');
  const manyProcesses = await timed(() => thumbnails(paths, join(directory, 'vips-n'), availableParallelism(), signal));
  say('keeplight index');
  let report = { indexed: 0, failed: [] as unknown[] };
  const ours = await timed(async () => {
    const { stdout } = await run(
      process.execPath,
      [CLI, 'index', photos, '--no-faces', '--data', join(directory, 'data'), '--json'],
      {
        signal,
        maxBuffer: LARGE_OUTPUT,
      },
    );
    report = JSON.parse(stdout) as typeof report;
  });
  if (report.indexed !== paths.length || report.failed.length > 0) {
    throw new Error(`Only ${report.indexed} of ${paths.length} photos were indexed.`);
  }
  const once = (...more: string[]) =>
    timed(async () => {
      await run(process.execPath, [CLI, 'index', photos, ...more, '--data', join(directory, 'data'), '--json'], {
        signal,
      });
    });
  const again = await once('--no-faces');
  say('keeplight index, faces');
  const faces = (await once()) - again;
  const theirs = Math.min(oneProcess, manyProcesses);
  return [
    { label: 'index ÷ vipsthumbnail', value: ours / theirs, unit: '×', target: { most: 1 } },
    { label: 'index', value: ours, unit: 's' },
    { label: 'a photo', value: (1000 * ours) / paths.length, unit: 'ms' },
    { label: 'vipsthumbnail, one process', value: oneProcess, unit: 's' },
    { label: 'vipsthumbnail, one a core', value: manyProcesses, unit: 's' },
    { label: 'index again, nothing changed', value: again, unit: 's' },
    { label: 'faces ÷ index, a photo', value: faces / ours, unit: '×', target: { most: 0.8 } },
    { label: 'faces, a photo', value: (1000 * faces) / paths.length, unit: 'ms' },
  ];
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** Both previews of all photos, in so many processes; each has the threads that are left for it. */
async function thumbnails(
  paths: readonly string[],
  output: string,
  processes: number,
  signal: AbortSignal,
): Promise<void> {
  const threads = Math.max(1, Math.floor(availableParallelism() / processes));
  const env = { ...process.env, VIPS_CONCURRENCY: `${threads}` };
  const share = async (mine: readonly string[]) => {
    for (const [name, edge] of Object.entries(PREVIEW_EDGES)) {
      const folder = join(output, name);
      await mkdir(folder, { recursive: true });
      // A command line takes only so many names.
      for (let start = 0; start < mine.length; start += 100) {
        const some = mine.slice(start, start + 100);
        await run('vipsthumbnail', ['--size', `${edge}x${edge}`, '-o', join(folder, '%s.jpg[Q=80]'), ...some], {
          env,
          signal,
        });
      }
    }
  };
  const shares = Array.from({ length: processes }, (_, index) =>
    paths.filter((_path, place) => place % processes === index),
  );
  await Promise.all(shares.map(share));
}

/**
 * Distinct photos of distinct content: real ones where they are here, else rendered scenes, each in the sizes above,
 * then copies that differ in a comment.
 */
async function makePhotos(directory: string, signal: AbortSignal): Promise<string[]> {
  await mkdir(directory, { recursive: true });
  const bases: Buffer[] = [];
  for (const [index, source] of (await sources()).entries()) {
    signal.throwIfAborted();
    const size = SIZES[index % SIZES.length]!;
    const picture = sharp(source).rotate().resize(size.width, size.height, { fit: 'cover', kernel: 'lanczos3' });
    bases.push(await picture.jpeg({ quality: 88 }).toBuffer());
  }
  const paths: string[] = [];
  for (let index = 0; index < PHOTOS; index++) {
    const path = join(directory, `photo-${String(index).padStart(4, '0')}.jpg`);
    await writeFile(path, withComment(bases[index % bases.length]!, `photo ${index}`));
    paths.push(path);
  }
  return paths;
}

async function sources(): Promise<(string | Buffer)[]> {
  if (existsSync(REAL)) {
    const entries = await readdir(REAL, { recursive: true, withFileTypes: true });
    const found: string[] = [];
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || !['.jpg', '.jpeg'].includes(extname(entry.name).toLowerCase())) continue;
      const size = await sharp(path, { failOn: 'error' })
        .metadata()
        .catch(() => null);
      if (size && size.width * size.height >= 3_000_000 && size.width * size.height <= 60_000_000) found.push(path);
    }
    if (found.length >= 8) return found.sort().slice(0, 32);
  }
  return Promise.all(Array.from({ length: 16 }, (_, seed) => scene(seed)));
}

/** Noise under shapes: as many details as a photo has. */
function scene(seed: number): Promise<Buffer> {
  const shapes = Array.from({ length: 60 }, (_, index) => {
    const at = (factor: number, most: number) => ((seed + 1) * (index + 3) * factor) % most;
    return `<circle cx="${at(137, 3000)}" cy="${at(89, 2000)}" r="${20 + at(53, 260)}" fill="hsl(${at(47, 360)} 50% ${20 + at(31, 60)}%)"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="3000" height="2000"><rect width="3000" height="2000" fill="hsl(${seed * 37} 30% 50%)"/>${shapes.join('')}</svg>`;
  const grain = {
    create: {
      width: 3000,
      height: 2000,
      channels: 3 as const,
      background: '#808080',
      noise: { type: 'gaussian' as const, mean: 128, sigma: 18 },
    },
  };
  return sharp(Buffer.from(svg))
    .flatten()
    .toBuffer()
    .then(async (base) =>
      sharp(base)
        .composite([{ input: await sharp(grain).png().toBuffer(), blend: 'soft-light' }])
        .jpeg({ quality: 95 })
        .toBuffer(),
    );
}

/** A COM segment right after the start of image makes the file another one, and the picture the same. */
function withComment(jpeg: Buffer, text: string): Buffer {
  const segment = Buffer.alloc(4 + text.length);
  segment.writeUInt16BE(0xfffe, 0);
  segment.writeUInt16BE(2 + text.length, 2);
  segment.write(text, 4, 'latin1');
  return Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]);
}
