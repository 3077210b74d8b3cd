/** Shoots made of plain values, for tests of what culling decides. */
import fc from 'fast-check';
import type { Decision, Frame, FrameMoment, Signs } from '../../electron/core/culling/frames.ts';
import type { MomentKind } from '../../shared/moments.ts';

const SIGNS: Signs = { subjectFocus: 80, motion: 5, clippedHighlights: 0, blockedShadows: 0, tilt: null };

export function frame(id: number, part: Partial<Omit<Frame, 'signs'>> & { signs?: Partial<Signs> | null } = {}): Frame {
  const { signs, ...rest } = part;
  return {
    id,
    takenAt: id * 1000,
    folder: 1,
    decision: null,
    technical: 60,
    grade: 60,
    taste: null,
    faces: null,
    subject: null,
    faults: [],
    answered: new Set(),
    ...rest,
    signs: signs === null ? null : { ...SIGNS, ...signs },
  };
}

export function moment(
  frames: readonly Frame[],
  kind: MomentKind | null = frames.length > 1 ? 'burst' : null,
): FrameMoment {
  return { id: kind === null ? null : frames[0]!.id, kind, frames, top: null, second: null, reason: null };
}

const KINDS: readonly MomentKind[] = ['burst', 'repeat', 'duplicate', 'bracket', 'focus-bracket', 'panorama', 'manual'];
const decisions = fc.constantFrom<Decision>(null, null, null, null, 'pick', 'reject', 'marked');

/** Any shoot: moments of all kinds, marked in parts, with frames that nobody has judged. */
export const anyShoot = fc
  .array(
    fc.record({
      kind: fc.constantFrom(null, ...KINDS),
      pause: fc.constantFrom(2_000, 10_000, 600_000),
      frames: fc.array(
        fc.record({
          decision: decisions,
          grade: fc.option(fc.integer({ min: 0, max: 100 }), { nil: null, freq: 12 }),
          technical: fc.option(fc.integer({ min: 0, max: 100 }), { nil: null, freq: 12 }),
          focus: fc.integer({ min: 0, max: 100 }),
          motion: fc.integer({ min: 0, max: 100 }),
        }),
        { minLength: 1, maxLength: 5 },
      ),
    }),
    { minLength: 1, maxLength: 25 },
  )
  .map((moments) => {
    let id = 0;
    let at = 0;
    return moments.map(({ kind, pause, frames }) => {
      at += pause;
      const own = (kind === null ? frames.slice(0, 1) : frames).map(({ decision, grade, technical, focus, motion }) =>
        frame(++id, { takenAt: at + id * 300, decision, grade, technical, signs: { subjectFocus: focus, motion } }),
      );
      return moment(own, kind);
    });
  });
