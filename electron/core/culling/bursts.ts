/**
 * Frames of one moment → stacks: same camera, hardly any time between them, and each like the stack's first frame.
 * Likeness to the first frame, never to the one before: a slow pan must not chain into one stack.
 * Source: SCIENCE, section 6 (bursts).
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { hashDistance } from '../../../shared/measures.ts';
import type { Changes } from '../base/events.ts';
import { type Catalog, query } from '../catalog/open.ts';

/** Milliseconds between frames of one burst where the camera writes parts of a second, and where it does not. */
const GAP = 1250;
const GAP_IN_WHOLE_SECONDS = 2000;
/** Bits of the two 64-bit fingerprints in which frames of a burst may differ: a likeness of at least .93. */
export const MOST_DIFFERENT_BITS = 8;

export type Frame = {
  id: number;
  camera: number;
  /** Milliseconds. */
  takenAt: number;
  dHash: string;
  pHash: string;
  technical: number | null;
  stack: number | null;
  top: number;
};

export type Burst = { frames: Frame[]; top: Frame };

export function looksAlike(a: Pick<Frame, 'dHash' | 'pHash'>, b: Pick<Frame, 'dHash' | 'pHash'>): boolean {
  return hashDistance(a.dHash, b.dHash) + hashDistance(a.pHash, b.pHash) <= MOST_DIFFERENT_BITS;
}

/** @param frames of one camera after the other, each in the order of time. @returns bursts of two frames or more. */
export function* findBursts(frames: Iterable<Frame>): Generator<Burst> {
  let burst: Frame[] = [];
  for (const frame of frames) {
    const first = burst[0];
    const last = burst.at(-1);
    if (first && last && last.camera === frame.camera && isNext(last, frame) && looksAlike(first, frame)) {
      burst.push(frame);
      continue;
    }
    if (burst.length > 1) yield { frames: burst, top: bestOf(burst) };
    burst = [frame];
  }
  if (burst.length > 1) yield { frames: burst, top: bestOf(burst) };
}

function isNext(before: Frame, after: Frame): boolean {
  const wholeSeconds = before.takenAt % 1000 === 0 && after.takenAt % 1000 === 0;
  return after.takenAt - before.takenAt <= (wholeSeconds ? GAP_IN_WHOLE_SECONDS : GAP);
}

/** The technically best frame, the first of equals: the scene is the same, so sharpness and exposure decide. */
function bestOf(frames: readonly Frame[]): Frame {
  return frames.reduce((best, frame) => ((frame.technical ?? -1) > (best.technical ?? -1) ? frame : best));
}

const PAGE = 4000;
const FRAMES = `
  SELECT p.id, coalesce(p.camera_id, 0) AS camera, p.taken_at AS takenAt, p.d_hash AS dHash, p.p_hash AS pHash,
    p.technical, p.stack_id AS stack, p.stack_top AS top
  FROM photo p LEFT JOIN stack s ON s.id = p.stack_id
  WHERE p.taken_at IS NOT NULL AND p.d_hash IS NOT NULL AND (s.kind IS NULL OR s.kind = 'burst')
    AND (coalesce(p.camera_id, 0), p.taken_at, p.id) > (?, ?, ?)
  ORDER BY coalesce(p.camera_id, 0), p.taken_at, p.id LIMIT ${PAGE}`;

async function readFrames(catalog: Catalog, signal: AbortSignal): Promise<Frame[]> {
  const frames: Frame[] = [];
  let after: [number, number, number] = [-1, 0, 0];
  for (;;) {
    signal.throwIfAborted();
    const page = query<Frame>(catalog, FRAMES).all(...after);
    frames.push(...page);
    const last = page.at(-1);
    if (!last || page.length < PAGE) return frames;
    after = [last.camera, last.takenAt, last.id];
    await nextTurn();
  }
}

/** Finds the bursts of the library again and writes what differs; stacks that people made are left alone. */
export async function stackBursts(catalog: Catalog, changes: Changes, signal: AbortSignal): Promise<void> {
  const frames = await readFrames(catalog, signal);
  const wanted = new Map<number, { stack: number | null; top: number }>();
  const used = new Set<number>();
  const unnamed: Burst[] = [];
  for (const burst of findBursts(frames)) {
    const kept = burst.frames.find(({ stack }) => stack !== null && !used.has(stack))?.stack ?? null;
    if (kept === null) {
      unnamed.push(burst);
      continue;
    }
    used.add(kept);
    for (const frame of burst.frames) wanted.set(frame.id, { stack: kept, top: frame === burst.top ? 1 : 0 });
  }
  const changed = catalog.transaction(() => {
    for (const burst of unnamed) {
      const stack = Number(query(catalog, "INSERT INTO stack (kind) VALUES ('burst')").run().lastInsertRowid);
      for (const frame of burst.frames) wanted.set(frame.id, { stack, top: frame === burst.top ? 1 : 0 });
    }
    const update = query(catalog, 'UPDATE photo SET stack_id = ?, stack_top = ? WHERE id = ?');
    const touched: number[] = [];
    for (const frame of frames) {
      const { stack, top } = wanted.get(frame.id) ?? { stack: null, top: 0 };
      if (stack === frame.stack && top === frame.top) continue;
      update.run(stack, top, frame.id);
      touched.push(frame.id);
    }
    query(
      catalog,
      "DELETE FROM stack WHERE kind = 'burst' AND NOT EXISTS (SELECT 1 FROM photo WHERE photo.stack_id = stack.id)",
    ).run();
    return touched;
  })();
  changes.photos(changed, true);
}
