/** What a proposal may never do, on any shoot; and what it says of the frames that fall. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FrameMoment } from '../../electron/core/culling/frames.ts';
import { decide, isWhole, rankShoot, scoreOf, verdictsOf, wantedCount } from '../../electron/core/culling/proposal.ts';
import { scenesOf, shootsByPauses } from '../../electron/core/culling/scenes.ts';
import { JUDGE_NAMES, type Wish } from '../../shared/culling.ts';
import { anyShoot, frame, moment } from './made-shoot.ts';

fc.configureGlobal({ seed: 4110 });

const wishes = fc.record({
  keep: fc.oneof(
    fc.constant(null),
    fc.record({ unit: fc.constant('photos' as const), amount: fc.integer({ min: 0, max: 80 }) }),
    fc.record({ unit: fc.constant('percent' as const), amount: fc.integer({ min: 0, max: 100 }) }),
  ),
  perMoment: fc.option(fc.integer({ min: 1, max: 3 }), { nil: null }),
  above: fc.option(fc.integer({ min: 0, max: 100 }), { nil: null }),
});
const judges = fc.constantFrom(...JUDGE_NAMES);

function proposed(
  moments: readonly FrameMoment[],
  wish: Pick<Wish, 'keep' | 'perMoment' | 'above'>,
  by: Wish['by'] = 'blend',
) {
  const ranked = rankShoot(moments, by, 'people');
  const decided = decide(ranked, wish);
  const verdicts = verdictsOf(ranked.units, decided, by, 'people');
  return {
    ranked,
    decided,
    verdicts,
    kept: new Set(verdicts.filter(({ kept }) => kept).map(({ frame: { id } }) => id)),
  };
}

const all = { keep: null, perMoment: null, above: null };
const photos = (amount: number) => ({ ...all, keep: { unit: 'photos' as const, amount } });

describe('on any shoot', () => {
  test('every frame is kept, falls or is left alone, once; what a person marked is left alone', () => {
    fc.assert(
      fc.property(anyShoot, wishes, judges, (moments, wish, by) => {
        const { ranked, verdicts } = proposed(moments, wish, by);
        const left = [...ranked.decided, ...ranked.unjudged, ...ranked.partly].map(({ id }) => id);
        const ids = [...verdicts.map(({ frame: { id } }) => id), ...left].sort((a, b) => a - b);
        expect(ids).toEqual(moments.flatMap(({ frames }) => frames.map(({ id }) => id)).sort((a, b) => a - b));
        for (const { frame: one } of verdicts) expect(one.decision).toBeNull();
      }),
    );
  });

  test('brackets and panoramas are kept or fall whole', () => {
    fc.assert(
      fc.property(anyShoot, wishes, judges, (moments, wish, by) => {
        const { kept, verdicts } = proposed(moments, wish, by);
        const named = new Set(verdicts.map(({ frame: { id } }) => id));
        for (const one of moments.filter(isWhole)) {
          for (const set of [kept, named]) {
            const inside = one.frames.filter(({ id }) => set.has(id)).length;
            expect([0, one.frames.length]).toContain(inside);
          }
        }
      }),
    );
  });

  test('no more are kept than asked for, none below the score, not too many of a moment', () => {
    fc.assert(
      fc.property(anyShoot, wishes, judges, (moments, wish, by) => {
        const { ranked, kept, verdicts } = proposed(moments, wish, by);
        const undecided = ranked.units.reduce((sum, { frames }) => sum + frames.length, 0);
        expect(kept.size).toBeLessThanOrEqual(wantedCount(wish, undecided));
        for (const one of moments) {
          if (isWhole(one)) continue;
          const own = one.frames.filter(
            ({ id, decision }) => kept.has(id) || decision === 'pick' || decision === 'marked',
          );
          const fresh = one.frames.filter(({ id }) => kept.has(id));
          if (wish.perMoment !== null && fresh.length > 0) expect(own.length).toBeLessThanOrEqual(wish.perMoment);
          if (one.kind === 'duplicate' && fresh.length > 0) expect(own.length).toBe(1);
          if (wish.above !== null)
            for (const { id } of fresh)
              expect(verdicts.find((v) => v.frame.id === id)!.score).toBeGreaterThanOrEqual(wish.above);
        }
      }),
    );
  });

  test('a slider only moves a line: what is kept among fewer is kept among more', () => {
    fc.assert(
      fc.property(anyShoot, judges, fc.nat(40), fc.nat(40), (moments, by, few, more) => {
        const single = moments.filter((one) => !isWhole(one));
        if (single.length === 0) return;
        const low = proposed(single, photos(Math.min(few, more)), by).kept;
        const high = proposed(single, photos(Math.max(few, more)), by).kept;
        for (const id of low) expect(high.has(id)).toBe(true);
      }),
    );
  });

  test('no scene is lost while there is room for one frame of each', () => {
    fc.assert(
      fc.property(anyShoot, judges, (moments, by) => {
        const single = moments.filter((one) => !isWhole(one));
        if (single.length === 0) return;
        const scenes = scenesOf(single.map(({ frames }) => ({ takenAt: frames[0]!.takenAt })));
        const count = scenes.at(-1)! + 1;
        const { kept } = proposed(single, photos(count), by);
        for (let scene = 0; scene < count; scene++) {
          const frames = single.filter((_, index) => scenes[index] === scene).flatMap((one) => one.frames);
          if (!frames.some(({ decision, grade, technical }) => decision === null && (grade ?? technical) !== null))
            continue;
          expect(frames.some(({ id, decision }) => kept.has(id) || decision === 'pick' || decision === 'marked')).toBe(
            true,
          );
        }
      }),
    );
  });

  test('a frame that falls behind a kept one names it, and every frame has a sentence', () => {
    fc.assert(
      fc.property(anyShoot, wishes, judges, (moments, wish, by) => {
        const { verdicts, kept } = proposed(moments, wish, by);
        for (const { frame: one, kept: isKept, reason, better, kind } of verdicts) {
          expect(reason).toMatch(/^[A-Z].*\.$/);
          expect(kind === null).toBe(isKept);
          if (better === null) continue;
          const own = moments.find(({ frames }) => frames.includes(one))!;
          const other = own.frames.find(({ id }) => id === better)!;
          expect(kept.has(better) || other.decision === 'pick' || other.decision === 'marked').toBe(true);
        }
      }),
    );
  });
});

describe('words', () => {
  test('the sharp frame of a burst is kept, the soft one falls with both numbers and names it', () => {
    const sharp = frame(1, { signs: { subjectFocus: 91 } });
    const soft = frame(2, { signs: { subjectFocus: 34 }, grade: 75 });
    const { verdicts } = proposed([moment([soft, sharp])], photos(1));
    expect(verdicts).toMatchObject([
      { frame: { id: 1 }, kept: true, reason: 'Best of 2.' },
      {
        frame: { id: 2 },
        kept: false,
        better: 1,
        kind: 'soft',
        reason: 'Soft at the subject: 34, the kept frame has 91.',
      },
    ]);
  });

  test('closed eyes fall behind open ones of people, and never of wildlife', () => {
    const faces = (eyes: 'open' | 'closed') => ({ count: 1, eyes, eyeFocus: 60, eye: null });
    const moments = [
      moment([frame(1, { faces: faces('closed'), grade: 80 }), frame(2, { faces: faces('open'), grade: 50 })]),
    ];
    const first = (genre: 'people' | 'action') => rankShoot(moments, 'grade', genre).units[0]!.frames[0]!.id;
    expect(first('people')).toBe(2);
    expect(first('action')).toBe(1);
  });

  test('a tilt decides a landscape and never a portrait', () => {
    const moments = [moment([frame(1, { signs: { tilt: 4 }, grade: 61 }), frame(2, { signs: { tilt: 0.2 } })])];
    const first = (genre: 'people' | 'landscape') => rankShoot(moments, 'grade', genre).units[0]!.frames[0]!.id;
    expect(first('landscape')).toBe(2);
    expect(first('people')).toBe(1);
  });

  test('a reason that was meant gives its points back and no longer decides in the moment', () => {
    const faults = [{ name: 'soft-focus', weight: -20, text: 'Soft: 30 of 100.' }];
    const soft = frame(1, { signs: { subjectFocus: 30 }, faults, grade: 50, technical: 40 });
    const meant = { ...soft, answered: new Set(['soft-focus']) };
    const other = frame(2, { signs: { subjectFocus: 70 }, grade: 45 });
    expect(scoreOf(soft, 'grade')).toBe(50);
    expect(scoreOf(meant, 'grade')).toBe(70);
    expect(rankShoot([moment([soft, other])], 'grade', 'people').units[0]!.frames[0]!.id).toBe(2);
    expect(rankShoot([moment([meant, other])], 'grade', 'people').units[0]!.frames[0]!.id).toBe(1);
  });

  test('what a person picked stands for its moment: others fall behind it', () => {
    const picked = frame(1, { decision: 'pick', signs: { subjectFocus: 70 } });
    const { verdicts } = proposed([moment([picked, frame(2, { signs: { subjectFocus: 40 } })])], {
      ...all,
      perMoment: 1,
    });
    expect(verdicts).toMatchObject([{ frame: { id: 2 }, kept: false, better: 1, kind: 'soft' }]);
  });
});

test('shoots are stretches between long pauses', () => {
  const hour = 3_600_000;
  const at = (...hours: number[]) => hours.map((value, index) => ({ id: index + 1, takenAt: value * hour }));
  expect(shootsByPauses(at(0, 1, 2, 20, 21))).toEqual([
    { from: 0, to: 2 * hour, count: 3, first: 1 },
    { from: 20 * hour, to: 21 * hour, count: 2, first: 4 },
  ]);
});

test('10,000 frames are ranked and a line is moved in less time than a slider needs', () => {
  let id = 0;
  const moments = Array.from({ length: 4000 }, (_, index) => {
    const size = index % 2 === 0 ? 1 : 4;
    return moment(
      Array.from({ length: size }, () => {
        id++;
        return frame(id, {
          takenAt: index * 20_000 + id,
          grade: (id * 37) % 100,
          signs: { subjectFocus: (id * 53) % 100 },
        });
      }),
    );
  });
  expect(id).toBe(10_000);
  const ranked = rankShoot(moments, 'blend', 'people');
  const began = process.cpuUsage();
  for (let share = 1; share <= 10; share++) {
    verdictsOf(ranked.units, decide(ranked, photos(share * 900)), 'blend', 'people');
  }
  // Ten positions of the slider, in time of the processor: others work on this machine too.
  const { user, system } = process.cpuUsage(began);
  expect((user + system) / 10_000).toBeLessThan(100);
});
