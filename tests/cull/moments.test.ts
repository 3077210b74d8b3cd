/** Which frames make a moment of which kind, at the very limits of time, exposure and counters; without files or a catalog. */
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../electron/core/catalog/moments.ts';
import { decide } from '../../electron/core/culling/best.ts';
import { streamsOf } from '../../electron/core/culling/bodies.ts';
import { findGroups } from '../../electron/core/culling/grouping.ts';
import { likenessOf, SAME_BITS } from '../../electron/core/culling/kinds/likeness.ts';
import { topOf } from '../../electron/core/culling/tops.ts';
import type { Seen } from '../../shared/facts.ts';
import { plainFrame as frame, SAME } from './plain-frame.ts';

/** Fingerprint that differs from SAME in as many bits. */
const differing = (bits: number) => ((1n << BigInt(bits)) - 1n).toString(16).padStart(16, '0');
const OTHER = { dHash: 'f'.repeat(16), pHash: 'f'.repeat(16) };

const UNSEEN = { structure: () => null, focusTiles: () => null };
const found = (...frames: Frame[]) =>
  [...findGroups(frames, { looks: UNSEEN, threshold: 0.6 })]
    .flat()
    .map((group) => `${group.kind} ${group.frames.map(({ id }) => id).join(' ')}`);

describe('a burst', () => {
  it('ends after 1250 ms, or after two seconds where the clock tells whole ones only; later it is a repeat', () => {
    const instant = { shutter: null };
    const pair = (one: number, other: number) => found(frame(1, one, instant), frame(2, other, instant));
    expect(pair(500, 1750)).toEqual(['burst 1 2']);
    expect(pair(500, 1751)).toEqual(['repeat 1 2']);
    expect(pair(1000, 3000)).toEqual(['burst 1 2']);
    expect(pair(1000, 4000)).toEqual(['repeat 1 2']);
    // One frame that tells parts of a second is enough to know that the camera does.
    expect(pair(1000, 2500)).toEqual(['repeat 1 2']);
    expect(pair(500, 120_500)).toEqual(['repeat 1 2']);
    expect(pair(500, 120_501)).toEqual([]);
  });

  it('counts the time from the end of an exposure', () => {
    expect(found(frame(1, 500, { shutter: 1 }), frame(2, 2750, { shutter: 1 }))).toEqual(['burst 1 2']);
    expect(found(frame(1, 500, { shutter: 1 }), frame(2, 2751, { shutter: 1 }))).toEqual(['repeat 1 2']);
  });

  it('stays like its first frame, however slowly a pan goes on', () => {
    const pan = [0, 7, 14].map((bits, index) => frame(index, index * 100, { dHash: differing(bits) }));
    expect(found(...pan)).toEqual(['burst 0 1']);
  });

  it('goes on while another body that nothing tells apart photographs something else', () => {
    const frames = [0, 1, 2, 3, 4, 5].map((id) => frame(id, 1 + id * 100, id % 2 === 0 ? {} : OTHER));
    expect(found(...frames)).toEqual(['burst 0 2 4', 'burst 1 3 5']);
  });

  it('is of one camera and one body', () => {
    expect(found(frame(1, 0), frame(2, 100, { body: '78' }))).toEqual([]);
    expect(found(frame(1, 0), frame(2, 100, { camera: 2 }))).toEqual([]);
  });

  it('without a time is known by names and likeness', () => {
    const counted = (id: number, counter: number) => frame(id, null, { name: `IMG_${counter}.jpg` });
    expect(found(counted(1, 1001), counted(2, 1002), counted(3, 1006))).toEqual(['burst 1 2']);
  });
});

describe('likeness', () => {
  it('is given by few different bits, and by their number where nobody saw the structure', () => {
    const like = (bits: number) =>
      likenessOf({ dHash: SAME, pHash: SAME }, { dHash: differing(bits), pHash: SAME }, () => [null, null]);
    expect(like(0)).toBe(1);
    expect(like(SAME_BITS)).toBeGreaterThan(0.9);
    expect(like(SAME_BITS + 1)).toBeCloseTo(0.55);
    expect(like(53)).toBe(0);
  });
});

describe('a bracket', () => {
  const shots = (evs: readonly number[], more: (ev: number) => Partial<Frame> = () => ({}), gap = 400) =>
    evs.map((ev, index) => frame(index, 1 + index * gap, { shutter: 2 ** ev / 125, ...OTHER, ...more(ev) }));

  it('is of even steps of exposure, in any order and by exposure or bias', () => {
    expect(found(...shots([0, -2, 2]))).toEqual(['bracket 0 1 2']);
    expect(found(...shots([-2, -1, 0, 1, 2]))).toEqual(['bracket 0 1 2 3 4']);
    expect(found(...shots([0, 2]))).toEqual(['bracket 0 1']);
    const byBias = shots([0, 0, 0]).map((one, index) => ({ ...one, bias: (index - 1) / 3 }));
    expect(found(...byBias)).toEqual(['bracket 0 1 2']);
  });

  it('is not made of uneven steps, or of one frame of a series that was exposed otherwise', () => {
    expect(found(...shots([0, 1, 3]))).toEqual(['burst 0 1 2']);
    expect(found(...shots([0, 0, 2, 0]))).toEqual(['burst 0 1 2 3']);
    expect(found(...shots([0, 0.3, 0.6]))).toEqual(['burst 0 1 2']);
  });

  it('follows another one as a moment of its own', () => {
    expect(found(...shots([0, -2, 2, 0, -2, 2]))).toEqual(['bracket 0 1 2', 'bracket 3 4 5']);
  });

  it('does not take the frame that was taken before it', () => {
    const frames = shots([2, 0, -2, 2]);
    expect(found({ ...frames[0]!, takenAt: -3000 }, ...frames.slice(1))).toEqual(['bracket 1 2 3']);
  });

  it('shows its middle exposure, and has no second choice', () => {
    const { top, second, reason } = topOf({ kind: 'bracket', frames: shots([-2, 0, 2]) }, () => {
      throw new Error('Nobody asks what is seen in a bracket.');
    });
    expect({ top, second, margin: reason.margin }).toEqual({ top: 1, second: null, margin: null });
  });
});

