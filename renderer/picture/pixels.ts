/** Counting what the pixels on screen say: histogram and clipping. Input is RGBA of 8 bits, as a canvas gives it. */

/** Channel values from which a pixel counts as clipped, as in the measures (shared/measures.ts): ≥ 250 and ≤ 5. */
export const CLIPPED_HIGH = 250;
export const CLIPPED_LOW = 5;

export interface HistogramCounts {
  /** 256 counts each. */
  readonly red: Uint32Array;
  readonly green: Uint32Array;
  readonly blue: Uint32Array;
  /** Luma of ITU-R BT.709. */
  readonly luma: Uint32Array;
  readonly pixels: number;
}

/** @param rgba 4 bytes a pixel. */
export function countHistogram(rgba: Uint8ClampedArray): HistogramCounts {
  const red = new Uint32Array(256);
  const green = new Uint32Array(256);
  const blue = new Uint32Array(256);
  const luma = new Uint32Array(256);
  for (let at = 0; at < rgba.length; at += 4) {
    const r = rgba[at]!;
    const g = rgba[at + 1]!;
    const b = rgba[at + 2]!;
    red[r]!++;
    green[g]!++;
    blue[b]!++;
    luma[Math.round(0.2126 * r + 0.7152 * g + 0.0722 * b)]!++;
  }
  return { red, green, blue, luma, pixels: rgba.length / 4 };
}

/** Colors of the clipping overlay, RGBA. */
const HIGHLIGHT = [229, 84, 79, 235] as const;
const PARTIAL = [229, 84, 79, 110] as const;
const SHADOW = [91, 148, 240, 235] as const;

/**
 * Paints what has no detail, in place: white without detail red, one or two channels at their end half red, black
 * blue, everything else transparent. Returns the shares of pixels that are all clipped and all black.
 */
export function paintClipping(rgba: Uint8ClampedArray): { highlights: number; shadows: number } {
  let highlights = 0;
  let shadows = 0;
  for (let at = 0; at < rgba.length; at += 4) {
    const r = rgba[at]!;
    const g = rgba[at + 1]!;
    const b = rgba[at + 2]!;
    let color: readonly [number, number, number, number] | null = null;
    if (r >= CLIPPED_HIGH && g >= CLIPPED_HIGH && b >= CLIPPED_HIGH) {
      highlights++;
      color = HIGHLIGHT;
    } else if (r === 255 || g === 255 || b === 255) {
      color = PARTIAL;
    } else if (r <= CLIPPED_LOW && g <= CLIPPED_LOW && b <= CLIPPED_LOW) {
      shadows++;
      color = SHADOW;
    }
    rgba[at] = color?.[0] ?? 0;
    rgba[at + 1] = color?.[1] ?? 0;
    rgba[at + 2] = color?.[2] ?? 0;
    rgba[at + 3] = color?.[3] ?? 0;
  }
  const pixels = Math.max(1, rgba.length / 4);
  return { highlights: highlights / pixels, shadows: shadows / pixels };
}
