/** Why a frame is kept or falls, in words, with the numbers and the better frame. */
import type { Genre, RejectKind } from '../../../shared/culling.ts';
import { WHOLE_KINDS } from '../../../shared/moments.ts';
import type { Frame } from './frames.ts';
import type { Unit } from './proposal.ts';
import { behindInWords, capital, marginInWords, ordinal } from './signs.ts';

const KIND_NAMES = {
  burst: 'burst',
  repeat: 'moment',
  duplicate: 'moment',
  bracket: 'bracket',
  'focus-bracket': 'focus bracket',
  panorama: 'panorama',
  manual: 'stack',
} as const;

export function keepReason({ moment, rank, placed, frames, tier }: Unit): string {
  const size = moment.frames.length;
  if (moment.kind !== null && WHOLE_KINDS.has(moment.kind))
    return `A ${KIND_NAMES[moment.kind]} of ${frames.length}, kept whole.`;
  if (size === 1) return tier === 0 ? 'The best of its scene.' : 'The only one of its moment.';
  if (rank > 0) return `${capital(ordinal(rank + 1))} of a moment of ${size}.`;
  const { reason, top } = moment;
  if (reason !== null && reason.text !== '' && top === placed.frame.id)
    return `Best of ${size}: ${reason.text.replace(/\.$/, '')}.`;
  return `Best of ${size}.`;
}

/** Reasons of the critic by what a frame falls as. */
const KIND_OF_REASON: Readonly<Record<string, RejectKind>> = {
  'soft-focus': 'soft',
  'missed-focus': 'soft',
  'soft-eyes': 'soft',
  'eyes-closed': 'eyes',
  'motion-blur': 'motion',
  overexposed: 'exposure',
  underexposed: 'exposure',
  'clipped-highlights': 'exposure',
  'blocked-shadows': 'exposure',
};

/**
 * @param kept the frame of the same moment that is kept or was picked; null where there is none
 * @param line score of the last frame that is kept
 */
export function rejectReason(
  { moment, rank, placed, score, frames }: Unit,
  kept: Frame | null,
  line: number | null,
  genre: Genre,
): { text: string; kind: RejectKind; better: number | null } {
  const { frame } = placed;
  if (moment.kind !== null && WHOLE_KINDS.has(moment.kind)) {
    const text = `A ${KIND_NAMES[moment.kind]} of ${frames.length}, ${lineInWords(score, line)}; it falls whole.`;
    return { text, kind: 'below', better: null };
  }
  if (kept !== null) {
    if (moment.kind === 'duplicate')
      return { text: 'The same picture as the kept one.', kind: 'same', better: kept.id };
    const behind = behindInWords(frame, kept, genre);
    if (behind !== null) return { ...behind, better: kept.id };
    const text = `${capital(ordinal(rank + 1))} of a moment of ${moment.frames.length}, ${marginInWords(placed.lost)} behind the kept frame.`;
    return { text, kind: 'beside', better: kept.id };
  }
  const fault = frame.faults.find(({ name }) => !frame.answered.has(name) && KIND_OF_REASON[name] !== undefined);
  if (fault !== undefined && countsFor(fault.name, genre))
    return { text: fault.text, kind: KIND_OF_REASON[fault.name]!, better: null };
  return { text: `${capital(lineInWords(score, line))}.`, kind: 'below', better: null };
}

const countsFor = (name: string, genre: Genre): boolean =>
  genre === 'people' || (name !== 'eyes-closed' && name !== 'soft-eyes');

/** Near the line with a decimal; what stands there adds up as it stands there. */
function lineInWords(score: number, line: number | null): string {
  if (line === null) return `scored ${score.toFixed(0)}`;
  const digits = line - score < 10 ? 1 : 0;
  const [own, border] = [score, line].map((value) => Number(value.toFixed(digits))) as [number, number];
  return border > own
    ? `below the line by ${(border - own).toFixed(digits)}: ${own.toFixed(digits)}, the line is at ${border.toFixed(digits)}`
    : `scored ${score.toFixed(0)}, other frames of its scene are kept`;
}
