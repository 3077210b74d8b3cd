import type { PhotoDetail } from '../../../shared/photo.ts';
import { exposureLine, takenText } from '../../panels/inspector/facts.ts';

/** Name, time, settings and the heaviest reason, a line each; what is not known has none. */
export function hoverLines(
  detail: Pick<
    PhotoDetail,
    'name' | 'takenAt' | 'takenAtOffset' | 'takenAtPrecision' | 'exposure' | 'reasons' | 'error'
  >,
): string[] {
  const { name, takenAt, takenAtOffset, takenAtPrecision, exposure, reasons, error } = detail;
  const taken = takenAt === null ? null : takenText(takenAt, takenAtOffset, takenAtPrecision);
  const heaviest = reasons.toSorted((one, other) => Math.abs(other.weight) - Math.abs(one.weight))[0];
  return [
    name,
    taken === null ? 'No date' : [taken.date, taken.time].filter((part) => part !== '').join(', '),
    exposureLine(exposure),
    error ?? heaviest?.text ?? '',
  ].filter((line) => line !== '');
}
