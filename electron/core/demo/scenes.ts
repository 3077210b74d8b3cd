/** The scenes of the demo shoot: where, when, in which light. */
import type { Color } from './noise-field.ts';
import type { SkySpec } from './sky.ts';
import type { Solid, StillLifeSpec } from './still-life.ts';
import type { TerrainSpec } from './terrain.ts';

export type SceneSpec = TerrainSpec | StillLifeSpec;

const DAY: SkySpec = {
  zenith: [0.1, 0.26, 0.66],
  horizon: [0.56, 0.7, 0.9],
  sun: [1.75, 1.58, 1.3],
  sunAcross: -1.05,
  sunUp: 0.62,
  disc: 0,
  glow: 0.2,
  clouds: 0.55,
  cloudLight: [1.25, 1.22, 1.18],
  cloudShade: [0.5, 0.56, 0.66],
  stars: 0,
};
const GOLDEN: SkySpec = {
  ...DAY,
  zenith: [0.09, 0.18, 0.42],
  horizon: [0.95, 0.66, 0.42],
  sun: [2.3, 1.35, 0.62],
  sunAcross: 0.85,
  sunUp: 0.17,
  glow: 0.55,
  clouds: 0.5,
  cloudLight: [1.5, 0.95, 0.62],
  cloudShade: [0.34, 0.3, 0.4],
};
const SUNSET: SkySpec = {
  ...DAY,
  zenith: [0.05, 0.08, 0.24],
  horizon: [1.0, 0.42, 0.17],
  sun: [2.6, 1.15, 0.45],
  sunAcross: 0.12,
  sunUp: 0.075,
  disc: 0.017,
  glow: 0.8,
  clouds: 0.62,
  cloudLight: [1.35, 0.55, 0.3],
  cloudShade: [0.16, 0.11, 0.19],
};
const DAWN: SkySpec = {
  ...DAY,
  zenith: [0.12, 0.2, 0.46],
  horizon: [0.95, 0.62, 0.56],
  sun: [1.7, 1.05, 0.72],
  sunAcross: -0.75,
  sunUp: 0.14,
  glow: 0.5,
  clouds: 0.45,
  cloudLight: [1.25, 0.82, 0.72],
  cloudShade: [0.36, 0.32, 0.44],
};
const NIGHT: SkySpec = {
  ...DAY,
  zenith: [0.006, 0.012, 0.035],
  horizon: [0.03, 0.042, 0.075],
  sun: [0.13, 0.15, 0.2],
  sunAcross: -0.8,
  sunUp: 0.5,
  glow: 0.1,
  clouds: 0,
  stars: 9000,
};
const OVERCAST: SkySpec = {
  ...DAY,
  zenith: [0.62, 0.68, 0.76],
  horizon: [0.86, 0.88, 0.9],
  sun: [0.5, 0.49, 0.46],
  glow: 0.1,
  clouds: 0.9,
  cloudLight: [1.0, 1.0, 1.0],
  cloudShade: [0.6, 0.63, 0.68],
};

const ALPS: TerrainSpec = {
  kind: 'terrain',
  seed: 11,
  land: 'alps',
  sky: DAY,
  relief: 122,
  eye: 9,
  water: 6,
  snow: 58,
  grass: [0.1, 0.15, 0.045],
  rock: [0.31, 0.285, 0.25],
  trees: 0.55,
  haze: 0.05,
  fog: 0,
  horizon: 0.47,
  ripples: 0.1,
};
const HILLS: TerrainSpec = {
  ...ALPS,
  land: 'hills',
  relief: 70,
  eye: 20,
  water: null,
  snow: 999,
  horizon: 0.4,
  haze: 0.1,
};
const DUNES: TerrainSpec = {
  ...ALPS,
  land: 'dunes',
  relief: 27,
  eye: 15,
  water: null,
  trees: 0,
  grass: [0.6, 0.37, 0.19],
  horizon: 0.36,
  haze: 0.03,
};
const SEA: TerrainSpec = {
  ...ALPS,
  land: 'islands',
  relief: 62,
  eye: 8,
  water: 0,
  snow: 999,
  trees: 0.2,
  ripples: 0.7,
  horizon: 0.5,
  haze: 0.1,
};

