/**
 * RAW data → pixels through LibRaw's WebAssembly: the camera's white balance, its matrix (or the profile that the file
 * carries), sRGB. Upright it is not made here. Blocking: only ever in a decoding process.
 */
import { readFileSync } from 'node:fs';
import { UnreadablePhoto } from '../base/unreadable.ts';
import type { Pixels } from './decode.ts';

/** `half`: one pixel of four of the sensor's, much faster. */
export type Development = 'half' | 'whole';

type Crop = { cleft: number; ctop: number; cwidth: number; cheight: number };
type Metadata = {
  width: number;
  height: number;
  raw_width: number;
  raw_height: number;
  top_margin: number;
  left_margin: number;
  raw_inset_crops?: readonly Crop[];
};
type Image = { width: number; height: number; colors: number; bits: number; data: Uint8Array };
type LibRaw = {
  open(file: Uint8Array, settings: object): void;
  metadata(full: boolean): Metadata;
  imageData(): Image | undefined;
};
type Module = { LibRaw: new () => LibRaw };
type Load = (options: object) => Promise<Module>;

/** Held at once, bytes a pixel of the sensor: its values, four channels of 16 bits, and the picture of eight bits twice. */
const BYTES_HELD: Readonly<Record<Development, number>> = { whole: 16, half: 5.5 };
/** What one development may hold. */
const MOST_BYTES = 820_000_000;
/** Adaptive homogeneity-directed: the best of the quick ways. */
const AHD = 3;
const SETTINGS = {
  useCameraWb: true,
  /** Of DNG always, of others beside the camera's white balance. */
  useCameraMatrix: 1,
  cameraProfile: 'embed',
  outputColor: 1,
  outputBps: 8,
  // The curve of sRGB: power, slope at black; LibRaw finds the rest.
  gamm: [1 / 2.4, 12.92, 0, 0, 0, 0],
  // Upright is made by whoever knows all that is told about it.
  userFlip: 0,
  userQual: AHD,
} as const;

export type Developed = Pixels & {
  /** What camera makers leave out at the edges of the sensor, pixels of this picture; null where the file does not say. */
  crop: { left: number; top: number; width: number; height: number } | null;
};

/**
 * As the sensor stands, not turned.
 * @param brighten by itself, for files without a preview that shows how bright it was meant.
 * @throws UnreadablePhoto when the data is cut or damaged, of a kind that LibRaw does not know, or too much.
 */
export async function develop(file: Buffer, development: Development, brighten: boolean): Promise<Developed> {
  // The module within: the package's own entry is a worker for browsers.
  const { default: load }: { default: Load } = await import(import.meta.resolve('libraw-wasm/dist/libraw.js'));
  const complaints: string[] = [];
  // A module of its own each time, so that its memory goes with it.
  const { LibRaw } = await load({
    wasmBinary: readFileSync(new URL(import.meta.resolve('libraw-wasm/dist/libraw.wasm'))),
    print: () => {},
    printErr: (text: string) => complaints.push(text),
  });
  let image: Image | undefined;
  let header: Metadata;
  try {
    const raw = new LibRaw();
    raw.open(file, { ...SETTINGS, halfSize: development === 'half', noAutoBright: !brighten });
    header = raw.metadata(true);
    const held = header.raw_width * header.raw_height * BYTES_HELD[development];
    if (held > MOST_BYTES) throw new UnreadablePhoto('Its RAW data is too much to be developed safely at this size.');
    image = raw.imageData();
  } catch (error) {
    if (error instanceof UnreadablePhoto) throw error;
    // C++ errors arrive as bare numbers.
    throw new UnreadablePhoto('Its RAW data is damaged, or of a kind that cannot be developed.');
  }
  if (complaints.some((text) => /corrupt|unexpected end/i.test(text)))
    throw new UnreadablePhoto('Its RAW data is incomplete or damaged.');
  const { colors, width, height, data } = image ?? { colors: 0, width: 0, height: 0, data: new Uint8Array() };
  if ((colors !== 3 && colors !== 1) || width * height === 0)
    throw new UnreadablePhoto('Its RAW data is of a kind that cannot be developed.');
  const rgb = colors === 3 ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : spread(data);
  return { rgb, width, height, crop: cropOf(header, { width, height }) };
}

function spread(grey: Uint8Array): Buffer {
  const rgb = Buffer.alloc(grey.length * 3);
  for (let at = 0; at < grey.length; at++) rgb.fill(grey[at]!, at * 3, at * 3 + 3);
  return rgb;
}

/** LibRaw counts from the sensor's corner, and says 65535 where it does not know. */
function cropOf(header: Metadata, { width, height }: { width: number; height: number }): Developed['crop'] {
  const known = header.raw_inset_crops?.find(({ cleft, cwidth, cheight }) => cleft < 0xffff && cwidth * cheight > 0);
  if (known === undefined) return null;
  const share = width / header.width;
  const scaled = (value: number) => Math.round(value * share);
  const left = scaled(known.cleft - header.left_margin);
  const top = scaled(known.ctop - header.top_margin);
  const crop = { left, top, width: scaled(known.cwidth), height: scaled(known.cheight) };
  const isInside = left >= 0 && top >= 0 && left + crop.width <= width && top + crop.height <= height;
  return isInside ? crop : null;
}
