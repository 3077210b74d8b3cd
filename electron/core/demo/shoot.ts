/** The plan of the demo shoot: which frames of which scene, by which camera, when and where, with which faults. */
import type { FaultName } from '../../../shared/reasons.ts';
import type { SCENES } from './scenes.ts';

/** Faults that can be planted, by the names of their reasons. */
type PlantedFault = FaultName | 'tilted-horizon';

export interface Fault {
  readonly name: PlantedFault;
  /**
   * soft-focus: sigma in % of the long edge; motion-blur: length in % of the long edge; tilted-horizon: degrees
   * clockwise; overexposed, underexposed: EV; noise: standard deviation of 255; colour-cast: 1 warm, −1 cold (gains
   * of 1.25 and 0.8); jpeg-damage: JPEG quality.
   */
  readonly strength: number;
}

export interface Camera {
  readonly make: string;
  readonly model: string;
  readonly lens: string;
  readonly prefix: string;
}

export interface PlannedFrame {
  readonly file: string;
  readonly scene: string;
  readonly burst: string | null;
  readonly best: boolean;
  readonly twinOf: string | null;
  readonly fault: Fault | null;
  /** Pixels that the camera moved since the first frame. */
  readonly shift: readonly [number, number];
  /** Upright portrait format, stored lying with the orientation tag. */
  readonly portrait: boolean;
  readonly takenAt: Date;
  readonly camera: Camera;
  readonly exposureSeconds: number;
  readonly aperture: number;
  readonly iso: number;
  readonly focalLength: number;
  readonly place: { readonly latitude: number; readonly longitude: number; readonly altitude: number } | null;
  /** Offset of the camera's clock from UTC, `+02:00`. */
  readonly offset: string;
}

const NIKON: Camera = {
  make: 'NIKON CORPORATION',
  model: 'NIKON Z 6_2',
  lens: 'NIKKOR Z 24-70mm f/4 S',
  prefix: 'DSC_',
};
const FUJI: Camera = { make: 'FUJIFILM', model: 'X-T5', lens: 'XF33mmF1.4 R LM WR', prefix: 'DSCF' };

interface Session {
  readonly scene: keyof typeof SCENES;
  readonly folder: string;
  readonly camera: Camera;
  /** Local time, ISO 8601 with offset. */
  readonly at: string;
  readonly place?: readonly [number, number, number];
  readonly exposure: readonly [seconds: number, aperture: number, iso: number, focalLength: number];
  /** Frames of a burst; the first is the best. */
  readonly burst?: number;
  readonly portrait?: boolean;
  readonly twins: readonly (readonly [PlantedFault, number])[];
}

const LAKE = [46.5012, 9.8427, 1810] as const;
const PEAKS = [46.3811, 9.9081, 2604] as const;
const HILLS = [43.0721, 11.6789, 465] as const;
const SAND = [31.0982, -4.0124, 702] as const;
const COAST = [67.9321, 13.0887, 4] as const;

