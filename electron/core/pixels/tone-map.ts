/**
 * HDR pixels (PQ, HLG) → what a screen of standard range shows: light in cd/m², primaries of BT.709, a curve that keeps everything
 * up to the middle as it is and bends the rest under reference white, sRGB. Source: ITU-R BT.2100 (transfer functions),
 * BT.2408 (reference white 203 cd/m²), BT.2390 section 5.4 (the curve), BT.2087 (primaries).
 */

/** cd/m² of diffuse white: becomes the screen's white. */
const REFERENCE_WHITE = 203;
/** cd/m² at the end of the HLG scale on the display that it is graded for. */
const HLG_PEAK = 1000;
/** Share of the pixels that may be brighter than what is called the picture's peak: sparks and stars do not darken the rest. */
const SPARKS = 0.0005;

/**
 * The brighter a picture's peak is than white, the further below white it ends, so that tones in it can still be told apart, as
 * cameras render them; a picture without light above white stays as it is. Chosen so that a scene rendered both ways by one
 * program (libavif's test pictures) gets the same grade.
 */
const HEADROOM = 1.5;

/** Linear RGB → linear BT.709. Of primaries not listed: BT.709's own. */
const TO_BT709: Readonly<Record<number, readonly number[]>> = {
  9: [1.660491, -0.587641, -0.07285, -0.12455, 1.1329, -0.008349, -0.018151, -0.100579, 1.11873],
  11: [1.2249402, -0.2249402, 0, -0.042057, 1.042057, 0, -0.0196376, -0.0786361, 1.0982736],
  12: [1.2249402, -0.2249402, 0, -0.042057, 1.042057, 0, -0.0196376, -0.0786361, 1.0982736],
};
const SAME = [1, 0, 0, 0, 1, 0, 0, 0, 1] as const;
/** Luminance of linear BT.709. */
const LUMA = [0.2126, 0.7152, 0.0722] as const;

const M1 = 2610 / 16384;
const M2 = (2523 / 4096) * 128;
const C1 = 3424 / 4096;
const C2 = (2413 / 4096) * 32;
const C3 = (2392 / 4096) * 32;

/** PQ signal 0–1 → cd/m². */
function lightOfPq(signal: number): number {
  const power = signal ** (1 / M2);
  return 10_000 * (Math.max(0, power - C1) / (C2 - C3 * power)) ** (1 / M1);
}

function pqOfLight(light: number): number {
  const power = (Math.max(0, light) / 10_000) ** M1;
  return ((C1 + C2 * power) / (1 + C3 * power)) ** M2;
}

/** HLG signal 0–1 → light of the scene 0–1. */
function sceneOfHlg(signal: number): number {
  const [a, b, c] = [0.17883277, 0.28466892, 0.55991073];
  return signal <= 0.5 ? signal ** 2 / 3 : (Math.exp((signal - c) / a) + b) / 12;
}

const STEPS = 4096;

/** BT.2390's curve from the picture's peak to reference white: cd/m² → share of white 0–1. */
function curveFor(peak: number): (light: number) => number {
  const source = pqOfLight(REFERENCE_WHITE * Math.max(1, peak / REFERENCE_WHITE) ** HEADROOM);
  const target = pqOfLight(REFERENCE_WHITE) / source;
  const knee = 1.5 * target - 0.5;
  const table = Float32Array.from({ length: STEPS + 1 }, (_, index) => {
    const signal = index / STEPS;
    const part = (signal - knee) / (1 - knee);
    const bent =
      signal < knee || knee >= 1
        ? signal
        : (2 * part ** 3 - 3 * part ** 2 + 1) * knee +
          (part ** 3 - 2 * part ** 2 + part) * (1 - knee) +
          (-2 * part ** 3 + 3 * part ** 2) * target;
    return lightOfPq(bent * source) / REFERENCE_WHITE;
  });
  return (light) => {
    const at = Math.min(1, pqOfLight(light) / source) * STEPS;
    const low = Math.floor(at);
    const high = Math.min(STEPS, low + 1);
    return table[low]! + (table[high]! - table[low]!) * (at - low);
  };
}

