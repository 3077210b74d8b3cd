/** What a process that was killed leaves in the data folder goes at the next start. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { sweepPreviews } from '../../electron/core/analysis/upkeep.ts';
import { previewPath } from '../../electron/core/base/data-places.ts';

const folder = mkdtempSync(join(tmpdir(), 'keeplight-sweep-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('sweeps half-written previews of an earlier process, and nothing else', async () => {
  const preview = previewPath(folder, 7, 1, 'thumb');
  const left = `${preview}.0123456789ab.part`;
  const inWork = `${preview}.ba9876543210.part`;
  mkdirSync(dirname(preview), { recursive: true });
  for (const path of [preview, left, inWork]) writeFileSync(path, 'x');
  utimesSync(left, 1e9, 1e9);
  utimesSync(preview, 1e9, 1e9);
  await sweepPreviews(folder);
  expect([preview, left, inWork].map((path) => existsSync(path))).toEqual([true, false, true]);
  await sweepPreviews(join(folder, 'nowhere'));
});
