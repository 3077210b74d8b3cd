/**
 * Landscapes: a height map with materials and sun shadow, drawn column by column from near to far with aerial
 * perspective, above a sky and, where the land lies low, a lake or sea that mirrors both.
 */
import { type Color, mixed, type NoiseField, noiseField, smoothstep, toneOf } from './noise-field.ts';
import { type SkySpec, skyAt } from './sky.ts';

export interface TerrainSpec {
  readonly kind: 'terrain';
  readonly seed: number;
  readonly land: 'alps' | 'dunes' | 'hills' | 'islands';
  readonly sky: SkySpec;
  /** Height of the peaks and of the camera, in map cells; water level, or null for dry land. */
  readonly relief: number;
  readonly eye: number;
  readonly water: number | null;
  /** Height above which snow lies, in map cells. */
  readonly snow: number;
  readonly grass: Color;
  readonly rock: Color;
  /** Share of distant light lost in haze each hundred cells, and its share that lies low like fog. */
  readonly haze: number;
  readonly fog: number;
  /** Horizon from the top, share of the height. */
  readonly horizon: number;
  /** How wooded the land is, 0–1. */
  readonly trees: number;
  /** Ripples of the water, 0 mirror – 1 sea. */
  readonly ripples: number;
}

export interface Rendered {
  readonly rgb: Buffer;
  readonly width: number;
  readonly height: number;
}

/** Cells of the height map to each side; the camera stands at the middle of the near side. */
const SIZE = 1024;
const FAR = 960;
const VIEW = 1.02;

interface Land {
  readonly heights: Float32Array;
  readonly light: Float32Array;
}

function heightOf(spec: TerrainSpec, field: NoiseField, x: number, y: number): number {
  switch (spec.land) {
    case 'alps': {
      const warp = field.at(x * 0.004 + 3, y * 0.004) * 22;
      const far = smoothstep(60, 420, y);
      const crest = field.ridged((x + warp) * 0.0052, (y - warp) * 0.0052, 8);
      const side = Math.abs(x - SIZE / 2) / (SIZE / 2);
      return (
        spec.relief * (crest * 1.5 - 0.32) * (0.16 + 0.84 * far) * (0.75 + 0.4 * side) +
        field.fractal(x * 0.02, y * 0.02, 4) * 3
      );
    }
    case 'hills': {
      const roll = field.fractal(x * 0.006, y * 0.006, 6, 0.45);
      return spec.relief * (0.35 + 0.9 * roll) * (0.3 + 0.7 * smoothstep(20, 320, y));
    }
    case 'islands': {
      const shape =
        field.fractal(x * 0.0062 + 5, y * 0.0048, 7, 0.5) * 1.4 + 0.55 * field.at(x * 0.0021, y * 0.0021 + 9);
      return spec.relief * (shape - 0.28) * smoothstep(120, 420, y) - 2;
    }
    case 'dunes': {
      const warp = field.fractal(x * 0.006, y * 0.006, 3) * 60;
      const phase = (y * 0.62 + x * 0.34 + warp) * 0.021;
      const wave = phase - Math.floor(phase);
      // Long windward slope, short slip face, with a sharp crest.
      const dune = wave < 0.72 ? (wave / 0.72) ** 1.35 : 1 - ((wave - 0.72) / 0.28) ** 0.8;
      const size = 0.55 + 0.6 * field.at(x * 0.0045 + 20, y * 0.0045);
      return spec.relief * (dune * Math.max(0.1, size) + 0.35 * field.fractal(x * 0.004, y * 0.004, 3));
    }
  }
}

/** Where slopes are steeper than scree can lie, the upper cell gives to the lower ones: needles become mountains. */
function erode(heights: Float32Array, steepest: number, rounds: number): void {
  for (let round = 0; round < rounds; round++) {
    for (let y = 1; y < SIZE - 1; y++) {
      for (let x = 1; x < SIZE - 1; x++) {
        const at = y * SIZE + x;
        for (const to of [at - 1, at + 1, at - SIZE, at + SIZE]) {
          const over = heights[at]! - heights[to]! - steepest;
          if (over > 0) {
            heights[at]! -= over * 0.24;
            heights[to]! += over * 0.24;
          }
        }
      }
    }
  }
}

/** The tree found last by `treeHeight`: how far right of its stem the point lies, −1…1, and its own shade. */
let treeSide = 0;
let treeShade = 1;

function hashOf(column: number, row: number, seed: number): number {
  let value = Math.imul(column, 374761393) ^ Math.imul(row, 668265263) ^ Math.imul(seed, 2147483647);
  value = Math.imul(value ^ (value >>> 13), 1274126177);
  return ((value ^ (value >>> 16)) >>> 0) / 2 ** 32;
}

