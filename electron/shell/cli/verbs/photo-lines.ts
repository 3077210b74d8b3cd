/** Photos as lines of a terminal. */
import { estimateSentence } from '../../../../shared/estimate.ts';
import type { ListedPhoto } from '../../../core/base/records.ts';

const FLAG_LETTERS = { pick: 'P', none: '-', reject: 'X' } as const;

/** One line: grade (`≈` where it is estimated), flag, stars, color, path. */
export function photoLine(photo: ListedPhoto): string {
  const shown = photo.estimate ? `≈${photo.estimate.value.toFixed(0)}` : photo.grade?.value.toFixed(0);
  const grade = shown?.padStart(3) ?? '  –';
  const color = photo.color === 'none' ? '' : ` [${photo.color}]`;
  const error = photo.error ? `  (${photo.error})` : '';
  return `${grade}  ${FLAG_LETTERS[photo.flag]}${photo.stars}${color}  ${photo.path}${error}`;
}

/** Everything that a person would ask about one photo. */
export function photoLines(photo: ListedPhoto): string[] {
  const rows: [string, string | null][] = [
    ['photo', `${photo.id}`],
    ['files', photo.files.join('\n            ')],
    ['kind', photo.kind],
    ['size', photo.width ? `${photo.width} × ${photo.height}` : null],
    ['taken', photo.takenAt],
    ['camera', photo.camera],
    [
      'grade',
      photo.grade
        ? `${photo.grade.value.toFixed(1)} (${photo.grade.level}), ${photo.grade.critic === 'measured' ? 'technical quality, measured' : photo.grade.critic}, confidence ${photo.grade.confidence.toFixed(2)}`
        : null,
    ],
    [
      'estimate',
      photo.estimate
        ? `${photo.estimate.value.toFixed(1)}; ${estimateSentence(photo.estimate, photo.estimate.critic)}`
        : null,
    ],
    [
      'reasons',
      photo.grade?.reasons.length ? photo.grade.reasons.map(({ text }) => text).join('\n            ') : null,
    ],
    ['flag', photo.flag],
    ['stars', `${photo.stars}`],
    ['color', photo.color],
    ['stack', photo.stack ? `${photo.stack.size} frames${photo.stack.top ? ', this one on top' : ''}` : null],
    ['state', photo.state],
    ['error', photo.error],
  ];
  return rows.filter(([, value]) => value !== null).map(([name, value]) => `${name.padEnd(10)}  ${value}`);
}
