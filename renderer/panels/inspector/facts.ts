/** Facts of a photo as photographers write them. */
import { COLOR_LABELS, FLAG_LABELS } from '../../../shared/labels.ts';
import type { PhotoDetail, PhotoRow, TimePrecision } from '../../../shared/photo.ts';

/** `1/250 s`, `0.6 s`, `8 s`. @param seconds above zero */
export function shutterText(seconds: number): string {
  if (seconds >= 0.3) {
    return `${Number(seconds.toFixed(seconds < 10 ? 1 : 0))} s`;
  }
  return `1/${Math.round(1 / seconds)} s`;
}

/** `f/2.8`, `f/11` */
export function apertureText(aperture: number): string {
  return `f/${Number(aperture.toFixed(1))}`;
}

export function focalText(millimetres: number, on35: number | null): string {
  const own = `${Number(millimetres.toFixed(millimetres < 10 ? 1 : 0))} mm`;
  return on35 !== null && Math.abs(on35 - millimetres) >= 1 ? `${own} (${Math.round(on35)} mm on 35 mm film)` : own;
}

/** The line over the photo: `18 mm f/8 1/250 s ISO 200`; empty when nothing is known. */
export function exposureLine({ focalLength, aperture, shutter, iso }: PhotoRow['settings']): string {
  return [
    focalLength === null ? null : focalText(focalLength, null),
    aperture === null ? null : apertureText(aperture),
    shutter === null || shutter <= 0 ? null : shutterText(shutter),
    iso === null ? null : `ISO ${Math.round(iso)}`,
  ]
    .filter((part) => part !== null)
    .join(' ');
}

/** `5 stars`, `rejected, 1 star, red`. */
export function markText({ flag, stars, color }: NonNullable<PhotoDetail['fileSays']>): string {
  return [
    flag === 'none' ? null : FLAG_LABELS[flag].toLowerCase(),
    stars === 1 ? '1 star' : stars === 0 && (flag !== 'none' || color !== 'none') ? null : `${stars} stars`,
    color === 'none' ? null : COLOR_LABELS[color].toLowerCase(),
  ]
    .filter((part) => part !== null)
    .join(', ');
}

/** `6000 × 4000 · 24 megapixels`; empty when unknown. */
export function pixelsText(width: number, height: number): string {
  if (width === 0 || height === 0) {
    return '';
  }
  const mega = (width * height) / 1e6;
  return `${width} × ${height} · ${mega < 10 ? mega.toFixed(1) : Math.round(mega)} megapixels`;
}

const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' });
const TIME = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: 'UTC' });

const MONTH = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });
const YEAR = new Intl.DateTimeFormat('en-GB', { year: 'numeric', timeZone: 'UTC' });

/**
 * Wall time at the place with its zone where the camera said it; of a day, month or year just that, and no time.
 * @param takenAt milliseconds read as UTC
 */
export function takenText(
  takenAt: number,
  offset: number | null,
  precision: TimePrecision | null = 'second',
): { date: string; time: string } {
  if (precision === 'year') return { date: YEAR.format(takenAt), time: '' };
  if (precision === 'month') return { date: MONTH.format(takenAt), time: '' };
  if (precision === 'day') return { date: DATE.format(takenAt), time: '' };
  const zone =
    offset === null
      ? ''
      : ` UTC${offset < 0 ? '−' : '+'}${Math.floor(Math.abs(offset) / 60)}${
          Math.abs(offset) % 60 === 0 ? '' : `:${String(Math.abs(offset) % 60).padStart(2, '0')}`
        }`;
  return { date: DATE.format(takenAt), time: TIME.format(takenAt) + zone };
}

/** `48.2082° N, 16.3738° E` */
export function locationText({ latitude, longitude }: { latitude: number; longitude: number }): string {
  return (
    `${Math.abs(latitude).toFixed(4)}° ${latitude < 0 ? 'S' : 'N'}, ` +
    `${Math.abs(longitude).toFixed(4)}° ${longitude < 0 ? 'W' : 'E'}`
  );
}
