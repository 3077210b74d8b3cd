/** The reader of XML: what is plain is read, what is not well-formed is named, and time grows with the text. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readXml, type XmlElement, type XmlNames } from '../../electron/core/formats/xml.ts';
import { readXmp } from '../../electron/core/formats/xmp.ts';

fc.configureGlobal({ seed: 4100 });

const NAMES: XmlNames = { usual: new Map([['known', 'http://known/']]), known: (namespace) => namespace };
const read = (text: string) => readXml(text, NAMES);

/** Texts that are slow for readers which look at anything twice, by how much of them there is. */
const SLOW: Readonly<Record<string, (size: number) => string>> = {
  'nested declarations': (size) =>
    Array.from({ length: size }, (_, index) => `<a xmlns:p${index}="http://n/${index}/">`).join(''),
  'nested declarations of one prefix': (size) => '<p:a xmlns:p="http://n/">'.repeat(size) + '</p:a>'.repeat(size),
  'one tag with many attributes': (size) =>
    `<a ${Array.from({ length: size }, (_, index) => `b${index}="1"`).join(' ')}/>`,
  'one tag with many declarations': (size) =>
    `<a ${Array.from({ length: size }, (_, index) => `xmlns:b${index}="u"`).join(' ')}/>`,
  'many children': (size) => `<a>${'<b/>'.repeat(size)}</a>`,
  'tags that never end': (size) => '<a '.repeat(size),
  'closing tags that never end': (size) => '</a'.repeat(size),
  'closing tags without opening ones': (size) => `<x>${'</a>'.repeat(size)}`,
  'quotes that never end': (size) => `<a b="${"<a b='".repeat(size)}`,
  'attributes without quotes': (size) => '<a b=c '.repeat(size),
  'bare ampersands': (size) => `<a>${'&'.repeat(size)}</a>`,
  'entities that never end': (size) => `<a>${'&aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'.repeat(size)}</a>`,
  'comments that never end': (size) => '<!-- '.repeat(size),
  'types that never end': (size) => '<!a '.repeat(size),
  'sections that never end': (size) => '<a><![CDATA['.repeat(size),
  'instructions that never end': (size) => '<?a '.repeat(size),
  'crossed tags': (size) => '<a><b></a></b>'.repeat(size),
};