const SESSIONS: readonly Session[] = [
  {
    scene: 'lake at dawn',
    folder: '2024-06-15 Engadin',
    camera: NIKON,
    at: '2024-06-15T05:41:12+02:00',
    place: LAKE,
    exposure: [1 / 60, 8, 200, 35],
    twins: [
      ['tilted-horizon', -4],
      ['colour-cast', -1],
    ],
  },
  {
    scene: 'mountain lake',
    folder: '2024-06-15 Engadin',
    camera: NIKON,
    at: '2024-06-15T10:22:40+02:00',
    place: LAKE,
    exposure: [1 / 500, 8, 100, 28],
    burst: 4,
    portrait: true,
    twins: [
      ['motion-blur', 0.9],
      ['overexposed', 2.2],
      ['jpeg-damage', 6],
    ],
  },
  {
    scene: 'high peaks',
    folder: '2024-06-15 Engadin',
    camera: NIKON,
    at: '2024-06-15T13:05:03+02:00',
    place: PEAKS,
    exposure: [1 / 800, 8, 100, 46],
    portrait: true,
    twins: [
      ['soft-focus', 0.3],
      ['underexposed', -2],
      ['noise', 20],
    ],
  },
  {
    scene: 'golden tarn',
    folder: '2024-06-15 Engadin',
    camera: NIKON,
    at: '2024-06-15T19:48:55+02:00',
    place: LAKE,
    exposure: [1 / 125, 8, 160, 30],
    twins: [
      ['underexposed', -1.6],
      ['motion-blur', 0.6],
    ],
  },
  {
    scene: 'stars over the lake',
    folder: '2024-06-15 Engadin',
    camera: NIKON,
    at: '2024-06-15T23:57:30+02:00',
    place: LAKE,
    exposure: [15, 2.8, 3200, 24],
    twins: [['soft-focus', 0.4]],
  },
  {
    scene: 'winter valley',
    folder: '2024-02-03 Snow',
    camera: NIKON,
    at: '2024-02-03T11:15:21+01:00',
    place: PEAKS,
    exposure: [1 / 1000, 9, 100, 32],
    burst: 3,
    twins: [
      ['overexposed', 1.8],
      ['colour-cast', -1],
      ['soft-focus', 0.5],
    ],
  },
  {
    scene: 'misty forest',
    folder: '2024-10-19 Tuscany',
    camera: FUJI,
    at: '2024-10-19T08:03:44+02:00',
    place: HILLS,
    exposure: [1 / 100, 5.6, 400, 33],
    twins: [
      ['motion-blur', 1.2],
      ['noise', 28],
    ],
  },
  {
    scene: 'green hills',
    folder: '2024-10-19 Tuscany',
    camera: FUJI,
    at: '2024-10-19T11:30:10+02:00',
    place: HILLS,
    exposure: [1 / 600, 8, 160, 33],
    portrait: true,
    twins: [
      ['soft-focus', 0.45],
      ['jpeg-damage', 9],
      ['colour-cast', 1],
    ],
  },
  {
    scene: 'autumn hills',
    folder: '2024-10-19 Tuscany',
    camera: FUJI,
    at: '2024-10-19T17:21:37+02:00',
    place: HILLS,
    exposure: [1 / 250, 8, 200, 33],
    twins: [
      ['motion-blur', 0.8],
      ['noise', 24],
    ],
  },
  {
    scene: 'moonrise',
    folder: '2024-10-19 Tuscany',
    camera: FUJI,
    at: '2024-10-19T20:40:02+02:00',
    place: HILLS,
    exposure: [4, 2, 1600, 33],
    twins: [['motion-blur', 1]],
  },
  {
    scene: 'noon dunes',
    folder: '2025-03-08 Erg',
    camera: NIKON,
    at: '2025-03-08T12:44:09+01:00',
    place: SAND,
    exposure: [1 / 1250, 8, 100, 38],
    twins: [
      ['overexposed', 2.4],
      ['soft-focus', 0.35],
    ],
  },
  {
    scene: 'evening dunes',
    folder: '2025-03-08 Erg',
    camera: NIKON,
    at: '2025-03-08T18:02:33+01:00',
    place: SAND,
    exposure: [1 / 320, 8, 100, 50],
    burst: 3,
    portrait: true,
    twins: [
      ['noise', 18],
      ['underexposed', -2.3],
    ],
  },
  {
    scene: 'quiet bay',
    folder: '2025-07-21 Lofoten',
    camera: NIKON,
    at: '2025-07-21T10:10:18+02:00',
    place: COAST,
    exposure: [1 / 640, 8, 100, 40],
    twins: [
      ['tilted-horizon', 3.5],
      ['colour-cast', 1],
      ['overexposed', 2],
    ],
  },
  {
    scene: 'silver sea',
    folder: '2025-07-21 Lofoten',
    camera: NIKON,
    at: '2025-07-21T15:33:51+02:00',
    place: COAST,
    exposure: [1 / 400, 8, 125, 60],
    twins: [
      ['tilted-horizon', 5],
      ['underexposed', -2],
    ],
  },
  {
    scene: 'sunset islands',
    folder: '2025-07-21 Lofoten',
    camera: NIKON,
    at: '2025-07-21T22:51:06+02:00',
    place: COAST,
    exposure: [1 / 160, 8, 160, 58],
    burst: 4,
    portrait: true,
    twins: [
      ['tilted-horizon', -3],
      ['jpeg-damage', 8],
    ],
  },
  {
    scene: 'fruit on oak',
    folder: '2025-11-02 Kitchen',
    camera: FUJI,
    at: '2025-11-02T09:12:27+01:00',
    exposure: [1 / 60, 2, 250, 33],
    burst: 4,
    twins: [
      ['soft-focus', 0.4],
      ['colour-cast', 1],
      ['noise', 22],
    ],
  },
  {
    scene: 'blue jug',
    folder: '2025-11-02 Kitchen',
    camera: FUJI,
    at: '2025-11-02T09:47:59+01:00',
    exposure: [1 / 80, 2.2, 250, 33],
    portrait: true,
    twins: [
      ['motion-blur', 0.7],
      ['jpeg-damage', 7],
      ['underexposed', -1.8],
    ],
  },
  {
    scene: 'three pears',
    folder: '2025-11-02 Kitchen',
    camera: FUJI,
    at: '2025-11-02T10:20:41+01:00',
    exposure: [1 / 125, 2.8, 200, 33],
    twins: [
      ['overexposed', 1.6],
      ['colour-cast', -1],
    ],
  },
  {
    scene: 'plums in the dark',
    folder: '2025-11-02 Kitchen',
    camera: FUJI,
    at: '2025-11-02T16:55:13+01:00',
    exposure: [1 / 40, 2, 640, 33],
    twins: [
      ['soft-focus', 0.25],
      ['motion-blur', 1.3],
    ],
  },
];

