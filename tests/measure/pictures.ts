/** Analytic pictures whose measures are known beforehand. */
import type { Picture } from '../../electron/core/analysis/measures/measure.ts';
import { seededRandom } from '../../shared/random.ts';

export type Paint = (x: number, y: number) => readonly [number, number, number];

/** A picture of `width` × `height` where each pixel is painted by its place (0–1 across, 0–1 down the long edge). */
export function painted(width: number, height: number, paint: Paint): Picture {
  const rgb = new Uint8Array(width * height * 3);
  const long = Math.max(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const color = paint((x + 0.5) / long, (y + 0.5) / long);
      for (let channel = 0; channel < 3; channel++) {
        rgb[(y * width + x) * 3 + channel] = Math.round(Math.min(255, Math.max(0, color[channel]!)));
      }
    }
  }
  return { rgb, width, height, sourceWidth: width, sourceHeight: height };
}

export const grey = (value: number) => [value, value, value] as const;

/** About normal, standard deviation 1. */
export function bell(random: () => number): number {
  return (random() + random() + random() + random() - 2) * Math.sqrt(3);
}

/** Overlapping discs of all sizes and greys (dead leaves) with a little grain: edges and scales as in nature. */
export function leaves(width: number, height: number, seed: number): Picture {
  const random = seededRandom(seed);
  const values = new Float32Array(width * height).fill(128);
  const long = Math.max(width, height);
  for (let index = 0; index < 3500; index++) {
    const radius = long * 0.0022 * (1 - random() * 0.97) ** -0.8;
    const cx = random() * width;
    const cy = random() * height;
    const value = 25 + 205 * random();
    for (let y = Math.max(0, Math.floor(cy - radius)); y < Math.min(height, cy + radius); y++) {
      for (let x = Math.max(0, Math.floor(cx - radius)); x < Math.min(width, cx + radius); x++) {
        if ((x - cx) ** 2 + (y - cy) ** 2 < radius * radius) values[y * width + x] = value;
      }
    }
  }
  for (let at = 0; at < values.length; at++) values[at]! += 2 * bell(random);
  return painted(width, height, (x, y) => grey(values[Math.floor(y * long) * width + Math.floor(x * long)]!));
}

/** Every pixel changed by `change`. */
export function changed(picture: Picture, change: (value: number, channel: number) => number): Picture {
  const rgb = picture.rgb.map((value, at) => Math.round(Math.min(255, Math.max(0, change(value, at % 3)))));
  return { ...picture, rgb };
}

/** Average over `across` × `down` pixels, with running sums. */
export function boxBlurred(picture: Picture, across: number, down: number): Picture {
  const { width, height } = picture;
  let from = Float32Array.from(picture.rgb);
  for (const [count, step, size, lines, lineStep] of [
    [across, 3, width, height, 3 * width],
    [down, 3 * width, height, width, 3],
  ] as const) {
    const to = new Float32Array(from.length);
    const before = (count - 1) >> 1;
    for (let line = 0; line < lines; line++) {
      for (let channel = 0; channel < 3; channel++) {
        const start = line * lineStep + channel;
        const at = (place: number) => from[start + Math.min(size - 1, Math.max(0, place)) * step]!;
        let sum = 0;
        for (let offset = 0; offset < count; offset++) sum += at(offset - before);
        for (let place = 0; place < size; place++) {
          to[start + place * step] = sum / count;
          sum += at(place - before + count) - at(place - before);
        }
      }
    }
    from = to;
  }
  return { ...picture, rgb: Uint8Array.from(from, Math.round) };
}

/** The same leaves in many colors about grey. */
export function coloredLeaves(width: number, height: number, seed: number): Picture {
  const light = leaves(width, height, seed).rgb;
  const tint = leaves(width, height, seed + 1).rgb;
  const rgb = light.map((value, at) => {
    const lean = (tint[at]! - 128) * [0.25, -0.05, -0.25][at % 3]!;
    return Math.round(Math.min(255, Math.max(0, value + lean)));
  });
  return { rgb, width, height, sourceWidth: width, sourceHeight: height };
}

export function mirrored(picture: Picture): Picture {
  const { width, height } = picture;
  const rgb = new Uint8Array(picture.rgb.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        rgb[(y * width + x) * 3 + channel] = picture.rgb[(y * width + width - 1 - x) * 3 + channel]!;
      }
    }
  }
  return { ...picture, rgb };
}

/** Turned by 90° clockwise. */
export function turned(picture: Picture): Picture {
  const { width, height } = picture;
  const rgb = new Uint8Array(picture.rgb.length);
  for (let y = 0; y < width; y++) {
    for (let x = 0; x < height; x++) {
      for (let channel = 0; channel < 3; channel++) {
        rgb[(y * height + x) * 3 + channel] = picture.rgb[((height - 1 - x) * width + y) * 3 + channel]!;
      }
    }
  }
  return { rgb, width: height, height: width, sourceWidth: picture.sourceHeight, sourceHeight: picture.sourceWidth };
}
