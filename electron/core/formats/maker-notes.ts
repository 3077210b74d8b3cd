/** Makers' notes inside EXIF: where each maker's directory stands. Source: as ExifTool documents them. */
import type { Directory } from './exif.ts';
import { type Ifd, numberOf, openTiff, readIfd, subIfd, type Tiff, textOf } from './tiff.ts';

const MAKER_NOTE = 0x927c;

type Note = { tiff: Tiff; ifd: Ifd };

/** Nikon's note is a TIFF block of its own behind ten bytes. */
export function nikonNote({ tiff, ifd }: Directory): Note | null {
  const entry = ifd.entries.get(MAKER_NOTE);
  if (entry === undefined || !tiff.bytes.at(entry.position, 7).equals(Buffer.from('Nikon\0\x02'))) return null;
  const note = openTiff(tiff.bytes, entry.position + 10);
  const directory = note === null ? null : readIfd(note, note.first);
  return note === null || directory === null ? null : { tiff: note, ifd: directory };
}

/** Canon's note is a bare directory whose offsets count from the TIFF header. */
export function canonNote({ tiff, ifd }: Directory): Note | null {
  const entry = ifd.entries.get(MAKER_NOTE);
  if (entry === undefined || entry.length < 32) return null;
  const directory = readIfd(tiff, entry.position - tiff.base);
  return directory === null || !directory.entries.has(0x01) ? null : { tiff, ifd: directory };
}

/** A directory behind a maker's name; its offsets count from the TIFF header or from the note itself. */
function namedNote({ tiff, ifd }: Directory, name: string, at: number, isOfItself: boolean): Note | null {
  const entry = ifd.entries.get(MAKER_NOTE);
  if (entry === undefined || tiff.bytes.at(entry.position, name.length).toString('latin1') !== name) return null;
  const frame = isOfItself ? { ...tiff, base: entry.position, littleEndian: true } : tiff;
  const directory = readIfd(frame, entry.position + at - frame.base);
  return directory === null ? null : { tiff: frame, ifd: directory };
}

/** The number of the body as its maker's note has it; null when the note says none that is read here. */
export function serialOfNote(exif: Directory): string | null {
  const nikon = nikonNote(exif);
  if (nikon !== null) return textOf(nikon.tiff, nikon.ifd, 0x1d) ?? textOf(nikon.tiff, nikon.ifd, 0xa0);
  const fuji = namedNote(exif, 'FUJIFILM', 12, true);
  if (fuji !== null) return textOf(fuji.tiff, fuji.ifd, 0x10);
  const panasonic = namedNote(exif, 'Panasonic\0\0\0', 12, false);
  if (panasonic !== null) return textOf(panasonic.tiff, panasonic.ifd, 0x25);
  const olympus = namedNote(exif, 'OLYMPUS\0II', 12, true);
  if (olympus !== null) {
    const equipment = subIfd(olympus.tiff, olympus.ifd, 0x2010);
    return equipment === null ? null : textOf(olympus.tiff, equipment, 0x0101);
  }
  const canon = canonNote(exif);
  const number = canon === null ? null : numberOf(canon.tiff, canon.ifd, 0x0c);
  return number === null ? null : String(number);
}

/** A number that tells bodies apart: not blank, not only zeros, no word for unknown; null otherwise. */
export function tidySerial(text: string | null): string | null {
  const serial = (text ?? '')
    .replace(/\s+/g, ' ')
    .replace(/^ ?NO= ?/, '')
    .trim()
    .slice(0, 64);
  return /[A-Za-z1-9]/.test(serial) && !/^(unknown|none|n\/?a|na|null|undefined|no)$/i.test(serial) ? serial : null;
}