/** Height of the conifer standing at a point, 0 where there is none. Stems stand about two cells apart. */
function treeHeight(x: number, y: number, density: number, tall: number): number {
  const cell = 1.7;
  const column = Math.floor(x / cell);
  const row = Math.floor(y / cell);
  const chance = hashOf(column, row, 1);
  if (chance > density) return 0;
  const shape = hashOf(column, row, 2);
  const stemX = (column + 0.3 + 0.4 * hashOf(column, row, 3)) * cell;
  const stemY = (row + 0.3 + 0.4 * hashOf(column, row, 4)) * cell;
  const radius = 0.34 + 0.22 * shape;
  const dx = x - stemX;
  const dy = y - stemY;
  const away = Math.sqrt(dx * dx + dy * dy) / radius;
  if (away >= 1) return 0;
  treeSide = dx / radius;
  treeShade = 0.7 + 0.5 * shape;
  return tall * (0.6 + 0.7 * shape) * (1 - away) ** 0.85 * (0.9 + 0.1 * Math.sin(away * 40));
}

function buildLand(spec: TerrainSpec, field: NoiseField): Land {
  const heights = new Float32Array(SIZE * SIZE);
  for (let y = 0; y < SIZE; y++) for (let x = 0; x < SIZE; x++) heights[y * SIZE + x] = heightOf(spec, field, x, y);
  if (spec.land === 'alps') erode(heights, 1.15, 14);
  // Light of each cell: slope against the sun, and shadow by walking towards it.
  const light = new Float32Array(SIZE * SIZE);
  const sunX = Math.sin(spec.sky.sunAcross);
  const sunY = Math.cos(spec.sky.sunAcross);
  const rise = Math.tan(Math.max(0.1, spec.sky.sunUp));
  const length = Math.hypot(1, rise);
  for (let y = 1; y < SIZE - 1; y++) {
    for (let x = 1; x < SIZE - 1; x++) {
      const at = y * SIZE + x;
      const gx = (heights[at + 1]! - heights[at - 1]!) / 2;
      const gy = (heights[at + SIZE]! - heights[at - SIZE]!) / 2;
      const slope = (-gx * sunX - gy * sunY + rise) / (Math.sqrt(1 + gx * gx + gy * gy) * length);
      let shadow = 1;
      for (let step = 2; step < 70 && shadow > 0; step += 1 + step * 0.16) {
        const px = Math.round(x + sunX * step);
        const py = Math.round(y + sunY * step);
        if (px < 0 || py < 0 || px >= SIZE || py >= SIZE) break;
        const over = heights[py * SIZE + px]! - heights[at]! - rise * step;
        if (over > 0) shadow = Math.max(0, shadow - over / (0.6 + step * 0.05));
      }
      light[at] = Math.max(0, slope) * shadow;
    }
  }
  return { heights, light };
}

function sampled(map: Float32Array, x: number, y: number): number {
  const cx = x < 0 ? 0 : x > SIZE - 2 ? SIZE - 2 : x;
  const cy = y < 0 ? 0 : y > SIZE - 2 ? SIZE - 2 : y;
  const column = cx | 0;
  const row = cy | 0;
  const fx = cx - column;
  const fy = cy - row;
  const at = row * SIZE + column;
  const top = map[at]! + fx * (map[at + 1]! - map[at]!);
  const below = map[at + SIZE]! + fx * (map[at + SIZE + 1]! - map[at + SIZE]!);
  return top + fy * (below - top);
}

