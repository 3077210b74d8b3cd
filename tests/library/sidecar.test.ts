/** What sidecars and embedded packets of the usual programs say. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type FaceRegion, mergeSidecar, turnRegion } from '../../electron/core/formats/annotations.ts';
import { NO_METADATA } from '../../electron/core/formats/metadata.ts';
import { readSidecar as readWhole } from '../../electron/core/formats/sidecar.ts';
import { CASES, HAS_CASES, HAS_PHOTOS, PHOTOS } from './real-photos.ts';

const folder = mkdtempSync(join(tmpdir(), 'keeplight-sidecar-'));
afterAll(() => rmSync(folder, { recursive: true }));

const readSidecar = (path: string) => readWhole(path).annotations;

const NAMESPACES = `xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpDM="http://ns.adobe.com/xmp/1.0/DynamicMedia/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:lr="http://ns.adobe.com/lightroom/1.0/" xmlns:digiKam="http://www.digikam.org/ns/1.0/"
  xmlns:darktable="http://darktable.sf.net/" xmlns:photomechanic="http://ns.camerabits.com/photomechanic/1.0/" xmlns:MicrosoftPhoto="http://ns.microsoft.com/photo/1.0"
  xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:acdsee="http://ns.acdsee.com/iptc/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
  xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#"
  xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#"`;
const readWith = (attributes: string, elements = '') => readText(packetOf(attributes, elements));
const read = (attributes: string, elements = '') => readWith(attributes, elements).annotations;

function readText(text: string | Buffer) {
  const path = join(folder, 'a.xmp');
  writeFileSync(path, text);
  return readWhole(path);
}

function packetOf(attributes: string, elements = ''): string {
  return `<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
     <rdf:Description ${NAMESPACES} ${attributes}>${elements}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;
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
      ['MicrosoftPhoto:Rating="1"', 1, null],
      ['acdsee:rating="4"', 4, null],
      ['xmp:Rating="2" acdsee:rating="4" MicrosoftPhoto:Rating="99"', 2, null],
      ['xmp:Rating="3" xmpDM:good="False"', 3, 'reject'],
      ['xmp:Rating="3" xmpDM:good="false"', 3, 'reject'],
      ['xmp:Rating="5" xmpDM:pick="-1"', 5, 'reject'],
      ['xmpDM:pick="-1" xmpDM:good="true"', null, 'reject'],
      ['xmpDM:pick="1" xmpDM:good="false"', null, 'pick'],
      ['xmpDM:pick="0" xmpDM:good="true"', null, null],
      ['xmpDM:pick="1" digiKam:PickLabel="1"', null, 'pick'],
      ['digiKam:PickLabel="2"', null, null],
      ['xmp:Rating="17"', null, null],
      ['xmp:Rating="many"', null, null],
    ];
    for (const [attributes, rating, pick] of cases)
      expect([attributes, read(attributes)]).toMatchObject([attributes, { rating, pick }]);
  });

  it('give colors by word in several languages, by number and by list', () => {
    const color = (attributes: string, elements = '') => read(attributes, elements).labelColor;
    expect(['Red', 'Gelb', 'vert', 'Azul', 'фиолетовый', 'To do'].map((word) => color(`xmp:Label="${word}"`))).toEqual([
      'red',
      'yellow',
      'green',
      'blue',
      'purple',
      null,
    ]);
    expect(
      ['レッド', 'Жёлтый', '녹색', 'Niebieski', 'Lila', 'Violett', 'RØD', 'Žlutá', 'Vihreä'].map((word) =>
        color(`xmp:Label="${word}"`),
      ),
    ).toEqual(['red', 'yellow', 'green', 'blue', 'purple', 'purple', 'red', 'yellow', 'green']);
    // The field that has no language comes first, also as a number of red, green and blue.
    expect(color('xmp:Label="Rot" photoshop:LabelColor="blue"')).toBe('blue');
    expect(
      ['#FF0000', '#e6c800', '#00aa33', '#1040ff', '#9900cc', '#808080'].map((code) =>
        color(`photoshop:LabelColor="${code}"`),
      ),
    ).toEqual(['red', 'yellow', 'green', 'blue', 'purple', null]);
    expect([1, 2, 3, 4, 5, 6].map((value) => color(`digiKam:ColorLabel="${value}"`))).toEqual([
      'red',
      null,
      'yellow',
      'green',
      'blue',
      'purple',
    ]);
    expect([color('photomechanic:ColorClass="2"'), color('photoshop:Urgency="5"')]).toEqual(['red', 'green']);
    expect(read('xmp:Label="Zu prüfen" digiKam:ColorLabel="1"')).toMatchObject({
      label: 'Zu prüfen',
      labelColor: 'red',
    });
    expect(color('', '<darktable:colorlabels><rdf:Seq><rdf:li>3</rdf:li></rdf:Seq></darktable:colorlabels>')).toBe(
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

  it('that are not well-formed are read as far as they go, and say what is wrong', () => {
    const sound = packetOf('xmp:Rating="4"', '<dc:title>Tom</dc:title>');
    expect(readText(sound).problem).toBeNull();
    const second = packetOf('xmp:Rating="2"').replace(/<\?xpacket.*?\?>/g, '');
    const cases: [text: string | Buffer, flaw: RegExp, rating: number][] = [
      [sound.replace('Tom', 'Tom & Jerry'), /a bare &/, 4],
      [sound.replace('Tom', 'Tom\u0001'), /a control character/, 4],
      [sound.replace('xmp:Rating', 'crs:Version="15" xmp:Rating'), /a prefix that is not declared/, 4],
      [sound.replace(/xmlns:xmp="[^"]*"/, ''), /a prefix that is not declared/, 4],
      [sound.replace(/ xmlns:[\w-]+="[^"]*"/g, ''), /a prefix that is not declared/, 4],
      [sound + second, /more than one packet/, 2],
      [sound.replace('</dc:title>', ''), /a tag that is never closed/, 4],
      [sound.replace('</dc:title>', '</dc:titel>'), /a closing tag without an opening one/, 4],
      [sound.slice(0, sound.indexOf('Tom')), /a tag that is never closed/, 4],
      [sound.replace('"4"', '4'), /an attribute without quotes/, 4],
      [sound.replace('Rating="4"', 'Rating="4" xmp:Rating="2"'), /written twice/, 4],
      [Buffer.from(sound.replace('Tom', 'Zürich'), 'latin1'), /text that is not UTF-8/, 4],
    ];
    for (const [text, flaw, rating] of cases) {
      const { annotations, problem } = readText(text);
      expect(problem).toMatch(flaw);
      expect(problem).toMatch(/\.$/);
      expect([flaw, annotations.rating]).toEqual([flaw, rating]);
    }
    expect(readText(Buffer.from(sound.replace('Tom', 'Zürich – é'), 'latin1')).annotations.title).toMatch(
      /^Zürich .*é$/,
    );
    expect(readText(packetOf('xmpDM:pick="1" xmpDM:good="false"')).problem).toMatch(
      /both picked and rejected.*picked counts/,
    );
  });

  it('that are well-formed in an unusual way are sound', () => {
    const sound = packetOf('xmp:Rating="4"');
    const swapped = Buffer.from(`\ufeff${sound}`, 'utf16le').swap16();
    const wide = Buffer.alloc(sound.length * 4);
    for (let at = 0; at < sound.length; at++) wide.writeUInt32LE(sound.charCodeAt(at), at * 4);
    const wideMark = Buffer.from([0xff, 0xfe, 0, 0]);
    const wideSwapped = Buffer.from(wide).swap32();
    for (const text of [
      sound
        .replaceAll('rdf:', 'r:')
        .replace('xmlns:rdf', 'xmlns:r')
        .replaceAll('x:', 'a:')
        .replace('xmlns:x=', 'xmlns:a='),
      sound.replaceAll('xmp:Rating', 'foo:Rating').replace('xmlns:xmp=', 'xmlns:foo='),
      sound.replaceAll('"', "'"),
      sound.replace('http://ns.adobe.com/xap/1.0/', 'http://ns.adobe.com/xap/1.0'),
      sound.replace(/<\/?x:xmpmeta[^>]*>/g, ''),
      packetOf('', '<xmp:Rating><rdf:Description><rdf:value>4</rdf:value></rdf:Description></xmp:Rating>'),
      packetOf('', '<xmp:Rating rdf:parseType="Resource"><rdf:value>4</rdf:value><dc:x>q</dc:x></xmp:Rating>'),
      packetOf('', '<xmp:Rating rdf:value="4"/>'),
      packetOf('', '<xmp:Rating><!-- a -->4</xmp:Rating>'),
      packetOf('', '<xmp:Rating><rdf:Bag><rdf:li>4</rdf:li></rdf:Bag></xmp:Rating>'),
      Buffer.concat([Buffer.from(sound), Buffer.alloc(40)]),
      Buffer.from(`\ufeff${sound}`),
      Buffer.from(`\ufeff${sound}`, 'utf16le'),
      Buffer.from(sound, 'utf16le'),
      swapped,
      swapped.subarray(2),
      wide,
      Buffer.concat([wideMark, wide]),
      wideSwapped,
      Buffer.concat([Buffer.from(wideMark).swap32(), wideSwapped]),
    ]) {
      const { annotations, problem } = readText(text);
      expect([String(text).slice(0, 300), annotations.rating, problem]).toEqual([String(text).slice(0, 300), 4, null]);
    }
  });

  it('give faces as their centre and size, in shares or pixels, however their list is written', () => {
    const area = (unit: string, x: number, y: number, w: number, h: number) =>
      `<mwg-rs:Area stArea:x="${x}" stArea:y="${y}" stArea:w="${w}" stArea:h="${h}" stArea:unit="${unit}"/>`;
    const named = `<mwg-rs:Name>Ann</mwg-rs:Name><mwg-rs:Type>Face</mwg-rs:Type>`;
    const regions = (list: string) =>
      read(
        '',
        `<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:AppliedToDimensions stDim:w="4000" stDim:h="2000" stDim:unit="pixel"/><mwg-rs:RegionList>${list}</mwg-rs:RegionList></mwg-rs:Regions>`,
      ).faces;
    const expected = [{ name: 'Ann', kind: 'face', left: 0.4, top: 0.4, width: 0.2, height: 0.4 }];
    const close = (faces: FaceRegion[]) =>
      faces.map((face) => ({
        ...face,
        left: Math.round(face.left * 1000) / 1000,
        top: Math.round(face.top * 1000) / 1000,
      }));
    const shares = area('normalized', 0.5, 0.6, 0.2, 0.4);
    for (const list of [
      `<rdf:Bag><rdf:li rdf:parseType="Resource">${named}${shares}</rdf:li></rdf:Bag>`,
      `<rdf:Seq><rdf:li><rdf:Description>${named}${shares}</rdf:Description></rdf:li></rdf:Seq>`,
      `<rdf:Seq><rdf:li><rdf:Description mwg-rs:Name="Ann" mwg-rs:Type="Face">${shares}</rdf:Description></rdf:li></rdf:Seq>`,
      `<rdf:Bag><rdf:li rdf:parseType="Resource">${named}${area('pixel', 2000, 1200, 800, 800)}</rdf:li></rdf:Bag>`,
    ])
      expect(close(regions(list))).toEqual(expected);
  });

  it('say when a photo was taken', () => {
    expect(readWith('photoshop:DateCreated="1952-05-06"').dates).toEqual([null, '1952-05-06']);
    expect(readWith('exif:DateTimeOriginal="1952"').dates).toEqual(['1952', null]);
  });

  it.skipIf(!HAS_CASES)('of the kinds that lost their rating keep it', () => {
    const readCase = (name: string) => readWhole(join(CASES, '07-sidecars-lost', name));
    const rating = (name: string) => readCase(name).annotations.rating;
    expect(['amp_bad.xmp', 'prefix_rdf2.xmp', 'qualified.xmp', 'undeclared_prefix.xmp'].map(rating)).toEqual([
      4, 4, 4, 4,
    ]);
    // As exiftool says, the last one.
    expect(rating('trailing_dup.xmp')).toBe(2);
    const isSound = (name: string) => readCase(name).problem === null;
    expect(['amp_bad.xmp', 'trailing_dup.xmp', 'undeclared_prefix.xmp'].map(isSound)).toEqual([false, false, false]);
    expect(['prefix_rdf2.xmp', 'qualified.xmp'].map(isSound)).toEqual([true, true]);
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
