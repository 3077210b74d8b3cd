/** The critique of a shoot: counted from the catalog, worded by rules. */
import { LEVELS, type Level, levelOf } from '../../../shared/grade.ts';
import type { ReportPicture, ReportPlot, ShootReport } from '../../../shared/report.ts';
import { CoreError } from '../base/core-error.ts';
import { breathing } from '../base/pauses.ts';
import { type Answered, answersOf } from '../catalog/answers.ts';
import type { Catalog } from '../catalog/open.ts';
import { type Frame, framesOf } from '../catalog/shoot.ts';
import { answeredOf, withoutAnswered } from './answered.ts';
import { hourOf, isTooLong, shutterText } from './settings-behind.ts';
import { weaknessesOf } from './weaknesses.ts';

const BEST = 5;
const BARS = 72;
/** More points are a cloud that nobody reads. */
const MOST_POINTS = 1500;

const many = (count: number): string => count.toLocaleString('en');
const counted = (count: number, word: string): string => `${many(count)} ${word}${count === 1 ? '' : 's'}`;
const percent = (part: number, whole: number): string => {
  const share = (100 * part) / Math.max(1, whole);
  return `${share < 10 && share > 0 ? share.toFixed(1) : Math.round(share)} %`;
};
const pictureOf = ({ id, version, quarters, name, caption, title }: Frame): ReportPicture => ({
  id,
  version,
  quarters,
  name,
  caption: title ?? caption,
});

/** How far the reading of photos is, and the signal that ends it. */
export type Watch = { signal?: AbortSignal | undefined; onRead?: (read: number) => void };

/** Photos whose answers are read at once. */
const PAGE = 5000;

/**
 * Counts in pieces between which other work has its turn: a shoot may have 100,000 frames.
 * @throws CoreError NOT_FOUND when none of these photos was looked at; the signal's reason.
 */
export async function shootReport(
  catalog: Catalog,
  ids: readonly number[],
  { title, version }: { title: string; version: ShootReport['version'] },
  { signal = new AbortController().signal, onRead }: Watch = {},
): Promise<ShootReport> {
  const breathe = breathing(signal);
  const all = await framesOf(catalog, ids, (read) => {
    onRead?.(read);
    return breathe();
  });
  const answers: Answered[] = [];
  for (let start = 0; start < ids.length; start += PAGE) {
    await breathe();
    answers.push(...answersOf(catalog, ids.slice(start, start + PAGE)));
  }
  const frames = withoutAnswered(all, answers);
  if (frames.length === 0) throw new CoreError('NOT_FOUND', 'There is no photo here that was looked at.');
  await breathe();
  const picks = frames.filter(({ flag }) => flag === 'pick');
  const critics = new Set(frames.flatMap(({ critic }) => critic ?? []));
  const empty: ShootReport = {
    version,
    title: titled(title, frames),
    judgedBy: 'Keeplight',
    summary: `${counted(picks.length, 'photo')}.`,
    words: null,
    numbers: [],
    best: { title: '', pictures: [] },
    gallery: [],
    levels: [],
    timeline: null,
    weaknesses: [],
    answered: [],
    plots: [],
    next: [],
  };
  if (version === 'client') return { ...empty, gallery: picks.map(pictureOf) };
  const quality = qualityOf(critics);
  const steps: (() => Partial<ShootReport> | Promise<Partial<ShootReport>>)[] = [
    () => ({
      judgedBy: `Critique of a shoot · Keeplight · ${criticWords(critics)}`,
      summary: summaryOf(frames, picks),
    }),
    () => ({ numbers: numbersOf(frames, picks, quality.word) }),
    () => ({
      best: {
        title: `The five ${quality.best}${picks.length >= BEST ? ' picks' : ''}`,
        pictures: onePerMoment(byGrade(picks.length >= BEST ? picks : frames))
          .slice(0, BEST)
          .map(pictureOf),
      },
    }),
    () => ({ levels: levelsOf(frames, picks) }),
    () => ({ timeline: timelineOf(frames) }),
    () => weaknessesOf(frames, breathe),
    () => ({ answered: answeredOf(frames, answers) }),
    async () => ({ plots: await plotsOf(frames, quality.word, breathe) }),
  ];
  let report = empty;
  for (const step of steps) {
    await breathe();
    report = { ...report, ...(await step()) };
  }
  return report;
}