/** All frames of the shoot, in the order in which they were taken. */
export function planShoot(): PlannedFrame[] {
  const frames: PlannedFrame[] = [];
  const counters = new Map<string, number>();
  for (const session of SESSIONS) {
    const [exposureSeconds, aperture, iso, focalLength] = session.exposure;
    const start = new Date(session.at).getTime();
    const name = () => {
      const number = (counters.get(session.folder) ?? Math.abs(session.folder.length * 211) % 4000) + 1;
      counters.set(session.folder, number);
      return `${session.folder}/${session.camera.prefix}${String(number).padStart(4, '0')}.jpg`;
    };
    const common = {
      scene: session.scene,
      camera: session.camera,
      exposureSeconds,
      aperture,
      iso,
      focalLength,
      place: session.place
        ? { latitude: session.place[0], longitude: session.place[1], altitude: session.place[2] }
        : null,
      offset: session.at.slice(-6),
      portrait: false,
      shift: [0, 0] as const,
      burst: null,
      best: false,
      twinOf: null,
      fault: null,
    };
    const burst = session.burst ? `${session.scene} burst` : null;
    const intact = name();
    frames.push({ ...common, file: intact, burst, best: burst !== null, takenAt: new Date(start) });
    // The rest of the burst: the hand wandered, and not every frame came out crisp.
    for (let index = 1; index < (session.burst ?? 1); index++) {
      frames.push({
        ...common,
        file: name(),
        burst,
        twinOf: intact,
        shift: [((index * 7) % 11) - 5, ((index * 5) % 9) - 4],
        fault:
          index % 2 === 1
            ? { name: 'motion-blur', strength: 0.6 + 0.2 * index }
            : { name: 'soft-focus', strength: 0.22 + 0.05 * index },
        takenAt: new Date(start + index * 140),
      });
    }
    if (session.portrait) {
      frames.push({ ...common, file: name(), portrait: true, takenAt: new Date(start + 42_370) });
    }
    session.twins.forEach(([fault, strength], index) => {
      frames.push({
        ...common,
        file: name(),
        twinOf: intact,
        fault: { name: fault, strength },
        iso: fault === 'noise' ? 6400 : iso,
        exposureSeconds:
          fault === 'motion-blur'
            ? exposureSeconds * 16
            : exposureSeconds * 2 ** (fault === 'overexposed' || fault === 'underexposed' ? strength : 0),
        takenAt: new Date(start + 71_000 + index * 8_430),
      });
    });
  }
  return frames;
}