const ROOM: Omit<StillLifeSpec, 'seed' | 'solids'> = {
  kind: 'still-life',
  table: [0.36, 0.2, 0.1],
  wall: [0.36, 0.37, 0.36],
  window: [1.15, 1.08, 0.98],
  ambient: [0.16, 0.18, 0.22],
  focus: 5.5,
  aperture: 0.05,
};

function round(skin: Solid['skin'], color: Color, x: number, z: number, radius: number, squash = 0.95): Solid {
  return { shape: 'ellipsoid', at: [x, radius * squash, z], size: [radius, radius * squash, radius], color, skin };
}

/** An apple or orange with its stem. */
function fruit(skin: 'apple' | 'orange' | 'plum', color: Color, x: number, z: number, radius: number): Solid[] {
  const body = round(skin, color, x, z, radius);
  const top = 2 * body.at[1] - 0.03;
  return [
    body,
    {
      shape: 'cylinder',
      at: [x, top, z],
      size: [0.022, skin === 'orange' ? 0.03 : 0.14, 0.022],
      color: [0.16, 0.1, 0.04],
      skin: 'wax',
    },
  ];
}

function pear(color: Color, x: number, z: number): Solid[] {
  return [
    round('pear', color, x, z, 0.44, 0.95),
    { shape: 'ellipsoid', at: [x + 0.02, 0.84, z], size: [0.3, 0.42, 0.3], color, skin: 'pear' },
    { shape: 'cylinder', at: [x + 0.03, 1.22, z], size: [0.022, 0.2, 0.022], color: [0.16, 0.1, 0.04], skin: 'wax' },
  ];
}

/** A glazed jug: belly, neck and lip. */
function jug(color: Color, x: number, z: number, tall: number): Solid[] {
  return [
    { shape: 'ellipsoid', at: [x, 0.62, z], size: [0.6, 0.63, 0.6], color, skin: 'glaze' },
    { shape: 'cylinder', at: [x, 1.0, z], size: [0.26, tall, 0.26], color, skin: 'glaze' },
    { shape: 'ellipsoid', at: [x, 1.0 + tall, z], size: [0.36, 0.075, 0.36], color, skin: 'glaze' },
  ];
}

const RED: Color = [0.5, 0.04, 0.03];
const ORANGE: Color = [0.86, 0.32, 0.03];
const GREEN: Color = [0.36, 0.45, 0.08];
const PLUM: Color = [0.13, 0.04, 0.12];

