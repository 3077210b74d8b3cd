/**
 * Still lifes: ellipsoids and cylinders on a wooden table under a window, traced with a thin lens and an area light,
 * so that shadows are soft and the depth of field is shallow.
 */

import { seededRandom } from '../../../shared/random.ts';
import { type Color, type NoiseField, noiseField, smoothstep, toneOf } from './noise-field.ts';
import type { Rendered } from './terrain.ts';

export interface Solid {
  readonly shape: 'ellipsoid' | 'cylinder';
  /** Centre; y is up, z away from the camera. For a cylinder y is its foot. */
  readonly at: readonly [number, number, number];
  /** Radii; for a cylinder: radius, height, radius. */
  readonly size: readonly [number, number, number];
  readonly color: Color;
  readonly skin: 'orange' | 'apple' | 'pear' | 'glaze' | 'wax' | 'plum';
}

export interface StillLifeSpec {
  readonly kind: 'still-life';
  readonly seed: number;
  readonly solids: readonly Solid[];
  readonly table: Color;
  readonly wall: Color;
  /** Strength and color of the window, and of the light from all around. */
  readonly window: Color;
  readonly ambient: Color;
  /** Distance in focus, and radius of the lens. */
  readonly focus: number;
  readonly aperture: number;
}

const SAMPLES = 3;
const EYE: Color = [0, 1.55, -5.6];
const AIM_DOWN = 0.155;
const FOV = 0.62;
/** The window: a rectangle to the upper left, a little in front. */
const WINDOW = { x: -4.2, y: 3.6, z: -1.6, wide: 1.5, high: 1.5 } as const;

interface Hit {
  distance: number;
  solid: number;
  nx: number;
  ny: number;
  nz: number;
}

/** Nearest solid along a ray from `o` in unit direction `d`; solid −1 when there is none before `most`. */
function trace(
  solids: readonly Solid[],
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
  most: number,
  hit: Hit,
): void {
  hit.distance = most;
  hit.solid = -1;
  for (let index = 0; index < solids.length; index++) {
    const { shape, at, size } = solids[index]!;
    const px = ox - at[0];
    const py = oy - at[1];
    const pz = oz - at[2];
    if (shape === 'ellipsoid') {
      const ax = dx / size[0];
      const ay = dy / size[1];
      const az = dz / size[2];
      const bx = px / size[0];
      const by = py / size[1];
      const bz = pz / size[2];
      const a = ax * ax + ay * ay + az * az;
      const b = ax * bx + ay * by + az * bz;
      const c = bx * bx + by * by + bz * bz - 1;
      const root = b * b - a * c;
      if (root <= 0) continue;
      const t = (-b - Math.sqrt(root)) / a;
      if (t > 1e-4 && t < hit.distance) {
        hit.distance = t;
        hit.solid = index;
        hit.nx = (bx + ax * t) / size[0];
        hit.ny = (by + ay * t) / size[1];
        hit.nz = (bz + az * t) / size[2];
      }
    } else {
      const a = dx * dx + dz * dz;
      const b = px * dx + pz * dz;
      const c = px * px + pz * pz - size[0] * size[0];
      const root = b * b - a * c;
      if (root <= 0) continue;
      const t = (-b - Math.sqrt(root)) / a;
      const y = py + dy * t;
      if (t > 1e-4 && t < hit.distance && y >= 0 && y <= size[1]) {
        hit.distance = t;
        hit.solid = index;
        hit.nx = px + dx * t;
        hit.ny = 0;
        hit.nz = pz + dz * t;
      }
      const top = (size[1] - py) / dy;
      if (dy < 0 && top > 1e-4 && top < hit.distance) {
        const x = px + dx * top;
        const z = pz + dz * top;
        if (x * x + z * z <= size[0] * size[0]) {
          hit.distance = top;
          hit.solid = index;
          hit.nx = 0;
          hit.ny = 1;
          hit.nz = 0;
        }
      }
    }
  }
  if (hit.solid >= 0) {
    const length = Math.hypot(hit.nx, hit.ny, hit.nz);
    hit.nx /= length;
    hit.ny /= length;
    hit.nz /= length;
  }
}

