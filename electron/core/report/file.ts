/** A critique of a shoot as one file: HTML with its pictures inside, or a PDF that a browser of this computer prints. */
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import type { ReportPicture, ShootReport } from '../../../shared/report.ts';
import { REPORT_STYLE, reportMarkup } from '../../../shared/report-markup.ts';
import { CoreError } from '../base/core-error.ts';
import { previewPath } from '../base/data-places.ts';
import { isDiskFull } from '../base/failure.ts';
import type { Pieces } from '../originals/files/place-file.ts';
import { escaped } from './lists.ts';

/** Long edge of pictures in the file, in pixels: twice what they are drawn at. */
const LARGE = 720;
const SMALL = 240;

/** @returns the whole document, UTF-8. @throws the signal's reason */
export async function reportFile(
  report: ShootReport,
  dataDirectory: string,
  { signal, onDone }: { signal: AbortSignal; onDone: (done: number, of: number) => void },
): Promise<string> {
  const pictures = new Map<string, string>();
  const wanted: [ReportPicture, 'large' | 'small'][] = [
    ...[...report.best.pictures, ...report.gallery].map((picture): [ReportPicture, 'large'] => [picture, 'large']),
    ...report.weaknesses.flatMap(({ examples }) =>
      examples.map((picture): [ReportPicture, 'small'] => [picture, 'small']),
    ),
  ];
  for (const [index, [picture, size]] of wanted.entries()) {
    signal.throwIfAborted();
    onDone(index, wanted.length);
    pictures.set(`${picture.id} ${size}`, await dataUrl(dataDirectory, picture, size));
  }
  const body = reportMarkup(report, ({ id }, size) => pictures.get(`${id} ${size}`) ?? '');
  const title = escaped(report.title);
  return (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">' +
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="generator" content="Keeplight">' +
    `<title>${title}</title><style>body { margin: 0; background: #f0f0ee; } @page { margin: 14mm; }` +
    `@media print { body { background: none; } }${REPORT_STYLE}</style></head>` +
    `<body><article class="report">${body}</article></body></html>\n`
  );
}

async function dataUrl(
  dataDirectory: string,
  { id, version, quarters }: ReportPicture,
  size: 'large' | 'small',
): Promise<string> {
  try {
    const preview = await readFile(previewPath(dataDirectory, id, version, size === 'large' ? 'screen' : 'thumb'));
    const bytes = await sharp(preview)
      .rotate(90 * quarters)
      .resize(size === 'large' ? LARGE : SMALL, size === 'large' ? LARGE : SMALL, {
        fit: 'inside',
        withoutEnlargement: true,
      })
      .jpeg({ quality: 82, mozjpeg: true })
      .toBuffer();
    return `data:image/jpeg;base64,${bytes.toString('base64')}`;
  } catch {
    // Its preview is being made again: the place stays empty.
    return '';
  }
}

const BROWSERS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'brave-browser',
];
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];
const SECONDS_TO_PRINT = 120;
const SECONDS_A_PHOTO = 0.05;

/** A Chromium of this computer. @throws CoreError UNAVAILABLE where there is none. */
export function findBrowser(): string {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = [...folders.flatMap((folder) => BROWSERS.map((name) => join(folder, name))), ...APPLICATIONS];
  for (const path of candidates) {
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not there.
    }
  }
  throw new CoreError(
    'UNAVAILABLE',
    'A PDF needs Chromium or Chrome on this computer. Write an .html file instead and print it from any browser.',
  );
}

/**
 * Prints a document without scripts, given in pieces.
 * @param photos in it: the more, the longer it may take
 * @throws CoreError UNAVAILABLE where no browser is found, or it does not print; the signal's reason.
 */
export async function printed(
  html: Pieces,
  photos: number,
  { signal, onPrinting }: { signal: AbortSignal; onPrinting: () => void },
): Promise<Uint8Array> {
  const browser = findBrowser();
  const folder = await mkdtemp(join(tmpdir(), 'keeplight-print-'));
  try {
    const [page, pdf] = [join(folder, 'report.html'), join(folder, 'report.pdf')];
    await writeFile(page, html, { mode: 0o600, signal });
    onPrinting();
    const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    await promisify(execFile)(
      browser,
      [
        '--headless',
        '--disable-gpu',
        '--no-first-run',
        '--disable-extensions',
        '--disable-background-networking',
        `--user-data-dir=${join(folder, 'profile')}`,
        '--no-pdf-header-footer',
        `--print-to-pdf=${pdf}`,
        ...root,
        pathToFileURL(page).href,
      ],
      { timeout: 1000 * (SECONDS_TO_PRINT + SECONDS_A_PHOTO * photos), signal },
    );
    return await readFile(pdf);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof CoreError || isDiskFull(error)) throw error;
    throw new CoreError('UNAVAILABLE', 'The browser of this computer did not print the PDF.', { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