/** Names are words for people; they become part of the file names. */
export const SCENES: Readonly<Record<string, SceneSpec>> = {
  'mountain lake': { ...ALPS, seed: 11 },
  'lake at dawn': { ...ALPS, seed: 23, sky: DAWN, haze: 0.07, fog: 0.12, ripples: 0.25, trees: 0.5 },
  'high peaks': { ...ALPS, seed: 37, water: null, eye: 16, snow: 40, trees: 0.35, relief: 140 },
  'winter valley': {
    ...ALPS,
    seed: 47,
    snow: -30,
    sky: { ...DAY, sunAcross: 1.1, sunUp: 0.4, clouds: 0.3, sun: [1.5, 1.4, 1.22] },
    water: null,
    trees: 0.5,
    eye: 14,
  },
  'golden tarn': { ...ALPS, seed: 59, sky: GOLDEN, grass: [0.2, 0.14, 0.035], haze: 0.07, trees: 0.6 },
  'misty forest': { ...HILLS, seed: 41, sky: OVERCAST, haze: 0.2, fog: 0.55, trees: 0.95, relief: 80 },
  'green hills': { ...HILLS, seed: 67, grass: [0.14, 0.22, 0.05], trees: 0.32, haze: 0.07 },
  'autumn hills': {
    ...HILLS,
    seed: 73,
    sky: { ...GOLDEN, sunAcross: -0.9, sunUp: 0.24 },
    grass: [0.3, 0.15, 0.035],
    trees: 0.5,
    haze: 0.09,
  },
  'evening dunes': {
    ...DUNES,
    seed: 5,
    sky: {
      ...GOLDEN,
      sunAcross: -1.3,
      sunUp: 0.26,
      clouds: 0.15,
      zenith: [0.1, 0.22, 0.5],
      horizon: [0.72, 0.66, 0.6],
    },
  },
  'noon dunes': { ...DUNES, seed: 8, sky: { ...DAY, clouds: 0.2, sunAcross: 1.2, sunUp: 0.5 }, relief: 34 },
  'sunset islands': { ...SEA, seed: 31, sky: SUNSET, haze: 0.07 },
  'quiet bay': {
    ...SEA,
    seed: 83,
    sky: { ...DAY, clouds: 0.18 },
    eye: 12,
    ripples: 0.6,
    trees: 0.7,
    relief: 80,
    haze: 0.045,
  },
  'silver sea': {
    ...SEA,
    seed: 97,
    sky: { ...OVERCAST, clouds: 0.7, zenith: [0.36, 0.42, 0.5] },
    ripples: 0.9,
    haze: 0.16,
  },
  'stars over the lake': { ...ALPS, seed: 53, sky: NIGHT, ripples: 0.05 },
  moonrise: {
    ...HILLS,
    seed: 89,
    sky: {
      ...NIGHT,
      stars: 3500,
      zenith: [0.01, 0.018, 0.05],
      horizon: [0.07, 0.08, 0.12],
      sun: [0.36, 0.37, 0.4],
      sunAcross: 0.26,
      sunUp: 0.22,
      disc: 0.03,
      glow: 0.35,
    },
    trees: 0.6,
  },
  'fruit on oak': {
    ...ROOM,
    seed: 3,
    solids: [
      ...fruit('apple', RED, -0.95, 0.1, 0.46),
      ...fruit('orange', ORANGE, 0.05, -0.35, 0.44),
      ...pear(GREEN, 0.95, 0.25),
      ...fruit('apple', [0.42, 0.1, 0.03], 0.25, 1.1, 0.46),
      ...fruit('plum', PLUM, -0.42, -0.95, 0.27),
    ],
  },
  'blue jug': {
    ...ROOM,
    seed: 13,
    wall: [0.5, 0.46, 0.38],
    solids: [
      ...jug([0.06, 0.14, 0.34], -0.55, 0.35, 0.55),
      ...fruit('orange', ORANGE, 0.55, -0.2, 0.42),
      ...fruit('orange', ORANGE, 1.3, 0.4, 0.4),
      ...fruit('plum', PLUM, 0.1, -0.85, 0.25),
    ],
  },
  'three pears': {
    ...ROOM,
    seed: 17,
    table: [0.5, 0.48, 0.44],
    wall: [0.62, 0.61, 0.58],
    ambient: [0.3, 0.31, 0.33],
    aperture: 0.035,
    solids: [...pear(GREEN, -0.9, 0), ...pear([0.5, 0.4, 0.08], 0.15, 0.35), ...pear([0.42, 0.44, 0.1], 1.05, -0.15)],
  },
  'plums in the dark': {
    ...ROOM,
    seed: 19,
    table: [0.1, 0.055, 0.03],
    wall: [0.03, 0.03, 0.033],
    ambient: [0.03, 0.034, 0.045],
    window: [1.3, 1.22, 1.08],
    solids: [
      ...jug([0.5, 0.47, 0.4], 0.6, 0.6, 0.4),
      ...fruit('plum', PLUM, -0.75, -0.1, 0.32),
      ...fruit('plum', PLUM, -0.15, -0.5, 0.3),
      ...fruit('apple', RED, -0.35, 0.6, 0.42),
    ],
  },
};
