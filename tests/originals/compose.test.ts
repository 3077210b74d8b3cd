/** Sidecars that are written: every form that other programs write, and what is never done to them. */
import { describe, expect, it } from 'vitest';
import { annotationsOfXmp } from '../../electron/core/formats/annotations.ts';
import { readXmp } from '../../electron/core/formats/xmp.ts';
import { compose, SidecarRefusal, type Wish } from '../../electron/core/originals/sidecars/compose.ts';
import { madeSidecar } from './made-sidecars.ts';
import { OPTIONS, wishOf } from './round-trip.ts';

const SPACES =
  'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" ' +
  'xmlns:digiKam="http://www.digikam.org/ns/1.0/" xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/" xmlns:lr="http://ns.adobe.com/lightroom/1.0/"';

const packet = (attributes: string, inside = ''): string =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" ${SPACES} ${attributes}>${inside}</rdf:Description></rdf:RDF></x:xmpmeta>`;

const written = (before: string, wish: Wish, options: Partial<typeof OPTIONS> = {}): string | null =>
  compose(Buffer.from(before), wish, { ...OPTIONS, ...options })?.bytes.toString() ?? null;
const readAgain = (text: string) => annotationsOfXmp(readXmp(Buffer.from(text))!.properties, null);

describe('a sidecar that is written', () => {
  it('keeps every byte that is not about what changed', () => {
    const before = packet(
      `crs:Exposure2012='+0.50'   xmp:Rating='2'`,
      '<!-- mine --><crs:Look><![CDATA[a<b]]></crs:Look>',
    );
    const after = written(before, { stars: 4 })!;
    const stamp = ' xmp:MetadataDate="2026-11-28T12:00:00+00:00"';
    expect(after.replace(/ xmp:MetadataDate="[^"]*"/, '')).toBe(before.replace("xmp:Rating='2'", "xmp:Rating='4'"));
    expect(after).toContain(stamp.slice(0, 20));
  });

  it('is left alone, to the byte and the date, when it says all of it already', () => {
    for (const rating of ['xmp:Rating="3"', 'xmp:Rating="3.0"', "xmp:Rating=' 3 '"])
      expect(written(packet(rating), { stars: 3 }), rating).toBeNull();
    expect(written(packet('photoshop:LabelColor="red" xmp:Label="Rot"'), { color: 'red' })).toBeNull();
    expect(
      written(packet('', '<dc:subject><rdf:Bag><rdf:li>lake</rdf:li></rdf:Bag></dc:subject>'), {
        addKeywords: ['lake'],
      }),
    ).toBeNull();
  });

  it('is the same when it is written twice', () => {
    for (let seed = 0; seed < 300; seed++) {
      const once = compose(madeSidecar(seed).bytes, wishOf(seed), OPTIONS);
      if (once !== null) expect(compose(once.bytes, wishOf(seed), OPTIONS), `seed ${seed}`).toBeNull();
    }
  });

  it('takes stars in every form in which they stand', () => {
    const forms: [string, string][] = [
      ["xmp:Rating='1'", ''],
      ['', '<xmp:Rating>1</xmp:Rating>'],
      ['', '<xmp:Rating/>'],
      ['', '<xmp:Rating rdf:parseType="Resource"><rdf:value>1</rdf:value></xmp:Rating>'],
      ['', '<xmp:Rating><rdf:Description rdf:value="1"/></xmp:Rating>'],
      ['xmp:Rating="1"', '<xmp:Rating>2</xmp:Rating>'],
      ['', ''],
    ];
    for (const [attributes, inside] of forms) {
      const after = written(packet(attributes, inside), { stars: 4 })!;
      expect([attributes, inside, readAgain(after).rating]).toEqual([attributes, inside, 4]);
    }
  });

  it('keeps the stars under a reject, unless a person asked for the rating of Bridge', () => {
    const before = packet('xmp:Rating="4"');
    const after = written(before, { flag: 'reject' })!;
    expect(after).toContain('xmp:Rating="4"');
    expect(after).toMatch(/xmpDM:pick="-1" xmpDM:good="false"/);
    expect(after).toContain('digiKam:PickLabel="1"');
    const opted = compose(Buffer.from(before), { flag: 'reject' }, { ...OPTIONS, rejectAsRating: true })!;
    expect(opted.bytes.toString()).toContain('xmp:Rating="-1"');
    // A reject that another program put in the place of the stars is taken back with the flag.
    const freed = written(packet('xmp:Rating="-1"'), { flag: 'none' })!;
    expect(readAgain(freed)).toMatchObject({ rating: 0, pick: null });
  });

  it('keeps a label in another language while its color holds, and one of the person’s own always', () => {
    expect(written(packet('xmp:Label="Rot"'), { color: 'red' })).toMatch(/xmp:Label="Rot".*photoshop:LabelColor="red"/);
    expect(written(packet('xmp:Label="Rot"'), { color: 'blue' })).toContain('xmp:Label="Blue"');
    const words = { ...OPTIONS, colorWords: { ...OPTIONS.colorWords, blue: 'Blau' } };
    expect(compose(Buffer.from(packet('xmp:Label="Rot"')), { color: 'blue' }, words)!.bytes.toString()).toContain(
      '"Blau"',
    );
    const kept = compose(Buffer.from(packet('xmp:Label="To do"')), { color: 'green' }, OPTIONS)!;
    expect(kept.keptLabel).toBe('To do');
    expect(kept.bytes.toString()).toMatch(/xmp:Label="To do".*photoshop:LabelColor="green"/);
    const gone = written(packet('xmp:Label="Red" photoshop:LabelColor="red" digiKam:ColorLabel="1"'), {
      color: 'none',
    })!;
    expect(readAgain(gone).labelColor).toBeNull();
  });

  it('unites keywords; what was taken out does not come back from another program’s field', () => {
    const before = packet(
      '',
      '<dc:subject><rdf:Bag><rdf:li>lake</rdf:li><rdf:li>Oslo</rdf:li></rdf:Bag></dc:subject>' +
        '<digiKam:TagsList><rdf:Seq><rdf:li>Places/Oslo</rdf:li><rdf:li>lake</rdf:li></rdf:Seq></digiKam:TagsList>' +
        '<lr:hierarchicalSubject><rdf:Bag><rdf:li>Places|Oslo</rdf:li></rdf:Bag></lr:hierarchicalSubject>',
    );
    const read = readAgain(written(before, { addKeywords: ['snow', 'Light|dawn'], removeKeywords: ['Oslo'] })!);
    expect(read.keywords.sort()).toEqual(['Places', 'dawn', 'lake', 'snow']);
    expect(read.hierarchicalKeywords).toEqual(['Light|dawn']);
  });

  it('changes the default language and leaves the others', () => {
    const before = packet(
      '',
      '<dc:description><rdf:Alt><rdf:li xml:lang="x-default">Ice</rdf:li><rdf:li xml:lang="de">Eis</rdf:li></rdf:Alt></dc:description>',
    );
    const after = written(before, { caption: 'Fjord & "ice" <1>' })!;
    expect(readAgain(after).caption).toBe('Fjord & "ice" <1>');
    expect(after).toContain('<rdf:li xml:lang="de">Eis</rdf:li>');
    expect(readAgain(written(before, { caption: null })!).caption).toBeNull();
    expect(written(before, { caption: null })).toContain('Eis');
  });

  it('is refused with a sentence when it is not well-formed, and never replaced', () => {
    const broken = [
      'not XMP at all',
      packet('xmp:Rating="2"').slice(0, -30),
      packet('foo:Bar="2"'),
      packet('xmp:Rating=2'),
      packet('', '<dc:source>Tom & Jerry</dc:source>'),
      packet('xmp:Rating="2"').replace('<x:xmpmeta', '<!DOCTYPE x [<!ENTITY a "b">]><x:xmpmeta'),
    ];
    for (const text of broken) expect(() => written(text, { stars: 5 }), text).toThrow(SidecarRefusal);
    const latin = Buffer.from(packet('', '<dc:source>Zürich</dc:source>'), 'latin1');
    expect(() => compose(latin, { stars: 5 }, OPTIONS)).toThrow(/not well-formed \(text that is not UTF-8\)/);
  });

  it('is refused when what was meant cannot land: a structure where stars should be', () => {
    const odd = packet('', '<xmp:Rating rdf:parseType="Resource"><crs:A>1</crs:A></xmp:Rating>');
    expect(() => written(odd, { stars: 5 })).toThrow(SidecarRefusal);
  });
});
