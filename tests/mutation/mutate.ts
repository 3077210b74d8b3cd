/**
 * The mutation pass: which tests notice a small mistake in the file that they are about?
 *
 *     node tests/mutation/mutate.ts --table [--only <part of a source's path>] [--count <mutants a file>] [--seed <n>]
 *     node tests/mutation/mutate.ts <source> <test>… [--count <n>] [--seed <n>] [--line <n>]
 *
 * Prints each mutant as it ends, then a table in Markdown. A mutant is killed when a test fails, timed out when the tests
 * don't end in three times what they need for the sound source, else it survived: equivalent, or a hole in the tests.
 * No file is written: the runner of the tests is handed the changed text instead of the file's. It runs in a process of
 * its own, which is ended where a mutant doesn't come back, and is otherwise kept from mutant to mutant.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type CliOptions, createVitest } from 'vitest/node';
import { messageOf } from '../../shared/error-message.ts';
import { seededRandom } from '../../shared/random.ts';
import { type Mutant, mutantsOf, mutated } from './mutants.ts';
import { PAIRS, type Pair } from './pairs.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Milliseconds that a first run may take, and that every later one gets on top of its share. */
const PATIENCE = 120_000;
const GRACE = 5_000;

type Outcome = 'killed' | 'survived' | 'timed out';

interface Score {
  readonly source: string;
  readonly drawn: number;
  readonly outcomes: readonly { readonly mutant: Mutant; readonly outcome: Outcome }[];
}

/** Tests of one pair in a process that answers a text of the source with whether they pass. */
class Runner {
  #child: ChildProcess | null = null;
  readonly #pair: Pair;

  constructor(pair: Pair) {
    this.#pair = pair;
  }

  /** Null where there is no answer within the milliseconds. */
  async passes(text: string, milliseconds: number): Promise<boolean | null> {
    // In a group of its own, so that the processes of the tests end with it.
    this.#child ??= fork(import.meta.filename, ['--runner', this.#pair.source, ...this.#pair.tests], {
      cwd: ROOT,
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const child = this.#child;
    const ended = new AbortController();
    const limit = setTimeout(() => ended.abort(), milliseconds);
    const onExit = () => ended.abort();
    child.once('exit', onExit);
    child.send(text);
    try {
      const [answer] = await once(child, 'message', { signal: ended.signal });
      return answer === true;
    } catch {
      this.close();
      return null;
    } finally {
      clearTimeout(limit);
      child.off('exit', onExit);
    }
  }

  close(): void {
    const child = this.#child;
    this.#child = null;
    if (!child?.pid) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It had ended already.
    }
  }
}

/** The other side: keeps one runner of the tests and tells for each text whether the tests pass with it. */
async function serveRuns(source: string, tests: readonly string[]): Promise<void> {
  const path = join(ROOT, source);
  let text = readFileSync(path, 'utf8');
  const options: CliOptions = {
    root: ROOT,
    config: false,
    watch: false,
    include: [...tests],
    pool: 'forks',
    maxWorkers: 1,
    bail: 1,
    reporters: [{}],
    // Its key is the text of the file, which doesn't change.
    fsModuleCache: false,
    testTimeout: PATIENCE,
    hookTimeout: PATIENCE,
  };
  const vitest = await createVitest(options, {
    logLevel: 'silent',
    plugins: [{ name: 'mutant', enforce: 'pre', load: (id) => (id.split('?')[0] === path ? text : null) }],
  });
  const specifications = await vitest.globTestSpecifications();
  if (specifications.length !== tests.length) throw new Error(`Not all of these tests are there: ${tests.join(', ')}`);
  process.on('message', async (next) => {
    text = String(next);
    vitest.invalidateFile(path);
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
    process.send?.(
      unhandledErrors.length === 0 && testModules.length > 0 && testModules.every((module) => module.ok()),
    );
  });
  process.once('disconnect', () => process.exit());
}

interface Draw {
  readonly count: number;
  readonly seed: number;
  /** Only mutants of this line, all of them. */
  readonly line?: number;
}

