/**
 * Focus at a place: energy of the steps between neighbouring pixels over that of steps across four, a pixel's share
 * each. Where detail goes down to the pixel it is 2 to 4; each step of blur brings it nearer to 1, whatever the contrast.
 * A large place is first made as small as the measure was tried on. It ranks frames of one moment; between scenes it
 * also tells of what is there.
 */
import sharp from 'sharp';
import type { Pixels } from '../../pixels/decode.ts';

/** Places are measured at this width at most, pixels. */
export const FOCUS_EDGE = 160;
/** Narrower ones tell nothing. */
const LEAST_EDGE = 16;

/** Shares of a picture's width and height. */
export type Place = { left: number; top: number; width: number; height: number };

/** Around an eye: lids, lashes and brow. @param eye shares, its width of the picture's width. @param aspect width through height of the picture */
export function placeOfEye(eye: { x: number; y: number; width: number }, aspect: number): Place {
  const [width, height] = [2.2 * eye.width, 1.4 * eye.width * aspect];
  return { left: eye.x - width / 2, top: eye.y - height / 2, width, height };
}

/** @returns null where the place is too small or plain. */
export async function focusAt({ rgb, width, height }: Pixels, place: Place): Promise<number | null> {
  const left = Math.max(0, Math.round(place.left * width));
  const top = Math.max(0, Math.round(place.top * height));
  const right = Math.min(width, Math.round((place.left + place.width) * width));
  const bottom = Math.min(height, Math.round((place.top + place.height) * height));
  if (right - left < LEAST_EDGE || bottom - top < LEAST_EDGE / 2) return null;
  const { data, info } = await sharp(rgb, { raw: { width, height, channels: 3 }, limitInputPixels: false })
    .extract({ left, top, width: right - left, height: bottom - top })
    .resize({ width: FOCUS_EDGE, withoutEnlargement: true })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return ratioOf(data, info.width, info.height, info.channels);
}

const FAR = 4;
/** Energy of far steps below which there is nothing to be sharp, squared levels a pixel. */
const LEAST_ENERGY = 0.2;

function ratioOf(grey: Uint8Array, width: number, height: number, channels: number): number | null {
  let near = 0;
  let far = 0;
  for (let y = 0; y + FAR < height; y++) {
    for (let x = 0; x + FAR < width; x++) {
      const at = (y * width + x) * channels;
      const here = grey[at]!;
      const row = width * channels;
      near += (grey[at + channels]! - here) ** 2 + (grey[at + row]! - here) ** 2;
      far += (grey[at + FAR * channels]! - here) ** 2 + (grey[at + FAR * row]! - here) ** 2;
    }
  }
  const count = Math.max(1, (width - FAR) * (height - FAR));
  const share = far / FAR ** 2;
  return share / count < LEAST_ENERGY ? null : near / share;
}
