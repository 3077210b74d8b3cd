/**
 * Grids of hundreds of megapixels (phones of 200) tile by tile: each is decoded by itself and averaged into the size that is wanted,
 * so that the whole is never in memory. A tile whose bytes are missing or damaged stays grey.
 */
import sharp from 'sharp';
import { UnreadablePhoto } from '../base/unreadable.ts';
import type { Bytes } from '../formats/bytes.ts';
import type { HeifGrid, HeifHeader } from '../formats/heif.ts';
import { stillOf } from '../formats/heif-still.ts';
import { decodeHeif } from './heic.ts';

/** Of what could not be decoded. */
const GREY = 128;

/**
 * @param longEdge that the result should have at least, where the picture does.
 * @returns rows of three bytes in the file's own color space, its crop, turn and mirror done; `lost` is the share of tiles without a picture.
 * @throws UnreadablePhoto when no tile can be decoded
 */
export async function decodeGrid(
  bytes: Bytes,
  heif: HeifHeader,
  grid: HeifGrid,
  longEdge: number,
  signal: AbortSignal | undefined,
): Promise<{ rgb: Buffer; width: number; height: number; lost: number }> {
  const factor = Math.max(1, Math.floor(Math.max(grid.width, grid.height) / longEdge));
  const width = Math.ceil(grid.width / factor);
  const height = Math.ceil(grid.height / factor);
  const rgb = Buffer.alloc(width * height * 3, GREY);
  // Rows that get pixels from the row of tiles at work: sums of red, green, blue, and how many.
  const open = new Map<number, Float64Array>();
  let lost = 0;
  for (const [index, { extents }] of grid.tiles.entries()) {
    signal?.throwIfAborted();
    const [left, top] = [(index % grid.columns) * grid.tile.width, Math.floor(index / grid.columns) * grid.tile.height];
    const data = extents.map(({ position, length }) => bytes.at(position, length));
    const pixels = await decodeTile(heif.codec ?? 'hvc1', grid, data);
    if (pixels === null) lost++;
    else addTile(pixels, { left, top }, grid, factor, width, open);
    if (index % grid.columns === grid.columns - 1)
      closeRows(open, Math.floor((top + grid.tile.height) / factor), rgb, width);
  }
  closeRows(open, height, rgb, width);
  if (lost === grid.tiles.length)
    throw new UnreadablePhoto('Its picture data is incomplete or damaged: none of its tiles can be decoded.');
  return { ...(await transform(rgb, width, height, grid, factor)), lost: lost / grid.tiles.length };
}

type Tile = { data: Uint8Array; channels: number; width: number; height: number };

async function decodeTile(codec: string, { tile, properties }: HeifGrid, data: Buffer[]): Promise<Tile | null> {
  const still = stillOf({ codec, ...tile, properties, data });
  try {
    if (codec !== 'av01') {
      const { data: rgba, ...size } = await decodeHeif(still, 1);
      return Buffer.isBuffer(rgba) ? { data: rgba, ...size } : null;
    }
    const { data: rgb, info } = await sharp(still).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
    return { data: rgb, channels: info.channels, width: info.width, height: info.height };
  } catch {
    return null;
  }
}

function addTile(
  { data, channels, width: tileWidth, height: tileHeight }: Tile,
  { left, top }: { left: number; top: number },
  grid: HeifGrid,
  factor: number,
  width: number,
  open: Map<number, Float64Array>,
): void {
  const right = Math.min(tileWidth, grid.width - left);
  const bottom = Math.min(tileHeight, grid.height - top);
  for (let y = 0; y < bottom; y++) {
    const row = Math.floor((top + y) / factor);
    const sums = open.get(row) ?? new Float64Array(width * 4);
    open.set(row, sums);
    for (let x = 0, from = y * tileWidth * channels; x < right; x++, from += channels) {
      const to = Math.floor((left + x) / factor) * 4;
      sums[to]! += data[from]!;
      sums[to + 1]! += data[from + 1]!;
      sums[to + 2]! += data[from + 2]!;
      sums[to + 3]! += 1;
    }
  }
}

function closeRows(open: Map<number, Float64Array>, before: number, rgb: Buffer, width: number): void {
  for (const [row, sums] of open) {
    if (row >= before) continue;
    for (let x = 0; x < width; x++) {
      const count = sums[x * 4 + 3]!;
      for (let channel = 0; count > 0 && channel < 3; channel++)
        rgb[(row * width + x) * 3 + channel] = Math.round(sums[x * 4 + channel]! / count);
    }
    open.delete(row);
  }
}

/** Crop, turn and mirror in the order that the file says, each by itself: libvips has an order of its own within one pipeline. */
async function transform(rgb: Buffer, width: number, height: number, { transforms }: HeifGrid, factor: number) {
  let [data, wide, high] = [rgb, width, height];
  for (const step of transforms) {
    const pipeline = sharp(data, { raw: { width: wide, height: high, channels: 3 }, limitInputPixels: false });
    if (step.kind === 'crop') {
      const left = Math.min(wide - 1, Math.round(step.left / factor));
      const top = Math.min(high - 1, Math.round(step.top / factor));
      const size = [step.width, step.height].map((value) => Math.max(1, Math.round(value / factor)));
      pipeline.extract({ left, top, width: Math.min(size[0]!, wide - left), height: Math.min(size[1]!, high - top) });
    } else if (step.kind === 'turn') pipeline.rotate((360 - step.quarters * 90) % 360);
    else if (step.axis === 1) pipeline.flop();
    else pipeline.flip();
    const turned = await pipeline.raw().toBuffer({ resolveWithObject: true });
    [data, wide, high] = [turned.data, turned.info.width, turned.info.height];
  }
  return { rgb: data, width: wide, height: high };
}