function drawnMutants(text: string, { count, seed, line }: Draw): Mutant[] {
  const all = mutantsOf(text);
  if (line) return all.filter((mutant) => mutant.line === line);
  const random = seededRandom(seed);
  const shuffled = all.map((mutant) => ({ mutant, rank: random() })).sort((one, other) => one.rank - other.rank);
  return shuffled
    .slice(0, count)
    .map(({ mutant }) => mutant)
    .sort((one, other) => one.start - other.start);
}

async function scoreOf(pair: Pair, draw: Draw): Promise<Score> {
  const text = readFileSync(join(ROOT, pair.source), 'utf8');
  const runner = new Runner(pair);
  const stop = () => {
    runner.close();
    process.exit(130);
  };
  process.once('SIGINT', stop);
  try {
    const started = performance.now();
    if ((await runner.passes(text, PATIENCE)) !== true) {
      throw new Error(`The tests of ${pair.source} don't pass before anything is changed: ${pair.tests.join(', ')}`);
    }
    const limit = GRACE + 3 * (performance.now() - started);
    // Otherwise every mutant would survive.
    if ((await runner.passes('throw new Error("mutant");', PATIENCE)) !== false) {
      throw new Error(`The tests of ${pair.source} don't load it: ${pair.tests.join(', ')}`);
    }
    const outcomes: { mutant: Mutant; outcome: Outcome }[] = [];
    const count = pair.slow ? Math.ceil(draw.count / 2) : draw.count;
    for (const mutant of drawnMutants(text, { ...draw, count })) {
      const passed = await runner.passes(mutated(text, mutant), limit);
      const outcome = passed === null ? 'timed out' : passed ? 'survived' : 'killed';
      outcomes.push({ mutant, outcome });
      console.log(`${outcome.padEnd(9)} ${pair.source}:${mutant.line} ${mutant.operator} ${changeOf(text, mutant)}`);
    }
    return { source: pair.source, drawn: mutantsOf(text).length, outcomes };
  } finally {
    process.off('SIGINT', stop);
    runner.close();
  }
}

/** The line before and after, in short. */
function changeOf(text: string, mutant: Mutant): string {
  const from = text.lastIndexOf('\n', mutant.start - 1) + 1;
  const to = text.indexOf('\n', mutant.end);
  const line = text.slice(from, to === -1 ? undefined : to);
  const at = { ...mutant, start: mutant.start - from, end: mutant.end - from };
  return `\`${line.trim()}\` → \`${mutated(line, at).trim()}\``;
}

function tableOf(scores: readonly Score[]): string {
  const tally = (some: readonly Score[]) =>
    (['killed', 'timed out', 'survived'] as const).map(
      (wanted) => some.flatMap(({ outcomes }) => outcomes).filter(({ outcome }) => outcome === wanted).length,
    );
  const rows = scores.map((score) => [`\`${score.source}\``, score.drawn, ...tally([score])]);
  const possible = scores.reduce((sum, { drawn }) => sum + drawn, 0);
  return [
    ['File', 'Possible', 'Killed', 'Timed out', 'Survived'],
    ['---', '--:', '--:', '--:', '--:'],
    ...rows,
    ['All', possible, ...tally(scores)],
  ]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    table: { type: 'boolean', default: false },
    runner: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    count: { type: 'string', default: '8' },
    seed: { type: 'string', default: '8' },
    line: { type: 'string' },
  },
});
const [source, ...tests] = positionals;
if (values.runner && source) {
  await serveRuns(source, tests);
} else {
  const draw = { count: Number(values.count), seed: Number(values.seed), line: values.line ? Number(values.line) : 0 };
  const pairs =
    values.table || !source ? PAIRS.filter((pair) => pair.source.includes(values.only)) : [{ source, tests }];
  const scores: Score[] = [];
  for (const pair of pairs) {
    try {
      scores.push(await scoreOf(pair, draw));
    } catch (error) {
      // One pair that can't be judged doesn't cost the others their score.
      console.error(messageOf(error));
      process.exitCode = 1;
    }
  }
  console.log(`\n${tableOf(scores)}`);
}
