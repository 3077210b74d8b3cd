/** Where the pictures of a filmstrip lie: widths follow the photos' shapes, so places are sums. */

/** Height of a picture in the strip and the space between two, in CSS pixels. */
export const STRIP_HEIGHT = 58;
export const STRIP_GAP = 4;
/** Space before the first and after the last picture. */
export const STRIP_PADDING = 12;
const NARROWEST = 30;
const WIDEST = 124;

export interface Strip {
  /** Left edge of each picture, and the whole width at the end. */
  readonly lefts: Float64Array;
  readonly total: number;
}

/** @param ratios width ÷ height of each photo */
export function layOutStrip(ratios: ArrayLike<number>): Strip {
  const lefts = new Float64Array(ratios.length + 1);
  let left = 0;
  for (let index = 0; index < ratios.length; index++) {
    lefts[index] = left;
    left += Math.round(Math.min(WIDEST, Math.max(NARROWEST, ratios[index]! * STRIP_HEIGHT))) + STRIP_GAP;
  }
  lefts[ratios.length] = left;
  return { lefts, total: ratios.length };
}

/** Width of the picture at an index. */
export function stripWidth({ lefts }: Strip, index: number): number {
  return lefts[index + 1]! - lefts[index]! - STRIP_GAP;
}

/** Index of the picture at a place of the strip, within 0 … total − 1. */
export function stripIndexAt({ lefts, total }: Strip, at: number): number {
  let low = 0;
  let high = total - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lefts[middle]! <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Where to scroll so that a picture is seen with its neighbours: unchanged while it is well inside. */
export function stripScroll(strip: Strip, index: number, scroll: number, width: number): number {
  const left = strip.lefts[index]! + STRIP_PADDING;
  const right = strip.lefts[index + 1]! + STRIP_PADDING;
  // No wider than what is beside a picture in the middle: else a wide picture in a narrow strip moves at each look.
  const margin = Math.max(0, Math.min(140, width / 4, (width - (right - left)) / 2));
  const most = Math.max(0, strip.lefts[strip.total]! + 2 * STRIP_PADDING - width);
  if (left < scroll - width || right > scroll + 2 * width) {
    return Math.max(0, Math.min(most, (left + right - width) / 2));
  }
  if (left - margin < scroll) return Math.max(0, Math.min(most, left - margin));
  if (right + margin > scroll + width) return Math.max(0, Math.min(most, right + margin - width));
  return scroll;
}
