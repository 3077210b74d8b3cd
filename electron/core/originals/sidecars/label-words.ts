/** Which words other programs wrote for color labels: what the settings offer, so that those programs know them again. */
import { readFile } from 'node:fs/promises';
import { breathing } from '../../base/pauses.ts';
import type { Catalog } from '../../catalog/open.ts';
import { newestSidecars } from '../../catalog/sidecars.ts';
import { colorOfText, type LabelColor } from '../../formats/label-colors.ts';
import { Namespace, readXmp, xmpText } from '../../formats/xmp.ts';

/** Sidecars that are looked into. */
const MOST = 1000;

/** @returns the most frequent word of each color that has one. @throws the signal's reason. */
export async function labelWords(catalog: Catalog, signal: AbortSignal): Promise<Partial<Record<LabelColor, string>>> {
  const counts = new Map<LabelColor, Map<string, number>>();
  const breathe = breathing(signal);
  for (const path of newestSidecars(catalog, MOST)) {
    await breathe();
    const bytes = await readFile(path).catch(() => null);
    const properties = bytes === null ? null : readXmp(bytes)?.properties;
    const word = properties == null ? null : (xmpText(properties, `${Namespace.xmp}Label`)?.trim() ?? null);
    const color = colorOfText(word);
    // A code is no word that a person would choose.
    if (word === null || color === null || word.startsWith('#')) continue;
    const words = counts.get(color) ?? new Map<string, number>();
    counts.set(color, words.set(word, (words.get(word) ?? 0) + 1));
  }
  return Object.fromEntries(
    [...counts].map(([color, words]) => [
      color,
      [...words].reduce((best, next) => (next[1] > best[1] ? next : best))[0],
    ]),
  );
}