describe('copies', () => {
  it('are of the same bytes wherever they lie', () => {
    const one = frame(1, 1000, { content: 'x' });
    expect(found(one, frame(2, 1000, { content: 'x', folder: 2, name: 'backup.jpg' }))).toEqual(['duplicate 1 2']);
  });

  it('have one time and one name, or another format; two frames that a camera counted are none', () => {
    const named = (id: number, name: string, more: Partial<Frame> = {}) => frame(id, 1000, { name, ...more });
    expect(found(named(1, 'IMG_0007.jpg'), named(2, 'IMG_0007-edited.jpg'))).toEqual(['duplicate 1 2']);
    expect(found(named(1, 'IMG_0007.jpg'), named(2, 'sent.jpg', { width: 1200, height: 800 }))).toEqual([
      'duplicate 1 2',
    ]);
    expect(found(named(1, 'IMG_0007.jpg'), named(2, 'IMG_0008.jpg'))).toEqual(['burst 1 2']);
  });

  it('are found without their metadata, and the one that has it is on top', () => {
    const frames = [frame(1, null, { name: 'sent.jpg' }), frame(2, 1000)];
    expect(found(...frames)).toEqual(['duplicate 1 2']);
    expect(topOf({ kind: 'duplicate', frames }, () => ({ id: 0, seen: null, technical: null })).top).toBe(2);
  });

  it('follow their frame into its burst', () => {
    const copy = frame(3, 1000, { name: 'beach 1 (1).jpg' });
    expect(found(frame(1, 1000), frame(2, 1300), copy)).toEqual(['burst 1 3 2']);
  });
});

describe('frames of bodies', () => {
  const unknown = (id: number, takenAt: number, counter: number) =>
    frame(id, takenAt, { body: '', name: `IMG_${String(counter).padStart(4, '0')}.JPG` });
  const bodies = (...frames: Frame[]) =>
    streamsOf(frames)
      .map((stream) => stream.map(({ id }) => id).join(' '))
      .sort();

  it('stand by time and counter, over the turn after 9999', () => {
    expect(bodies(unknown(5, 2000, 1), unknown(4, 1000, 9999), unknown(2, 1000, 9997), unknown(3, 1000, 9998))).toEqual(
      ['2 3 4 5'],
    );
    expect(bodies(unknown(2, 1000, 1), unknown(1, 1000, 9999))).toEqual(['1 2']);
  });

  it('without a number are told apart by counters more than a hundred apart, for two minutes', () => {
    expect(bodies(unknown(1, 0, 10), unknown(2, 10, 500), unknown(3, 20, 110), unknown(4, 30, 501))).toEqual([
      '1 3',
      '2 4',
    ]);
    expect(bodies(unknown(1, 0, 10), unknown(2, 10, 111))).toEqual(['1', '2']);
    expect(bodies(unknown(1, 0, 10), unknown(2, 10, 9))).toEqual(['1', '2']);
  });
});

describe('the best of a moment', () => {
  const seen = (more: Partial<Seen> = {}): Seen =>
    ({
      ...{ focus: 70, subjectFocus: 60, lostDetail: 20, noise: 1, clippedHighlights: 0, blockedShadows: 0 },
      ...{ clippedRed: 0, clippedGreen: 0, clippedBlue: 0 },
      ...more,
    }) as Seen;
  const best = (...frames: (Partial<Seen> & { eyesClosed?: boolean; eyeFocus?: number })[]) =>
    decide(
      frames.map(({ eyesClosed, eyeFocus, ...more }, id) => ({
        id,
        seen: seen(more),
        technical: 50,
        eyesClosed,
        eyeFocus,
      })),
    );

  it('is said with its margin in words', () => {
    expect(best({ subjectFocus: 55 }, {})).toMatchObject({
      top: 1,
      second: 0,
      reason: { text: 'sharpest, by little' },
    });
    expect(best({ subjectFocus: 10, focus: 30 }, {}).reason).toMatchObject({
      text: 'sharpest, by far',
      tooClose: false,
    });
    expect(best({ clippedHighlights: 8 }, {}).reason.text).toBe('best exposed');
  });

  it('is the first where nobody would see a difference', () => {
    expect(best({ subjectFocus: 60 }, { subjectFocus: 61 })).toMatchObject({
      top: 1,
      reason: { text: 'too close to call', tooClose: true },
    });
    expect(best({}, {})).toMatchObject({ top: 0, second: 1, reason: { margin: 0, tooClose: true } });
  });

  it('has open eyes, and is sharp at the eye where that is known of all', () => {
    expect(best({ eyesClosed: true, subjectFocus: 65 }, {})).toMatchObject({
      top: 1,
      reason: { text: 'eyes open, by far' },
    });
    expect(best({ eyeFocus: 40, subjectFocus: 70 }, { eyeFocus: 60 })).toMatchObject({
      top: 1,
      reason: { text: 'sharpest at the eye' },
    });
    // Of one alone it says nothing.
    expect(best({ eyeFocus: 10, subjectFocus: 70 }, {}).top).toBe(0);
  });
});