describe('XML', () => {
  for (const [name, make] of Object.entries(SLOW))
    it(`takes twice the work for twice the text: ${name}`, () => {
      const [once, twice] = [make(4000), make(8000)].map((text) => read(text).steps);
      expect(once).toBeGreaterThan(0);
      expect(twice! / once!).toBeLessThan(2.6);
      // Never looks at a character more than a few times.
      expect(twice!).toBeLessThan(8 * make(8000).length + 1000);
    });

  it('goes on behind a comment, also an empty one', () => {
    for (const comment of ['<!---->', '<!-- <b/> -->', '<!--- -->', '<!--> <b/> -->']) {
      const { roots, flaws } = read(`<a>${comment}<c/></a>`);
      expect([comment, roots[0]?.children.map(({ key }) => key), [...flaws]]).toEqual([comment, ['c'], []]);
    }
  });

  it('ends at its limits of depth, number and time, and says so', () => {
    const deep = read('<a>'.repeat(1000) + '</a>'.repeat(1000));
    const depthOf = (element: XmlElement): number => 1 + Math.max(0, ...element.children.map(depthOf));
    expect([deep.roots.map(depthOf), [...deep.flaws]]).toEqual([[64], ['too deep a nesting']]);
    const many = readXml(`<a>${'<b/>'.repeat(1000)}</a>`, NAMES, { kept: 100 });
    expect(many.flaws).toContain('far too many elements');
    expect(many.roots[0]!.children.length).toBeLessThan(102);
    const long = readXml(`<a>${'<b/>'.repeat(50_000)}</a>`, NAMES, { milliseconds: -1 });
    expect(long.flaws).toContain('more than can be read in the time that it deserves');
    expect(long.roots[0]!.children.length).toBeLessThan(2000);
  });

  it('reads forty thousand nested declarations and a packet of four megabytes in the time that they deserve', () => {
    const open = Array.from({ length: 40_000 }, (_, index) => `<a xmlns:p${index}="http://namespace/${index}/">`).join(
      '',
    );
    const began = performance.now();
    expect(read(open + '</a>'.repeat(40_000)).roots).toHaveLength(1);
    expect(readXmp(Buffer.from(open.repeat(2)))).toBeNull();
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it('finds names by their namespace whatever the prefix, inner declarations over outer ones and only inside', () => {
    const { roots, flaws } = read(
      '<p:a xmlns:p="http://one/" xmlns="http://two" b="1" p:c="2"><b/><p:d xmlns:p="http://three/" p:e=\'3\'/><p:f/></p:a>',
    );
    const [root] = roots;
    expect(root).toMatchObject({
      key: 'http://one/a',
      attributes: [
        ['b', '1'],
        ['http://one/c', '2'],
      ],
    });
    expect(root!.children.map(({ key, attributes }) => [key, attributes])).toEqual([
      ['http://two/b', []],
      ['http://three/d', [['http://three/e', '3']]],
      ['http://one/f', []],
    ]);
    expect([...flaws]).toEqual([]);
  });

  it('names each flaw and reads on', () => {
    const cases: [text: string, flaw: string, found: string][] = [
      ['<a>Tom & Jerry</a>', 'a bare &', 'Tom & Jerry'],
      ['<a>&nbsp;&constructor;&#0;</a>', 'a bare &', '&nbsp;&constructor;&#0;'],
      ['<a>a\u0001b</a>', 'a control character', 'ab'],
      ['<known:a>x</known:a>', 'a prefix that is not declared', 'x'],
      ['<a>x<b>y', 'a tag that is never closed', 'x'],
      ['<a>x</b></a>', 'a closing tag without an opening one', 'x'],
      ['<a b=c>x</a>', 'an attribute without quotes or written twice', 'x'],
      ['<a b="1" b="2">x</a>', 'an attribute without quotes or written twice', 'x'],
      ['<a>x</a', 'a tag that ends in the middle', 'x'],
    ];
    for (const [text, flaw, found] of cases) {
      const { roots, flaws } = read(text);
      expect([text, [...flaws], roots[0]!.text]).toEqual([text, [flaw], found]);
    }
    expect(read('<known:a/>').roots[0]!.key).toBe('http://known/a');
    expect(read('<a>&lt;&#65;&#x42;&amp;amp;<![CDATA[<&>]]>\r\n</a>').roots[0]!.text).toBe('<AB&amp;<&>\n');
  });

  it('reads back what is written, and answers any noise', () => {
    const name = fc.constantFrom('a', 'b', 'c-d', 'é');
    const value = fc.string({ unit: fc.constantFrom(...'ab <>&"\'\n\té€') });
    const escaped = (text: string) => text.replace(/[<>&"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
    fc.assert(
      fc.property(name, fc.array(value, { maxLength: 5 }), (root, texts) => {
        const children = texts.map((text) => `<x v="${escaped(text)}">${escaped(text)}</x>`).join('');
        const { roots, flaws } = read(`<?xml version="1.0"?><!-- c --><${root}>${children}</${root}>`);
        expect([...flaws]).toEqual([]);
        expect(roots[0]!.children.map(({ text, attributes }) => [text, attributes[0]![1]])).toEqual(
          texts.map((text) => [text, text]),
        );
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'<>/=&;"\' !?-[]:ax\u0000'), maxLength: 200 }), (noise) => {
        expect(read(noise).steps).toBeLessThan(20 * noise.length + 20);
      }),
      { numRuns: 2000 },
    );
  });
});
