/**
 * More of how other programs lost what people had said, over the real core: words in other languages, rejects over stars,
 * and the forms in which sidecars are written. The others are in stories.test.ts, of the trash in outward/trash.test.ts
 * and of embedding in embed.test.ts; docs/sidecars.md lists all eighteen.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { annotationsOfXmp } from '../../electron/core/formats/annotations.ts';
import { readXmp } from '../../electron/core/formats/xmp.ts';
import { makePhoto, type Workplace, workplace } from '../core/made-photos.ts';

const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';
const XMP = 'http://ns.adobe.com/xap/1.0/';

/** A library of one photo with this sidecar. */
async function withSidecar(place: Workplace, text: string) {
  const [photo, sidecar] = [join(place.photos, 'a.jpg'), join(place.photos, 'a.xmp')];
  await makePhoto(photo, 1);
  writeFileSync(sidecar, text);
  const core = await place.open();
  await core.index([place.photos]);
  return {
    core,
    photo,
    written: async () => {
      const report = await core.sidecars('write', [photo], { dryRun: false });
      return { ...report, text: readFileSync(sidecar, 'utf8') };
    },
  };
}
const packet = (attributes: string, inside = ''): string =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="${RDF}"><rdf:Description rdf:about="" xmlns:xmp="${XMP}" ` +
  'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/" ' +
  `xmlns:xmpDM="http://ns.adobe.com/xmp/1.0/DynamicMedia/" ${attributes}>${inside}</rdf:Description></rdf:RDF></x:xmpmeta>`;

test('a color label in another language is read as its color and keeps its word', async () => {
  await using place = workplace();
  const labels = { a: ['レッド', 'red'], b: ['Lila', 'purple'], c: ['Zielony', 'green'] } as const;
  const at = (name: string) => join(place.photos, name);
  for (const [name, [word]] of Object.entries(labels)) {
    await makePhoto(at(`${name}.jpg`), name.charCodeAt(0));
    writeFileSync(at(`${name}.xmp`), packet(`xmp:Label="${word}"`));
  }
  const core = await place.open();
  await core.index([place.photos]);
  core.mark(core.listIds(), { stars: 2 });
  await core.sidecars('write', [], { dryRun: false });
  for (const [name, [word, color]] of Object.entries(labels)) {
    expect(core.show(at(`${name}.jpg`)).color, word).toBe(color);
    expect(readFileSync(at(`${name}.xmp`), 'utf8')).toContain(`xmp:Label="${word}"`);
  }
  // Another color is said in both fields, and the language-free one decides.
  core.mark(core.listIds(), { color: 'blue' });
  await core.sidecars('write', [], { dryRun: false });
  for (const [name, [word]] of Object.entries(labels)) {
    const text = readFileSync(at(`${name}.xmp`), 'utf8');
    expect(text).toContain('photoshop:LabelColor="blue"');
    expect(text).not.toContain(word);
  }
});

test('a label that is the person’s own is never replaced, and it is said that it stays', async () => {
  await using place = workplace();
  const { core, photo, written } = await withSidecar(place, packet('xmp:Label="To do"'));
  core.mark([photo], { color: 'green' });
  const { text, conflicts } = await written();
  expect(text).toContain('xmp:Label="To do"');
  expect(text).toContain('photoshop:LabelColor="green"');
  expect(conflicts).toEqual([{ path: join(place.photos, 'a.xmp'), field: 'label', ours: 'green', theirs: 'To do' }]);
});

test('a reject leaves the stars alone, and a reject of others over stars takes none of ours', async () => {
  await using place = workplace();
  const { core, photo, written } = await withSidecar(place, packet('xmp:Rating="4"'));
  core.mark([photo], { flag: 'reject' });
  const { text } = await written();
  expect(text).toContain('xmp:Rating="4"');
  expect(text).toContain('xmpDM:pick="-1"');
  expect(text).toContain('xmpDM:good="false"');
  expect(core.show(photo)).toMatchObject({ flag: 'reject', stars: 4 });
  // Bridge rejects in the place of the stars: here they are still known.
  const bridge = text
    .replace('xmp:Rating="4"', 'xmp:Rating="-1"')
    .replace(/MetadataDate="[^"]*"/, 'MetadataDate="2099-01-01T00:00:00Z"');
  writeFileSync(join(place.photos, 'a.xmp'), bridge);
  await core.index([place.photos]);
  expect(core.show(photo).flag).toBe('reject');
  core.mark([photo], { flag: 'none' });
  expect(core.show(photo).flag).toBe('none');
});

/** One sidecar in the forms that programs write it in; foreign content is in each. */
const FORMS: readonly [string, string, string][] = [
  [
    'single quotes',
    `<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='${RDF}'><rdf:Description rdf:about='' xmlns:xmp='${XMP}' xmlns:crs='http://ns.adobe.com/camera-raw-settings/1.0/' xmp:Rating='2' crs:Look='a "quoted" look'/></rdf:RDF></x:xmpmeta>`,
    `crs:Look='a "quoted" look'`,
  ],
  [
    'elements',
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="${RDF}"><rdf:Description rdf:about="" xmlns:xmp="${XMP}" xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"><xmp:Rating>2</xmp:Rating><crs:Look>kept</crs:Look></rdf:Description></rdf:RDF></x:xmpmeta>`,
    '<crs:Look>kept</crs:Look>',
  ],
  [
    'foreign prefixes',
    `<m:xmpmeta xmlns:m="adobe:ns:meta/"><r:RDF xmlns:r="${RDF}"><r:Description r:about="" xmlns:basic="${XMP}" xmlns:raw="http://ns.adobe.com/camera-raw-settings/1.0/" basic:Rating="2" raw:Look="kept"/></r:RDF></m:xmpmeta>`,
    'raw:Look="kept"',
  ],
];

test.each(FORMS)(
  '%s: stars are read, changed where they stand, and what is foreign keeps its bytes',
  async (_, before, foreign) => {
    await using place = workplace();
    const { core, photo, written } = await withSidecar(place, before);
    expect(core.show(photo).stars).toBe(2);
    core.mark([photo], { stars: 5 });
    const { text, failed } = await written();
    expect(failed).toEqual([]);
    expect(text).toContain(foreign);
    expect(text).not.toMatch(/Rating(=['"]2|>2)/);
    // One rating only: two would let each program choose its own.
    expect(text.match(/Rating(=|>\d)/g)).toHaveLength(1);
    expect(annotationsOfXmp(readXmp(Buffer.from(text))!.properties, null).rating).toBe(5);
  },
);
