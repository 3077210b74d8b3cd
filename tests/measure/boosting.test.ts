import { describe, expect, it } from 'vitest';
import { forestOf, scoreOf } from '../../models/measured/evidence.ts';
import { boost } from './learn/boosting.ts';
import { uniformFrom } from './learn/copies.ts';

const OPTIONS = { rounds: 40, rate: 0.2, penalty: 1, least: 1 };

function points(seed: string, count: number) {
  const uniform = uniformFrom(seed);
  return Array.from({ length: count }, () => ({ across: uniform(), down: uniform(), noise: uniform() }));
}

/** Three classes of which two can only be told apart by two numbers together. */
const classOf = ({ across, down }: { across: number; down: number }) =>
  down > 0.8 ? 2 : across < 0.5 === down < 0.4 ? 0 : 1;

function learned(seed: string) {
  const rows = points(seed, 3000);
  const column = (name: 'across' | 'down' | 'noise') => Float64Array.from(rows, (row) => row[name]);
  return boost(
    [column('across'), column('down'), column('noise')],
    Uint8Array.from(rows, classOf),
    new Float64Array(rows.length).fill(1),
    3,
    OPTIONS,
  );
}

describe('boosting', () => {
  const model = learned('a');
  const forests = model.trees.map(forestOf);

  it('tells classes apart that only two numbers together tell, on points it has not seen', () => {
    const right = points('b', 2000).filter((point) => {
      const scores = model.base.map((base, one) =>
        scoreOf(base, forests[one]!, [point.across, point.down, point.noise]),
      );
      return scores.indexOf(Math.max(...scores)) === classOf(point);
    });
    expect(right.length).toBeGreaterThan(0.95 * 2000);
  });

  it('learns the same from the same', () => {
    expect(learned('a')).toEqual(model);
  });

  it('asks at most three questions a tree', () => {
    for (const tree of model.trees.flat()) {
      for (const branch of [tree[2], tree[3]]) {
        if (typeof branch !== 'number') expect([typeof branch[2], typeof branch[3]]).toEqual(['number', 'number']);
      }
    }
  });
});
