/**
 * Learns the trees of models/measured/evidence-trees.json from folders of sound photos:
 *
 *     node tests/measure/learn/learn.ts <folder>… [--rows <file>] [--write]
 *
 * Scenes that look alike belong into one folder: a folder is never on both sides of the check. A folder with a rendered
 * demo shoot is taken with its labels. `--rows` keeps what was measured between runs; `--write` writes the trees.
 * First comes the check: five times a fifth of the folders is set aside, the trees are learned from the others, and
 * the critic is asked about what it has not seen.
 */

import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { measurePicture } from '../../../electron/core/analysis/measures/measure.ts';
import { type DemoShoot, LABELS_FILE } from '../../../electron/core/demo/render.ts';
import { type Forest, forestOf, scoreOf, WITNESSES, witnessesOf } from '../../../models/measured/evidence.ts';
import {
  type ClassTrees,
  hashOfTrees,
  type LearnedTrees,
  TREE_CLASSES,
  TREES_FILE,
  type Tree,
  type TreeClass,
  treesText,
} from '../../../models/measured/trees.ts';
import { messageOf } from '../../../shared/error-message.ts';
import { FAULTS, type FaultName } from '../../../shared/reasons.ts';
import { pictureOf } from '../degrade.ts';
import { type Boosted, boost } from './boosting.ts';
import { copiesOf } from './copies.ts';

interface Row {
  readonly photo: string;
  /** Photos of one group show the same things. */
  readonly group: string;
  readonly fault: FaultName | null;
  /** In the order of WITNESSES. */
  readonly witnesses: readonly number[];
}