export function renderTerrain(spec: TerrainSpec, width: number, height: number): Rendered {
  const field = noiseField(spec.seed);
  const land = buildLand(spec, field);
  const picture = new Float32Array(width * height * 3);
  const horizon = Math.round(spec.horizon * height);
  const focal = width / 2 / Math.tan(VIEW / 2);
  const { sky } = spec;
  const light = new Float64Array(3);
  const hazeColor = mixed(sky.horizon, sky.sun, 0.06);
  const dunes = spec.land === 'dunes';
  const treeLine = spec.snow - spec.relief * 0.12;

  for (let column = 0; column < width; column++) {
    const across = Math.atan((column - width / 2) / focal);
    for (let row = 0; row < height; row++) {
      skyAt(sky, field, across, Math.max(0, (horizon - row) / focal), light);
      const at = (row * width + column) * 3;
      picture[at] = light[0]!;
      picture[at + 1] = light[1]!;
      picture[at + 2] = light[2]!;
      if (row > horizon) {
        // Below the horizon only what the ground does not cover shows: copy the rest of the column from here.
        for (let rest = row + 1; rest < height; rest++) {
          const to = (rest * width + column) * 3;
          picture[to] = light[0]!;
          picture[to + 1] = light[1]!;
          picture[to + 2] = light[2]!;
        }
        break;
      }
    }
  }

  const drawGround = (
    column: number,
    row: number,
    x: number,
    y: number,
    z: number,
    distance: number,
    tree: boolean,
  ) => {
    const sun = sampled(land.light, x, y);
    const slopeX = sampled(land.heights, x + 1, y) - sampled(land.heights, x - 1, y);
    const slopeY = sampled(land.heights, x, y + 1) - sampled(land.heights, x, y - 1);
    const steep = Math.sqrt(slopeX * slopeX + slopeY * slopeY) / 2;
    // Texture down to the size of a pixel, no finer.
    const octaves = distance < 60 ? 7 : distance < 160 ? 6 : distance < 400 ? 5 : 4;
    const grain = field.fractal(x * 0.35, y * 0.35, octaves, 0.62);
    let red: number;
    let green: number;
    let blue: number;
    let bump = 1;
    if (tree) {
      const needles = treeShade * (0.75 + 0.6 * grain);
      red = 0.035 * needles;
      green = 0.062 * needles;
      blue = 0.026 * needles;
      bump = Math.max(0.15, 1 + 0.9 * treeSide * Math.sin(sky.sunAcross));
    } else if (dunes) {
      const wind = field.fractal(x * 0.05, y * 0.05, 3) * 6;
      const near = Math.exp(-distance / 90);
      const ripple = Math.sin((y * 0.9 + x * 0.25 + wind) * 9) * near;
      bump = 1 + 0.16 * ripple + 0.09 * grain;
      const shade = 0.94 + 0.1 * field.at(x * 0.03, y * 0.03);
      red = spec.grass[0] * shade;
      green = spec.grass[1] * shade;
      blue = spec.grass[2] * shade;
    } else {
      const rocky = smoothstep(0.42, 0.95, steep + 0.32 * grain);
      const meadow = 0.75 + 0.42 * grain + 0.22 * field.at(x * 0.06, y * 0.06);
      const layer = field.fractal(z * 0.35 + x * 0.015, x * 0.03 + y * 0.03, 3);
      const strata = 0.82 + 0.42 * grain + 0.3 * layer;
      red = spec.grass[0] * meadow + (spec.rock[0] * strata - spec.grass[0] * meadow) * rocky;
      green = spec.grass[1] * meadow + (spec.rock[1] * strata - spec.grass[1] * meadow) * rocky;
      blue = spec.grass[2] * meadow + (spec.rock[2] * strata - spec.grass[2] * meadow) * rocky;
      const snowy =
        smoothstep(spec.snow - 4, spec.snow + 5, z + 9 * grain) * smoothstep(1.5, 0.75, steep + 0.35 * grain);
      red += (0.86 - red) * snowy;
      green += (0.88 - green) * snowy;
      blue += (0.93 - blue) * snowy;
      bump = 1 + (0.5 - 0.36 * snowy) * grain;
    }
    const lit = Math.max(0, sun * bump);
    const open = 0.55 + 0.45 * Math.min(1, Math.max(0, 0.6 + (z / Math.max(4, spec.relief)) * 0.6));
    let r = red * (sky.sun[0] * lit + sky.zenith[0] * 0.5 * open + sky.horizon[0] * 0.22);
    let g = green * (sky.sun[1] * lit + sky.zenith[1] * 0.5 * open + sky.horizon[1] * 0.22);
    let b = blue * (sky.sun[2] * lit + sky.zenith[2] * 0.5 * open + sky.horizon[2] * 0.22);
    const low = spec.fog * Math.exp(-Math.max(0, z - (spec.water ?? 0)) / (spec.relief * 0.22 + 2));
    const through = Math.exp(
      (-distance / 100) * (spec.haze + low * (1 + 0.7 * field.fractal(x * 0.008, y * 0.008, 3))),
    );
    const towards = Math.exp(-Math.abs(Math.atan((column - width / 2) / focal) - sky.sunAcross) * 2) * 0.3 * sky.glow;
    r = r * through + (hazeColor[0] + sky.sun[0] * towards * 0.25) * (1 - through);
    g = g * through + (hazeColor[1] + sky.sun[1] * towards * 0.2) * (1 - through);
    b = b * through + (hazeColor[2] + sky.sun[2] * towards * 0.15) * (1 - through);
    const at = (row * width + column) * 3;
    picture[at] = r;
    picture[at + 1] = g;
    picture[at + 2] = b;
  };

  const ground = Math.max(sampled(land.heights, SIZE / 2, 4), spec.water ?? -1e9);
  const eye = ground + spec.eye;
  for (let column = 0; column < width; column++) {
    const dx = (column - width / 2) / focal;
    let top = height;
    let lastDistance = 4;
    let lastRow = height * 2;
    let lastHeight = 0;
    for (let distance = 4; distance < FAR && top > 0; distance += Math.max(0.12, distance * 0.0035)) {
      const x = SIZE / 2 + dx * distance;
      const y = distance;
      let z = sampled(land.heights, x, y);
      if (!dunes && distance < 260) z += field.fractal(x * 0.5, y * 0.5, 3) * 0.35;
      let tree = 0;
      if (spec.trees > 0 && distance > 12 && distance < 420 && z > (spec.water ?? -1e9) + 0.8 && z < treeLine) {
        const grove = spec.trees + 0.9 * field.fractal(x * 0.022 + 40, y * 0.022, 3) - 0.35;
        if (grove > 0.05) tree = treeHeight(x, y, Math.min(0.92, grove), 3.1);
        z += tree;
      }
      if (spec.water !== null && z <= spec.water) {
        // Water from here to the next shore: drawn later from the mirrored picture.
        const row = horizon + ((eye - spec.water) / distance) * focal;
        if (row < top) {
          const first = Math.max(0, Math.ceil(row));
          for (let fill = first; fill < top; fill++) {
            const at = (fill * width + column) * 3;
            picture[at] = -1;
          }
          top = Math.min(top, first);
        }
        lastDistance = distance;
        lastRow = row;
        lastHeight = spec.water;
        continue;
      }
      const row = horizon + ((eye - z) / distance) * focal;
      if (row < top) {
        const first = Math.max(0, Math.ceil(row));
        for (let fill = top - 1; fill >= first; fill--) {
          const share = lastRow - row > 0.5 ? Math.min(1, Math.max(0, (lastRow - fill) / (lastRow - row))) : 1;
          const d = lastDistance + (distance - lastDistance) * share;
          drawGround(column, fill, SIZE / 2 + dx * d, d, lastHeight + (z - lastHeight) * share, d, tree > 0.15);
        }
        top = first;
      }
      lastDistance = distance;
      lastRow = row;
      lastHeight = z;
    }
    if (spec.water !== null) {
      // Open water to the horizon where no land closes it.
      for (let fill = Math.max(0, horizon + 1); fill < top; fill++) picture[(fill * width + column) * 3] = -1;
    }
  }
  if (spec.water !== null) drawWater(spec, field, picture, width, height, horizon, focal, eye);

  const rgb = Buffer.alloc(width * height * 3);
  for (let at = 0; at < rgb.length; at++) rgb[at] = toneOf(picture[at]!);
  return { rgb, width, height };
}

