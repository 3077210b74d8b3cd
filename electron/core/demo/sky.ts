/** Sky of a landscape: gradient, sun or moon, clouds lit from where the light is, stars. */
import { type Color, type NoiseField, smoothstep } from './noise-field.ts';

export interface SkySpec {
  /** Linear light at the zenith and at the horizon. */
  readonly zenith: Color;
  readonly horizon: Color;
  /** Color and strength of sunlight (or moonlight), in linear light. */
  readonly sun: Color;
  /** Where the sun stands: radians right of the view, and above the horizon. */
  readonly sunAcross: number;
  readonly sunUp: number;
  /** Radius of the disc in radians, and strength of the glow around it. */
  readonly disc: number;
  readonly glow: number;
  /** 0 clear – 1 overcast. */
  readonly clouds: number;
  readonly cloudLight: Color;
  readonly cloudShade: Color;
  /** Stars per square radian; 0 by day. */
  readonly stars: number;
}

/** Light of the sky in one direction; `across` and `up` in radians from the view's centre and the horizon. */
export function skyAt(spec: SkySpec, field: NoiseField, across: number, up: number, into: Float64Array): void {
  const height = Math.max(0, up);
  const rise = 1 - Math.exp(-height * 3.2);
  let red = spec.horizon[0] + (spec.zenith[0] - spec.horizon[0]) * rise;
  let green = spec.horizon[1] + (spec.zenith[1] - spec.horizon[1]) * rise;
  let blue = spec.horizon[2] + (spec.zenith[2] - spec.horizon[2]) * rise;
  const dx = across - spec.sunAcross;
  const dy = up - spec.sunUp;
  const away = Math.sqrt(dx * dx + dy * dy);
  const glow = spec.glow * (Math.exp(-away * 2.4) * 0.35 + Math.exp(-away * 9) * 0.8);
  red += spec.sun[0] * glow;
  green += spec.sun[1] * glow * 0.86;
  blue += spec.sun[2] * glow * 0.72;
  if (spec.stars > 0) {
    const star = starAt(spec, field, across, height);
    red += star;
    green += star;
    blue += star * 1.08;
  }
  const disc = spec.disc > 0 ? smoothstep(spec.disc * 1.15, spec.disc * 0.9, away) : 0;
  if (disc > 0) {
    const face = spec.stars > 0 ? 0.75 + 0.3 * field.fractal(dx / spec.disc, dy / spec.disc, 4) : 1;
    red += disc * spec.sun[0] * 6 * face;
    green += disc * spec.sun[1] * 6 * face;
    blue += disc * spec.sun[2] * 6 * face;
  }
  if (spec.clouds > 0) {
    // Clouds lie on a plane overhead: they shrink and crowd towards the horizon.
    const depth = 1 / (height + 0.09);
    const cx = across * depth * 0.9;
    const cy = depth * 1.7;
    const shape = field.fractal(cx * 0.55, cy * 0.55, 7, 0.52) + 0.28 * field.at(cx * 0.16 + 7, cy * 0.16);
    const cover =
      smoothstep(0.32 - spec.clouds * 0.62, 0.62 - spec.clouds * 0.5, shape) * smoothstep(0.0, 0.07, height);
    if (cover > 0) {
      const towards = field.fractal(
        cx * 0.55 + 0.22 * Math.tanh((spec.sunAcross - across) * 4),
        cy * 0.55 + 0.25,
        4,
        0.52,
      );
      const light = Math.min(1, Math.max(0, 0.62 + 1.5 * (shape * 0.8 - towards) + 0.3 * (1 - cover)));
      const silver = Math.exp(-away * 3.2) * (1 - cover * 0.6) * spec.glow;
      const cr = spec.cloudShade[0] + (spec.cloudLight[0] - spec.cloudShade[0]) * light + spec.sun[0] * silver * 0.7;
      const cg = spec.cloudShade[1] + (spec.cloudLight[1] - spec.cloudShade[1]) * light + spec.sun[1] * silver * 0.6;
      const cb = spec.cloudShade[2] + (spec.cloudLight[2] - spec.cloudShade[2]) * light + spec.sun[2] * silver * 0.5;
      const far = cover * (0.92 - 0.5 * Math.exp(-height * 9));
      red += (cr - red) * far;
      green += (cg - green) * far;
      blue += (cb - blue) * far;
    }
  }
  into[0] = red;
  into[1] = green;
  into[2] = blue;
}

function hashOf(column: number, row: number, salt: number): number {
  let value = Math.imul(column + 4096, 374761393) ^ Math.imul(row + 4096, 668265263) ^ Math.imul(salt, 974711);
  value = Math.imul(value ^ (value >>> 13), 1274126177);
  value = Math.imul(value ^ (value >>> 16), 2246822519);
  return ((value ^ (value >>> 15)) >>> 0) / 2 ** 32;
}

function starAt(spec: SkySpec, field: NoiseField, across: number, up: number): number {
  const scale = Math.sqrt(spec.stars);
  const x = across * scale;
  const y = up * scale;
  const column = Math.floor(x);
  const row = Math.floor(y);
  // A band of crowded faint stars, split by dust, across the sky.
  const along = up - 0.3 - across * 0.62;
  const dust = field.fractal(across * 3.1, up * 3.1, 6);
  const band = Math.max(0, Math.exp(-along * along * 30) * (0.6 + 1.3 * dust));
  const milky = band * 0.045;
  if (hashOf(column, row, 1) > 0.22 + 0.5 * band) return milky;
  const dx = x - column - 0.12 - 0.76 * hashOf(column, row, 2);
  const dy = y - row - 0.12 - 0.76 * hashOf(column, row, 3);
  const bright = 0.1 + 3.4 * hashOf(column, row, 4) ** 9;
  return milky + bright * Math.exp(-(dx * dx + dy * dy) * 160) * smoothstep(0, 0.16, up);
}
