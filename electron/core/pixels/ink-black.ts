/**
 * Black of printed pictures (CMYK). The darkest that ink on paper can be is a dark grey, and converted as it is measured a photo's
 * shadows stay grey on a screen. As Photoshop and its like do, the paper's black becomes the screen's and all light between
 * moves along (black point compensation: Adobe 2006; ISO 18619).
 */
import sharp from 'sharp';
import type { Inspection } from '../formats/inspect.ts';
import type { Pixels } from './decode.ts';
import { tiffAround } from './tiff-around.ts';

/** Cyan, magenta, yellow, black as printers build black within what paper takes: 75, 68, 67, 90 %. */
const BLACK_INK = Buffer.from([191, 173, 171, 230]);
/** No paper is so pale that its black would be brighter; a profile that says so is no paper's. */
const MOST = 0.05;

export function isInk({ jpeg, tiff, psd }: Inspection): boolean {
  return jpeg?.components === 4 || tiff?.photometric === 5 || psd?.mode === 4;
}

const linearOf = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
const encodedOf = (light: number) => (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055);

/** Moves the light of an sRGB picture, in place. @param icc the profile of its inks; null where the decoder takes its own. */
export async function deepenBlack({ rgb }: Pixels, icc: Buffer | null): Promise<void> {
  const black = await blackOf(icc);
  if (black <= 0) return;
  const table = Uint8Array.from({ length: 256 }, (_, value) =>
    Math.round(255 * encodedOf(Math.max(0, linearOf(value / 255) - black) / (1 - black))),
  );
  for (let at = 0; at < rgb.length; at++) rgb[at] = table[rgb[at]!]!;
}

/** Light of black ink, 0–1; 0 where the profile does not say. */
async function blackOf(icc: Buffer | null): Promise<number> {
  try {
    const dot = await sharp(tiffAround(BLACK_INK, 1, 1, icc, 'cmyk'))
      .toColourspace('srgb')
      .raw()
      .toBuffer();
    const [red, green, blue] = [0, 1, 2].map((channel) => linearOf((dot[channel] ?? 0) / 255));
    const light = 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
    return light <= MOST ? light : 0;
  } catch {
    return 0;
  }
}
