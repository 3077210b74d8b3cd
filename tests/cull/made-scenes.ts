/** Views for made shoots: drawn by chance, wide enough to pan over, with structure on all scales as photos have it. */
import sharp from 'sharp';

export interface Pixels {
  readonly rgb: Buffer;
  readonly width: number;
  readonly height: number;
}

type Random = () => number;

/** Smooth noise: random values on a grid, blended between. */
function field(random: Random, width: number, height: number, cell: number): (x: number, y: number) => number {
  const columns = Math.ceil(width / cell) + 2;
  const values = Float32Array.from({ length: columns * (Math.ceil(height / cell) + 2) }, random);
  const smooth = (share: number) => share * share * (3 - 2 * share);
  return (x, y) => {
    const column = Math.floor(x / cell);
    const row = Math.floor(y / cell);
    const across = smooth(x / cell - column);
    const down = smooth(y / cell - row);
    const at = row * columns + column;
    const above = values[at]! * (1 - across) + values[at + 1]! * across;
    const below = values[at + columns]! * (1 - across) + values[at + columns + 1]! * across;
    return above * (1 - down) + below * down;
  };
}

type Shape = { x: number; y: number; rx: number; ry: number; tone: readonly number[]; isBox: boolean };

/** A view of sky, ground and things on it; another one for every seed of the random numbers. */
export function drawScene(random: Random, width: number, height: number): Pixels {
  const between = (low: number, high: number) => low + random() * (high - low);
  const tone = (low: number, high: number) => [between(low, high), between(low, high), between(low, high)];
  const horizon = height * between(0.25, 0.7);
  const sky = tone(110, 220);
  const ground = tone(40, 150);
  const coarse = field(random, width, height, 90);
  const middle = field(random, width, height, 22);
  const fine = field(random, width, height, 6);
  const grain = field(random, width, height, 2);
  const ridge = field(random, width, 2, 70);
  const shapes: Shape[] = Array.from({ length: 14 + Math.floor((width / height) * 6) }, () => ({
    x: between(0, width),
    y: between(height * 0.1, height),
    rx: between(12, 90),
    ry: between(12, 120),
    tone: tone(15, 240),
    isBox: random() < 0.5,
  }));
  const rgb = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const isSky = y < horizon + 60 * (ridge(x, 0) - 0.5);
      let color: readonly number[] = isSky ? sky : ground;
      for (const shape of shapes) {
        const dx = (x - shape.x) / shape.rx;
        const dy = (y - shape.y) / shape.ry;
        if (shape.isBox ? Math.abs(dx) < 1 && Math.abs(dy) < 1 : dx * dx + dy * dy < 1) color = shape.tone;
      }
      const detail = isSky ? 0.3 : 1;
      const light =
        60 * (coarse(x, y) - 0.5) +
        detail * (46 * (middle(x, y) - 0.5) + 44 * (fine(x, y) - 0.5) + 40 * (grain(x, y) - 0.5));
      const at = (y * width + x) * 3;
      for (let channel = 0; channel < 3; channel++) {
        rgb[at + channel] = Math.max(0, Math.min(255, color[channel]! + light));
      }
    }
  }
  return { rgb, width, height };
}

/** @param left, top of the window on the scene; outside of it is refused by the cropper */
export async function cropped(
  scene: Pixels,
  left: number,
  top: number,
  width: number,
  height: number,
): Promise<Pixels> {
  const rgb = await sharp(scene.rgb, { raw: { width: scene.width, height: scene.height, channels: 3 } })
    .extract({ left: Math.round(left), top: Math.round(top), width, height })
    .raw()
    .toBuffer();
  return { rgb, width, height };
}

/** Something that moves before the view: a disc with stripes. */
export function withSubject({ rgb, width, height }: Pixels, x: number, y: number, radius: number): Pixels {
  const drawn = Buffer.from(rgb);
  for (let row = Math.max(0, Math.ceil(y - radius)); row < Math.min(height, y + radius); row++) {
    for (let column = Math.max(0, Math.ceil(x - radius)); column < Math.min(width, x + radius); column++) {
      if ((column - x) ** 2 + (row - y) ** 2 > radius * radius) continue;
      const stripe = ((column - x + 3 * (row - y)) & 8) === 0 ? 70 : 205;
      drawn.fill(stripe, (row * width + column) * 3, (row * width + column) * 3 + 3);
    }
  }
  return { rgb: drawn, width, height };
}

export async function blurred({ rgb, width, height }: Pixels, sigma: number): Promise<Pixels> {
  const data = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .blur(sigma)
    .raw()
    .toBuffer();
  return { rgb: data, width, height };
}

/** Moved sideways while the shutter was open. @param length in pixels */
export function moved({ rgb, width, height }: Pixels, length: number): Pixels {
  const result = Buffer.alloc(rgb.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let step = 0; step < length; step++) {
          sum += rgb[(y * width + Math.min(width - 1, x + step)) * 3 + channel]!;
        }
        result[(y * width + x) * 3 + channel] = sum / length;
      }
    }
  }
  return { rgb: result, width, height };
}

/** Under `ev` stops more light, as far as eight bits hold it. */
export function exposed({ rgb, width, height }: Pixels, ev: number): Pixels {
  const table = Uint8Array.from({ length: 256 }, (_, value) =>
    Math.round(255 * Math.min(1, (value / 255) ** 2.2 * 2 ** ev) ** (1 / 2.2)),
  );
  return { rgb: Buffer.from(rgb.map((value) => table[value]!)), width, height };
}

/** Noise of a sensor, another one in every frame. */
export function grained({ rgb, width, height }: Pixels, random: Random, sigma: number): Pixels {
  const result = Buffer.alloc(rgb.length);
  const bells = Float32Array.from({ length: 4096 }, () => (random() + random() + random() - 1.5) * 2 * sigma);
  let walk = Math.floor(random() * 4096);
  for (let at = 0; at < rgb.length; at++) {
    if ((at & 1023) === 0) walk = Math.floor(random() * 4096);
    result[at] = Math.max(0, Math.min(255, rgb[at]! + bells[walk]!));
    walk = (walk + 1) & 4095;
  }
  return { rgb: result, width, height };
}

/** Sharp in a band of rows around `center` (share of the height), soft elsewhere. */
export async function focusedAt(view: Pixels, center: number, depth: number): Promise<Pixels> {
  const soft = await blurred(view, 4);
  const result = Buffer.alloc(view.rgb.length);
  for (let y = 0; y < view.height; y++) {
    const away = Math.abs(y / view.height - center) / depth;
    const share = Math.max(0, Math.min(1, 2 - 2 * away));
    for (let at = y * view.width * 3; at < (y + 1) * view.width * 3; at++) {
      result[at] = share * view.rgb[at]! + (1 - share) * soft.rgb[at]!;
    }
  }
  return { rgb: result, width: view.width, height: view.height };
}
