/** Small real picture files and a core over them, for tests. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { type Core, openCore } from '../../electron/core/core.ts';
import { seededRandom } from '../../shared/random.ts';

/** Writes a small JPEG whose content follows from the seed. */
export async function makePhoto(
  path: string,
  seed: number,
  exif: { takenAt?: string; camera?: string; subSecond?: string } = {},
): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const random = seededRandom(seed + 1);
  const [width, height] = [192, 128];
  const rgb = Buffer.alloc(width * height * 3);
  const waves = Array.from({ length: 6 }, () => [random() * 0.3, random() * 0.3, random() * 6, random() * 60] as const);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let value = 128;
      for (const [across, down, phase, height] of waves) value += height * Math.sin(across * x + down * y + phase);
      const at = (y * width + x) * 3;
      rgb[at] = Math.max(0, Math.min(255, value));
      rgb[at + 1] = Math.max(0, Math.min(255, value * 0.9 + 10));
      rgb[at + 2] = Math.max(0, Math.min(255, 255 - value));
    }
  }
  await sharp(rgb, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 85 })
    .withExif({
      IFD0: { Make: 'Keeplight', Model: exif.camera ?? 'Test' },
      IFD2: {
        DateTimeOriginal: exif.takenAt ?? '2024:05:01 12:00:00',
        ...(exif.subSecond === undefined ? {} : { SubSecTimeOriginal: exif.subSecond }),
      },
    })
    .toFile(path);
}

export type Workplace = AsyncDisposable & {
  /** Where photos go. */
  photos: string;
  data: string;
  logged: string[];
  open(options?: { readOnly?: boolean; background?: boolean }): Promise<Core>;
};

/** A folder for photos and one for data; what was opened is closed at the end. */
export function workplace(): Workplace {
  const directory = mkdtempSync(join(tmpdir(), 'keeplight-core-'));
  const photos = join(directory, 'photos');
  const data = join(directory, 'data');
  mkdirSync(photos);
  const opened: Core[] = [];
  const logged: string[] = [];
  return {
    photos,
    data,
    logged,
    async open({ readOnly = false, background = false } = {}) {
      const log = ({ level, text }: { level: string; text: string }) => logged.push(`${level}: ${text}`);
      const core = await openCore({ dataDirectory: data, shell: 'browser', log, readOnly, background });
      opened.push(core);
      return core;
    },
    async [Symbol.asyncDispose]() {
      for (const core of opened) await core.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
