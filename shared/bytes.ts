/** Sizes of files, disks and memory: in powers of ten, as makers of storage and file managers count them. */

const UNITS = ['kB', 'MB', 'GB', 'TB'] as const;

/** `12 bytes`, `380 kB`, `24.2 MB`, `4.08 GB`: three digits, kilobytes whole. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? '1 byte' : `${Math.round(bytes)} bytes`;
  let unit = 0;
  let value = bytes / 1000;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 ? 0 : unit === 1 ? (value < 99.95 ? 1 : 0) : value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}