/** Color of a solid's skin at a point of its own frame, and its gloss 0–1. */
function skinOf(solid: Solid, field: NoiseField, x: number, y: number, z: number, into: Float64Array): void {
  const around = Math.atan2(z, x);
  const [red, green, blue] = solid.color;
  let shade = 1;
  let gloss = 0.35;
  let mix = 0;
  switch (solid.skin) {
    case 'orange':
      shade = 0.93 + 0.16 * field.at(around * 9 + y * 3, y * 26) + 0.08 * field.fractal(x * 3, y * 3, 3);
      gloss = 0.3;
      break;
    case 'apple': {
      const streak = field.fractal(around * 7, y * 1.4, 4);
      mix = smoothstep(-0.15, 0.5, streak + 0.5 * field.at(around * 0.9, y) - 0.1);
      shade = 0.95 + 0.14 * field.at(around * 30, y * 6);
      gloss = 0.6;
      break;
    }
    case 'pear':
      shade = 0.92 + 0.18 * field.fractal(x * 5, y * 5 + z * 4, 5);
      mix = 0.5 * smoothstep(0, 0.5, field.fractal(x * 1.2 + 5, y * 1.2, 3));
      gloss = 0.25;
      break;
    case 'plum':
      shade = 0.75 + 0.5 * smoothstep(-0.3, 0.5, field.fractal(x * 2 + 3, y * 2 + z, 5));
      gloss = 0.2;
      break;
    case 'glaze':
      shade = 0.9 + 0.12 * field.fractal(around * 2, y * 9, 4) + 0.05 * Math.sin(y * 55);
      gloss = 0.75;
      break;
    case 'wax':
      shade = 0.97 + 0.05 * field.fractal(around * 3, y * 4, 3);
      gloss = 0.12;
      break;
  }
  into[0] = Math.min(0.95, (red + (0.78 - red) * mix) * shade);
  into[1] = (green + (0.52 - green) * mix) * shade;
  into[2] = (blue + (0.14 - blue) * mix) * shade;
  into[3] = gloss;
}

function tableOf(spec: StillLifeSpec, field: NoiseField, x: number, z: number, into: Float64Array): void {
  const plank = Math.floor((z + 40) / 0.85);
  const seam = Math.abs((z + 40) / 0.85 - plank - 0.5) > 0.488 ? 0.45 : 1;
  const shift = plank * 13.7;
  const grain = field.fractal(x * 0.5 + shift, (z + 0.12 * field.at(x * 0.7, z)) * 9 + shift, 5, 0.55);
  const rings = Math.sin((field.at(x * 0.28 + shift, z * 1.4) * 7 + z * 5 + grain) * 4);
  const fibre = field.at(x * 3 + shift, z * 95);
  const shade = (0.8 + 0.2 * grain + 0.1 * rings + 0.1 * fibre + 0.14 * field.at(plank * 3.3, 0.5)) * seam;
  into[0] = spec.table[0] * shade;
  into[1] = spec.table[1] * shade;
  into[2] = spec.table[2] * shade;
  into[3] = 0.22;
}