const byGrade = (list: readonly Frame[]) => list.toSorted((a, b) => (b.grade ?? -1) - (a.grade ?? -1));

function levelsOf(frames: readonly Frame[], picks: readonly Frame[]): ShootReport['levels'] {
  const counts = (list: readonly Frame[]) => {
    const found = new Map<Level, number>();
    for (const { grade } of list) if (grade !== null) found.set(levelOf(grade), (found.get(levelOf(grade)) ?? 0) + 1);
    return found;
  };
  const [all, kept] = [counts(frames), counts(picks)];
  return LEVELS.map((level) => ({ level, count: all.get(level) ?? 0, kept: kept.get(level) ?? 0 }));
}

function criticWords(critics: ReadonlySet<string>): string {
  const models = [...critics].filter((critic) => critic !== 'measured');
  return models.length === 0 ? 'measured' : `${models.join(', ')} and measures`;
}

/** What the grades of these critics are called: without a model it is technical quality, and no more. */
function qualityOf(critics: ReadonlySet<string>): { word: string; best: string } {
  return [...critics].every((critic) => critic === 'measured')
    ? { word: 'technical quality', best: 'technically best' }
    : { word: 'grade', best: 'strongest' };
}

function titled(title: string, frames: readonly Frame[]): string {
  const days = frames.flatMap(({ takenAt, takenPrecision }) =>
    takenAt === null || takenPrecision === 'month' || takenPrecision === 'year' ? [] : [takenAt],
  );
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return title;
  const clean = title.replace(/^\d{4}-\d\d-\d\d[ _-]*/, '') || title;
  // Many days are for the summary: a title is short.
  return dayOf(first) === dayOf(last) ? `${clean}, ${dayOf(first)}` : clean;
}

const dayOf = (time: number): string =>
  new Date(time).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
const clock = (time: number): string => new Date(time).toISOString().slice(11, 16);

function summaryOf(frames: readonly Frame[], picks: readonly Frame[]): string {
  const timed = frames.filter((frame) => hourOf(frame) !== null).map(({ takenAt }) => takenAt!);
  const [first, last] = [timed[0], timed.at(-1)];
  const isOneDay = first !== undefined && last !== undefined && last - first < 86_400_000;
  const bodies = new Set(
    frames.flatMap(({ camera, cameraSerial }) => (camera === null ? [] : [`${camera} ${cameraSerial ?? ''}`])),
  );
  const parts = [counted(frames.length, 'frame')];
  if (isOneDay) parts.push(`${clock(first)} to ${clock(last)}`);
  else if (first !== undefined && last !== undefined) parts.push(`${dayOf(first)} to ${dayOf(last)}`);
  if (bodies.size > 0) parts.push(bodies.size === 1 ? `one body (${[...bodies][0]!.trim()})` : `${bodies.size} bodies`);
  return `${parts.join(', ')}. ${picks.length === 0 ? 'Nothing is picked yet.' : `${many(picks.length)} kept.`}`;
}

/** Frames of each moment; one that is in no stack is a moment by itself. */
function momentsOf(frames: readonly Frame[]): Frame[][] {
  return [...Map.groupBy(frames, ({ id, stack }) => (stack === null ? -id : stack)).values()];
}

function onePerMoment(frames: readonly Frame[]): Frame[] {
  return momentsOf(frames).map(([first]) => first!);
}

function median(values: readonly number[]): number | null {
  const sorted = Float64Array.from(values).sort();
  return sorted.length === 0 ? null : sorted[Math.floor((sorted.length - 1) / 2)]!;
}

