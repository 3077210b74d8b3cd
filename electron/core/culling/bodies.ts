/** Frames of one body after the other, each in the order in which it took them. */
import type { Frame } from '../catalog/moments.ts';
import { fileCounterOf } from '../formats/file-name-dates.ts';

/** Frames that a body can make between two of one moment: a counter that is further away belongs to another body. */
const COUNTER_REACH = 100;
/** Milliseconds after which a counter says nothing of the body any more. */
const COUNTER_MEMORY = 120_000;
/** Counters go back to the beginning after 9999: more than this apart, the smaller one is the later one. */
const COUNTER_TURN = 5000;
const COUNTERS = 10_000;

type Counted = { frame: Frame; counter: number | null };

/** By how much the second counter is ahead of the first, over the turn from 9999 to 1. */
function ahead(before: number, after: number): number {
  const difference = after - before;
  if (difference < -COUNTER_TURN) return difference + COUNTERS;
  return difference > COUNTER_TURN ? difference - COUNTERS : difference;
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Streams of frames, one a body. A body is its number; where none is known, frames of one camera whose counts are far
 * apart are those of two bodies. Frames of one second are in the order of the camera's own count, which many cameras'
 * clocks do not tell apart.
 * @param frames with a time each
 */
export function streamsOf(frames: readonly Frame[]): Frame[][] {
  const bodies = new Map<string, Counted[]>();
  for (const frame of frames) {
    const key = `${frame.camera} ${frame.body}`;
    const counted = { frame, counter: fileCounterOf(frame.name) };
    const known = bodies.get(key);
    if (known) known.push(counted);
    else bodies.set(key, [counted]);
  }
  return [...bodies.values()].flatMap((body) => {
    body.sort(
      (a, b) =>
        a.frame.takenAt! - b.frame.takenAt! ||
        (a.counter === null || b.counter === null ? 0 : -ahead(a.counter, b.counter)) ||
        byText(a.frame.name, b.frame.name) ||
        a.frame.id - b.frame.id,
    );
    return body[0]!.frame.body === '' ? lanesOf(body) : [body.map(({ frame }) => frame)];
  });
}

type Lane = { counter: number; at: number; frames: Frame[] };

/** Tells bodies without a number apart by their counters: each frame follows the nearest counter below its own. */
function lanesOf(counted: readonly Counted[]): Frame[][] {
  const uncounted: Frame[] = [];
  const lanes: Lane[] = [];
  const ended: Lane[] = [];
  for (const { frame, counter } of counted) {
    if (counter === null) {
      uncounted.push(frame);
      continue;
    }
    const at = frame.takenAt!;
    for (let index = lanes.length - 1; index >= 0; index--) {
      if (at - lanes[index]!.at > COUNTER_MEMORY) ended.push(...lanes.splice(index, 1));
    }
    let nearest: Lane | null = null;
    for (const lane of lanes) {
      const step = ahead(lane.counter, counter);
      if (step < 0 || step > COUNTER_REACH) continue;
      if (nearest === null || step < ahead(nearest.counter, counter)) nearest = lane;
    }
    if (nearest === null) lanes.push({ counter, at, frames: [frame] });
    else {
      nearest.counter = counter;
      nearest.at = at;
      nearest.frames.push(frame);
    }
  }
  return [...ended, ...lanes].map(({ frames }) => frames).concat(uncounted.length > 0 ? [uncounted] : []);
}

/**
 * Frames without a time, as their names count them: one stream for each folder and beginning of a name.
 * @param frames without a time
 */
export function streamsByName(frames: readonly Frame[]): Frame[][] {
  const streams = new Map<string, Frame[]>();
  for (const frame of frames) {
    const counter = fileCounterOf(frame.name);
    const beginning = counter === null ? '' : frame.name.slice(0, frame.name.search(/\d/));
    const key = `${frame.folder} ${beginning}`;
    const known = streams.get(key);
    if (known) known.push(frame);
    else streams.set(key, [frame]);
  }
  const compare = new Intl.Collator('en', { numeric: true }).compare;
  return [...streams.values()].map((stream) => stream.sort((a, b) => compare(a.name, b.name) || a.id - b.id));
}
