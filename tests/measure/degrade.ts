/** Damages a picture as a careless photographer would, with a known fault of known strength, into a JPEG. */
import sharp from 'sharp';
import { MEASURE_EDGE, type Picture } from '../../electron/core/analysis/measures/measure.ts';

export interface Raw {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

export interface Damage {
  readonly kind: 'blur' | 'motion' | 'brighter' | 'darker' | 'noise' | 'jpeg' | 'cast' | 'tilt';
  /**
   * blur: sigma in % of the long edge; motion: length in % of the long edge; brighter, darker: EV; noise: standard
   * deviation of 255; jpeg: quality; cast: 1 warm, −1 cold; tilt: degrees clockwise.
   */
  readonly strength: number;
  /** Motion: degrees; brighter and darker: 1 for a gain of the encoded values instead of light. */
  readonly variant?: number;
}

/** Reason names that tell the truth about a damage. */
export const NAMES_OF: Readonly<Record<Damage['kind'], readonly string[]>> = {
  blur: ['soft-focus'],
  motion: ['motion-blur'],
  brighter: ['overexposed', 'clipped-highlights'],
  darker: ['underexposed', 'blocked-shadows'],
  noise: ['noise'],
  jpeg: ['jpeg-damage'],
  cast: ['colour-cast'],
  tilt: ['tilted-horizon'],
};

/** Opens a photo upright in sRGB, long edge at most `edge`. */
export async function openRaw(file: string | Buffer, edge: number): Promise<Raw> {
  const { data, info } = await sharp(file, { failOn: 'none' })
    .autoOrient()
    .resize(edge, edge, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .flatten({ background: '#fff' })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels === 3) return { data, width: info.width, height: info.height };
  const rgb = Buffer.alloc(info.width * info.height * 3);
  for (let at = 0; at < rgb.length; at++) rgb[at] = data[Math.floor(at / 3) * info.channels]!;
  return { data: rgb, width: info.width, height: info.height };
}

/** What the library hands to `measurePicture`. */
export async function pictureOf(file: string | Buffer): Promise<Picture> {
  const meta = await sharp(file, { failOn: 'none' }).metadata();
  const raw = await openRaw(file, MEASURE_EDGE);
  const long = Math.max(meta.width, meta.height);
  const scale = long / Math.max(raw.width, raw.height);
  return {
    rgb: raw.data,
    width: raw.width,
    height: raw.height,
    sourceWidth: Math.round(raw.width * scale),
    sourceHeight: Math.round(raw.height * scale),
  };
}

function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function mapped(raw: Raw, table: (value: number, channel: number) => number): Buffer {
  const tables = [0, 1, 2].map((channel) =>
    Uint8Array.from({ length: 256 }, (_, value) => clamp(table(value, channel))),
  );
  const result = Buffer.alloc(raw.data.length);
  for (let at = 0; at < result.length; at++) result[at] = tables[at % 3]![raw.data[at]!]!;
  return result;
}

function clamp(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : Math.round(value);
}

function brightened(value: number, ev: number, encoded: boolean): number {
  if (encoded) return value * 2 ** ev;
  const share = value / 255;
  const light = (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4) * 2 ** ev;
  return 255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055);
}

function noisy(raw: Raw, sigma: number): Buffer {
  const random = seeded(raw.width * 31 + raw.height + sigma);
  const result = Buffer.alloc(raw.data.length);
  for (let at = 0; at < result.length; at++) {
    // Sum of four uniform numbers: close enough to a bell curve, standard deviation 1/√3.
    const bell = (random() + random() + random() + random() - 2) * Math.sqrt(3);
    result[at] = clamp(raw.data[at]! + sigma * bell);
  }
  return result;
}

/** Average along a straight line of `length` pixels. */
function moved(raw: Raw, length: number, degrees: number): Buffer {
  const { data, width, height } = raw;
  const dx = Math.cos((degrees * Math.PI) / 180);
  const dy = -Math.sin((degrees * Math.PI) / 180);
  const count = Math.max(2, Math.round(length));
  const offsets = Array.from({ length: count }, (_, index) => {
    const t = (index / (count - 1) - 0.5) * length;
    return [Math.round(t * dx), Math.round(t * dy)] as const;
  });
  const result = Buffer.alloc(data.length);
  const sums = new Int32Array(width * 3);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    for (const [ox, oy] of offsets) {
      const row = Math.min(height - 1, Math.max(0, y + oy)) * width;
      for (let x = 0; x < width; x++) {
        const from = (row + Math.min(width - 1, Math.max(0, x + ox))) * 3;
        sums[3 * x]! += data[from]!;
        sums[3 * x + 1]! += data[from + 1]!;
        sums[3 * x + 2]! += data[from + 2]!;
      }
    }
    for (let at = 0; at < sums.length; at++) result[y * width * 3 + at] = sums[at]! / count;
  }
  return result;
}

export async function damaged(raw: Raw, damage: Damage): Promise<Buffer> {
  const { width, height } = raw;
  const long = Math.max(width, height);
  const open = (data: Buffer) => sharp(data, { raw: { width, height, channels: 3 } });
  const quality = { quality: 90 };
  switch (damage.kind) {
    case 'blur':
      return open(raw.data)
        .blur((damage.strength / 100) * long)
        .jpeg(quality)
        .toBuffer();
    case 'motion':
      return open(moved(raw, (damage.strength / 100) * long, damage.variant ?? 0))
        .jpeg(quality)
        .toBuffer();
    case 'brighter':
    case 'darker':
      return open(mapped(raw, (value) => brightened(value, damage.strength, damage.variant === 1)))
        .jpeg(quality)
        .toBuffer();
    case 'noise':
      return open(noisy(raw, damage.strength)).jpeg(quality).toBuffer();
    case 'jpeg':
      return open(raw.data).jpeg({ quality: damage.strength }).toBuffer();
    case 'cast': {
      const gains = damage.strength > 0 ? [1.25, 1, 0.8] : [0.8, 1, 1.25];
      return open(mapped(raw, (value, channel) => value * gains[channel]!))
        .jpeg(quality)
        .toBuffer();
    }
    case 'tilt': {
      const turned = await open(raw.data)
        .rotate(damage.strength, { background: '#000' })
        .raw()
        .toBuffer({ resolveWithObject: true });
      const angle = (Math.abs(damage.strength) * Math.PI) / 180;
      // Largest upright rectangle of the same shape inside the turned one.
      const shrink = 1 / (Math.cos(angle) + (long / Math.min(width, height)) * Math.sin(angle));
      const cropWidth = Math.floor(width * shrink) - 2;
      const cropHeight = Math.floor(height * shrink) - 2;
      return sharp(turned.data, { raw: { width: turned.info.width, height: turned.info.height, channels: 3 } })
        .extract({
          left: Math.floor((turned.info.width - cropWidth) / 2),
          top: Math.floor((turned.info.height - cropHeight) / 2),
          width: cropWidth,
          height: cropHeight,
        })
        .jpeg(quality)
        .toBuffer();
    }
  }
}
