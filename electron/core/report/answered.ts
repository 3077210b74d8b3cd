/** What a person answered to reasons: said back in the report, and no longer held against the frames. */
import { ANSWERS, type Answer } from '../../../shared/culling.ts';
import { reasonFacts } from '../../../shared/reasons.ts';
import type { ShootReport } from '../../../shared/report.ts';
import type { Frame } from '../catalog/shoot.ts';
import { signLabel } from '../culling/signs.ts';

export type GivenAnswer = { photo: number; reason: string; answer: Answer; word: string };

const EXAMPLES = 3;
const WORDS = 2;
/** As a person said it; then what it was about. */
const SAID: Readonly<Record<Answer, string>> = { meant: 'It was meant', otherwise: 'Seen otherwise' };

/** Frames without the reasons that were answered. */
export function withoutAnswered(frames: readonly Frame[], answers: readonly GivenAnswer[]): Frame[] {
  const answered = Map.groupBy(answers, ({ photo }) => photo);
  return frames.map((frame) => {
    const said = answered.get(frame.id);
    if (said === undefined) return frame;
    return { ...frame, reasons: frame.reasons.filter((name) => !said.some(({ reason }) => reason === name)) };
  });
}

/** Most frames first. */
export function answeredOf(frames: readonly Frame[], answers: readonly GivenAnswer[]): ShootReport['answered'] {
  const byId = new Map(frames.map((frame) => [frame.id, frame]));
  const groups = Map.groupBy(
    answers.filter(({ photo }) => byId.has(photo)),
    ({ reason, answer }) => `${ANSWERS.indexOf(answer)} ${reason}`,
  );
  return [...groups.values()]
    .map((group) => {
      const { answer, reason } = group[0]!;
      return {
        title: `${SAID[answer]}: ${(signLabel(reason) ?? reasonFacts(reason).label).toLowerCase()}`,
        count: group.length,
        words: [...new Set(group.map(({ word }) => word.trim()).filter((word) => word !== ''))].slice(0, WORDS),
        examples: group.slice(0, EXAMPLES).map(({ photo }) => {
          const { id, version, quarters, name, caption } = byId.get(photo)!;
          return { id, version, quarters, name, caption };
        }),
      };
    })
    .sort((a, b) => b.count - a.count);
}