export function renderStillLife(spec: StillLifeSpec, width: number, height: number): Rendered {
  const field = noiseField(spec.seed);
  const random = seededRandom(spec.seed + 7);
  // One fixed set of jitters, walked with a different start for each pixel.
  const jitter = Float32Array.from({ length: 4096 }, random);
  const { solids } = spec;
  const hit: Hit = { distance: 0, solid: -1, nx: 0, ny: 0, nz: 0 };
  const shadow: Hit = { distance: 0, solid: -1, nx: 0, ny: 0, nz: 0 };
  const skin = new Float64Array(4);
  const focal = width / 2 / Math.tan(FOV / 2);
  const cosine = Math.cos(AIM_DOWN);
  const sine = Math.sin(AIM_DOWN);
  const rgb = Buffer.alloc(width * height * 3);
  const light = new Float64Array(3);

  const shade = (
    px: number,
    py: number,
    pz: number,
    nx: number,
    ny: number,
    nz: number,
    dx: number,
    dy: number,
    dz: number,
    u: number,
    v: number,
  ) => {
    const lx = WINDOW.x + (u - 0.5) * 2 * WINDOW.wide * 0.4 - px;
    const ly = WINDOW.y + (v - 0.5) * 2 * WINDOW.high - py;
    const lz = WINDOW.z + (u - 0.5) * 2 * WINDOW.wide - pz;
    const away = Math.sqrt(lx * lx + ly * ly + lz * lz);
    const ux = lx / away;
    const uy = ly / away;
    const uz = lz / away;
    let direct = Math.max(0, nx * ux + ny * uy + nz * uz) * (22 / (away * away));
    if (direct > 0) {
      trace(solids, px + nx * 2e-3, py + ny * 2e-3, pz + nz * 2e-3, ux, uy, uz, away, shadow);
      if (shadow.solid >= 0) direct = 0;
    }
    // Light from all around, less where a solid stands near above or the table below.
    let open = 0.6 + 0.4 * ny;
    for (const solid of solids) {
      const sx = solid.at[0] - px;
      const sz = solid.at[2] - pz;
      const sy = (solid.shape === 'cylinder' ? solid.at[1] + solid.size[1] * 0.4 : solid.at[1]) - py;
      const distance = Math.sqrt(sx * sx + sy * sy + sz * sz) + 1e-3;
      const facing = (sx * nx + sy * ny + sz * nz) / distance;
      if (facing > 0)
        open *= 1 - facing * Math.min(0.62, (solid.size[0] * solid.size[1] * 0.55) / (distance * distance));
    }
    const bounce = Math.max(0, -ny) * 0.16;
    // Mirror of the window on glossy skins.
    const mirror = 2 * (dx * nx + dy * ny + dz * nz);
    const rx = dx - mirror * nx;
    const ry = dy - mirror * ny;
    const rz = dz - mirror * nz;
    let glint = 0;
    if (rx < -0.05) {
      const t = (WINDOW.x - px) / rx;
      const wy = Math.abs(py + ry * t - WINDOW.y) / WINDOW.high;
      const wz = Math.abs(pz + rz * t - WINDOW.z) / WINDOW.wide;
      const bars = Math.min(Math.abs(wy), Math.abs(wz)) < 0.05 ? 0.25 : 1;
      glint = smoothstep(1.12, 0.9, Math.max(wy, wz)) * bars;
    }
    const rim = (1 - Math.min(1, Math.abs(dx * nx + dy * ny + dz * nz))) ** 5;
    const gloss = skin[3]!;
    for (let channel = 0; channel < 3; channel++) {
      const diffuse =
        skin[channel]! *
        (spec.window[channel]! * direct + spec.ambient[channel]! * open + spec.table[channel]! * bounce);
      light[channel]! +=
        diffuse +
        spec.window[channel]! * glint * gloss * (0.35 + 2 * rim) * 1.5 +
        spec.ambient[channel]! * rim * gloss * 0.5;
    }
  };

  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      light.fill(0);
      let seed = (Math.imul(row, 7919) + Math.imul(column, 104729)) & 4095;
      for (let sample = 0; sample < SAMPLES * SAMPLES; sample++) {
        const si = sample % SAMPLES;
        const sj = (sample - si) / SAMPLES;
        const j1 = jitter[seed]!;
        const j2 = jitter[(seed + 1) & 4095]!;
        const j3 = jitter[(seed + 2) & 4095]!;
        seed = (seed + 3) & 4095;
        const vx = (column + (si + j1) / SAMPLES - width / 2) / focal;
        const vy = -(row + (sj + j2) / SAMPLES - height / 2) / focal;
        // Point in focus, then a ray to it from a point on the lens.
        const fx = vx * spec.focus;
        const fy = vy * spec.focus;
        const turn = 2 * Math.PI * ((sample * 0.618 + j3) % 1);
        const out = spec.aperture * Math.sqrt((sample + j1) / (SAMPLES * SAMPLES));
        const lensX = out * Math.cos(turn);
        const lensY = out * Math.sin(turn);
        let dx = fx - lensX;
        const up = fy - lensY;
        let dy = up * cosine - spec.focus * sine;
        let dz = spec.focus * cosine + up * sine;
        const length = Math.sqrt(dx * dx + dy * dy + dz * dz);
        dx /= length;
        dy /= length;
        dz /= length;
        const ox = EYE[0] + lensX;
        const oy = EYE[1] + lensY * cosine;
        const oz = EYE[2] + lensY * sine;
        trace(solids, ox, oy, oz, dx, dy, dz, 60, hit);
        const floor = dy < 0 ? -oy / dy : 1e9;
        // Shuffled so that light and lens samples do not walk in step.
        const u = (((sample * 4) % 9) + j3) / 9;
        const v = (((sample * 7) % 9) + j2) / 9;
        if (hit.solid >= 0 && hit.distance < floor) {
          const solid = solids[hit.solid]!;
          const px = ox + dx * hit.distance;
          const py = oy + dy * hit.distance;
          const pz = oz + dz * hit.distance;
          const { nx, ny, nz } = hit;
          skinOf(solid, field, px - solid.at[0], py - solid.at[1], pz - solid.at[2], skin);
          const bump = solid.skin === 'orange' ? 0.09 : 0;
          const bx = bump * field.at(px * 24, py * 24 + pz * 11);
          shade(px, py, pz, nx + bx, ny + bx * 0.5, nz, dx, dy, dz, u, v);
        } else {
          const depth = floor * dz + oz;
          if (depth < 3.4) {
            const px = ox + dx * floor;
            tableOf(spec, field, px, depth, skin);
            shade(px, 0, depth, 0, 1, 0, dx, dy, dz, u, v);
          } else {
            // The wall behind, lit from the left, plaster with a soft gradient.
            const t = (3.4 - oz) / dz;
            const px = ox + dx * t;
            const py = oy + dy * t;
            const fall = 1.15 * Math.exp(-((px + 2.4) ** 2 + (py - 1.8) ** 2) * 0.09);
            const plaster = 1 + 0.07 * field.fractal(px * 1.1, py * 1.1, 4);
            for (let channel = 0; channel < 3; channel++) {
              light[channel]! +=
                spec.wall[channel]! * plaster * (spec.window[channel]! * fall * 0.55 + spec.ambient[channel]! * 0.6);
            }
          }
        }
      }
      const at = (row * width + column) * 3;
      for (let channel = 0; channel < 3; channel++) rgb[at + channel] = toneOf(light[channel]! / (SAMPLES * SAMPLES));
    }
  }
  return { rgb, width, height };
}
