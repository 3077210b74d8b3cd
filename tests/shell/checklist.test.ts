/** docs/security.md says the truth: every line that it quotes is there, every test that it names exists. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = readFileSync(join(root, 'docs', 'security.md'), 'utf8');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const checklist = text
  .slice(text.indexOf("## Electron's checklist"))
  .split('\n')
  .flatMap((line) => {
    const row = /^\| (.+?) \| `([^`]+)` \| (absent: )?`([^`]+)` \|$/.exec(line);
    return row ? [{ point: row[1]!, path: row[2]!, absent: row[3] !== undefined, code: row[4]! }] : [];
  });

test('every point of the checklist has its row', () => {
  const points = new Set(checklist.flatMap(({ point }) => /^(\d+) /.exec(point)?.[1] ?? []));
  expect([...points].map(Number).sort((left, right) => left - right)).toEqual(
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
});

test.each(checklist)('$point', ({ path, absent, code }) => {
  expect(read(path).includes(code)).toBe(!absent);
});

test('every file that is named exists', () => {
  const named = [...text.matchAll(/`((?:tests|electron|build)\/[\w./-]+\.\w+)`/g)].map(([, path]) => path!);
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
