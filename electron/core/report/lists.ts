/** Photos as a list: CSV and JSON of everything known, for other programs, and a contact sheet, for people. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { COLOR_LABELS, FLAG_LABELS } from '../../../shared/labels.ts';
import { MEASURE_NAMES } from '../../../shared/measures.ts';
import { photosText } from '../../../shared/photo.ts';
import { previewPath } from '../base/data-places.ts';
import { breathing } from '../base/pauses.ts';
import { type KnownPhoto, knownPhotos } from '../catalog/known.ts';
import type { Catalog } from '../catalog/open.ts';
import { orientedJpeg } from '../pixels/oriented.ts';

/** Photos read at once. */
const PAGE = 200;

export type Listing = {
  catalog: Catalog;
  ids: readonly number[];
  signal: AbortSignal;
  /** So many of the photos are listed. */
  onListed: (listed: number) => void;
};

async function* pages({ catalog, ids, signal, onListed }: Listing) {
  const breathe = breathing(signal);
  for (let start = 0; start < ids.length; start += PAGE) {
    onListed(start);
    await breathe();
    yield knownPhotos(catalog, ids.slice(start, start + PAGE));
  }
  onListed(ids.length);
}

type Cell = string | number | null;
/** Columns of the CSV, in their order. Measures are a column each, named as in the JSON. */
const COLUMNS: Readonly<Record<string, (photo: KnownPhoto) => Cell>> = {
  path: ({ path }) => path,
  files: ({ files }) => files.map((file) => basename(file)).join('; '),
  bytes: ({ bytes }) => bytes,
  kind: ({ kind }) => kind,
  width: ({ width }) => width,
  height: ({ height }) => height,
  taken: ({ takenAt }) => takenAt,
  camera: ({ camera }) => camera,
  lens: ({ lens }) => lens,
  shutter_s: ({ shutter }) => shutter,
  aperture: ({ aperture }) => aperture,
  iso: ({ iso }) => iso,
  focal_mm: ({ focalLength }) => focalLength,
  focal_35_mm: ({ focalLength35 }) => focalLength35,
  latitude: ({ latitude }) => latitude,
  longitude: ({ longitude }) => longitude,
  color_profile: ({ colorProfile }) => colorProfile,
  flag: ({ flag }) => flag,
  stars: ({ stars }) => stars,
  color: ({ color }) => color,
  keywords: ({ keywords }) => keywords.join('; '),
  title: ({ title }) => title,
  caption: ({ caption }) => caption,
  creator: ({ creator }) => creator,
  technical_quality: ({ technical }) => technical,
  grade: ({ grade }) => grade?.value ?? null,
  critic: ({ grade }) => grade?.critic ?? null,
  reasons: ({ grade }) => (grade?.reasons ?? []).map(({ name }) => name).join('; '),
  taste: ({ taste }) => taste,
  faces: ({ faces }) => faces?.length ?? null,
  eyes: ({ faces }) => faces?.map(({ eyes }) => eyes).join('; ') ?? null,
  moment: ({ stack }) => stack?.id ?? null,
  on_top: ({ stack }) => (stack === null ? null : stack.top ? 1 : 0),
  state: ({ state }) => state,
  problem: ({ error }) => error,
};

/** RFC 4180, UTF-8 with a mark that has spreadsheets read it as such; in pieces. */
export async function* csvOf(listing: Listing): AsyncGenerator<string> {
  yield `\uFEFF${[...Object.keys(COLUMNS), ...MEASURE_NAMES].join(',')}\r\n`;
  for await (const photos of pages(listing)) {
    const lines = photos.map((photo) => {
      const measured = MEASURE_NAMES.map((name) => photo.measures?.[name]);
      const cells = [
        ...Object.values(COLUMNS).map((read) => read(photo)),
        ...measured.map((value) => (typeof value === 'number' ? value : null)),
      ];
      return `${cells.map(cellText).join(',')}\r\n`;
    });
    yield lines.join('');
  }
}

function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  // What a stranger called a file must not be a formula in somebody's spreadsheet.
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** An array of objects, one a line; in pieces. */
export async function* jsonOf(listing: Listing): AsyncGenerator<string> {
  yield '[';
  let separator = '\n';
  for await (const photos of pages(listing)) {
    const lines = photos.map(({ previewVersion: _, quarters: __, ...photo }) => JSON.stringify(photo));
    if (lines.length > 0) yield `${separator}${lines.join(',\n')}`;
    separator = ',\n';
  }
  yield '\n]\n';
}

/** As text of a document. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);

const SHEET_STYLE = `
@page { size: A4; margin: 12mm 12mm 14mm; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px; max-width: 1120px; background: #fff; color: #1b1b1d;
  font: 10.5px/1.35 Inter, "Inter Variable", system-ui, sans-serif; font-variant-numeric: tabular-nums; }
h1 { font-size: 20px; line-height: 1.2; font-weight: 650; letter-spacing: -0.01em; margin: 0 0 2px; }
p { margin: 0 0 14px; color: #5d5d63; font-size: 11px; }
ul { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: repeat(5, 1fr); gap: 14px 10px; }
li { break-inside: avoid; min-width: 0; }
.frame { height: 112px; display: flex; align-items: flex-end; justify-content: center; background: #f2f2f0; }
.frame img { max-width: 100%; max-height: 100%; display: block; }
.name { margin-top: 4px; font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.said { color: #5d5d63; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-height: 1.35em; }
.stars { color: #8a5b00; letter-spacing: 0.06em; }
@media print { body { padding: 0; max-width: none; } }
`;

/** A whole document, its thumbnails inside; in pieces. */
export async function* contactSheet(listing: Listing, title: string, dataDirectory: string): AsyncGenerator<string> {
  yield '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="generator" content="Keeplight">' +
    `<title>${escaped(title)}</title><style>${SHEET_STYLE}</style></head><body><h1>${escaped(title)}</h1>` +
    `<p>${photosText(listing.ids.length)}</p><ul>`;
  for await (const photos of pages(listing)) {
    for (const photo of photos) yield await itemOf(photo, dataDirectory);
  }
  yield '</ul></body></html>\n';
}

async function itemOf(photo: KnownPhoto, dataDirectory: string): Promise<string> {
  const thumb = previewPath(dataDirectory, photo.id, photo.previewVersion, 'thumb');
  // Its preview is being made again, or never could be: the place stays empty.
  const bytes = await readFile(thumb).catch(() => null);
  const picture =
    bytes === null
      ? ''
      : `<img src="data:image/jpeg;base64,${Buffer.from(orientedJpeg(bytes, photo.quarters)).toString('base64')}" alt="">`;
  const words = [
    photo.flag === 'none' ? '' : FLAG_LABELS[photo.flag],
    photo.color === 'none' ? '' : COLOR_LABELS[photo.color],
    photo.title ?? photo.caption ?? '',
  ].filter((word) => word !== '');
  const stars = photo.stars > 0 ? `<span class="stars">${'★'.repeat(photo.stars)}</span> ` : '';
  return (
    `<li><div class="frame">${picture}</div><div class="name">${escaped(basename(photo.path))}</div>` +
    `<div class="said">${stars}${escaped(words.join(' · '))}</div></li>`
  );
}
