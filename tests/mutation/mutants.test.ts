/** The mutants are what they say: one mistake each, in code that runs, and always a program. */
import { readFileSync } from 'node:fs';
import { parseAst } from 'vite';
import { describe, expect, it } from 'vitest';
import { mutantsOf, mutated } from './mutants.ts';
import { PAIRS } from './pairs.ts';

const said = (text: string) => mutantsOf(text).map((mutant) => mutated(text, mutant));

describe('mutants', () => {
  it('flip what decides, each alone', () => {
    expect(said('f(a < b && !c);')).toEqual(['f(a <= b && !c);', 'f(a < b || !c);', 'f(a < b && c);']);
    expect(said('f(1 - a, true);')).toEqual([
      'f((1 + 1) - a, true);',
      'f((1 - 1) - a, true);',
      'f(1 + a, true);',
      'f(1 - a, false);',
    ]);
  });

  it('drop a return only where another way goes on', () => {
    expect(said('function f(a) { if (a) return a; if (a) { g(); return; } return g(); }')).toEqual([
      'function f(a) { if (a) ; if (a) { g(); return; } return g(); }',
      'function f(a) { if (a) return a; if (a) { g(); ; } return g(); }',
    ]);
  });

  it('leave imports, types, texts, comments and names alone', () => {
    const text = `import a from '1 < 2';
      type T = 1 | 2; /* 1 + 1 */ const b: 3 | true = c as 4; // !a
      const d = { 5: '6 - 7', e: \`8\` };`;
    expect(said(text)).toEqual([]);
  });

  it('are programs, for every file of the table', () => {
    for (const { source } of PAIRS) {
      const text = readFileSync(new URL(`../../${source}`, import.meta.url), 'utf8');
      const mutants = mutantsOf(text);
      expect([source, mutants.length > 4]).toEqual([source, true]);
      const broken = mutants.filter((mutant) => {
        try {
          parseAst(mutated(text, mutant), { lang: 'ts' });
          return false;
        } catch {
          return true;
        }
      });
      expect([source, broken]).toEqual([source, []]);
    }
  });
});
