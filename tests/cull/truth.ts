/** The bars of moments on made shoots. */
import { findGroups } from '../../electron/core/culling/grouping.ts';
import { topOf } from '../../electron/core/culling/tops.ts';
import { lookAt } from './look.ts';
import { makeShoot, type ShootOptions } from './made-shoot.ts';
import { type Found, type Score, scoreOf } from './score.ts';

/** Likeness that the settings begin with. */
export const USUAL = 0.6;

export async function tryShoot(options: ShootOptions): Promise<Score & { frames: number }> {
  const made = makeShoot(options);
  const looked = await lookAt(made);
  const found: Found[] = [...findGroups(looked.frames, { looks: looked, threshold: USUAL })].flat().map((group) => ({
    kind: group.kind,
    frames: group.frames.map(({ id }) => id),
    top: topOf(group, (id) => looked.candidate(id)).top,
  }));
  return { ...scoreOf(made, found), frames: made.length };
}
