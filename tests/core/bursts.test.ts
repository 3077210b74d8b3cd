/** Which frames make a burst, at the very limits of time, likeness and counters; without files or a catalog. */
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../electron/core/catalog/stacks.ts';
import { findBursts, inOrderOfBodies, looksAlike, MOST_DIFFERENT_BITS } from '../../electron/core/culling/bursts.ts';

const SAME = '0'.repeat(16);
/** Fingerprint that differs from SAME in as many bits. */
const differing = (bits: number) => ((1n << BigInt(bits)) - 1n).toString(16).padStart(16, '0');

const frame = (id: number, takenAt: number, more: Partial<Frame> = {}): Frame => ({
  id,
  camera: 1,
  body: '77',
  name: `beach ${id}.jpg`,
  takenAt,
  dHash: SAME,
  pHash: SAME,
  technical: null,
  stack: null,
  top: 0,
  ...more,
});
const bursts = (...frames: Frame[]) => [...findBursts(frames)].map(({ frames }) => frames.map(({ id }) => id));
const tops = (...frames: Frame[]) => [...findBursts(frames)].map(({ top }) => top.id);
const ordered = (...frames: Frame[]) => inOrderOfBodies(frames).map(({ id }) => id);

describe('a burst', () => {
  it('ends after 1250 ms, or after two seconds where the clock tells whole ones only', () => {
    expect(bursts(frame(1, 500), frame(2, 1750))).toEqual([[1, 2]]);
    expect(bursts(frame(1, 500), frame(2, 1751))).toEqual([]);
    expect(bursts(frame(1, 1000), frame(2, 3000))).toEqual([[1, 2]]);
    expect(bursts(frame(1, 1000), frame(2, 4000))).toEqual([]);
    // One frame that tells parts of a second is enough to know that the camera does.
    expect(bursts(frame(1, 1000), frame(2, 2500))).toEqual([]);
    expect(bursts(frame(1, 1500), frame(2, 3000))).toEqual([]);
  });

  it('goes on from frame to frame in time, but stays like its first frame', () => {
    expect(bursts(frame(1, 0), frame(2, 1000), frame(3, 2000), frame(4, 9000), frame(5, 9001))).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
    const pan = [0, 6, 12].map((bits, index) => frame(index, index * 100, { dHash: differing(bits) }));
    expect(bursts(...pan)).toEqual([[0, 1]]);
  });

  it('is of one camera and one body', () => {
    expect(bursts(frame(1, 0), frame(2, 100, { body: '78' }))).toEqual([]);
    expect(bursts(frame(1, 0), frame(2, 100, { camera: 2 }))).toEqual([]);
  });

  it('takes frames whose two fingerprints together differ in few bits', () => {
    const half = MOST_DIFFERENT_BITS / 2;
    const of = (dBits: number, pBits: number) => ({ dHash: differing(dBits), pHash: differing(pBits) });
    expect(looksAlike(of(0, 0), of(half, half))).toBe(true);
    expect(looksAlike(of(0, 0), of(half, half + 1))).toBe(false);
    expect(looksAlike(of(0, 0), of(half + 1, half))).toBe(false);
  });

  it('shows its technically best frame, the first of equals, and one that is not judged last', () => {
    const of = (...grades: (number | null)[]) =>
      tops(...grades.map((technical, index) => frame(index, index, { technical })));
    expect(of(50, 70, 70, 60)).toEqual([1]);
    expect(of(null, null)).toEqual([0]);
    expect(of(null, 0)).toEqual([1]);
  });
});

describe('frames of bodies', () => {
  it('stand by camera, body, time, counter and number of the photo', () => {
    const [name, later] = ['IMG_0008.JPG', 'IMG_0009.JPG'];
    expect(
      ordered(
        frame(7, 0, { camera: 2 }),
        frame(6, 0, { body: '78' }),
        frame(5, 2000, { name }),
        frame(4, 1000, { name: later }),
        frame(2, 1000, { name }),
        frame(3, 1000, { name }),
      ),
    ).toEqual([2, 3, 4, 5, 6, 7]);
  });

  it('without a number are told apart by counters more than a hundred apart, for a minute', () => {
    const unknown = (id: number, takenAt: number, counter: number) =>
      frame(id, takenAt, { body: '', name: `IMG_${String(counter).padStart(4, '0')}.JPG` });
    const bodies = (...frames: Frame[]) => inOrderOfBodies(frames).map(({ id, body }) => `${id}${body}`);
    expect(bodies(unknown(1, 0, 10), unknown(2, 10, 500), unknown(3, 20, 110), unknown(4, 30, 501))).toEqual([
      '1',
      '3',
      '2#1',
      '4#1',
    ]);
    expect(bodies(unknown(1, 0, 10), unknown(2, 10, 111))).toEqual(['1', '2#1']);
    expect(bodies(unknown(1, 0, 10), unknown(2, 10, 9))).toEqual(['1', '2#1']);
    expect(bodies(unknown(1, 0, 10), unknown(2, 60_000, 500))).toEqual(['1', '2#1']);
    expect(bodies(unknown(1, 0, 10), unknown(2, 60_001, 500))).toEqual(['1', '2']);
  });
});
