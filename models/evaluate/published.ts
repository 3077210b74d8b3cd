/**
 * Figures that others published, to stand beside ours. Only what was read in the source is here; where a source gives
 * no figure that we know, there is none.
 * - `paper`: Huang et al., "AesExpert" (arXiv 2404.09624), overall figures; its columns are not recorded here.
 * - `leaderboard`: the tables in the README of github.com/yipoh/AesBench.
 */
import type { AesBenchPart } from './aesbench.ts';

export interface PublishedRow {
  model: string;
  from: 'paper' | 'leaderboard';
  /** Column → percent (AesI: mean of 0 to 2). */
  figures: Readonly<Record<string, number>>;
}

const QUESTION_COLUMNS = ['NIs', 'AIs', 'AGIs', 'Yes-No', 'What', 'How', 'Why', 'Overall'] as const;

/** Columns of each table; in the paper they are Tables 3 to 6. */
export const TABLE_COLUMNS: Readonly<Record<AesBenchPart, readonly string[]>> = {
  AesP: ['Technical', 'Color & light', 'Composition', 'Content', ...QUESTION_COLUMNS],
  AesE: ['Emotion', 'Interest', 'Uniqueness', 'Vibe', ...QUESTION_COLUMNS],
  AesA: ['NIs', 'AIs', 'AGIs', 'Overall'],
  AesI: ['Relevance', 'Precision', 'Completeness', 'Overall'],
};

export const TABLE_TITLES: Readonly<Record<AesBenchPart, string>> = {
  AesP: 'AesP, perception (Table 3 of the paper): accuracy in %',
  AesE: 'AesE, empathy (Table 4 of the paper): accuracy in %',
  AesA: 'AesA, assessment (Table 5 of the paper): accuracy in %',
  AesI: 'AesI, interpretation (Table 6 of the paper): judged by people or a judge model, 0 to 2',
};

function row(part: AesBenchPart, model: string, ...values: number[]): PublishedRow {
  return {
    model,
    from: 'leaderboard',
    figures: Object.fromEntries(TABLE_COLUMNS[part].map((column, index) => [column, values[index]!])),
  };
}

function overall(model: string, value: number): PublishedRow {
  return { model, from: 'paper', figures: { Overall: value } };
}

export const PUBLISHED: Readonly<Record<AesBenchPart, readonly PublishedRow[]>> = {
  AesP: [
    overall('AesExpert 7B', 78.57),
    overall('AesExpert 13B', 79.54),
    row('AesP', 'LLaVA-1.5', 53.85, 70.16, 67.4, 59.93, 69.1, 65.71, 62.37, 62.36, 58.92, 70.71, 81.22, 66.32),
    row('AesP', 'ShareGPT4V', 62.18, 71.9, 69.29, 64.89, 70.79, 71.57, 63.96, 69.32, 61.33, 72.01, 77.56, 69.18),
    row('AesP', 'Q-Instruct', 66.03, 74.48, 73.68, 68.09, 76.48, 69.7, 69.28, 64.68, 63.31, 85.28, 86.34, 72.61),
    row('AesP', 'GPT-4V', 69.02, 74.66, 71.72, 65.57, 75.67, 72.58, 65.82, 68.93, 64.67, 76.7, 84.46, 72.08),
  ],
  AesE: [
    overall('AesExpert 7B', 84.04),
    overall('AesExpert 13B', 84.89),
    row('AesE', 'LLaVA-1.5', 62.49, 80.65, 75.85, 78.93, 69.26, 69.58, 65.43, 62.37, 64.16, 71.71, 84.07, 68.32),
    row('AesE', 'ShareGPT4V', 66.48, 80.65, 68.97, 78.72, 70.95, 73.69, 67.29, 67.75, 65.58, 72.71, 83.58, 70.75),
    row('AesE', 'Q-Instruct', 68.64, 83.86, 75.86, 80, 76.65, 72.19, 66.62, 64.3, 67.42, 81.57, 86.76, 72.68),
    row('AesE', 'GPT-4V', 65.06, 72.41, 62.07, 80.15, 73.87, 72.08, 62.27, 68.67, 64.02, 70.07, 84.2, 70.16),
  ],
  AesA: [
    overall('AesExpert 7B', 53.25),
    overall('AesExpert 13B', 59.57),
    row('AesA', 'LLaVA-1.5', 50.08, 48.13, 34.97, 45.46),
    row('AesA', 'ShareGPT4V', 54.65, 48.38, 35.9, 47.82),
    row('AesA', 'Q-Instruct', 62.2, 49.75, 40.69, 52.86),
    row('AesA', 'GPT-4V', 59.98, 46.92, 40.59, 50.86),
  ],
  AesI: [
    overall('AesExpert 7B', 1.317),
    overall('AesExpert 13B', 1.34),
    row('AesI', 'LLaVA-1.5', 1.397, 0.953, 1.12, 1.157),
    row('AesI', 'ShareGPT4V', 1.44, 1.117, 1.331, 1.296),
    row('AesI', 'Q-Instruct', 1.222, 0.939, 0.898, 1.02),
    row('AesI', 'GPT-4V', 1.385, 1.151, 1.366, 1.301),
  ],
};
