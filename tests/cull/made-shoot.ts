/**
 * A shoot with known truth: two bodies of one model at the same time, singles, bursts, repeats, copies, brackets, focus
 * brackets and panoramas after one another, some with only seconds between them. The same for the same seed.
 */
import sharp from 'sharp';
import type { MomentKind } from '../../shared/moments.ts';
import { seededRandom } from '../../shared/random.ts';
import {
  blurred,
  cropped,
  drawScene,
  exposed,
  focusedAt,
  grained,
  moved,
  type Pixels,
  withSubject,
} from './made-scenes.ts';

export interface MadeFrame {
  /** `IMG_0001.jpg`. */
  readonly name: string;
  readonly body: string;
  /** Milliseconds; null: its metadata got lost. */
  readonly takenAt: number | null;
  /** Seconds. */
  readonly shutter: number;
  readonly aperture: number;
  readonly iso: number;
  readonly focalLength: number;
  readonly bias: number | null;
  /** Number of the moment that it belongs to; a single frame has one of its own. */
  readonly moment: number;
  readonly kind: MomentKind | 'single';
  /** The planted best of a burst or repeat. */
  readonly best: boolean;
  readonly draw: () => Promise<Pixels>;
}

export interface ShootOptions {
  readonly seed: number;
  /** The clock tells parts of a second. */
  readonly subSeconds: boolean;
  /** The bodies' numbers are in the files. */
  readonly serials: boolean;
  /** Moments of each body. */
  readonly moments: number;
}

export const WIDTH = 720;
export const HEIGHT = 480;
/** What scenes are larger than a frame, so that a hand can wander. */
const MARGIN = 24;
const START = Date.UTC(2026, 4, 9, 10, 0, 0);

type Shot = Omit<MadeFrame, 'name' | 'body' | 'takenAt' | 'moment' | 'kind'> & { after: number; copyOf?: boolean };
type Random = () => number;

export function makeShoot({ seed, subSeconds, serials, moments }: ShootOptions): MadeFrame[] {
  const frames: { at: number; frame: MadeFrame }[] = [];
  let moment = 0;
  for (const [index, body] of ['111', '222'].entries()) {
    const random = seededRandom(seed * 2 + index);
    let at = START + Math.floor(random() * 4000);
    let counter = index === 0 ? 9900 + Math.floor(random() * 60) : 2000 + Math.floor(random() * 5000);
    for (let number = 0; number < moments; number++) {
      const { kind, shots } = planMoment(random, number);
      moment++;
      // Sometimes the next view is taken within two seconds; the clock must not decide.
      at += number % 3 === 0 ? 2600 + random() * 2000 : 8000 + random() * 50_000;
      for (const { after, copyOf, ...shot } of shots) {
        if (!copyOf) {
          at += after;
          counter = (counter % 9999) + 1;
        }
        const takenAt = Math.floor(subSeconds ? at : at - (at % 1000));
        const frame = {
          ...shot,
          name: `IMG_${String(counter).padStart(4, '0')}${copyOf ? '-edited' : ''}.jpg`,
          body: serials ? body : '',
          takenAt,
          moment,
          kind,
        };
        frames.push({ at, frame });
      }
    }
  }
  // In one order whatever the clock tells, so that frames of the same seed can be looked at once.
  return frames.sort((a, b) => a.at - b.at).map(({ frame }) => frame);
}

const KINDS = [
  'burst',
  'single',
  'bracket',
  'repeat',
  'panorama',
  'burst',
  'duplicate',
  'focus-bracket',
  'single',
] as const;

