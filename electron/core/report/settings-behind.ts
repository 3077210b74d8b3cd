/**
 * What the frames with a fault have in common: the setting under which it occurs most, against all other frames. A
 * setting is only named where the counts bear it; nothing is said that these counts do not say.
 */
import type { Frame } from '../catalog/shoot.ts';

/** A group of frames that share a setting. */
type Setting = {
  /** After a count: `at 1/125 s`, `below 1/focal length`. */
  words: string;
  kind: 'handheld' | 'shutter' | 'focal' | 'iso' | 'aperture' | 'lens' | 'hour' | 'folder';
  /** Orders settings of a kind; what advice is counted from. */
  value: number;
  has: (frame: Frame) => boolean;
};

export type Behind = {
  words: string;
  kind: Setting['kind'];
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

function settingsOf(frames: readonly Frame[]): Setting[] {
  const settings: Setting[] = [
    { words: 'below 1/focal length', kind: 'handheld', value: 0, has: (frame) => isTooLong(frame) === true },
  ];
  for (const speed of SPEEDS) {
    settings.push({
      words: `at ${shutterText(1 / speed)} and longer`,
      kind: 'shutter',
      value: 1 / speed,
      has: ({ shutter }) => shutter !== null && shutter >= 0.95 / speed,
    });
  }
  const each = <Value extends number | string>(values: readonly (Value | null)[]): Value[] => [
    ...new Set(values.filter((value) => value !== null)),
  ];
  for (const iso of each(frames.map((frame) => frame.iso))) {
    settings.push({
      words: `at ISO ${iso.toLocaleString('en')} and above`,
      kind: 'iso',
      value: iso,
      has: (frame) => frame.iso !== null && frame.iso >= iso,
    });
  }
  for (const focal of each(frames.map((frame) => frame.focalLength && Math.round(frame.focalLength)))) {
    settings.push({
      words: `at ${focal} mm`,
      kind: 'focal',
      value: focal,
      has: ({ focalLength }) => focalLength !== null && Math.round(focalLength) === focal,
    });
  }
  for (const aperture of each(frames.map((frame) => frame.aperture))) {
    settings.push({
      words: `at f/${aperture}`,
      kind: 'aperture',
      value: aperture,
      has: (frame) => frame.aperture === aperture,
    });
  }
  for (const lens of each(frames.map((frame) => frame.lens))) {
    settings.push({ words: `with the ${lens}`, kind: 'lens', value: 0, has: (frame) => frame.lens === lens });
  }
  for (const hour of each(frames.map(hourOf))) {
    const clock = (value: number) => `${String(value % 24).padStart(2, '0')}:00`;
    settings.push({
      words: `between ${clock(hour)} and ${clock(hour + 1)}`,
      kind: 'hour',
      value: hour,
      has: (frame) => hourOf(frame) === hour,
    });
  }
  for (const folder of each(frames.map((frame) => frame.folder))) {
    settings.push({ words: `in ${folder}`, kind: 'folder', value: 0, has: (frame) => frame.folder === folder });
  }
  return settings;
}

/** Hour of the day at the place; null where only the day is known. */
export function hourOf({ takenAt, takenPrecision }: Frame): number | null {
  return takenAt === null || takenPrecision !== 'second' ? null : new Date(takenAt).getUTCHours();
}

/** The setting that explains a fault best; null where none does. */
export function settingBehind(
  frames: readonly Frame[],
  isFaulty: (frame: Frame) => boolean,
  kinds: readonly Setting['kind'][],
): Behind | null {
  const faulty = frames.filter(isFaulty).length;
  let best: { behind: Behind; score: number } | null = null;
  for (const { words, kind, value, has } of settingsOf(frames)) {
    if (!kinds.includes(kind)) continue;
    const under = frames.filter(has);
    const behind: Behind = {
      words,
      kind,
      value,
      faulty: under.filter(isFaulty).length,
      all: under.length,
      otherFaulty: 0,
      otherAll: frames.length - under.length,
    };
    behind.otherFaulty = faulty - behind.faulty;
    if (behind.faulty < LEAST || behind.faulty < faulty * LEAST_SHARE || behind.otherAll < LEAST) continue;
    const [rate, other] = [behind.faulty / behind.all, behind.otherFaulty / behind.otherAll];
    if (rate < other * LEAST_LIFT) continue;
    const pooled = faulty / frames.length;
    const score = (rate - other) / Math.sqrt(pooled * (1 - pooled) * (1 / behind.all + 1 / behind.otherAll));
    if (score >= LEAST_Z && (best === null || score > best.score)) best = { behind, score };
  }
  return best?.behind ?? null;
}
