/**
 * What can be seen in the pixels of frames of one moment: by it, and only then by critic and taste, they are ordered.
 * Inside a burst aesthetic scores are weak (series accuracy .33–.48, FGAesthetics, CVPR 2026); focus, eyes, motion and
 * exposure differ and can be seen.
 */
import { GENRES, type Genre, type RejectKind } from '../../../shared/culling.ts';
import type { Frame, FrameMoment } from './frames.ts';

export type Sign = {
  name: string;
  /** What a frame that falls behind by it falls as. */
  kind: RejectKind;
  /** Null where it cannot be told, or a person said that it was meant. */
  value: (frame: Frame) => number | null;
  better: 'high' | 'low';
  /** Smallest difference that a person would see. */
  threshold: number;
  /** Points for one unit behind the best of the moment. */
  worth: number;
  /** Most points that it costs. */
  most: number;
  /** `soft at the eye`. */
  fault: string;
  /** `sharpest at the eye`. */
  praise: string;
  show: (value: number) => string;
  counts: (genre: Genre) => boolean;
  /** Reasons of the critic (shared/reasons.ts) that are about the same. */
  reasons: readonly string[];
};

const whole = (value: number): string => value.toFixed(0);
const percent = (value: number): string => `${value.toFixed(1)} %`;
const always = (): boolean => true;

const SIGNS: readonly Sign[] = [
  {
    name: 'eyes',
    kind: 'eyes',
    value: ({ faces }) => (faces === null || faces.eyes === 'unknown' ? null : faces.eyes === 'open' ? 1 : 0),
    better: 'high',
    threshold: 1,
    worth: 30,
    most: 30,
    fault: 'eyes closed or lowered',
    praise: 'eyes open',
    show: (value) => (value === 1 ? 'open' : 'closed or lowered'),
    counts: (genre) => GENRES[genre].eyes,
    reasons: ['eyes-closed'],
  },
  {
    name: 'eyeFocus',
    kind: 'soft',
    value: ({ faces }) => faces?.eyeFocus ?? null,
    better: 'high',
    threshold: 6,
    worth: 0.6,
    most: 40,
    fault: 'soft at the eye',
    praise: 'sharpest at the eye',
    show: whole,
    counts: (genre) => GENRES[genre].eyes,
    reasons: ['soft-eyes', 'soft-focus', 'missed-focus'],
  },
  {
    name: 'subjectFocus',
    kind: 'soft',
    value: ({ signs }) => signs?.subjectFocus ?? null,
    better: 'high',
    threshold: 6,
    worth: 0.5,
    most: 40,
    fault: 'soft at the subject',
    praise: 'sharpest at the subject',
    show: whole,
    counts: always,
    reasons: ['soft-focus', 'missed-focus'],
  },
  {
    name: 'motion',
    kind: 'motion',
    value: ({ signs }) => signs?.motion ?? null,
    better: 'low',
    threshold: 12,
    worth: 0.25,
    most: 25,
    fault: 'motion blur',
    praise: 'the least motion blur',
    show: whole,
    counts: always,
    reasons: ['motion-blur'],
  },
  {
    name: 'clippedHighlights',
    kind: 'exposure',
    value: ({ signs }) => signs?.clippedHighlights ?? null,
    better: 'low',
    threshold: 1.5,
    worth: 1.2,
    most: 15,
    fault: 'highlights clipped',
    praise: 'the most highlight detail',
    show: percent,
    counts: always,
    reasons: ['overexposed', 'clipped-highlights'],
  },
  {
    name: 'blockedShadows',
    kind: 'exposure',
    value: ({ signs }) => signs?.blockedShadows ?? null,
    better: 'low',
    threshold: 4,
    worth: 0.3,
    most: 12,
    fault: 'shadows blocked',
    praise: 'the most shadow detail',
    show: percent,
    counts: always,
    reasons: ['underexposed', 'blocked-shadows'],
  },
  {
    name: 'tilt',
    kind: 'tilt',
    value: ({ signs }) => signs?.tilt ?? null,
    better: 'low',
    threshold: 0.8,
    worth: 2,
    most: 12,
    fault: 'leaning',
    praise: 'the most level',
    show: (value) => `${value.toFixed(1)}°`,
    counts: (genre) => GENRES[genre].tilt,
    reasons: ['tilted-horizon'],
  },
];

/** How far a frame is behind the best of its moment by one sign. */
export type Behind = { sign: Sign; own: number; best: number; bestFrame: number; points: number };

export type Placed = {
  frame: Frame;
  /** 1 is the best of the moment. */
  rank: number;
  /** Points behind a frame that would be the best by every sign. */
  lost: number;
  /** Heaviest first; only what a person would see. */
  behind: readonly Behind[];
};

