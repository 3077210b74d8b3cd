/** The tables that measures, reasons and the critic's numbers are read from, and the data that the evidence is weighed by. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judgeFacts, MEASURED_CRITIC } from '../../models/measured/critic.ts';
import { WITNESSES } from '../../models/measured/evidence.ts';
import { NUMBER_ROWS, NUMBERS } from '../../models/measured/numbers.ts';
import { learnedTrees, parseTrees, TREES_FILE, type Tree, treesText } from '../../models/measured/trees.ts';
import { shownMeasures } from '../../renderer/panels/inspector/measures.ts';
import { MEASURE_FACTS, MEASURE_NAMES } from '../../shared/measures.ts';
import { seededRandom } from '../../shared/random.ts';
import { REASON_FACTS, reasonFacts, topicOf } from '../../shared/reasons.ts';
import { syntheticFacts } from './synthetic-facts.ts';

/** What each version of the measured critic says of photos that nobody took. */
const SAID_BY_VERSION: Readonly<Record<string, string>> = {
  4: '343b368642112b82',
  5: 'f7e9bdda7830ef9b',
  6: 'c327199b26e2d57a',
  7: '228e55727a06fed8',
};

describe('the measured critic', () => {
  it('has another version when its trees, its numbers or its rules have changed', () => {
    const random = seededRandom(11);
    const about = { width: 3000, height: 2000, iso: 1600, exposureSeconds: 0.1, focalLength: 50 };
    const said = Array.from({ length: 400 }, () => {
      const { critique } = judgeFacts(syntheticFacts(random), about);
      return [critique.value.toFixed(6), critique.technical?.toFixed(6), critique.reasons, critique.suggestions];
    });
    const text = JSON.stringify([learnedTrees().header.hash, NUMBERS, said]);
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
    // Photos are judged again only by another version: raise it in models/measured/critic.ts, and write the hash here.
    expect(SAID_BY_VERSION[MEASURED_CRITIC.modelHash]).toBe(hash);
  });

  it('reads every number of the table, each with its unit and where it comes from', () => {
    const rules = ['critic', 'colorless', 'evidence', 'faults', 'merits', 'notes', 'seen', 'suggestions'].map((name) =>
      readFileSync(new URL(`../../models/measured/${name}.ts`, import.meta.url), 'utf8'),
    );
    const read = new Set([...rules.join('\n').matchAll(/\b(?:N|NUMBERS)\.(\w+)/g)].map(([, name]) => name));
    expect([...read].sort()).toEqual(Object.keys(NUMBER_ROWS).sort());
    for (const { unit, about } of Object.values(NUMBER_ROWS)) expect([unit, about]).not.toContain('');
  });

  it('has no number of its own in its rules', () => {
    for (const name of ['critic', 'evidence', 'faults', 'merits', 'notes', 'suggestions']) {
      const source = readFileSync(new URL(`../../models/measured/${name}.ts`, import.meta.url), 'utf8')
        .replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
        .replace(/'[^'\n]*'/g, '')
        // Text for people keeps its units; what it computes stays.
        .replace(/`(?:\$\{[^}]*\}|[^`$])*`/g, '');
      const bare = source.match(/(?<![\w.])\d+(?:\.\d+)?(?![\w])/g) ?? [];
      expect(
        bare.filter((number) => !['0', '1', '2', '3'].includes(number)),
        name,
      ).toEqual([]);
    }
  });
});

describe('the trees', () => {
  const text = readFileSync(TREES_FILE, 'utf8');

  it('are as they were learned: their hash fits, and what they ask for is measured', () => {
    const trees = parseTrees(text);
    expect(treesText(trees)).toBe(text);
    for (const feature of trees.header.features) expect(WITNESSES).toContain(feature);
    const asked = new Set<number>();
    const walk = (tree: Tree | number): void => {
      if (typeof tree === 'number') return;
      asked.add(tree[0]);
      walk(tree[2]);
      walk(tree[3]);
    };
    for (const { trees: some } of Object.values(trees.classes)) some.forEach(walk);
    expect([...asked].sort((a, b) => a - b)).toEqual([...trees.header.features.keys()]);
  });

  it('are refused when a single number was changed', () => {
    expect(text).toContain('36.52');
    expect(() => parseTrees(text.replace('36.52', '36.53'))).toThrow(/damaged/);
  });
});

describe('a row of a table', () => {
  it('of measures is shown in the inspector under its heading', () => {
    const values = Object.fromEntries(MEASURE_NAMES.map((name) => [name, MEASURE_FACTS[name].range[1]]));
    const shown = shownMeasures(values).flatMap(({ rows }) => rows);
    expect(shown.map(({ name }) => name).sort()).toEqual([...MEASURE_NAMES].sort());
    for (const row of shown) {
      expect(row.text).not.toBe('–');
      expect(row.meaning).toMatch(/\.$|\)$/);
    }
  });

  it('of reasons has words, and a topic that its own caption or sentence speaks of', () => {
    for (const [name, row] of Object.entries(REASON_FACTS)) {
      expect(reasonFacts(name)).toBe(row);
      expect(row.label).not.toBe('');
      if (row.kind === 'fault' && 'weighed' in row) expect(topicOf(name)).not.toBeNull();
    }
    expect(topicOf('of-another-critic')).toBeNull();
  });
});
