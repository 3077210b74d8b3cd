/**
 * Learns the trees of electron/core/analysis/measures/evidence-trees.ts from folders of sound photos:
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
import { scoreOf, type Witnesses } from '../../../electron/core/analysis/measures/evidence.ts';
import { measureWitnesses } from '../../../electron/core/analysis/measures/measure.ts';
import { type DemoShoot, LABELS_FILE } from '../../../electron/core/demo/render.ts';
import { messageOf } from '../../../shared/error-message.ts';
import { FAULTS, type FaultName } from '../../../shared/measures.ts';
import { pictureOf } from '../degrade.ts';
import { type Boosted, boost } from './boosting.ts';
import { copiesOf } from './copies.ts';

interface Row {
  readonly photo: string;
  /** Photos of one group show the same things. */
  readonly group: string;
  readonly fault: FaultName | null;
  readonly witnesses: Witnesses;
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

async function measured(photo: string, group: string): Promise<Row[]> {
  const rows: Row[] = [];
  const add = async (file: string | Buffer, fault: FaultName | null) =>
    rows.push({ photo, group, fault, witnesses: measureWitnesses(await pictureOf(file)) });
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
    rows.push({ photo, group: scene, fault: name, witnesses: measureWitnesses(await pictureOf(photo)) });
  }
  return rows;
}

const classOf = (row: Row) => (row.fault === null ? 0 : 1 + FAULTS.indexOf(row.fault));

function learn(rows: readonly Row[], names: readonly string[]): Boosted {
  const weights = Float64Array.from(rows, (row) => (row.fault === null ? SOUND_WEIGHT : 1));
  const features = new Map(names.map((name) => [name, Float64Array.from(rows, (row) => row.witnesses[name]!)]));
  return boost(features, Uint8Array.from(rows, classOf), weights, FAULTS.length + 1, OPTIONS);
}

/** Log-odds of each fault against soundness. */
function evidenceOf({ base, trees }: Boosted, row: Row): number[] {
  const [sound, ...faults] = base.map((start, one) => scoreOf(start, trees[one]!, row.witnesses));
  return faults.map((score) => score - sound!);
}

function quantileOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((first, second) => first - second);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Prints how often the plainest fault of unseen copies is the planted one, at three shares of accused sound photos. */
function check(rows: readonly Row[], names: readonly string[]): void {
  const groups = [...new Set(rows.map((row) => row.group))].sort();
  const foldOf = new Map(groups.map((group, at) => [group, (at * 7919) % FOLDS]));
  const judged: { row: Row; evidence: number[] }[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const model = learn(
      rows.filter((row) => foldOf.get(row.group) !== fold),
      names,
    );
    for (const row of rows) if (foldOf.get(row.group) === fold) judged.push({ row, evidence: evidenceOf(model, row) });
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

function written(model: Boosted, rows: readonly Row[]): string {
  const classes = ['sound', ...FAULTS];
  return [
    `/** Written by tests/measure/learn/learn.ts from ${rows.length} pictures: sound photos and their damaged copies. Not for editing: see evidence.ts. */`,
    "import type { FaultName } from '../../../shared/measures.ts';",
    '',
    '/** Witness, threshold, what follows up to it, what follows above: another question or what is added to the score. */',
    'export type Tree = readonly [string, number, Tree | number, Tree | number];',
    '',
    `export const BASE: Readonly<Record<'sound' | FaultName, number>> = ${JSON.stringify(Object.fromEntries(classes.map((name, at) => [name, model.base[at]])))};`,
    '',
    "export const TREES: Readonly<Record<'sound' | FaultName, readonly Tree[]>> = {",
    ...classes.flatMap((name, at) => [
      `  '${name}': [`,
      ...model.trees[at]!.map((tree) => `    ${JSON.stringify(tree)},`),
      '  ],',
    ]),
    '};',
    '',
  ].join('\n');
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const kept = values.rows === undefined ? '' : await readFile(values.rows, 'utf8').catch(() => '');
const rows: Row[] = kept
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
const names = Object.keys(rows[0]?.witnesses ?? {});
console.log(
  `${rows.length} pictures of ${new Set(rows.map((row) => row.photo)).size} photos, ${names.length} witnesses.`,
);
check(rows, names);
if (values.write) {
  const file = join(import.meta.dirname, '../../../electron/core/analysis/measures/evidence-trees.ts');
  await writeFile(file, written(learn(rows, names), rows));
  console.log(`Wrote ${file}.`);
}
