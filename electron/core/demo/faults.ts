/** Faults of known strength, put into a clean frame as a careless photographer would. */
import sharp from 'sharp';
import { seededRandom } from '../../../shared/random.ts';
import type { Fault } from './shoot.ts';
import type { Rendered } from './terrain.ts';

function mapped(frame: Rendered, curve: (value: number, channel: number) => number): Rendered {
  const tables = [0, 1, 2].map((channel) =>
    Uint8Array.from({ length: 256 }, (_, value) => Math.round(Math.min(255, Math.max(0, curve(value, channel))))),
  );
  const rgb = Buffer.alloc(frame.rgb.length);
  for (let at = 0; at < rgb.length; at += 3) {
    rgb[at] = tables[0]![frame.rgb[at]!]!;
    rgb[at + 1] = tables[1]![frame.rgb[at + 1]!]!;
    rgb[at + 2] = tables[2]![frame.rgb[at + 2]!]!;
  }
  return { ...frame, rgb };
}

/** An encoded value under `ev` stops more light. */
function exposed(value: number, ev: number): number {
  const share = value / 255;
  const light = (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4) * 2 ** ev;
  return 255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055);
}

function moved(frame: Rendered, length: number, direction: number): Rendered {
  const { rgb, width, height } = frame;
  const count = Math.max(2, Math.round(length));
  const offsets = Array.from({ length: count }, (_, index) => {
    const along = (index / (count - 1) - 0.5) * length;
    return [Math.round(along * Math.cos(direction)), Math.round(-along * Math.sin(direction))] as const;
  });
  const result = Buffer.alloc(rgb.length);
  const sums = new Uint32Array(width * 3);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    for (const [dx, dy] of offsets) {
      const row = Math.min(height - 1, Math.max(0, y + dy)) * width;
      for (let x = 0; x < width; x++) {
        const sx = x + dx;
        const from = (row + (sx < 0 ? 0 : sx >= width ? width - 1 : sx)) * 3;
        sums[3 * x]! += rgb[from]!;
        sums[3 * x + 1]! += rgb[from + 1]!;
        sums[3 * x + 2]! += rgb[from + 2]!;
      }
    }
    for (let at = 0; at < sums.length; at++) result[y * width * 3 + at] = sums[at]! / count;
  }
  return { ...frame, rgb: result };
}

export function withGrain(frame: Rendered, sigma: number): Rendered {
  const random = seededRandom(4711);
  // A long loop of bell-shaped numbers, entered at a random place for each row.
  const bells = Float32Array.from(
    { length: 65536 },
    () => (random() + random() + random() + random() - 2) * Math.sqrt(3) * sigma,
  );
  const rgb = Buffer.alloc(frame.rgb.length);
  const stride = frame.width * 3;
  for (let y = 0; y < frame.height; y++) {
    let walk = Math.floor(random() * 65536);
    for (let at = y * stride; at < (y + 1) * stride; at++) {
      const value = frame.rgb[at]! + bells[walk]!;
      rgb[at] = value < 0 ? 0 : value > 255 ? 255 : value;
      walk = (walk + 1) & 65535;
    }
  }
  return { ...frame, rgb };
}

async function tilted(frame: Rendered, degrees: number): Promise<Rendered> {
  const { width, height } = frame;
  const turned = await sharp(frame.rgb, { raw: { width, height, channels: 3 } })
    .rotate(degrees)
    .raw()
    .toBuffer({ resolveWithObject: true });
  const angle = (Math.abs(degrees) * Math.PI) / 180;
  const shrink = 1 / (Math.cos(angle) + (Math.max(width, height) / Math.min(width, height)) * Math.sin(angle));
  const cropWidth = Math.floor(width * shrink) - 2;
  const cropHeight = Math.floor(height * shrink) - 2;
  const rgb = await sharp(turned.data, { raw: { width: turned.info.width, height: turned.info.height, channels: 3 } })
    .extract({
      left: Math.floor((turned.info.width - cropWidth) / 2),
      top: Math.floor((turned.info.height - cropHeight) / 2),
      width: cropWidth,
      height: cropHeight,
    })
    .raw()
    .toBuffer();
  return { rgb, width: cropWidth, height: cropHeight };
}

/** The frame with the fault in it; JPEG damage is left to the encoder. */
export async function withFault(frame: Rendered, fault: Fault | null): Promise<Rendered> {
  if (fault === null) return frame;
  const long = Math.max(frame.width, frame.height);
  const { strength } = fault;
  switch (fault.name) {
    case 'soft-focus': {
      const rgb = await sharp(frame.rgb, { raw: { width: frame.width, height: frame.height, channels: 3 } })
        .blur((strength / 100) * long)
        .raw()
        .toBuffer();
      return { ...frame, rgb };
    }
    case 'motion-blur':
      return moved(frame, (strength / 100) * long, strength * 9);
    case 'tilted-horizon':
      return tilted(frame, strength);
    case 'overexposed':
    case 'underexposed':
      return mapped(frame, (value) => exposed(value, strength));
    case 'noise':
      return withGrain(frame, strength);
    case 'colour-cast':
      return mapped(
        frame,
        (value, channel) => value * (channel === 1 ? 1 : (channel === 0) === strength > 0 ? 1.25 : 0.8),
      );
    case 'jpeg-damage':
      return frame;
  }
}
