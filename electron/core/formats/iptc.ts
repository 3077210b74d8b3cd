/** IPTC-IIM records, bare or inside Photoshop image resources. Source: IPTC-IIM 4.2; Adobe Photoshop file formats. */
import { decodeText } from './tiff.ts';

export type IptcFacts = {
  keywords: string[];
  caption: string | null;
  title: string | null;
  creator: string | null;
  /** `YYYYMMDD` and `HHMMSS±HHMM`. */
  date: string | null;
  time: string | null;
};

/** The IPTC record (resource 0x0404) among Photoshop image resources. */
export function iptcOfPhotoshop(resources: Buffer): Buffer | null {
  let at = 0;
  while (at + 12 <= resources.length && resources.toString('latin1', at, at + 4) === '8BIM') {
    const id = resources.readUInt16BE(at + 4);
    const nameLength = (resources[at + 6]! + 2) & ~1;
    const sizeAt = at + 6 + nameLength;
    if (sizeAt + 4 > resources.length) return null;
    const size = resources.readUInt32BE(sizeAt);
    if (id === 0x0404) return resources.subarray(sizeAt + 4, sizeAt + 4 + size);
    at = sizeAt + 4 + size + (size & 1);
  }
  return null;
}

export function readIptc(record: Buffer): IptcFacts {
  const facts: IptcFacts = { keywords: [], caption: null, title: null, creator: null, date: null, time: null };
  let at = 0;
  while (at + 5 <= record.length && record[at] === 0x1c) {
    const length = record.readUInt16BE(at + 3);
    if (length > 32767) break;
    const text = decodeText(record.subarray(at + 5, at + 5 + length));
    if (record[at + 1] === 2 && text !== null) {
      const dataset = record[at + 2];
      if (dataset === 25) facts.keywords.push(text);
      else if (dataset === 120) facts.caption ??= text;
      else if (dataset === 5) facts.title ??= text;
      else if (dataset === 80) facts.creator ??= text;
      else if (dataset === 55) facts.date ??= text;
      else if (dataset === 60) facts.time ??= text;
    }
    at += 5 + length;
  }
  return facts;
}
