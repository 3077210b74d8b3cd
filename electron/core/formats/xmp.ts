/**
 * XMP packets → properties. A small reader of the RDF that XMP uses (attributes, text, Bag/Seq/Alt, structures). Keeps nothing
 * foreign: writing sidecars is done elsewhere, on the text itself. Source: ISO 16684-1.
 */
import { SaxesParser } from 'saxes';

/** Text, a list, or a structure by `namespace + name`. */
export type XmpValue = string | XmpValue[] | XmpStructure;
export type XmpStructure = Map<string, XmpValue>;

export const Namespace = {
  rdf: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
  dc: 'http://purl.org/dc/elements/1.1/',
  xmp: 'http://ns.adobe.com/xap/1.0/',
  xmpDM: 'http://ns.adobe.com/xmp/1.0/DynamicMedia/',
  exif: 'http://ns.adobe.com/exif/1.0/',
  exifEX: 'http://cipa.jp/exif/1.0/',
  aux: 'http://ns.adobe.com/exif/1.0/aux/',
  tiff: 'http://ns.adobe.com/tiff/1.0/',
  photoshop: 'http://ns.adobe.com/photoshop/1.0/',
  lr: 'http://ns.adobe.com/lightroom/1.0/',
  microsoft: 'http://ns.microsoft.com/photo/1.0/',
  digiKam: 'http://www.digikam.org/ns/1.0/',
  darktable: 'http://darktable.sf.net/',
  photomechanic: 'http://ns.camerabits.com/photomechanic/1.0/',
  regions: 'http://www.metadataworkinggroup.com/schemas/regions/',
  area: 'http://ns.adobe.com/xmp/sType/Area#',
  mp: 'http://ns.microsoft.com/photo/1.2/',
  mpRegionInfo: 'http://ns.microsoft.com/photo/1.2/t/RegionInfo#',
  mpRegion: 'http://ns.microsoft.com/photo/1.2/t/Region#',
} as const;

const MAX_PACKET = 16 * 2 ** 20;
const MAX_DEPTH = 64;

type Element = {
  key: string;
  attributes: [string, string][];
  children: Element[];
  text: string;
};

/** Properties of all descriptions in a packet; null when it is not well-formed or holds no RDF. */
export function readXmp(packet: Buffer): XmpStructure | null {
  if (packet.length === 0 || packet.length > MAX_PACKET) return null;
  const text = decodePacket(packet);
  const start = text.search(/<(x:xmpmeta|x:xapmeta|rdf:RDF)[\s>]/);
  const end = Math.max(
    text.lastIndexOf('</x:xmpmeta>') + 12,
    text.lastIndexOf('</rdf:RDF>') + 10,
    text.lastIndexOf('</x:xapmeta>') + 12,
  );
  if (start === -1 || end <= start) return null;
  const root = parse(text.slice(start, end));
  if (root === null) return null;
  const properties: XmpStructure = new Map();
  for (const rdf of find(root, `${Namespace.rdf}RDF`))
    for (const description of rdf.children)
      if (description.key === `${Namespace.rdf}Description`)
        for (const [key, value] of structureOf(description)) if (!properties.has(key)) properties.set(key, value);
  return properties;
}

function decodePacket(packet: Buffer): string {
  if (packet[0] === 0xff && packet[1] === 0xfe) return packet.toString('utf16le');
  if (packet[0] === 0xfe && packet[1] === 0xff)
    return Buffer.from(packet.subarray(0, packet.length & ~1))
      .swap16()
      .toString('utf16le');
  return packet.toString('utf8');
}

function parse(text: string): Element | null {
  const root: Element = { key: '', attributes: [], children: [], text: '' };
  const open: Element[] = [root];
  const parser = new SaxesParser({ xmlns: true });
  let failed = false;
  parser.on('error', () => {
    failed = true;
  });
  parser.on('opentag', (tag) => {
    const element: Element = { key: `${namespaceOf(tag.uri)}${tag.local}`, attributes: [], children: [], text: '' };
    for (const attribute of Object.values(tag.attributes))
      if (attribute.prefix !== 'xmlns' && attribute.name !== 'xmlns')
        element.attributes.push([`${namespaceOf(attribute.uri)}${attribute.local}`, attribute.value]);
    if (open.length < MAX_DEPTH) open.at(-1)!.children.push(element);
    open.push(element);
  });
  parser.on('text', (part) => {
    open.at(-1)!.text += part;
  });
  parser.on('cdata', (part) => {
    open.at(-1)!.text += part;
  });
  parser.on('closetag', () => {
    open.pop();
  });
  try {
    parser.write(text).close();
  } catch {
    return null;
  }
  return failed ? null : root;
}

/** Writers disagree about the final slash. */
function namespaceOf(uri: string): string {
  return /[/#]$/.test(uri) || uri === '' ? uri : `${uri}/`;
}

function find(element: Element, key: string): Element[] {
  return element.key === key ? [element] : element.children.flatMap((child) => find(child, key));
}

const CONTAINERS: ReadonlySet<string> = new Set(['Bag', 'Seq', 'Alt'].map((name) => `${Namespace.rdf}${name}`));

function structureOf(element: Element): XmpStructure {
  const structure: XmpStructure = new Map();
  for (const [key, value] of element.attributes) if (!isSyntax(key)) structure.set(key, value);
  for (const child of element.children) if (!structure.has(child.key)) structure.set(child.key, propertyValue(child));
  return structure;
}

function isSyntax(key: string): boolean {
  return key.startsWith(Namespace.rdf) || key.startsWith('http://www.w3.org/XML/1998/namespace');
}

function propertyValue(element: Element): XmpValue {
  const [child] = element.children;
  if (child !== undefined && CONTAINERS.has(child.key)) return itemsOf(child);
  if (child !== undefined && child.key === `${Namespace.rdf}Description`) return structureOf(child);
  if (child !== undefined) return structureOf(element);
  const properties = structureOf(element);
  return properties.size > 0 ? properties : element.text.trim();
}

/** Items in order; of alternatives in several languages the default comes first. */
function itemsOf(container: Element): XmpValue[] {
  const items = container.children.filter(({ key }) => key === `${Namespace.rdf}li`);
  const isDefault = (item: Element) =>
    item.attributes.some(([key, value]) => key.endsWith('lang') && value === 'x-default');
  if (container.key.endsWith('Alt')) items.sort((a, b) => Number(isDefault(b)) - Number(isDefault(a)));
  return items.map(propertyValue);
}

/** First text of a property: itself, or the first item of a list. */
export function xmpText(properties: XmpStructure, key: string): string | null {
  const value = properties.get(key);
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' && first.trim() !== '' ? first.trim() : null;
}

export function xmpTexts(properties: XmpStructure, key: string): string[] {
  const value = properties.get(key);
  const values = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return values
    .filter((item): item is string => typeof item === 'string' && item.trim() !== '')
    .map((item) => item.trim());
}

export function xmpNumber(properties: XmpStructure, key: string): number | null {
  const text = xmpText(properties, key);
  if (text === null) return null;
  const ratio = /^(-?\d+)\/(\d+)$/.exec(text);
  const value = ratio === null ? Number(text) : Number(ratio[1]) / Number(ratio[2]);
  return Number.isFinite(value) ? value : null;
}

export function xmpStructures(value: XmpValue | undefined): XmpStructure[] {
  if (value instanceof Map) return [value];
  return Array.isArray(value) ? value.filter((item) => item instanceof Map) : [];
}