function planMoment(random: Random, number: number): { kind: MadeFrame['kind']; shots: Shot[] } {
  const kind = KINDS[(number + Math.floor(random() * KINDS.length)) % KINDS.length]!;
  const between = (low: number, high: number) => low + random() * (high - low);
  const shutter = 1 / [60, 125, 250, 250, 250, 500][Math.floor(random() * 6)]!;
  const settings = { shutter, aperture: 5.6, iso: 200, focalLength: 35, bias: 0 as number | null, best: false };
  const wide = kind === 'panorama';
  const sceneRandom = seededRandom(Math.floor(random() * 2 ** 31));
  let scene: Pixels | null = null;
  const sceneOf = (): Pixels => {
    scene ??= drawScene(sceneRandom, wide ? WIDTH * 3 : WIDTH + 2 * MARGIN, HEIGHT + 2 * MARGIN);
    return scene;
  };
  const noise = seededRandom(Math.floor(random() * 2 ** 31));
  const wander = () => [MARGIN + between(-9, 9), MARGIN + between(-7, 7)] as const;
  const view = async (left: number, top: number): Promise<Pixels> => cropped(sceneOf(), left, top, WIDTH, HEIGHT);
  const finish = (pixels: Pixels): Pixels => grained(pixels, noise, 1.5);
  switch (kind) {
    case 'single': {
      const [left, top] = wander();
      return { kind, shots: [{ ...settings, after: 0, draw: async () => finish(await view(left, top)) }] };
    }
    case 'burst':
    case 'repeat': {
      const count = kind === 'burst' ? 3 + Math.floor(random() * 6) : 2 + Math.floor(random() * 3);
      const best = Math.floor(random() * count);
      const [x, y, speed] = [between(120, 500), between(140, 340), between(-14, 14)];
      const shots = Array.from({ length: count }, (_, index): Shot => {
        const [left, top] = wander();
        const fault = index === best ? null : Math.floor(random() * 4);
        const strength = between(0, 1);
        return {
          ...settings,
          best: index === best,
          after: index === 0 ? 0 : kind === 'burst' ? between(90, 320) : between(4000, 60_000),
          draw: async () => {
            const clean = withSubject(await view(left, top), x + speed * index, y, 34);
            if (fault === 0) return finish(await blurred(clean, 1.3 + strength));
            if (fault === 1) return finish(moved(clean, 5 + Math.round(6 * strength)));
            if (fault === 2) return finish(exposed(clean, 1.3 + strength));
            if (fault === 3) return finish(exposed(await blurred(clean, 1.1 + strength), -1));
            return finish(clean);
          },
        };
      });
      return { kind, shots };
    }
    case 'bracket': {
      const count = [2, 3, 3, 5, 3, 7][Math.floor(random() * 6)]!;
      const step = count > 3 ? 1 : [1, 2][Math.floor(random() * 2)]!;
      const byBias = random() < 0.5;
      const steps = Array.from({ length: count }, (_, index) => (index - ((count - 1) >> 1)) * step);
      if (random() < 0.5) steps.sort((a, b) => Math.abs(a) - Math.abs(b) || a - b);
      const [left, top] = wander();
      return {
        kind,
        shots: steps.map((ev, index) => ({
          ...settings,
          shutter: shutter * 2 ** ev,
          bias: byBias ? ev : null,
          after: index === 0 ? 0 : between(150, 900) + 1000 * shutter * 2 ** steps[index - 1]!,
          draw: async () => finish(exposed(await view(left + between(-3, 3), top), ev)),
        })),
      };
    }
    case 'focus-bracket': {
      const count = 3 + Math.floor(random() * 4);
      const [left, top] = wander();
      return {
        kind,
        shots: Array.from({ length: count }, (_, index) => ({
          ...settings,
          after: index === 0 ? 0 : between(250, 900),
          draw: async () => finish(await focusedAt(await view(left, top), 0.35 + (0.6 * index) / (count - 1), 0.3)),
        })),
      };
    }
    case 'panorama': {
      const count = 3 + Math.floor(random() * 3);
      const stride = Math.min(between(0.35, 0.62) * WIDTH, (WIDTH * 2) / (count - 1));
      const isBackwards = random() < 0.5;
      return {
        kind,
        shots: Array.from({ length: count }, (_, index) => {
          const sway = MARGIN + between(-10, 10);
          const left = (isBackwards ? count - 1 - index : index) * stride;
          return {
            ...settings,
            after: index === 0 ? 0 : between(700, 3500),
            draw: async () => finish(await view(Math.min(left, WIDTH * 2), sway)),
          };
        }),
      };
    }
    case 'duplicate': {
      const [left, top] = wander();
      let drawn: Promise<Pixels> | null = null;
      const original = () => {
        drawn ??= view(left, top).then(finish);
        return drawn;
      };
      const scale = between(0.4, 0.7);
      return {
        kind,
        shots: [
          { ...settings, best: true, after: 0, draw: original },
          { ...settings, after: 0, copyOf: true, draw: async () => resized(await original(), scale) },
        ],
      };
    }
  }
}

async function resized({ rgb, width, height }: Pixels, scale: number): Promise<Pixels> {
  const { data, info } = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .resize(Math.round(width * scale))
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { rgb: data, width: info.width, height: info.height };
}
