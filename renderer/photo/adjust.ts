/**
 * Suggested changes as the page shows them on a photo: geometry as a turned picture with a frame, tones as curves and
 * a color matrix for an SVG filter. Nothing here touches a file.
 */
import type { Adjustment } from '../../shared/critique.ts';
import type { Rectangle, Size } from '../picture/geometry.ts';

/** Everything that is tried on a photo at once; a kind occurs at most once. */
export interface Preview {
  /** Degrees clockwise that the picture is turned. */
  readonly degrees: number;
  /** What would be kept, as shares of the picture's upright rectangle; null without a change of the frame. */
  readonly frame: Rectangle | null;
  /** Output (0–1, sRGB) of each channel at CURVE_POINTS evenly spaced inputs; null without a change of tones. */
  readonly curves: { readonly red: number[]; readonly green: number[]; readonly blue: number[] } | null;
  /** Twenty numbers of an feColorMatrix; null without a change of contrast. */
  readonly matrix: number[] | null;
}

/** Points of a tone curve; between them the filter interpolates linearly. */
export const CURVE_POINTS = 129;

/** Luminance weights of ITU-R BT.709. */
const LUMINANCE = { red: 0.2126, green: 0.7152, blue: 0.0722 } as const;

/** Linear light above which held highlights are compressed. */
const KNEE = 0.35;

/**
 * Share of width and height of the largest centred frame of the photo's own shape that stays inside the photo when it
 * is turned: 1 without a turn.
 */
export function levelShare(photo: Size, degrees: number): number {
  const angle = (Math.abs(degrees) * Math.PI) / 180;
  const { width, height } = photo;
  const across = width * Math.cos(angle) + height * Math.sin(angle);
  const down = width * Math.sin(angle) + height * Math.cos(angle);
  return Math.min(1, width / across, height / down);
}

/** What a turn and a crop leave, as shares of the upright rectangle. */
export function frameOf(photo: Size, adjustments: readonly Adjustment[]): Rectangle | null {
  const straighten = adjustments.find((one) => one.kind === 'straighten');
  const crop = adjustments.find((one) => one.kind === 'crop');
  if (straighten === undefined && crop === undefined) {
    return null;
  }
  const share = straighten === undefined ? 1 : levelShare(photo, straighten.degrees);
  const margin = (1 - share) / 2;
  const left = Math.max(margin, crop?.left ?? 0);
  const top = Math.max(margin, crop?.top ?? 0);
  const right = Math.max(margin, crop?.right ?? 0);
  const bottom = Math.max(margin, crop?.bottom ?? 0);
  return { left, top, width: Math.max(0, 1 - left - right), height: Math.max(0, 1 - top - bottom) };
}

/** sRGB (0–1) to linear light, IEC 61966-2-1. */
export function toLinear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

/** Linear light (0–1) to sRGB, IEC 61966-2-1. */
export function fromLinear(value: number): number {
  return value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
}

/**
 * Linear light after a gain that holds the highlights: white stays white. A gain above 1 is exact up to the knee and
 * compresses what lies above it, with slope 1 at the knee, so that nothing with detail is clipped; a gain below 1
 * darkens the shadows by its full amount and the highlights less and less.
 * @param light 0–1 before the gain.
 */
export function heldLight(light: number, gain: number): number {
  if (gain <= 1) {
    return (gain * light) / (1 + (gain - 1) * light);
  }
  const value = light * gain;
  const white = gain;
  if (value <= KNEE) {
    return value;
  }
  const share = (value - KNEE) / (white - KNEE);
  const slope = (white - KNEE) / (1 - KNEE);
  return KNEE + ((1 - KNEE) * slope * share) / (1 + (slope - 1) * share);
}

/** Curve of one channel under a gain in linear light. */
export function curveOf(gain: number, hold: boolean): number[] {
  return Array.from({ length: CURVE_POINTS }, (_, index) => {
    const light = toLinear(index / (CURVE_POINTS - 1));
    return Math.min(1, Math.max(0, fromLinear(hold ? heldLight(light, gain) : light * gain)));
  });
}

/** Matrix that stretches luminance about the middle and leaves the differences between channels as they are. */
export function contrastMatrix(factor: number): number[] {
  const by = factor - 1;
  const row = (own: number): number[] => [
    by * LUMINANCE.red + (own === 0 ? 1 : 0),
    by * LUMINANCE.green + (own === 1 ? 1 : 0),
    by * LUMINANCE.blue + (own === 2 ? 1 : 0),
    0,
    -by / 2,
  ];
  return [...row(0), ...row(1), ...row(2), 0, 0, 0, 1, 0];
}

/** All that is tried at once. Gains of the white balance are scaled so that the brightness of grey stays. */
export function previewOf(photo: Size, adjustments: readonly Adjustment[]): Preview {
  const exposure = adjustments.find((one) => one.kind === 'exposure');
  const balance = adjustments.find((one) => one.kind === 'white-balance');
  const contrast = adjustments.find((one) => one.kind === 'contrast');
  const straighten = adjustments.find((one) => one.kind === 'straighten');
  let curves: Preview['curves'] = null;
  if (exposure !== undefined || balance !== undefined) {
    const gain = 2 ** (exposure?.ev ?? 0);
    const red = balance?.red ?? 1;
    const blue = balance?.blue ?? 1;
    const grey = LUMINANCE.red * red + LUMINANCE.green + LUMINANCE.blue * blue;
    const hold = exposure?.holdHighlights ?? false;
    curves = {
      red: curveOf((gain * red) / grey, hold),
      green: curveOf(gain / grey, hold),
      blue: curveOf((gain * blue) / grey, hold),
    };
  }
  return {
    degrees: straighten?.degrees ?? 0,
    frame: frameOf(photo, adjustments),
    curves,
    matrix: contrast === undefined ? null : contrastMatrix(contrast.factor),
  };
}

const signed = (value: number, digits: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;

/** A few words for the chip: what would be done, and by how much. */
export function adjustmentLabel(adjustment: Adjustment): string {
  switch (adjustment.kind) {
    case 'straighten':
      return `Straighten ${Math.abs(adjustment.degrees).toFixed(1)}° ${adjustment.degrees < 0 ? 'left' : 'right'}`;
    case 'crop': {
      const edges = (['left', 'top', 'right', 'bottom'] as const).filter((edge) => adjustment[edge] >= 0.005);
      const heaviest = edges.toSorted((one, other) => adjustment[other] - adjustment[one])[0];
      if (heaviest === undefined) {
        return 'Crop';
      }
      return edges.length === 1 ? `Crop ${heaviest} ${Math.round(adjustment[heaviest] * 100)} %` : 'Crop closer';
    }
    case 'exposure':
      return `Exposure ${signed(adjustment.ev, 1)} EV`;
    case 'white-balance':
      return `${adjustment.red >= adjustment.blue ? 'Warmer' : 'Cooler'} ${Math.round(Math.abs(adjustment.kelvin) / 50) * 50} K`;
    case 'contrast':
      return `Contrast ${signed((adjustment.factor - 1) * 100, 0)} %`;
  }
}
