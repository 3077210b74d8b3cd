/** Real photos that tests may use when they are there: sound ones of normal size, by path below the folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const PHOTOS = join(import.meta.dirname, '../../../shared/photos');

/** Prints why and returns true where the folder of real photos is missing. */
export function withoutPhotos(): boolean {
  if (existsSync(PHOTOS)) return false;
  console.log('Skipped: the folder of real photos (../shared/photos) is not here.');
  return true;
}

/**
 * Two halves, reported separately: the second runs in every test, both in the long one. The thresholds were chosen with
 * all of them in sight, so neither is a blind check. Left out are photos with a fault of their own (shaken, burnt out,
 * too dark) and those below 0.5 megapixels.
 */
export const FIRST_HALF = [
  '2000-2002 early digital/family-on-steps_sony-pc120e.jpg',
  '2000-2002 early digital/kayak-race_canon-d60.jpg',
  '2000-2002 early digital/winter-sunset_sony-cybershot.jpg',
  '2003-2008 travel/alpine-trail_canon-ixus.jpg',
  '2003-2008 travel/red-rose_panasonic-lc70_progressive.jpg',
  '2003-2008 travel/tulip-bed_panasonic-lc40.jpg',
  '2009-2023 dslr and compacts/diver_canon-a720.jpg',
  '2009-2023 dslr and compacts/red-sunset_canon-g11.jpg',
  'formats/riverbank.avif',
  'formats/breakfast_iphone-xs_already-upright.avif',
  'metadata/date-all-zero_nikon-e900.jpg',
  'phones/field-path_google-pixel_gps.jpg',
  'sequences/lund street walk/lund_08.jpg',
  'sequences/lund street walk/lund_10.jpg',
] as const;

export const SECOND_HALF = [
  '2000-2002 early digital/pool-villa_sony-pc110e.jpg',
  '2000-2002 early digital/stonehenge_canon-a20.jpg',
  '2003-2008 travel/above-the-clouds_canon.jpg',
  '2003-2008 travel/alpine-valley_nikon-e775.jpg',
  '2003-2008 travel/skiers_canon-a70.jpg',
  '2003-2008 travel/white-daisy-on-black_canon-s230.jpg',
  '2009-2023 dslr and compacts/bartender_24mp_progressive_noexif.jpg',
  '2009-2023 dslr and compacts/man-on-bench_canon-t3i.jpg',
  '2009-2023 dslr and compacts/marathon-night_nikon-d700.jpg',
  '2009-2023 dslr and compacts/prairie-falcon_canon-r5.jpg',
  'colour/ultra-hdr-gain-map.jpg',
  'metadata/IMG_5910_squirrel_canon-600d.jpg',
  'orientation/waterfall-iceland_orientation0-invalid.jpg',
  'sequences/lund street walk/lund_09.jpg',
  'sequences/portrait burst/DSC_0051.JPG',
  'unicode names/日本の店 – neon shop front.jpg',
] as const;

/** Scenes with a horizon or strong verticals. */
export const UPRIGHT: ReadonlySet<string> = new Set([
  '2000-2002 early digital/pool-villa_sony-pc110e.jpg',
  '2003-2008 travel/above-the-clouds_canon.jpg',
  '2009-2023 dslr and compacts/bartender_24mp_progressive_noexif.jpg',
  'sequences/lund street walk/lund_08.jpg',
  'sequences/lund street walk/lund_09.jpg',
  'sequences/lund street walk/lund_10.jpg',
  'sequences/portrait burst/DSC_0051.JPG',
  'unicode names/日本の店 – neon shop front.jpg',
]);