function encode(linear: number): number {
  const kept = Math.max(0, Math.min(1, linear));
  return Math.round(255 * (kept <= 0.0031308 ? 12.92 * kept : 1.055 * kept ** (1 / 2.4) - 0.055));
}

/**
 * @param samples of 16 bits, full range.
 * @param channels samples a pixel, the first three count; of one or two the first is grey.
 * @param primaries code point of H.273.
 * @returns sRGB, three bytes a pixel.
 */
export function toneMap(samples: Uint16Array, channels: number, transfer: 'pq' | 'hlg', primaries: number): Buffer {
  const pixels = Math.floor(samples.length / channels);
  const light = lightOf(samples, channels, pixels, transfer, TO_BT709[primaries] ?? SAME);
  const curve = curveFor(peakOf(light, pixels));
  const rgb = Buffer.alloc(pixels * 3);
  const encoded = Uint8Array.from({ length: STEPS + 1 }, (_, index) => encode((index / STEPS) ** 2));
  for (let at = 0; at < rgb.length; at += 3) {
    const [red, green, blue] = [light[at]!, light[at + 1]!, light[at + 2]!];
    const brightest = Math.max(red, green, blue);
    if (brightest <= 0) continue;
    const scale = curve(brightest) / brightest;
    // Colors outside of the screen's are drawn towards grey of the same luminance until they fit.
    const luma = (LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue) * scale;
    const least = Math.min(red, green, blue) * scale;
    const keep = least < 0 ? Math.max(0, luma) / (Math.max(0, luma) - least) : 1;
    for (let channel = 0; channel < 3; channel++) {
      const value = luma + (light[at + channel]! * scale - luma) * keep;
      rgb[at + channel] = encoded[Math.round(Math.sqrt(Math.max(0, Math.min(1, value))) * STEPS)]!;
    }
  }
  return rgb;
}

/** cd/m² in BT.709, unbounded on both sides. */
function lightOf(
  samples: Uint16Array,
  channels: number,
  pixels: number,
  transfer: 'pq' | 'hlg',
  matrix: readonly number[],
): Float32Array {
  const table = Float32Array.from({ length: 65_536 }, (_, code) =>
    transfer === 'pq' ? lightOfPq(code / 65_535) : sceneOfHlg(code / 65_535),
  );
  const [greenAt, blueAt] = channels >= 3 ? [1, 2] : [0, 0];
  const light = new Float32Array(pixels * 3);
  for (let pixel = 0, at = 0; pixel < pixels; pixel++, at += 3) {
    const from = pixel * channels;
    const red = table[samples[from]!]!;
    const green = table[samples[from + greenAt]!]!;
    const blue = table[samples[from + blueAt]!]!;
    // HLG: the display's share of the rendering depends on the luminance of the scene.
    const system =
      transfer === 'pq' ? 1 : HLG_PEAK * Math.max(1e-6, 0.2627 * red + 0.678 * green + 0.0593 * blue) ** 0.2;
    for (let row = 0; row < 3; row++)
      light[at + row] = system * (matrix[row * 3]! * red + matrix[row * 3 + 1]! * green + matrix[row * 3 + 2]! * blue);
  }
  return light;
}

function peakOf(light: Float32Array, pixels: number): number {
  const step = Math.max(1, Math.floor(pixels / 65_536));
  const brightest: number[] = [];
  for (let pixel = 0; pixel < pixels; pixel += step)
    brightest.push(Math.max(light[pixel * 3]!, light[pixel * 3 + 1]!, light[pixel * 3 + 2]!));
  brightest.sort((a, b) => a - b);
  return brightest[Math.floor((brightest.length - 1) * (1 - SPARKS))] ?? REFERENCE_WHITE;
}
