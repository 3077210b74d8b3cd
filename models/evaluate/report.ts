/** An evaluation as text for people: tables with published figures beside ours. */
import { AESBENCH_PARTS, type AesBenchPart, ODDITIES, type Oddity } from './aesbench.ts';
import { PUBLISHED, TABLE_COLUMNS, TABLE_TITLES } from './published.ts';
import type { AesBenchResult, ScoreResult } from './results.ts';
import type { Interval } from './statistics.ts';

/** The paper's Tables 3 to 6: this model first, then what was published. */
export function aesBenchTables(result: AesBenchResult): string {
  const blocks: string[] = [`AesBench: ${result.judge}`];
  for (const part of AESBENCH_PARTS) {
    const ours = result.accuracy[part];
    if (!ours && part !== 'AesI') continue;
    blocks.push(tableOf(part, result));
    const overall = ours?.Overall;
    if (overall)
      blocks.push(
        `Overall ${percent(overall.value)} % of ${overall.count} questions, 95 % interval ${percent(overall.low)}–${percent(overall.high)} %.`,
      );
    if (part === 'AesI')
      blocks.push('The responses are in AesI-responses.json; they are judged by people or a judge model, not here.');
  }
  const notes = [
    result.unmatched > 0 ? `${result.unmatched} responses name no option and count as wrong.` : '',
    result.withoutAnswer > 0
      ? `${result.withoutAnswer} questions have no answer in the file; their responses are written out for submission.`
      : '',
    result.answersByWording > 0
      ? `AesA is scored by AesI's wording (${result.answersByWording} questions): the file keeps the answers back.`
      : '',
    result.withoutDimension > 0
      ? `The dimension of ${result.withoutDimension} questions: the published file does not say. The source is told from the picture's name where that is known.`
      : '',
    ...(Object.entries(result.oddities) as [Oddity, number][]).map(
      ([oddity, count]) => `Odd in the file: ${count} ${ODDITIES[oddity]}.`,
    ),
    result.failures.length > 0 ? `${result.failures.length} pictures could not be judged; report.json says why.` : '',
    '(p) the AesExpert paper, (l) the leaderboard beside AesBench; – where this program knows no published figure.',
  ];
  blocks.push(notes.filter(Boolean).join('\n'));
  return `${blocks.join('\n\n')}\n`;
}

function tableOf(part: AesBenchPart, result: AesBenchResult): string {
  const columns = TABLE_COLUMNS[part];
  const ours = result.accuracy[part];
  const digits = part === 'AesI' ? 3 : 2;
  const rows: string[][] = [['model', ...columns]];
  if (ours) rows.push(['this model', ...columns.map((column) => (ours[column] ? percent(ours[column].value) : '–'))]);
  for (const { model, from, figures } of PUBLISHED[part])
    rows.push([
      `${model} (${from === 'paper' ? 'p' : 'l'})`,
      ...columns.map((column) => figures[column]?.toFixed(digits) ?? '–'),
    ]);
  return `${TABLE_TITLES[part]}\n${alignColumns(rows)}`;
}

const SETS: Readonly<Record<ScoreResult['format'], string>> = {
  ava: 'AVA',
  para: 'PARA',
  aadb: 'AADB',
  eva: 'EVA',
  plain: 'Scores',
};

export function agreementTable({ agreement, format, judge, failures }: ScoreResult): string {
  const row = (title: string, { value, low, high }: Interval) => [
    title,
    value.toFixed(4),
    `${low.toFixed(4)} … ${high.toFixed(4)}`,
  ];
  const table = alignColumns([
    ['measure', 'value', '95 % interval'],
    row('SRCC', agreement.srcc),
    row('PLCC, scores as they are', agreement.plcc),
    row('PLCC, after a 4-parameter logistic', agreement.plccLogistic),
    row('pairs in the right order', agreement.pairAccuracy),
  ]);
  const notes = [
    `${agreement.count} photos; intervals from ${agreement.resamples} bootstrap resamples, seed ${agreement.seed}.`,
    failures.length > 0 ? `${failures.length} photos could not be judged; report.json says why.` : '',
  ];
  return `${SETS[format]}: ${judge}\n\n${table}\n\n${notes.filter(Boolean).join('\n')}\n`;
}

function percent(share: number): string {
  return (100 * share).toFixed(2);
}

/** First column to the left, the others to the right. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  return rows
    .map((cells) =>
      cells
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