const FOLDS = 5;
/** A sound photo counts as much as this many damaged ones: there are few of them, and to blame one is worse. */
const SOUND_WEIGHT = 5;
const OPTIONS = { rounds: 220, rate: 0.08, penalty: 4, least: 3 } as const;
async function photosUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /^\.(jpe?g|png|tiff?|webp|avif|heic)$/i.test(extname(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

const witnessesIn = async (file: string | Buffer): Promise<number[]> =>
  Array.from(witnessesOf(measurePicture(await pictureOf(file))));

async function measured(photo: string, group: string): Promise<Row[]> {
  const rows: Row[] = [];
  const add = async (file: string | Buffer, fault: FaultName | null) =>
    rows.push({ photo, group, fault, witnesses: await witnessesIn(file) });
  await add(photo, null);
  for await (const copy of copiesOf(photo)) await add(copy.file, copy.fault);
  return rows;
}

/** Frames of a rendered demo shoot with the faults that were planted in them; null for any other folder. */
async function labelled(folder: string): Promise<Row[] | null> {
  const labels = await readFile(join(folder, LABELS_FILE), 'utf8').catch(() => null);
  if (labels === null) return null;
  const { frames } = JSON.parse(labels) as Pick<DemoShoot, 'frames'>;
  const rows: Row[] = [];
  for (const { file, scene, fault } of frames) {
    const name = FAULTS.find((one) => one === fault?.name) ?? null;
    if (fault !== null && name === null) continue;
    const photo = join(folder, file);
    rows.push({ photo, group: scene, fault: name, witnesses: await witnessesIn(photo) });
  }
  return rows;
}

const classOf = (row: Row) => (row.fault === null ? 0 : 1 + FAULTS.indexOf(row.fault));

function learn(rows: readonly Row[]): Boosted {
  const weights = Float64Array.from(rows, (row) => (row.fault === null ? SOUND_WEIGHT : 1));
  const features = WITNESSES.map((_, place) => Float64Array.from(rows, (row) => row.witnesses[place]!));
  return boost(features, Uint8Array.from(rows, classOf), weights, FAULTS.length + 1, OPTIONS);
}

/** Log-odds of each fault against soundness. */
function evidenceOf(base: readonly number[], forests: readonly Forest[], row: Row): number[] {
  const [sound, ...faults] = base.map((start, one) => scoreOf(start, forests[one]!, row.witnesses));
  return faults.map((score) => score - sound!);
}

function quantileOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((first, second) => first - second);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Prints how often the plainest fault of unseen copies is the planted one, at three shares of accused sound photos. */
function check(rows: readonly Row[]): void {
  const groups = [...new Set(rows.map((row) => row.group))].sort();
  const foldOf = new Map(groups.map((group, at) => [group, (at * 7919) % FOLDS]));
  const judged: { row: Row; evidence: number[] }[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const model = learn(rows.filter((row) => foldOf.get(row.group) !== fold));
    const forests = model.trees.map(forestOf);
    for (const row of rows)
      if (foldOf.get(row.group) === fold) judged.push({ row, evidence: evidenceOf(model.base, forests, row) });
  }
  const sound = judged.filter(({ row }) => row.fault === null).map(({ evidence }) => Math.max(...evidence));
  for (const accused of [0.02, 0.03, 0.04, 0.05]) {
    const least = quantileOf(sound, 1 - accused);
    const rate = (of: typeof judged) =>
      of.filter(({ row, evidence }) => {
        const most = Math.max(...evidence);
        return most > least && evidence.indexOf(most) === classOf(row) - 1;
      }).length / of.length;
    const damaged = judged.filter(({ row }) => row.fault !== null);
    const each = FAULTS.map(
      (fault) => `${fault} ${(100 * rate(damaged.filter(({ row }) => row.fault === fault))).toFixed(0)}`,
    );
    console.log(
      `${(100 * accused).toFixed(0)} % accused from ${least.toFixed(2)}: ${(100 * rate(damaged)).toFixed(1)} % named (${each.join(', ')})`,
    );
  }
}

/** The trees with the witnesses that they ask for, as they are kept. */
function kept(model: Boosted, pictures: number): LearnedTrees {
  const asked = new Set<number>();
  const look = (tree: Tree | number): void => {
    if (typeof tree === 'number') return;
    asked.add(tree[0]);
    look(tree[2]);
    look(tree[3]);
  };
  for (const tree of model.trees.flat()) look(tree);
  const places = [...asked].sort((first, second) => first - second);
  const placed = (tree: Tree | number): Tree | number =>
    typeof tree === 'number' ? tree : [places.indexOf(tree[0]), tree[1], placed(tree[2]), placed(tree[3])];
  const features = places.map((place) => WITNESSES[place]!);
  const classes = Object.fromEntries(
    TREE_CLASSES.map((name, at): [TreeClass, ClassTrees] => [
      name,
      { base: model.base[at]!, trees: model.trees[at]!.map((tree) => placed(tree) as Tree) },
    ]),
  ) as Record<TreeClass, ClassTrees>;
  return {
    header: {
      features,
      version: 1,
      trainedOn: `${pictures} pictures: sound photos and their damaged copies`,
      date: new Date().toISOString().slice(0, 10),
      hash: hashOfTrees(features, classes),
    },
    classes,
  };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const before = values.rows === undefined ? '' : await readFile(values.rows, 'utf8').catch(() => '');
const rows: Row[] = before
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line) as Row);
const known = new Set(rows.map((row) => row.photo));
for (const folder of positionals) {
  const shoot = await labelled(folder);
  if (shoot !== null) {
    rows.push(...shoot);
    continue;
  }
  for (const photo of await photosUnder(folder)) {
    if (known.has(photo)) continue;
    try {
      const added = await measured(photo, dirname(photo));
      rows.push(...added);
      if (values.rows) await appendFile(values.rows, added.map((row) => `${JSON.stringify(row)}\n`).join(''));
    } catch (error) {
      console.error(`${photo}: ${messageOf(error)}`);
    }
  }
}
console.log(
  `${rows.length} pictures of ${new Set(rows.map((row) => row.photo)).size} photos, ${WITNESSES.length} witnesses.`,
);
check(rows);
if (values.write) {
  await writeFile(TREES_FILE, treesText(kept(learn(rows), rows.length)));
  console.log('Wrote the trees: give the measured critic another version (models/measured/critic.ts).');
}
