/** Single-channel pictures of more than eight bits → grey that a person can see. */

/** Samples beyond these shares of the sorted values are clipped when stretching. */
const LOW = 0.001;
const HIGH = 0.999;
/** A picture that uses less of the 16-bit scale than this is data (heat, depth) and is stretched; the rest is a photo. */
const NARROW = 0.25;

/** @param channels samples a pixel in the input; the first one counts. @returns three bytes a pixel. */
export function stretchToEight(samples: Uint16Array | Float32Array, channels: number): Buffer {
  const pixels = Math.floor(samples.length / channels);
  const values = Array.from({ length: Math.min(pixels, 65_536) }, (_, index) => {
    return samples[Math.floor((index * pixels) / Math.min(pixels, 65_536)) * channels]!;
  })
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const low = values[Math.floor((values.length - 1) * LOW)] ?? 0;
  const high = values[Math.ceil((values.length - 1) * HIGH)] ?? 0;
  const isPhoto =
    samples instanceof Uint16Array ? high - low >= NARROW * 65_535 : low >= 0 && high <= 1 && high > NARROW;
  const [from, to] = isPhoto ? [0, samples instanceof Uint16Array ? 65_535 : 1] : [low, high];
  const scale = to > from ? 255 / (to - from) : 0;
  const rgb = Buffer.alloc(pixels * 3);
  for (let index = 0; index < pixels; index++) {
    const value = Math.max(0, Math.min(255, Math.round((samples[index * channels]! - from) * scale)));
    rgb.fill(value, index * 3, index * 3 + 3);
  }
  return rgb;
}
