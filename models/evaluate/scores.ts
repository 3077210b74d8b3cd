/**
 * Photos with people's scores: AVA, PARA, AADB, EVA and plain `[{image, gt_score}]` lists, each in the format in which
 * its authors publish it.
 */
import { basename } from 'node:path';
import { EvaluationError } from './failure.ts';

export type ScoreFormat = 'ava' | 'para' | 'aadb' | 'eva' | 'plain';

export interface ScoredPhoto {
  /** Path of the picture below the folder of pictures. */
  image: string;
  /** People's mean score, in the set's own units. */
  score: number;
}

/** Guesses the format from the file's name and first line. @throws EvaluationError when it is none that is known. */
export function detectScoreFormat(path: string, text: string): ScoreFormat {
  const name = basename(path).toLowerCase();
  const first = firstLine(text);
  if (/^\s*\[/.test(text)) return 'plain';
  if (/aestheticscore/i.test(first) && first.includes(',')) return 'para';
  if (first.includes('=') && /score/i.test(first)) return 'eva';
  if (name.startsWith('ava') || /^\d+(\s+\d+){11,}\s*$/.test(first)) return 'ava';
  if (/^\S+\s+-?\d+(\.\d+)?\s*$/.test(first)) return 'aadb';
  throw new EvaluationError(
    `${basename(path)} is no annotation file that is known: AesBench or [{image, gt_score}] JSON, AVA.txt, PARA's CSV, AADB's "name score" lines or EVA's votes_filtered.csv.`,
  );
}

/** @throws EvaluationError naming the first line that cannot be read. */
export function readScores(format: ScoreFormat, text: string): ScoredPhoto[] {
  const photos = { ava: readAva, para: readPara, aadb: readAadb, eva: readEva, plain: readPlain }[format](text);
  if (photos.length === 0) throw new EvaluationError('The annotation file names no photos.');
  const seen = new Set<string>();
  for (const { image } of photos) {
    if (seen.has(image)) throw new EvaluationError(`The annotation file scores ${image} twice.`);
    seen.add(image);
  }
  return photos;
}

/** `index id count1 … count10 tag tag challenge`: the counts are votes for 1 to 10. Source: Murray et al. 2012. */
function readAva(text: string): ScoredPhoto[] {
  return linesOf(text).map(([line, number]) => {
    const fields = line.trim().split(/\s+/);
    const votes = fields.slice(2, 12).map(Number);
    const total = votes.reduce((sum, count) => sum + count, 0);
    if (
      votes.length < 10 ||
      !fields[1] ||
      !votes.every((count) => Number.isInteger(count) && count >= 0) ||
      total === 0
    )
      throw unreadable(number, 'index, id and ten counts of votes');
    return {
      image: `${fields[1]}.jpg`,
      score: votes.reduce((sum, count, index) => sum + count * (index + 1), 0) / total,
    };
  });
}

/** CSV with a header; `sessionId/imageName`, `aestheticScore_mean`. Source: Yang et al. 2022. */
function readPara(text: string): ScoredPhoto[] {
  const [header, ...rows] = linesOf(text);
  const columns = splitCsv(header?.[0] ?? '').map((name) => name.trim().toLowerCase());
  const column = (name: string) => columns.indexOf(name.toLowerCase());
  const [image, session, mean] = [column('imageName'), column('sessionId'), column('aestheticScore_mean')];
  if (image < 0 || mean < 0)
    throw new EvaluationError(
      'The PARA file has no columns imageName and aestheticScore_mean (PARA-GiaaTest.csv has them).',
    );
  return rows.map(([line, number]) => {
    const fields = splitCsv(line);
    const score = Number(fields[mean]);
    if (!fields[image] || fields[mean] === '' || !Number.isFinite(score))
      throw unreadable(number, 'imageName and aestheticScore_mean');
    return { image: session >= 0 && fields[session] ? `${fields[session]}/${fields[image]}` : fields[image], score };
  });
}

/** `name score`. Source: Kong et al. 2016. */
function readAadb(text: string): ScoredPhoto[] {
  return linesOf(text).map(([line, number]) => {
    const match = /^(\S.*?)\s+(-?\d+(?:\.\d+)?(?:e-?\d+)?)\s*$/i.exec(line);
    if (!match) throw unreadable(number, 'a name and a score');
    return { image: match[1]!, score: Number(match[2]) };
  });
}

/** `votes_filtered.csv`, one vote a line, `=` between the fields; a photo's score is its mean. Source: Kang et al. 2020. */
function readEva(text: string): ScoredPhoto[] {
  const [header, ...rows] = linesOf(text);
  const columns = (header?.[0] ?? '').split('=').map((name) => name.trim().toLowerCase().replace(/^"|"$/g, ''));
  const [image, score] = [columns.indexOf('image_id'), columns.indexOf('score')];
  if (image < 0 || score < 0) throw new EvaluationError('The EVA file has no columns image_id and score.');
  const votes = new Map<string, { sum: number; count: number }>();
  for (const [line, number] of rows) {
    const fields = line.split('=').map((field) => field.trim().replace(/^"|"$/g, ''));
    const vote = Number(fields[score]);
    if (!fields[image] || !fields[score] || !Number.isFinite(vote)) throw unreadable(number, 'image_id and score');
    const entry = votes.get(fields[image]) ?? { sum: 0, count: 0 };
    votes.set(fields[image], { sum: entry.sum + vote, count: entry.count + 1 });
  }
  return [...votes].map(([id, { sum, count }]) => ({
    image: /\.\w+$/.test(id) ? id : `${id}.jpg`,
    score: sum / count,
  }));
}

/** `[{image, gt_score}]`, as Q-Align's sets have it. Source: Wu et al. 2023. */
function readPlain(text: string): ScoredPhoto[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    throw new EvaluationError(`The annotation file is not valid JSON (${(error as Error).message}).`);
  }
  if (!Array.isArray(list)) throw new EvaluationError('The annotation file holds no list.');
  return list.map((entry: unknown, index) => {
    const { image, gt_score: score } = (entry ?? {}) as { image?: unknown; gt_score?: unknown };
    if (typeof image !== 'string' || typeof score !== 'number' || !Number.isFinite(score))
      throw new EvaluationError(`Entry ${index} of the annotation file has no image and gt_score.`);
    return { image, score };
  });
}

function firstLine(text: string): string {
  return text.replace(/^\ufeff/, '').split(/\r?\n/, 1)[0] ?? '';
}

/** Lines that are not empty, with their numbers from 1 on. */
function linesOf(text: string): [string, number][] {
  return text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .map((line, index): [string, number] => [line, index + 1])
    .filter(([line]) => line.trim() !== '');
}

function splitCsv(line: string): string[] {
  const fields = [''];
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!;
    if (character === '"' && quoted && line[at + 1] === '"') {
      fields[fields.length - 1] += '"';
      at++;
    } else if (character === '"') quoted = !quoted;
    else if (character === ',' && !quoted) fields.push('');
    else fields[fields.length - 1] += character;
  }
  return fields;
}

function unreadable(line: number, needed: string): EvaluationError {
  return new EvaluationError(`Line ${line} of the annotation file cannot be read; ${needed} are needed.`);
}
