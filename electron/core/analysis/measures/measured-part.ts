/** Which pixels of a picture are measured: all of a smaller one, without what the file lacks. */
import sharp from 'sharp';
import type { Side } from '../../../../shared/facts.ts';
import type { Pixels } from '../../pixels/decode.ts';

/** Shares of the picture, from its top left corner. */
export interface Part {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const WHOLE: Part = { left: 0, top: 0, width: 1, height: 1 };

/** With less than this to see, all of it is measured: a strip has no composition. */
const LEAST_VISIBLE = 0.15;

/** What is missing is filled with grey, and grey is not judged. */
export function visiblePart(pixels: Pixels, missing: number, side: Side): { pixels: Pixels; part: Part } {
  if (missing <= 0.005 || missing > 1 - LEAST_VISIBLE) return { pixels, part: WHOLE };
  const { rgb, width, height } = pixels;
  const isUpright = side === 'bottom' || side === 'top';
  const kept = Math.max(1, Math.round((isUpright ? height : width) * (1 - missing)));
  if (isUpright) {
    const from = side === 'top' ? height - kept : 0;
    return {
      pixels: { rgb: rgb.subarray(from * width * 3, (from + kept) * width * 3), width, height: kept },
      part: { left: 0, top: from / height, width: 1, height: kept / height },
    };
  }
  const left = side === 'left' ? width - kept : 0;
  const part = Buffer.alloc(kept * height * 3);
  for (let y = 0; y < height; y++) rgb.copy(part, y * kept * 3, (y * width + left) * 3, (y * width + left + kept) * 3);
  return {
    pixels: { rgb: part, width: kept, height },
    part: { left: left / width, top: 0, width: kept / width, height: 1 },
  };
}

export async function smaller({ rgb, width, height }: Pixels, longEdge: number): Promise<Pixels> {
  if (Math.max(width, height) <= longEdge) return { rgb, width, height };
  const { data, info } = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .resize(longEdge, longEdge, { fit: 'inside' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { rgb: data, width: info.width, height: info.height };
}
