/** The project's sources with what each imports, value and type imports alike, for tests of the house itself. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

export type Source = { path: string; text: string; imports: string[] };

function* filesBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (/\.tsx?$/.test(entry.name)) yield path;
  }
}

const IMPORT = /(?:^|[\s;}])(?:import|export)\b[^'"`;]*?from\s*'(\.[^']+)'|import\s*\(?\s*'(\.[^']+)'/g;

/** @param folders at the top of the repository. @returns sources with the paths, from the repository's top, that they import. */
export function sourcesOf(...folders: string[]): Source[] {
  return folders.flatMap((folder) =>
    [...filesBelow(folder)].map((path) => {
      const text = readFileSync(join(ROOT, path), 'utf8');
      const imports = [...text.matchAll(IMPORT)].map((match) =>
        posix.normalize(posix.join(posix.dirname(path), match[1] ?? match[2] ?? '')),
      );
      return { path, text, imports };
    }),
  );
}

/** Which rooms import which, with one file that does for each pair. A room is what `roomOf` says; null is left out. */
export function graphOf(
  sources: readonly Source[],
  roomOf: (path: string) => string | null,
): Map<string, Map<string, string>> {
  const graph = new Map<string, Map<string, string>>();
  for (const { path, imports } of sources) {
    const from = roomOf(path);
    if (from === null) continue;
    for (const imported of imports) {
      const to = roomOf(imported);
      if (to === null || to === from) continue;
      const targets = graph.get(from) ?? new Map<string, string>();
      graph.set(from, targets);
      if (!targets.has(to)) targets.set(to, `${path} imports ${imported}`);
    }
  }
  return graph;
}

/** @returns the rooms of a circle, first and last the same; null when there is none. */
export function circleIn(graph: ReadonlyMap<string, ReadonlyMap<string, string>>): string[] | null {
  const done = new Set<string>();
  const visit = (room: string, way: readonly string[]): string[] | null => {
    const at = way.indexOf(room);
    if (at >= 0) return [...way.slice(at), room];
    if (done.has(room)) return null;
    for (const next of graph.get(room)?.keys() ?? []) {
      const circle = visit(next, [...way, room]);
      if (circle) return circle;
    }
    done.add(room);
    return null;
  };
  for (const room of graph.keys()) {
    const circle = visit(room, []);
    if (circle) return circle;
  }
  return null;
}