const isAnswered = ({ answered }: Frame, { name, reasons }: Sign): boolean =>
  answered.has(name) || reasons.some((reason) => answered.has(reason));

function judgeScore({ technical, grade, taste }: Frame): number {
  return taste ?? grade ?? technical ?? 0;
}

/** Points of critic and taste that count inside a moment: they decide between frames that look alike. */
const TASTE_SHARE = 0.08;

/** How far each frame is behind the best by each sign that counts for the genre. */
function behindEach(frames: readonly Frame[], genre: Genre): Behind[][] {
  const behind: Behind[][] = frames.map(() => []);
  for (const sign of SIGNS) {
    if (!sign.counts(genre)) continue;
    const values = frames.map((frame) => sign.value(frame));
    let best = -1;
    for (const [index, value] of values.entries()) {
      if (value === null) continue;
      const leader = best < 0 ? null : values[best]!;
      if (leader === null || (sign.better === 'high' ? value > leader : value < leader)) best = index;
    }
    if (best < 0) continue;
    for (const [index, value] of values.entries()) {
      if (value === null || isAnswered(frames[index]!, sign)) continue;
      const distance = Math.abs(value - values[best]!);
      if (distance < sign.threshold) continue;
      const worth = sign.name === 'motion' ? sign.worth * GENRES[genre].motion : sign.worth;
      const points = Math.min(sign.most, distance * worth);
      behind[index]!.push({ sign, own: value, best: values[best]!, bestFrame: frames[best]!.id, points });
    }
  }
  for (const list of behind) list.sort((a, b) => b.points - a.points);
  return behind;
}

/**
 * The frames of a moment, best first. What was put on top of it (by a person, or by finding it) stays first.
 * @param genre says which signs count
 */
export function placeFrames({ frames, top, second }: FrameMoment, genre: Genre): Placed[] {
  const behind = behindEach(frames, genre);
  const placed = frames.map((frame, index) => ({
    frame,
    rank: 0,
    // The eye stands for the subject where it can be seen: focus is not counted twice.
    lost: behind[index]!.filter(
      ({ sign }) => sign.name !== 'subjectFocus' || !behind[index]!.some((other) => other.sign.name === 'eyeFocus'),
    ).reduce((sum, { points }) => sum + points, 0),
    behind: behind[index]!,
  }));
  // What was found does not know what a person answered since.
  const isAnsweredHere = frames.some((frame) => SIGNS.some((sign) => isAnswered(frame, sign)));
  const lead = (id: number): number => (isAnsweredHere ? 0 : id === top ? 2 : id === second ? 1 : 0);
  placed.sort(
    (a, b) =>
      lead(b.frame.id) - lead(a.frame.id) ||
      a.lost - TASTE_SHARE * judgeScore(a.frame) - (b.lost - TASTE_SHARE * judgeScore(b.frame)) ||
      a.frame.id - b.frame.id,
  );
  for (const [index, one] of placed.entries()) one.rank = index + 1;
  return placed;
}

/** How far one frame is behind another, in words with both numbers; null where a person would not see it. */
export function behindInWords(worse: Frame, better: Frame, genre: Genre): { text: string; kind: RejectKind } | null {
  const [behind] = behindEach([worse, better], genre)[0]!;
  if (behind === undefined) return null;
  const { sign, own, best } = behind;
  const text =
    sign.name === 'eyes'
      ? 'Eyes closed or lowered, open in the kept frame.'
      : `${capital(sign.fault)}: ${sign.show(own)}, the kept frame has ${sign.show(best)}.`;
  return { text, kind: sign.kind };
}

/** Points by which a frame is ahead of the next, in words. */
export function marginInWords(points: number): string {
  return points < 4 ? 'by little' : points < 12 ? 'clearly' : 'by far';
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `2 → second`. */
export function ordinal(rank: number): string {
  const words = ['', 'best', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];
  return words[rank] ?? `${rank}th`;
}

/** A sign as people call its fault; null for what is none. */
export function signLabel(name: string): string | null {
  const sign = SIGNS.find((one) => one.name === name);
  return sign === undefined ? null : capital(sign.fault);
}

/** What is shown beside a frame of a moment: each sign that can be told of it. */
export function signFacts(frame: Frame, genre: Genre): { name: string; label: string; value: string }[] {
  const labels: Readonly<Record<string, string>> = {
    eyes: 'Eyes',
    eyeFocus: 'Focus at the eye',
    subjectFocus: 'Focus at the subject',
    motion: 'Motion blur',
    clippedHighlights: 'Highlights clipped',
    blockedShadows: 'Shadows blocked',
    tilt: 'Tilt',
  };
  return SIGNS.flatMap((sign) => {
    const value = sign.value(frame);
    if (value === null || !sign.counts(genre)) return [];
    return [{ name: sign.name, label: labels[sign.name] ?? sign.name, value: sign.show(value) }];
  });
}
