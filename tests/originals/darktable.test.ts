/** darktable as the second witness: what it reads of a sidecar, and the picture that it makes by it, before and after. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { compose } from '../../electron/core/originals/sidecars/compose.ts';
import { makePhoto } from '../core/made-photos.ts';
import { HAS_EXIFTOOL } from '../library/differential.ts';
import { DARKTABLE, exportByDarktable, xmpTags } from './darktable.ts';
import { OPTIONS } from './round-trip.ts';

const folder = mkdtempSync(join(tmpdir(), 'keeplight-darktable-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** One step of exposure, +1 EV: a history that shows. */
const HISTORY =
  '<darktable:history><rdf:Seq><rdf:li darktable:num="0" darktable:operation="exposure" darktable:enabled="1" ' +
  'darktable:modversion="6" darktable:params="00000000000000000000803f00004842000080c000000000" darktable:multi_name="" ' +
  'darktable:multi_priority="0" darktable:blendop_version="11" ' +
  'darktable:blendop_params="gz11eJxjYIAACQYYOOHEgAYE0QVwggZ7CB6pfNoAAE4AGQg="/></rdf:Seq></darktable:history>';

const SIDECAR =
  '<?xml version="1.0" encoding="UTF-8"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2">\n <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n' +
  '  <rdf:Description rdf:about=""\n    xmlns:xmp="http://ns.adobe.com/xap/1.0/"\n    xmlns:dc="http://purl.org/dc/elements/1.1/"\n    xmlns:darktable="http://darktable.sf.net/"\n    xmlns:lr="http://ns.adobe.com/lightroom/1.0/"\n' +
  '   xmp:Rating="1"\n   darktable:xmp_version="4"\n   darktable:raw_params="0"\n   darktable:auto_presets_applied="1"\n   darktable:history_end="1">\n' +
  '   <dc:rights><rdf:Alt><rdf:li xml:lang="x-default">© Ann</rdf:li></rdf:Alt></dc:rights>\n' +
  '   <dc:subject><rdf:Bag><rdf:li>lake</rdf:li></rdf:Bag></dc:subject>\n' +
  '   <lr:hierarchicalSubject><rdf:Bag><rdf:li>Water|lake</rdf:li></rdf:Bag></lr:hierarchicalSubject>\n' +
  `   ${HISTORY}\n  </rdf:Description>\n </rdf:RDF>\n</x:xmpmeta>\n`;

type Exported = { tags: Record<string, unknown>; pixels: Buffer };

/** Imports a photo with its sidecar beside it, as darktable does when a folder is added, and exports it. */
async function exported(bytes: Buffer, sidecar: Buffer | null, name: string): Promise<Exported> {
  const place = join(folder, name);
  mkdirSync(place);
  writeFileSync(join(place, 'photo.jpg'), bytes);
  if (sidecar !== null) writeFileSync(join(place, 'photo.jpg.xmp'), sidecar);
  const out = await exportByDarktable(join(place, 'photo.jpg'), place);
  const tags = await xmpTags(out, true);
  return { tags, pixels: await sharp(out).raw().toBuffer() };
}

describe.skipIf(DARKTABLE === null || !HAS_EXIFTOOL)('darktable', () => {
  it('reads what was written, and every step of its own history makes the same picture', async () => {
    const photo = join(folder, 'photo.jpg');
    await makePhoto(photo, 1);
    const bytes = readFileSync(photo);
    const made = compose(
      Buffer.from(SIDECAR),
      { stars: 4, color: 'green', title: 'Morning', caption: 'Fjord & ice', addKeywords: ['snow'] },
      OPTIONS,
    )!;
    const plain = await exported(bytes, null, 'plain');
    const before = await exported(bytes, Buffer.from(SIDECAR), 'before');
    const after = await exported(bytes, made.bytes, 'after');
    expect(before.pixels.equals(plain.pixels), 'the history must show, or nothing is proved').toBe(false);
    expect(after.pixels.equals(before.pixels)).toBe(true);
    expect(before.tags['XMP-xmp:Rating']).toBe(1);
    expect(after.tags).toMatchObject({
      'XMP-xmp:Rating': 4,
      'XMP-dc:Title': 'Morning',
      'XMP-dc:Description': 'Fjord & ice',
    });
    expect([after.tags['XMP-dc:Subject']].flat()).toEqual(expect.arrayContaining(['lake', 'snow']));
    const ours = /Rating|Label|Title|Description|Subject|Pick|Good|MetadataDate|SourceFile|_timestamp|ModifyDate/i;
    const foreign = ({ tags }: Exported) =>
      Object.fromEntries(Object.entries(tags).filter(([name]) => !ours.test(name)));
    expect(foreign(after)).toEqual(foreign(before));
  }, 180_000);
});
