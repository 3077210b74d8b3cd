/**
 * The trees that evidence is weighed by, as data: evidence-trees.json, written by tests/measure/learn/learn.ts and read
 * once, by the thread that judges, when the first photo is judged.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { FAULTS, type FaultName } from '../../shared/reasons.ts';

/**
 * A question: place of the witness in the header's `features`, threshold, what follows up to it, what follows above.
 * A number ends the way: natural log-odds that are added to the score.
 */
export type Tree = readonly [feature: number, threshold: number, upTo: Tree | number, above: Tree | number];

export type TreeClass = 'sound' | FaultName;
export const TREE_CLASSES: readonly TreeClass[] = ['sound', ...FAULTS];

const headerSchema = z.object({
  /** Names of the witnesses (witnesses.ts) that are asked for. */
  features: z.array(z.string()).min(1),
  /** Of this format. */
  version: z.literal(1),
  /** What it was learned from, for people. */
  trainedOn: z.string(),
  date: z.iso.date(),
  /** See `hashOfTrees`. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

/** Score of a class before any tree spoke, and its trees. */
export interface ClassTrees {
  readonly base: number;
  readonly trees: readonly Tree[];
}

export interface LearnedTrees {
  readonly header: z.infer<typeof headerSchema>;
  readonly classes: Readonly<Record<TreeClass, ClassTrees>>;
}

export const TREES_FILE = new URL('./evidence-trees.json', import.meta.url);

/** SHA-256 over all that decides a score, in hexadecimal digits. */
export function hashOfTrees(features: readonly string[], classes: LearnedTrees['classes']): string {
  const decisive = TREE_CLASSES.map((name) => [name, classes[name].base, classes[name].trees]);
  return createHash('sha256')
    .update(JSON.stringify([features, decisive]))
    .digest('hex');
}

/** The text of the file: a tree a line, so that a change can be read. @internal for learning (tests/measure/learn) */
export function treesText({ header, classes }: LearnedTrees): string {
  const parts = TREE_CLASSES.map((name) => {
    const { base, trees } = classes[name];
    const lines = trees.map((tree) => JSON.stringify(tree)).join(',\n');
    return `${JSON.stringify(name)}:{"base":${JSON.stringify(base)},"trees":[\n${lines}\n]}`;
  });
  return `{"header":${JSON.stringify(header)},\n"classes":{\n${parts.join(',\n')}\n}}\n`;
}

/** @throws when the text is not what `treesText` wrote: damaged, of another format, or changed by hand. */
export function parseTrees(text: string): LearnedTrees {
  const file = z.object({ header: headerSchema, classes: z.looseObject({}) }).parse(JSON.parse(text));
  const classes = file.classes as LearnedTrees['classes'];
  for (const name of TREE_CLASSES) {
    if (!Array.isArray(classes[name]?.trees))
      throw new Error(`The trees of ${name} are missing. Install Keeplight again.`);
  }
  if (hashOfTrees(file.header.features, classes) !== file.header.hash) {
    throw new Error('The trees of the measured critic are damaged: their hash is another. Install Keeplight again.');
  }
  return { header: file.header, classes };
}

let loaded: LearnedTrees | null = null;

/** Reads and checks the file at the first call; a few milliseconds. */
export function learnedTrees(): LearnedTrees {
  loaded ??= parseTrees(readFileSync(TREES_FILE, 'utf8'));
  return loaded;
}
