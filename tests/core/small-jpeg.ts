/** JPEGs and sidecars whose rating and keyword can be changed without a change of size: what other programs do to photos. */
import sharp from 'sharp';

/** What a file says. Null: it says nothing of it. */
export type Word = { stars: number | null; keyword: string | null };

/** Of one length, so that one can be put in place of another. */
export const KEYWORDS = ['alpha', 'omega', 'gamma'] as const;

/** An XMP packet of always the same size. */
function packetOf({ stars, keyword }: Word): string {
  const rating = stars === null ? '' : `xmp:Rating="${stars}"`;
  const subject = keyword === null ? '' : `<dc:subject><rdf:Bag><rdf:li>${keyword}</rdf:li></rdf:Bag></dc:subject>`;
  return (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
    '<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" ' +
    `${rating.padEnd(14)}>${subject.padEnd(70)}</rdf:Description></rdf:RDF></x:xmpmeta>`
  );
}

export const sidecarOf = (word: Word): string => packetOf(word);

function segment(marker: number, data: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
}

const COMMENT = 0xfe;
const APP1 = 0xe1;
/** Together longer than what a fingerprint reads at either end. */
const PADDING = Buffer.concat([1, 2].map((value) => segment(COMMENT, Buffer.alloc(60_000, value))));

/**
 * @param identity makes its bytes unlike those of any other picture.
 * @param isLong the words lie in the middle of the file, beyond both of its ends that a fingerprint covers.
 */
export async function smallJpeg(identity: number, isLong: boolean): Promise<(word: Word) => Buffer> {
  const rgb = Buffer.alloc(16 * 12 * 3, (identity * 37) % 256);
  for (let at = 0; at < rgb.length; at += 3 + (identity % 5)) rgb[at] = (at * (identity + 3)) % 256;
  const picture = await sharp(rgb, { raw: { width: 16, height: 12, channels: 3 } })
    .jpeg()
    .toBuffer();
  const padding = isLong ? PADDING : Buffer.alloc(0);
  return (word) =>
    Buffer.concat([
      picture.subarray(0, 2),
      segment(COMMENT, Buffer.from(`picture ${String(identity).padStart(8, '0')}`)),
      padding,
      segment(APP1, Buffer.from(`http://ns.adobe.com/xap/1.0/\0${packetOf(word)}`)),
      padding,
      picture.subarray(2),
    ]);
}
