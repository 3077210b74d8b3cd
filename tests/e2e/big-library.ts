/** A library of any size for the page: a made-up catalog, with a few dozen pictures shared by all of its photos. */
import { existsSync } from 'node:fs';
import { copyFile, link, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { catalogPath, previewPath } from '../../electron/core/base/data-places.ts';
import { PhotoColumns } from '../../electron/core/catalog/columns.ts';
import { openCatalog } from '../../electron/core/catalog/open.ts';
import { orderedIds } from '../../electron/core/catalog/order.ts';
import { ALL_PHOTOS } from '../../shared/query.ts';
import { fillCatalog } from '../core/synthetic.ts';

function makeCatalog(dataDirectory: string, photos: number, root: string): void {
  if (existsSync(catalogPath(dataDirectory))) return;
  const catalog = openCatalog({ dataDirectory });
  catalog.pragma('synchronous = OFF');
  fillCatalog(catalog, { photos, root });
  catalog.close();
}

/** Different pictures behind all the photos. */
const PICTURES = 48;

/**
 * Fills a data folder with this many photos.
 * @param pictures how many, those first that a new page shows first, also get their small preview, as a hard link
 * @param kept a data folder whose catalog is made once and then copied: a million photos take minutes to make
 */
export async function fillBigLibrary(
  dataDirectory: string,
  photos: number,
  pictures: number,
  kept?: string,
): Promise<void> {
  const root = join(dataDirectory, 'root');
  await mkdir(root, { recursive: true });
  if (kept !== undefined) {
    await mkdir(kept, { recursive: true });
    makeCatalog(kept, photos, root);
    await copyFile(catalogPath(kept), catalogPath(dataDirectory));
  } else makeCatalog(dataDirectory, photos, root);
  if (pictures === 0) return;
  const catalog = openCatalog({ dataDirectory });
  const ids = orderedIds(catalog, new PhotoColumns(catalog), {
    ...ALL_PHOTOS,
    stacks: 'together',
  }).slice(0, pictures);
  catalog.close();
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
