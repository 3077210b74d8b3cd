/** What sidecars and embedded packets of the usual programs say. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type FaceRegion, turnRegion } from '../../electron/core/formats/annotations.ts';
import { mergeSidecar, NO_METADATA, readSidecar } from '../../electron/core/formats/metadata.ts';
import { HAS_PHOTOS, PHOTOS } from './real-photos.ts';

const folder = mkdtempSync(join(tmpdir(), 'keeplight-sidecar-'));
afterAll(() => rmSync(folder, { recursive: true }));

const NAMESPACES = `xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpDM="http://ns.adobe.com/xmp/1.0/DynamicMedia/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:lr="http://ns.adobe.com/lightroom/1.0/" xmlns:digiKam="http://www.digikam.org/ns/1.0/"
  xmlns:darktable="http://darktable.sf.net/" xmlns:photomechanic="http://ns.camerabits.com/photomechanic/1.0/" xmlns:MicrosoftPhoto="http://ns.microsoft.com/photo/1.0"`;
function read(attributes: string, elements = '') {
  const path = join(folder, 'a.xmp');
  writeFileSync(
    path,
    `<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
     <rdf:Description ${NAMESPACES} ${attributes}>${elements}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`,
  );
  return readSidecar(path);
}

describe('sidecars', () => {
  it('give stars, rejects and picks as each program writes them', () => {
    const cases: [string, number | null, 'pick' | 'reject' | null][] = [
      ['xmp:Rating="3"', 3, null],
      ['xmp:Rating="-1"', -1, 'reject'],
      ['xmp:Rating="6"', -1, 'reject'],
      ['xmp:Rating="4.0" xmpDM:pick="1"', 4, 'pick'],
      ['xmp:Rating="0" digiKam:PickLabel="1"', 0, 'reject'],
      ['digiKam:PickLabel="3"', null, 'pick'],
      ['photomechanic:Tagged="True"', null, 'pick'],
      ['xmpDM:good="True"', null, 'pick'],
      ['MicrosoftPhoto:Rating="99"', 5, null],
      ['MicrosoftPhoto:Rating="25"', 2, null],
      ['xmp:Rating="17"', null, null],
      ['xmp:Rating="many"', null, null],
    ];
    for (const [attributes, rating, pick] of cases)
      expect([attributes, read(attributes)]).toMatchObject([attributes, { rating, pick }]);
  });

  it('give colours by word in several languages, by number and by list', () => {
    const colour = (attributes: string, elements = '') => read(attributes, elements).labelColor;
    expect(['Red', 'Gelb', 'vert', 'Azul', 'фиолетовый', 'To do'].map((word) => colour(`xmp:Label="${word}"`))).toEqual(
      ['red', 'yellow', 'green', 'blue', 'purple', null],
    );
    expect(colour('digiKam:ColorLabel="4"')).toBe('green');
    expect(colour('', '<darktable:colorlabels><rdf:Seq><rdf:li>3</rdf:li></rdf:Seq></darktable:colorlabels>')).toBe(
      'blue',
    );
  });

  it('give keywords, captions in the default language and nothing twice', () => {
    const bag = (name: string, ...items: string[]) =>
      `<${name}><rdf:Bag>${items.map((item) => `<rdf:li>${item}</rdf:li>`).join('')}</rdf:Bag></${name}>`;
    const annotations = read(
      '',
      bag('dc:subject', 'lake', 'snow', 'lake') +
        bag('lr:hierarchicalSubject', 'nature|lake', 'snow') +
        bag('digiKam:TagsList', 'nature/lake', 'people/Ann') +
        '<dc:description><rdf:Alt><rdf:li xml:lang="de">See</rdf:li><rdf:li xml:lang="x-default">Lake &amp; snow</rdf:li></rdf:Alt></dc:description>',
    );
    expect(annotations).toMatchObject({
      keywords: ['lake', 'snow'],
      hierarchicalKeywords: ['nature|lake', 'people|Ann'],
      caption: 'Lake & snow',
    });
  });

  it('win over the embedded word where they say something', () => {
    const embedded = { ...NO_METADATA, rating: 2, label: 'Red', labelColor: 'red' as const, keywords: ['a'] };
    expect(mergeSidecar(embedded, read('xmp:Rating="5"'))).toMatchObject({
      rating: 5,
      label: 'Red',
      labelColor: 'red',
      keywords: ['a'],
    });
  });

  it('that are no XMP say so in a sentence', () => {
    const path = join(folder, 'bad.xmp');
    for (const text of ['', 'hello', '<x:xmpmeta xmlns:x="a"><unclosed></x:xmpmeta>']) {
      writeFileSync(path, text);
      expect(() => readSidecar(path)).toThrow(/not readable XMP/);
    }
    expect(() => readSidecar(join(folder, 'none.xmp'))).toThrow(/not there/);
  });

  it.skipIf(!HAS_PHOTOS)('of Lightroom and digiKam are read', () => {
    expect(readSidecar(join(PHOTOS, 'metadata/IMG_5910_squirrel_canon-600d.xmp'))).toMatchObject({ rating: 3 });
    expect(readSidecar(join(PHOTOS, 'metadata/orphan_digikam-example.xmp'))).toBeTypeOf('object');
    expect(readSidecar(join(PHOTOS, 'raw/canon_eos_6d.xmp'))).toBeTypeOf('object');
  });

  it('turn regions back after four quarter turns and two mirrors', () => {
    const region: FaceRegion = { name: null, kind: 'face', left: 0.1, top: 0.2, width: 0.3, height: 0.05 };
    const close = (a: FaceRegion) => {
      for (const side of ['left', 'top', 'width', 'height'] as const) expect(a[side]).toBeCloseTo(region[side], 10);
    };
    for (const orientation of [2, 3, 4, 5, 7]) close(turnRegion(turnRegion(region, orientation), orientation));
    close([6, 6, 6, 6].reduce(turnRegion, region));
    close(turnRegion(turnRegion(region, 6), 8));
  });
});
