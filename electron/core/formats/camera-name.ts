/** Makers' names as people say them: `NIKON CORPORATION` + `NIKON D70` → `Nikon D70`. */

const MAKES: readonly [RegExp, string][] = [
  [/^nikon/i, 'Nikon'],
  [/^canon/i, 'Canon'],
  [/^sony/i, 'Sony'],
  [/^fuji/i, 'Fujifilm'],
  [/^olympus/i, 'Olympus'],
  [/^om digital/i, 'OM System'],
  [/^panasonic/i, 'Panasonic'],
  [/^(pentax|asahi)/i, 'Pentax'],
  [/^ricoh/i, 'Ricoh'],
  [/^samsung/i, 'Samsung'],
  [/^konica ?minolta/i, 'Konica Minolta'],
  [/^minolta/i, 'Minolta'],
  [/^(eastman )?kodak/i, 'Kodak'],
  [/^(seiko )?epson/i, 'Epson'],
  [/^leica/i, 'Leica'],
  [/^hasselblad/i, 'Hasselblad'],
  [/^phase ?one/i, 'Phase One'],
  [/^casio/i, 'Casio'],
  [/^(hewlett|hp\b)/i, 'HP'],
  [/^research in motion/i, 'BlackBerry'],
  [/^lg ?e/i, 'LG'],
  [/^(huawei|honor|xiaomi|oneplus|motorola|nokia|google|apple|dji|gopro|sigma|oppo|vivo|htc)/i, ''],
];

/** The maker in its usual spelling; null when nothing is written. */
export function tidyMake(make: string | null): string | null {
  if (make === null || make.trim() === '') return null;
  const known = MAKES.find(([pattern]) => pattern.test(make.trim()))?.[1];
  return known || make.trim().replace(/\s+(corporation|corp\.?|co\.?,? ?ltd\.?|inc\.?|company)$/i, '');
}

/** Maker and model with the maker said once. */
export function cameraName(make: string | null, model: string | null): string | null {
  const maker = tidyMake(make);
  const name = model?.replace(/\s+/g, ' ').trim() ?? '';
  if (name === '') return maker;
  if (maker === null) return name;
  const firstWord = maker.split(' ')[0]!.toLowerCase();
  if (!name.toLowerCase().startsWith(firstWord)) return `${capitalised(maker)} ${name}`;
  return `${capitalised(maker.slice(0, firstWord.length))}${name.slice(firstWord.length)}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
