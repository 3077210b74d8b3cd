/**
 * What the frames with a fault have in common: the setting under which it occurs most, against all other frames. A
 * setting is only named where the counts bear it; nothing is said that these counts do not say.
 */
import type { Frame } from '../catalog/shoot.ts';

type KindOfSetting = 'handheld' | 'shutter' | 'focal' | 'iso' | 'aperture' | 'lens' | 'hour' | 'folder';

/** All settings of one kind that frames of a shoot have, counted once for every fault that is asked about. */
type Settings = {
  kind: KindOfSetting;
  /** `words` stand after a count: `at 1/125 s`, `below 1/focal length`; from `value` advice is counted. */
  settings: { words: string; value: number }[];
  /** Of each frame, by its position: the setting it was taken with, or -1. */
  of: Int32Array;
  /** A frame is under its setting and all that come before: `ISO 400 and above`. */
  isFrom: boolean;
};

export type Behind = {
  words: string;
  kind: KindOfSetting;
  value: number;
  /** Frames with the fault under the setting, and all frames under it. */
  faulty: number;
  all: number;
  /** The same of all other frames. */
  otherFaulty: number;
  otherAll: number;
};

/** Fewer than this share a setting by chance too often. */
const LEAST = 3;
/** Part of the frames with the fault that a setting must explain. */
const LEAST_SHARE = 0.4;
/** How many times more often the fault must occur under it. */
const LEAST_LIFT = 1.5;
/** Standard errors between both rates. */
const LEAST_Z = 2;

/** Shutter speeds in full stops, as dials have them. */
const SPEEDS = [8000, 4000, 2000, 1000, 500, 250, 125, 60, 30, 15, 8, 4, 2, 1];

/** `1/125 s`, `2 s`. @param seconds above 0 */
export function shutterText(seconds: number): string {
  return seconds >= 0.4 ? `${Number(seconds.toPrecision(2))} s` : `1/${Math.round(1 / seconds).toLocaleString('en')} s`;
}

/** Focal length as the field of view on 35 mm film, where it is known; null: unknown. */
export const focalOf = ({ focalLength35, focalLength }: Frame): number | null => focalLength35 ?? focalLength;

/** Whether it was held longer than the old rule allows: 1/focal length; null where something is unknown. */
export function isTooLong(frame: Frame): boolean | null {
  const focal = focalOf(frame);
  return focal === null || focal <= 0 || frame.shutter === null ? null : frame.shutter > 1 / focal;
}

const clock = (hour: number) => `${String(hour % 24).padStart(2, '0')}:00`;

/** In this order: of settings that explain a fault equally well the first is named. */
const KINDS: readonly {
  kind: KindOfSetting;
  /** null: the frame has none. Numbers of a kind that is counted from a value on are put in order. */
  keyOf: (frame: Frame) => number | string | null;
  words: (key: number | string) => string;
  isFrom?: true;
}[] = [
  { kind: 'handheld', keyOf: (frame) => (isTooLong(frame) === true ? 0 : null), words: () => 'below 1/focal length' },
  {
    kind: 'iso',
    keyOf: ({ iso }) => iso,
    words: (iso) => `at ISO ${iso.toLocaleString('en')} and above`,
    isFrom: true,
  },
  {
    kind: 'focal',
    keyOf: ({ focalLength }) => focalLength && Math.round(focalLength),
    words: (focal) => `at ${focal} mm`,
  },
  { kind: 'aperture', keyOf: ({ aperture }) => aperture, words: (aperture) => `at f/${aperture}` },
  { kind: 'lens', keyOf: ({ lens }) => lens, words: (lens) => `with the ${lens}` },
  {
    kind: 'hour',
    keyOf: (frame) => hourOf(frame),
    words: (hour) => `between ${clock(Number(hour))} and ${clock(Number(hour) + 1)}`,
  },
  { kind: 'folder', keyOf: ({ folder }) => folder, words: (folder) => `in ${folder}` },
];

/** @param breathe awaited between kinds: a shoot may have 100,000 frames. */
export async function settingsOf(
  frames: readonly Frame[],
  breathe: () => Promise<void> | undefined,
): Promise<Settings[]> {
  const all: Settings[] = [];
  for (const { kind, keyOf, words, isFrom = false } of KINDS) {
    await breathe();
    const keys = frames.map(keyOf);
    const known = [...new Set(keys.filter((key) => key !== null))];
    if (isFrom) known.sort((a, b) => Number(a) - Number(b));
    const positions = new Map(known.map((key, index) => [key, index]));
    all.push({
      kind,
      settings: known.map((key) => ({ words: words(key), value: typeof key === 'number' ? key : 0 })),
      of: Int32Array.from(keys, (key) => (key === null ? -1 : positions.get(key)!)),
      isFrom,
    });
    if (kind === 'handheld') all.push(shutterOf(frames));
  }
  return all;
}

/** From the shortest to the longest; a little shorter than what is engraved counts as that. */
function shutterOf(frames: readonly Frame[]): Settings {
  return {
    kind: 'shutter',
    settings: SPEEDS.map((speed) => ({ words: `at ${shutterText(1 / speed)} and longer`, value: 1 / speed })),
    of: Int32Array.from(frames, ({ shutter }) =>
      shutter === null ? -1 : SPEEDS.findLastIndex((speed) => shutter >= 0.95 / speed),
    ),
    isFrom: true,
  };
}

/** Hour of the day at the place; null where only the day is known. */
export function hourOf({ takenAt, takenPrecision }: Frame): number | null {
  return takenAt === null || takenPrecision !== 'second' ? null : new Date(takenAt).getUTCHours();
}

function countsOf({ settings, of, isFrom }: Settings, positions: Iterable<number>): number[] {
  const counts = settings.map(() => 0);
  for (const position of positions) if (of[position]! >= 0) counts[of[position]!]!++;
  if (isFrom) for (let at = counts.length - 2; at >= 0; at--) counts[at]! += counts[at + 1]!;
  return counts;
}

/**
 * The setting that explains a fault best; null where none does.
 * @param faulty positions of the frames that have it
 */
export function settingBehind(
  known: readonly Settings[],
  faulty: readonly number[],
  kinds: readonly KindOfSetting[],
): Behind | null {
  let best: { behind: Behind; score: number } | null = null;
  for (const settings of known) {
    if (!kinds.includes(settings.kind)) continue;
    const frames = settings.of.length;
    const [all, withFault] = [countsOf(settings, settings.of.keys()), countsOf(settings, faulty)];
    for (const [index, { words, value }] of settings.settings.entries()) {
      const behind: Behind = {
        words,
        kind: settings.kind,
        value,
        faulty: withFault[index]!,
        all: all[index]!,
        otherFaulty: faulty.length - withFault[index]!,
        otherAll: frames - all[index]!,
      };
      if (behind.faulty < LEAST || behind.faulty < faulty.length * LEAST_SHARE || behind.otherAll < LEAST) continue;
      const [rate, other] = [behind.faulty / behind.all, behind.otherFaulty / behind.otherAll];
      if (rate < other * LEAST_LIFT) continue;
      const pooled = faulty.length / frames;
      const score = (rate - other) / Math.sqrt(pooled * (1 - pooled) * (1 / behind.all + 1 / behind.otherAll));
      if (score >= LEAST_Z && (best === null || score > best.score)) best = { behind, score };
    }
  }
  return best?.behind ?? null;
}
