/** The bars of moments on made shoots. */
import { expect } from 'vitest';
import { findGroups } from '../../electron/core/culling/grouping.ts';
import { topOf } from '../../electron/core/culling/tops.ts';
import { type Looked, lookAt, retold } from './look.ts';
import { makeShoot } from './made-shoot.ts';
import { type Found, type Score, scoreOf } from './score.ts';

/** Likeness that the settings begin with. */
const USUAL = 0.6;

/** What files may say of one shoot. */
const TELLINGS = [
  { subSeconds: true, serials: true },
  { subSeconds: true, serials: false },
  { subSeconds: false, serials: true },
  { subSeconds: false, serials: false },
] as const;

export interface Tried extends Score {
  /** Seed, what the files say, and how many frames there are. */
  readonly of: string;
}

/** One shoot, looked at once, with each way of telling time and bodies. @param moments of each of its two bodies */
export async function tryShoot(seed: number, moments: number): Promise<Tried[]> {
  const tellings = TELLINGS.map((telling) => ({ ...telling, made: makeShoot({ seed, moments, ...telling }) }));
  const looked = await lookAt(tellings[0]!.made);
  return tellings.map(({ made, subSeconds, serials }) => ({
    of: `seed ${seed}, ${subSeconds ? 'parts of' : 'whole'} seconds, ${serials ? 'with' : 'without'} serials, ${made.length} frames`,
    ...scoreOf(made, find(retold(looked, made))),
  }));
}

function find(looked: Looked): Found[] {
  return [...findGroups(looked.frames, { looks: looked, threshold: USUAL })].flat().map((group) => ({
    kind: group.kind,
    frames: group.frames.map(({ id }) => id),
    top: topOf(group, (id) => looked.candidate(id)).top,
  }));
}

/** Over all shoots together; brackets in none may be split. */
export function expectBars(tried: readonly Tried[]): void {
  for (const { of, f1, kinds, tops, split, faults } of tried) {
    const numbers = `F1 ${f1.toFixed(3)}, kinds ${kinds.toFixed(3)}, tops ${tops.toFixed(3)}, split ${split}`;
    console.log([`${of}: ${numbers}`, ...faults.map((fault) => `  ${fault}`)].join('\n'));
  }
  const mean = (pick: (score: Tried) => number) => tried.reduce((sum, one) => sum + pick(one), 0) / tried.length;
  expect(mean(({ f1 }) => f1)).toBeGreaterThanOrEqual(0.97);
  expect(mean(({ kinds }) => kinds)).toBeGreaterThanOrEqual(0.97);
  expect(mean(({ tops }) => tops)).toBeGreaterThanOrEqual(0.95);
  expect(tried.map(({ split }) => split)).toEqual(tried.map(() => 0));
}
