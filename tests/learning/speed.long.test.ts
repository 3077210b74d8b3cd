/** The bar: at least 10,000 pairs from 1,000 views, pictures and all, in less than 30 seconds. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { link, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { previewPath } from '../../electron/core/base/data-places.ts';
import { viewedPhotos } from '../../electron/core/catalog/feedback.ts';
import { closeCatalog, openCatalog } from '../../electron/core/catalog/open.ts';
import { openCore } from '../../electron/core/core.ts';
import { LEVELS } from '../../shared/grade.ts';
import { fillCatalog } from '../core/synthetic.ts';
import { loadAsLlava } from './llava-loader.ts';

test('a thousand views become ten thousand pairs and more in less than thirty seconds', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'keeplight-learning-'));
  const data = join(directory, 'data');
  mkdirSync(data);
  const catalog = openCatalog({ dataDirectory: data });
  fillCatalog(catalog, { photos: 2000 });
  closeCatalog(catalog, data);
  const core = await openCore({ dataDirectory: data, shell: 'browser', log: () => {}, background: false });
  try {
    const ids = core.listIds({ filter: 'state:ready' }).slice(0, 1000);
    expect(ids).toHaveLength(1000);
    for (const [index, photo] of ids.entries()) {
      const side = index % 3 === 0 ? 'hurts' : 'helps';
      core.feedback.give(photo, {
        grade: LEVELS[index % 5]!,
        line: `Remark ${index} of the light`,
        feeling: 'calm',
        attributes: { light: { side, text: `soft ${index}`, suggestion: side === 'hurts' ? 'wait' : '' } },
      });
    }
    // What looking at a 24-megapixel photo leaves: a preview of 2,048 pixels, as detailed as photos are.
    const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
    const detailed = await sharp({ create: { width: 2048, height: 1365, channels: 3, background: '#777', noise } })
      .blur(1.2)
      .jpeg({ quality: 88 })
      .toBuffer();
    const model = join(directory, 'preview.jpg');
    await sharp(detailed).jpeg({ quality: 88 }).toFile(model);
    const reader = openCatalog({ dataDirectory: data, readOnly: true });
    for (const { photo, version } of viewedPhotos(reader, core.listIds({ filter: 'state:ready' }))) {
      const path = previewPath(data, photo, version, 'screen');
      await mkdir(dirname(path), { recursive: true });
      await link(model, path).catch(() => undefined);
    }
    reader.close();
    const folder = join(directory, 'dataset');
    const job = await core.originals.dataset.start({
      folder,
      options: { split: 'by-shoot', qa: 'rules', seed: 1, licence: '', consent: '' },
    });
    await core.finishJob(job);
    const report = core.originals.dataset.reportOf(job)!;
    console.log(
      `${report.train + report.validation} pairs of ${report.views} views and ${report.pictures} pictures in ${report.milliseconds} ms`,
    );
    expect(report.left).toEqual([]);
    expect(report.train + report.validation).toBeGreaterThanOrEqual(10_000);
    expect(report.validation).toBeGreaterThan(500);
    expect(report.milliseconds).toBeLessThan(30_000);
    expect((await loadAsLlava(join(folder, 'train.json'), join(folder, 'images'))).length).toBe(report.train);
  } finally {
    await core.close();
    rmSync(directory, { recursive: true, force: true });
  }
});
