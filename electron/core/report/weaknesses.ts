/** What recurred in a shoot, with the settings behind it, and what to do differently: by rules, each with its counts. */
import type { ReasonName } from '../../../shared/reasons.ts';
import type { ShootReport } from '../../../shared/report.ts';
import type { Frame } from '../catalog/shoot.ts';
import { type Behind, focalOf, isTooLong, settingBehind, settingsOf, shutterText } from './settings-behind.ts';

/** Frames that make a fault one that recurs. */
const LEAST_FRAMES = 3;
/** Faults and suggestions that a person reads. */
const MOST = 6;
const MOST_ADVICE = 3;
const EXAMPLES = 3;

type Group = {
  reasons: readonly ReasonName[];
  title: string;
  /** What the frames are called in the sentence: `soft`. */
  word: string;
  kinds: Parameters<typeof settingBehind>[2];
  advice: (behind: Behind | null, frames: readonly Frame[]) => string | null;
};

const SHAKE: Group['kinds'] = ['handheld', 'shutter', 'focal', 'lens'];
const LIGHT: Group['kinds'] = ['hour', 'folder', 'aperture', 'iso'];

const GROUPS: readonly Group[] = [
  {
    reasons: ['soft-focus', 'missed-focus'],
    title: 'Soft where it should be sharp',
    word: 'soft',
    kinds: [...SHAKE, 'aperture', 'folder'],
    advice: (behind, frames) =>
      shutterAdvice(behind, frames) ??
      (behind?.kind === 'aperture'
        ? `Stop down from f/${behind.value}, or focus on the eye with a single point.`
        : null),
  },
  {
    reasons: ['motion-blur'],
    title: 'Blurred by motion',
    word: 'blurred',
    kinds: [...SHAKE, 'hour', 'folder'],
    advice: shutterAdvice,
  },
  {
    reasons: ['overexposed', 'clipped-highlights'],
    title: 'Highlights burnt out',
    word: 'burnt out',
    kinds: LIGHT,
    advice: (behind) =>
      behind === null ? null : `Expose a stop less ${behind.words}: what is white holds nothing to bring back.`,
  },
  {
    reasons: ['underexposed', 'blocked-shadows'],
    title: 'Too dark',
    word: 'too dark',
    kinds: [...LIGHT, 'shutter'],
    advice: (behind) => (behind === null ? null : `Give more light ${behind.words}: watch the histogram's left end.`),
  },
  {
    reasons: ['noise'],
    title: 'Noisy',
    word: 'noisy',
    kinds: ['iso', 'hour', 'folder'],
    advice: (behind) =>
      behind?.kind === 'iso'
        ? `Stay below ISO ${behind.value.toLocaleString('en')}: open the lens or use a longer time first.`
        : null,
  },
  {
    reasons: ['tilted-horizon'],
    title: 'Horizon not level',
    word: 'tilted',
    kinds: ['focal', 'lens', 'folder'],
    advice: () => 'Turn on the level in the viewfinder.',
  },
  {
    reasons: ['colour-cast'],
    title: 'Color cast',
    word: 'tinted',
    kinds: ['hour', 'folder', 'iso'],
    advice: (behind) => (behind === null ? null : `Set the white balance by hand ${behind.words}.`),
  },
  {
    reasons: ['low-contrast'],
    title: 'Flat light',
    word: 'flat',
    kinds: ['hour', 'folder'],
    advice: (behind) =>
      behind?.kind === 'hour' ? `Look for side light ${behind.words}, or come back at another hour.` : null,
  },
  {
    reasons: ['jpeg-damage'],
    title: 'Damaged by compression',
    word: 'damaged',
    kinds: ['folder'],
    advice: () => 'Record RAW, or the finest JPEG of the camera.',
  },
];

/** The time that would have held: that of the focal length most of the affected frames have. */
function shutterAdvice(behind: Behind | null, frames: readonly Frame[]): string | null {
  if (behind === null || (behind.kind !== 'handheld' && behind.kind !== 'shutter')) return null;
  const focals = frames.flatMap((frame) => focalOf(frame) ?? []).sort((a, b) => a - b);
  const focal = focals[Math.floor(focals.length / 2)];
  const limit = behind.kind === 'shutter' ? behind.value / 2 : focal === undefined ? null : 1 / focal;
  if (limit === null) return null;
  return `Stay at ${shutterText(limit)} or shorter${focal === undefined ? '' : ` at the equivalent of ${Math.round(focal)} mm`}: raise the ISO instead.`;
}