function numbersOf(frames: readonly Frame[], picks: readonly Frame[], quality: string): ShootReport['numbers'] {
  const moments = momentsOf(frames);
  const withKeeper = moments.filter((moment) => moment.some(({ flag }) => flag === 'pick')).length;
  const grades = (list: readonly Frame[]) => median(list.flatMap(({ grade }) => grade ?? []));
  const [all, kept] = [grades(frames), grades(picks)];
  const soft = frames.filter(
    ({ reasons }) => reasons.includes('soft-focus') || reasons.includes('missed-focus'),
  ).length;
  const moved = frames.filter(({ reasons }) => reasons.includes('motion-blur')).length;
  const numbers: ShootReport['numbers'] = [];
  if (picks.length > 0) numbers.push({ value: percent(picks.length, frames.length), label: 'kept' });
  numbers.push({
    value: many(moments.length),
    label: picks.length > 0 ? `moments, ${many(withKeeper)} with a keeper` : 'moments',
  });
  if (kept !== null)
    numbers.push({ value: kept.toFixed(0), label: `median ${quality} of keepers (all: ${all?.toFixed(0)})` });
  else if (all !== null) numbers.push({ value: all.toFixed(0), label: `median ${quality}` });
  numbers.push({ value: percent(soft, frames.length), label: `soft (${counted(soft, 'frame')})` });
  numbers.push({ value: percent(moved, frames.length), label: `blurred by motion (${counted(moved, 'frame')})` });
  return numbers;
}

function timelineOf(frames: readonly Frame[]): ShootReport['timeline'] {
  const timed = frames.filter((frame) => hourOf(frame) !== null);
  const [first, last] = [timed[0]?.takenAt, timed.at(-1)?.takenAt];
  if (first == null || last == null || last - first < 60_000) return null;
  const isOneDay = last - first < 86_400_000;
  const minutes = Math.max(1, Math.ceil((last - first) / 60_000 / BARS));
  const step = isOneDay ? minutes * 60_000 : Math.ceil((last - first + 1) / BARS);
  const bars = Array.from({ length: Math.floor((last - first) / step) + 1 }, () => ({ all: 0, kept: 0 }));
  for (const { takenAt, flag } of timed) {
    const bar = bars[Math.floor((takenAt! - first) / step)]!;
    bar.all++;
    if (flag === 'pick') bar.kept++;
  }
  const ends = isOneDay ? clock : dayOf;
  const length = isOneDay
    ? counted(minutes, 'minute')
    : `${(step / 86_400_000).toFixed(step < 86_400_000 ? 1 : 0)} days`;
  return {
    title: isOneDay ? 'Over the day' : 'Over time',
    bars,
    from: ends(first),
    to: ends(last),
    caption: `Each bar is ${length}: all frames${bars.some(({ kept }) => kept > 0) ? ', kept in amber' : ''}. ${holeOf(timed, isOneDay)}`,
  };
}

/** The longest time without a keeper though frames were taken; else the longest without a frame. */
function holeOf(timed: readonly Frame[], isOneDay: boolean): string {
  const words = (from: number, to: number) => {
    if (isOneDay) return `Between ${clock(from)} and ${clock(to)}`;
    return dayOf(from) === dayOf(to) ? `On ${dayOf(from)}` : `Between ${dayOf(from)} and ${dayOf(to)}`;
  };
  if (timed.some(({ flag }) => flag === 'pick')) {
    let hole: readonly Frame[] = [];
    let run: Frame[] = [];
    for (const frame of [...timed, null]) {
      if (frame !== null && frame.flag !== 'pick') run.push(frame);
      else {
        const length = (list: readonly Frame[]) => (list.length < 2 ? 0 : list.at(-1)!.takenAt! - list[0]!.takenAt!);
        if (length(run) > length(hole)) hole = run;
        run = [];
      }
    }
    const [first, last] = [hole[0], hole.at(-1)];
    if (first && last && hole.length >= 3) {
      const soft = hole.filter(
        ({ reasons }) => reasons.includes('soft-focus') || reasons.includes('motion-blur'),
      ).length;
      return `${words(first.takenAt!, last.takenAt!)} nothing was kept: ${counted(hole.length, 'frame')}, ${many(soft)} of them soft or blurred.`;
    }
  }
  let gap: [number, number] = [0, 0];
  for (const [index, frame] of timed.entries()) {
    const before = timed[index - 1]?.takenAt;
    if (before != null && frame.takenAt! - before > gap[1] - gap[0]) gap = [before, frame.takenAt!];
  }
  return gap[1] - gap[0] > 0 ? `${words(...gap)} no frame was taken.` : '';
}

