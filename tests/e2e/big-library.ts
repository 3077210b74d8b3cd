/** A library of any size for the page: a made-up catalog, with a few dozen pictures shared by all of its photos. */
import { link, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { previewPath } from '../../electron/core/base/data-places.ts';
import { openCatalog } from '../../electron/core/catalog/open.ts';
import { fillCatalog } from '../core/synthetic.ts';

/** Different pictures behind all the photos. */
const PICTURES = 48;

/** Fills a data folder with this many photos. @param pictures also gives each its small preview, as a hard link */
export async function fillBigLibrary(dataDirectory: string, photos: number, pictures: boolean): Promise<void> {
  const root = join(dataDirectory, 'root');
  await mkdir(root, { recursive: true });
  const catalog = openCatalog({ dataDirectory });
  const ids = fillCatalog(catalog, { photos, root });
  catalog.close();
  if (!pictures) return;
  const made = join(dataDirectory, 'pictures');
  await mkdir(made);
  for (let index = 0; index < PICTURES; index++) {
    const portrait = index % 3 === 0;
    const [width, height] = portrait ? [213, 320] : [320, 213];
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
      <rect width="100%" height="100%" fill="hsl(${(index * 67) % 360},36%,38%)"/>
      <circle cx="60%" cy="40%" r="30%" fill="hsl(${(index * 67 + 40) % 360},52%,66%)"/></svg>`;
    const noise = await sharp({
      create: { width, height, channels: 3, background: '#000', noise: { type: 'gaussian', mean: 128, sigma: 26 } },
    })
      .png()
      .toBuffer();
    const picture = await sharp(Buffer.from(svg))
      .composite([{ input: noise, blend: 'soft-light' }])
      .jpeg({ quality: 82 })
      .toBuffer();
    await writeFile(join(made, `${index}.jpg`), picture);
  }
  const folders = new Set<string>();
  for (const [index, id] of ids.entries()) {
    const path = previewPath(dataDirectory, id, 1, 'thumb');
    const folder = dirname(path);
    if (!folders.has(folder)) await mkdir(folder, { recursive: true });
    folders.add(folder);
    await link(join(made, `${index % PICTURES}.jpg`), path);
  }
}
