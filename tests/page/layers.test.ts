/** The walls inside the page, read from its imports: rooms know only those beneath them, and views never each other. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const PAGE = fileURLToPath(new URL('../../renderer', import.meta.url));

/** Which rooms a room may import besides itself and shared/. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  // Geometry and pixels of a picture: pure, so everyone may know them.
  picture: [],
  ui: ['picture'],
  store: ['picture'],
  photo: ['picture', 'store'],
  app: ['ui', 'picture', 'store'],
  panels: ['app', 'ui', 'photo', 'picture', 'store'],
  views: ['panels', 'app', 'ui', 'photo', 'picture', 'store'],
};

interface Import {
  /** Paths below renderer/, with `/`. */
  readonly from: string;
  readonly to: string;
}

/** Every import of the page's files that stays in the page, types among them. */
function importsOfPage(): Import[] {
  return readdirSync(PAGE, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .flatMap((file) => {
      const text = readFileSync(join(PAGE, file), 'utf8');
      const specifiers = [...text.matchAll(/(?:from|import)\s*\(?'(\.{1,2}\/[^']+\.tsx?)'/g)].map((match) => match[1]!);
      return specifiers.map((specifier) => ({
        from: file.split(sep).join('/'),
        to: relative(PAGE, resolve(dirname(join(PAGE, file)), specifier))
          .split(sep)
          .join('/'),
      }));
    })
    .filter(({ to }) => !to.startsWith('..'));
}

const imports = importsOfPage();
const roomOf = (file: string): string => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '');
const viewOf = (file: string): string | undefined => /^views\/([^/]+)\//.exec(file)?.[1];
const words = (list: readonly Import[]): string[] => list.map(({ from, to }) => `${from} → ${to}`);

test('the imports are read at all', () => {
  expect(imports.length).toBeGreaterThan(300);
  expect(words(imports)).toContain('views/loupe/Loupe.tsx → views/loupe/Filmstrip.tsx');
});

test('a room imports only the rooms beneath it', () => {
  const wrong = imports.filter(({ from, to }) => {
    const [own, other] = [roomOf(from), roomOf(to)];
    return own !== '' && own !== other && !(MAY[own] ?? []).includes(other);
  });
  expect(words(wrong)).toEqual([]);
});

test('no view imports another, and only the registry and the entry import views', () => {
  const wrong = imports.filter(({ from, to }) => {
    const view = viewOf(to);
    return view !== undefined && viewOf(from) !== view && from !== 'main.tsx' && from !== 'views/registry.ts';
  });
  expect(words(wrong)).toEqual([]);
});
