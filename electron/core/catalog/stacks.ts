/** Stacks: the frames that may form them, and what they formed. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Catalog, query } from './open.ts';

export type Frame = {
  id: number;
  camera: number;
  /** The camera's own number; empty when it is not known. Two bodies of one model are two cameras. */
  body: string;
  name: string;
  /** Milliseconds. */
  takenAt: number;
  dHash: string;
  pHash: string;
  technical: number | null;
  stack: number | null;
  top: number;
};

const PAGE = 4000;
const FRAMES = `
  SELECT p.id, coalesce(p.camera_id, 0) AS camera, coalesce(p.camera_serial, '') AS body, p.name,
    p.taken_at AS takenAt, p.d_hash AS dHash, p.p_hash AS pHash, p.technical, p.stack_id AS stack, p.stack_top AS top
  FROM photo p LEFT JOIN stack s ON s.id = p.stack_id
  WHERE p.taken_at IS NOT NULL AND p.d_hash IS NOT NULL AND (s.kind IS NULL OR s.kind = 'burst')
    AND coalesce(p.taken_precision, 'second') = 'second'
    AND (coalesce(p.camera_id, 0), coalesce(p.camera_serial, ''), p.taken_at, p.id) > (?, ?, ?, ?)
  ORDER BY coalesce(p.camera_id, 0), coalesce(p.camera_serial, ''), p.taken_at, p.id LIMIT ${PAGE}`;

/** Frames that may form stacks by themselves, of one body after the other, each in the order of time. */
export async function readFrames(catalog: Catalog, signal: AbortSignal): Promise<Frame[]> {
  const frames: Frame[] = [];
  let after: [number, string, number, number] = [-1, '', 0, 0];
  for (;;) {
    signal.throwIfAborted();
    const page = query<Frame>(catalog, FRAMES).all(...after);
    frames.push(...page);
    const last = page.at(-1);
    if (!last || page.length < PAGE) return frames;
    after = [last.camera, last.body, last.takenAt, last.id];
    await nextTurn();
  }
}

/** Frames that were found to belong together. `kept` is the stack that some of them formed before. */
export type StackedFrames = { frames: readonly Frame[]; top: Frame; kept: number | null };

/**
 * Writes stacks of bursts and takes frames out that belong to none any more.
 * @param frames all that were asked about
 * @returns photos whose stack or place in it is another one now
 */
export function writeBurstStacks(
  catalog: Catalog,
  frames: readonly Frame[],
  stacks: readonly StackedFrames[],
): number[] {
  return catalog.transaction(() => {
    const wanted = new Map<number, { stack: number; top: number }>();
    for (const { frames: members, top, kept } of stacks) {
      const stack = kept ?? Number(query(catalog, "INSERT INTO stack (kind) VALUES ('burst')").run().lastInsertRowid);
      for (const frame of members) wanted.set(frame.id, { stack, top: frame === top ? 1 : 0 });
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
}