/** Fills the pixels marked as water with the mirrored picture above them, broken by ripples. */
function drawWater(
  spec: TerrainSpec,
  field: NoiseField,
  picture: Float32Array,
  width: number,
  height: number,
  horizon: number,
  focal: number,
  eye: number,
): void {
  const level = eye - spec.water!;
  const deep: Color = [0.012, 0.035, 0.05];
  for (let row = Math.max(0, horizon); row < height; row++) {
    const down = Math.max(0.5, row - horizon) / focal;
    const distance = level / down;
    const mirror = 1 - Math.min(1, down * 2.1);
    const reflecting = 0.22 + 0.72 * mirror ** 3;
    for (let column = 0; column < width; column++) {
      const at = (row * width + column) * 3;
      if (picture[at] !== -1) continue;
      const x = ((column - width / 2) / focal) * distance;
      const size = 1 / (1 + distance * 0.02);
      const wave = field.fractal(x * 0.8, distance * 1.7, 4, 0.62) * size + 0.35 * field.at(x * 0.06, distance * 0.22);
      const bend = spec.ripples * wave * focal * 0.055;
      const from = Math.round(2 * horizon - row + bend - 1);
      const side = Math.round(column + bend * 0.18);
      const source = (Math.min(horizon - 1, Math.abs(from)) * width + Math.min(width - 1, Math.max(0, side))) * 3;
      const glint = spec.ripples * Math.max(0, wave) ** 2 * 0.5;
      for (let channel = 0; channel < 3; channel++) {
        const above = Math.max(0, picture[source + channel]!);
        picture[at + channel] =
          above * (reflecting + glint) + deep[channel]! * (1 - reflecting) * (0.5 + spec.sky.zenith[channel]!);
      }
    }
  }
}