async function plotsOf(
  frames: readonly Frame[],
  quality: string,
  breathe: () => Promise<void> | undefined,
): Promise<ReportPlot[]> {
  const capital = quality.charAt(0).toUpperCase() + quality.slice(1);
  const isWeak = ({ reasons }: Frame) =>
    reasons.includes('soft-focus') || reasons.includes('missed-focus') || reasons.includes('motion-blur');
  const drawn =
    frames.length <= MOST_POINTS
      ? frames
      : frames.filter((_, index) => index % Math.ceil(frames.length / MOST_POINTS) === 0);
  const inPlot = new Set(drawn);
  const plots: ReportPlot[] = [];
  const add = async (
    title: string,
    x: (frame: Frame) => number | null,
    y: (frame: Frame) => number | null,
    text: (value: number) => string,
    isLog: boolean,
    yName: string,
    caption: (used: readonly Frame[]) => string,
  ): Promise<void> => {
    await breathe();
    const used = frames.filter((frame) => x(frame) !== null && y(frame) !== null && (!isLog || x(frame)! > 0));
    const values = used.map((frame) => x(frame)!);
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
    if (used.length < 8 || low === high) return;
    const place = (value: number) =>
      isLog ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
    plots.push({
      title,
      x: [text(low), text(high)],
      y: [`${yName} 0`, '100'],
      points: used
        .filter((frame) => inPlot.has(frame))
        .map((frame) => ({ x: place(x(frame)!), y: Math.max(0, Math.min(1, y(frame)! / 100)), isWeak: isWeak(frame) })),
      caption: caption(used),
    });
  };
  await add(
    'Focus against shutter speed',
    ({ shutter }) => (shutter ? 1 / shutter : null),
    ({ focus }) => focus,
    (value) => shutterText(1 / value),
    true,
    'focus',
    (used) => {
      const long = used.filter((frame) => isTooLong(frame) === true);
      return `Soft or blurred in amber: ${many(used.filter(isWeak).length)} of ${many(used.length)}. Longer than 1/focal length: ${counted(long.length, 'frame')}, ${many(long.filter(isWeak).length)} of them soft or blurred.`;
    },
  );
  await add(
    `${capital} against ISO`,
    ({ iso }) => iso,
    ({ grade }) => grade,
    (value) => `ISO ${Math.round(value).toLocaleString('en')}`,
    true,
    quality,
    (used) =>
      halves(
        quality,
        used,
        ({ iso }) => iso!,
        (value) => `ISO ${many(value)}`,
      ),
  );
  await add(
    `${capital} over the day`,
    hourOf,
    ({ grade }) => grade,
    (value) => `${String(Math.floor(value)).padStart(2, '0')}:00`,
    false,
    quality,
    (used) =>
      halves(
        quality,
        used,
        (frame) => hourOf(frame)!,
        (value) => `${String(value).padStart(2, '0')}:00`,
      ),
  );
  await add(
    'Focus against focal length',
    ({ focalLength }) => focalLength,
    ({ focus }) => focus,
    (value) => `${Math.round(value)} mm`,
    true,
    'focus',
    (used) => {
      const middle = median(used.map((frame) => frame.focalLength!)) ?? 0;
      const long = used.filter(({ focalLength }) => focalLength! > middle);
      return `Above the median focal length ${many(long.filter(isWeak).length)} of ${counted(long.length, 'frame')} are soft or blurred; else ${many(used.filter(isWeak).length - long.filter(isWeak).length)} of ${many(used.length - long.length)}.`;
    },
  );
  return plots;
}

/** Median grades below and above the middle of a setting. */
function halves(
  quality: string,
  used: readonly Frame[],
  value: (frame: Frame) => number,
  text: (value: number) => string,
): string {
  const middle = median(used.map(value)) ?? 0;
  const grade = (list: readonly Frame[]) => median(list.map((frame) => frame.grade!))?.toFixed(0) ?? '–';
  const [low, high] = [used.filter((frame) => value(frame) <= middle), used.filter((frame) => value(frame) > middle)];
  if (high.length === 0) return `Median ${quality} ${grade(low)} of ${counted(low.length, 'frame')}.`;
  return `Up to ${text(middle)} the median ${quality} is ${grade(low)} (${counted(low.length, 'frame')}), above it ${grade(high)} (${many(high.length)}).`;
}
