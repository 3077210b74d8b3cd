/**
 * `npm run bench [-- <name>… --photos <n> --library <folder>]`: runs the benchmarks of this folder one after the other, prints their tables and keeps
 * them in docs/benchmarks.md, each between its own marks; what a person wrote around them stays.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { BenchContext, Benchmark, Measurement } from './bench.ts';

const DOCUMENT = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));
const HEAD = `# Benchmarks

Made by \`npm run bench\`; \`npm run bench -- <name>\` makes one again. Ratios are of two things measured in the same run
on the same machine, so they say more than the seconds beside them.
`;

const stop = new AbortController();
process.on('SIGINT', () => stop.abort(new Error('Stopped.')));

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { photos: { type: 'string' }, library: { type: 'string' } },
});
const photos = options.photos === undefined ? undefined : Number(options.photos);
if (photos !== undefined && !(Number.isInteger(photos) && photos > 0))
  throw new Error('--photos wants a whole number.');
const names = (await readdir(new URL('.', import.meta.url)))
  .filter((name) => name.endsWith('.ts') && !['run.ts', 'bench.ts'].includes(name))
  .sort();
let missed = 0;
let ran = 0;
for (const file of names) {
  const name = file.slice(0, -3);
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const { default: benchmark } = (await import(new URL(file, import.meta.url).href)) as { default?: Benchmark };
  if (typeof benchmark?.run !== 'function') continue;
  ran += 1;
  process.stderr.write(`${benchmark.name}…\n`);
  const context: BenchContext = {
    signal: stop.signal,
    photos,
    library: options.library,
    say: (text) => process.stderr.write(`  ${text}\n`),
  };
  const measurements = await benchmark.run(context);
  const about = typeof benchmark.about === 'function' ? benchmark.about(context) : (benchmark.about ?? '');
  missed += measurements.filter((measurement) => kept(measurement) === false).length;
  const table = tableOf(measurements);
  process.stdout.write(`\n${benchmark.name}\n\n${table}\n`);
  const named = photos === undefined ? '' : `, ${photos.toLocaleString('en')} photos`;
  await keep(
    photos === undefined ? name : `${name}-${photos}`,
    `## ${benchmark.name}${named}\n\n${about}\n\n${table}\n${machine()}\n`,
  );
}
if (ran === 0)
  process.stderr.write(`There is no such benchmark. There are: ${names.map((n) => n.slice(0, -3)).join(', ')}.\n`);
process.stdout.write(missed === 0 ? '\nAll targets kept.\n' : `\n${missed} targets missed.\n`);
process.exit(ran === 0 || missed > 0 ? 1 : 0);

/** Null where nothing was promised. */
function kept({ value, target }: Measurement): boolean | null {
  if (!target) return null;
  return value <= (target.most ?? Number.POSITIVE_INFINITY) && value >= (target.least ?? Number.NEGATIVE_INFINITY);
}

function tableOf(measurements: readonly Measurement[]): string {
  const rows = measurements.map((measurement) => {
    const { label, value, unit, target } = measurement;
    const bound =
      target?.most === undefined ? (target?.least === undefined ? '' : `≥ ${target.least}`) : `≤ ${target.most}`;
    const verdict = kept(measurement);
    return [
      label,
      `${shown(value)} ${unit}`,
      bound && `${bound} ${unit}`,
      verdict === null ? '' : verdict ? 'kept' : 'missed',
    ];
  });
  const head = ['what', 'measured', 'target', ''];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length), 3));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line), ''].join('\n');
}

/** Three digits that count. */
function shown(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();
}

function machine(): string {
  const model = cpus()[0]?.model.trim() ?? process.arch;
  const memory = Math.round(totalmem() / 2 ** 30);
  const day = new Date().toISOString().slice(0, 10);
  const busy = loadavg()[0]!.toFixed(1);
  return `${day}, ${availableParallelism()} cores (${model}), ${memory} GB, ${process.platform}, Node ${process.version}; load ${busy} at the end.`;
}

async function keep(name: string, text: string): Promise<void> {
  const [from, to] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const before = await readFile(DOCUMENT, 'utf8').catch(() => HEAD);
  const section = `${from}\n${text}${to}`;
  const start = before.indexOf(from);
  const end = before.indexOf(to);
  const after =
    start >= 0 && end > start
      ? before.slice(0, start) + section + before.slice(end + to.length)
      : `${before.trimEnd()}\n\n${section}\n`;
  await mkdir(new URL('../../docs/', import.meta.url), { recursive: true });
  await writeFile(DOCUMENT, after);
}