const many = (count: number) => count.toLocaleString('en');
const frameWord = (count: number) => `${many(count)} ${count === 1 ? 'frame' : 'frames'}`;
const percent = (part: number, whole: number) => `${Math.round((100 * part) / Math.max(1, whole))} %`;

/** @param breathe awaited between pieces of work: a shoot may have 100,000 frames. */
export async function weaknessesOf(
  frames: readonly Frame[],
  breathe: () => Promise<void> | undefined = () => undefined,
): Promise<Pick<ShootReport, 'weaknesses' | 'next'>> {
  const recurring: { group: Group; positions: number[] }[] = [];
  for (const group of GROUPS) {
    await breathe();
    const positions = frames.flatMap(({ reasons }, position) =>
      group.reasons.some((reason) => reasons.includes(reason)) ? [position] : [],
    );
    if (positions.length >= LEAST_FRAMES) recurring.push({ group, positions });
  }
  const settings = await settingsOf(frames, breathe);
  const found: { group: Group; faulty: Frame[]; behind: Behind | null }[] = [];
  for (const { group, positions } of recurring.sort((a, b) => b.positions.length - a.positions.length).slice(0, MOST)) {
    await breathe();
    const faulty = positions.map((position) => frames[position]!);
    found.push({ group, faulty, behind: settingBehind(settings, positions, group.kinds) });
  }
  const weaknesses: ShootReport['weaknesses'] = [];
  for (const { group, faulty, behind } of found) {
    await breathe();
    weaknesses.push({
      reason: group.reasons[0]!,
      count: faulty.length,
      title: behind === null ? `${group.title}.` : `${group.title}, mostly ${behind.words}.`,
      detail: detailOf(frames, faulty, behind, group.word),
      examples: unlike(faulty.toSorted((a, b) => (a.grade ?? 0) - (b.grade ?? 0)))
        .slice(0, EXAMPLES)
        .map(({ id, version, quarters, name, caption }) => ({ id, version, quarters, name, caption })),
    });
  }
  await breathe();
  const next = found
    .flatMap(({ group, faulty, behind }) => {
      const text = group.advice(behind, faulty);
      const evidence =
        behind === null ? frameWord(faulty.length) : `${many(behind.faulty)} of ${frameWord(behind.all)}`;
      return text === null ? [] : [{ text, evidence: `${evidence} ${group.word}` }];
    })
    .slice(0, MOST_ADVICE);
  return { weaknesses, next };
}

/** One of each moment first: three frames of one burst show one thing. */
function unlike(frames: readonly Frame[]): Frame[] {
  const seen = new Set<number>();
  const isFirst = frames.map(({ stack }) => stack === null || (!seen.has(stack) && seen.add(stack) !== null));
  return [...frames.filter((_, index) => isFirst[index]), ...frames.filter((_, index) => !isFirst[index])];
}

/** `28 of 34 at 1/125 s and longer; of the other 120 frames 6 (5 %) are soft. Median 200 mm, 1/125 s, ISO 400.` */
function detailOf(all: readonly Frame[], faulty: readonly Frame[], behind: Behind | null, word: string): string {
  const sentences: string[] = [];
  if (behind === null)
    sentences.push(
      `${many(faulty.length)} of ${frameWord(all.length)} (${percent(faulty.length, all.length)}), under no setting more than under others.`,
    );
  else {
    sentences.push(
      `${many(behind.faulty)} of ${many(faulty.length)} are ${behind.words}, where ${percent(behind.faulty, behind.all)} of ${frameWord(behind.all)} are ${word}; of the other ${many(behind.otherAll)}: ${percent(behind.otherFaulty, behind.otherAll)}.`,
    );
  }
  if (behind?.kind !== 'handheld') {
    const known = faulty.flatMap((frame) => isTooLong(frame) ?? []);
    const long = known.filter(Boolean).length;
    if (long >= LEAST_FRAMES && (word === 'soft' || word === 'blurred')) {
      sentences.push(`${many(long)} of ${many(known.length)} were held longer than 1/focal length.`);
    }
  }
  return sentences.join(' ');
}
