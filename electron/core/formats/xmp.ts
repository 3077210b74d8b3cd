/**
 * XMP packets → properties. A small reader of the RDF that XMP uses (attributes, text, Bag/Seq/Alt, structures, qualified
 * values). Keeps nothing foreign: writing sidecars is done elsewhere, on the text itself. Source: ISO 16684-1.
 */
import { readXml, type XmlElement, type XmlNames } from './xml.ts';

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
  acdsee: 'http://ns.acdsee.com/iptc/1.0/',
  regions: 'http://www.metadataworkinggroup.com/schemas/regions/',
  dimensions: 'http://ns.adobe.com/xap/1.0/sType/Dimensions#',
  area: 'http://ns.adobe.com/xmp/sType/Area#',
  mp: 'http://ns.microsoft.com/photo/1.2/',
  mpRegionInfo: 'http://ns.microsoft.com/photo/1.2/t/RegionInfo#',
  mpRegion: 'http://ns.microsoft.com/photo/1.2/t/Region#',
  /** Ours. */
  keeplight: 'keeplight:ns:1.0/',
} as const;

const KNOWN: ReadonlyMap<string, string> = new Map(
  Object.values(Namespace).map((namespace) => [namespace, namespace] as const),
);
/** Spelt without versions, so that a document of another version of a namespace says what it means. */
const KNOWN_OF_ANY_VERSION: ReadonlyMap<string, string> = new Map(
  Object.values(Namespace)
    .filter((namespace) => namespace !== Namespace.mp)
    .map((namespace) => [withoutVersion(namespace), namespace] as const),
);

function withoutVersion(namespace: string): string {
  return namespace.replace(/\/\d+\.\d+\//, '//');
}

export const NAMES: XmlNames = {
  usual: new Map<string, string>([
    ...Object.entries(Namespace),
    ['x', 'adobe:ns:meta/'],
    ['xap', Namespace.xmp],
    ['MicrosoftPhoto', Namespace.microsoft],
    ['mwg-rs', Namespace.regions],
    ['stArea', Namespace.area],
    ['stDim', Namespace.dimensions],
    ['MP', Namespace.mp],
    ['MPRI', Namespace.mpRegionInfo],
    ['MPReg', Namespace.mpRegion],
  ]),
  known: (namespace) => KNOWN.get(namespace) ?? KNOWN_OF_ANY_VERSION.get(withoutVersion(namespace)) ?? namespace,
};

const MAX_PACKET = 16 * 2 ** 20;

export type XmpReading = {
  properties: XmpStructure;
  /** What is not as it should be in the text, as parts of a sentence; nothing when it is well-formed. */
  flaws: string[];
};

/** Properties of all descriptions in a packet; null when it holds no RDF. Where something is said twice, the last counts. */
export function readXmp(packet: Buffer): XmpReading | null {
  if (packet.length === 0 || packet.length > MAX_PACKET) return null;
  const { text, flaws: flawsOfText } = decodePacket(packet);
  const { roots, flaws } = readXml(text, NAMES);
  const packets = roots.filter((root) => descriptionsIn(root).length > 0);
  const descriptions = packets.flatMap(descriptionsIn);
  if (descriptions.length === 0) return null;
  const properties: XmpStructure = new Map();
  for (const description of descriptions)
    for (const [key, value] of structureOf(description)) properties.set(key, value);
  return { properties, flaws: [...flawsOfText, ...flaws, ...(packets.length > 1 ? ['more than one packet'] : [])] };
}

/** Descriptions that stand in no property of another one. */
function descriptionsIn(element: XmlElement): XmlElement[] {
  if (element.key !== DESCRIPTION) return element.children.flatMap(descriptionsIn);
  return [element, ...element.children.filter(({ key }) => key === DESCRIPTION)];
}

/** UTF-8 or UTF-16 and 32 in either order, with or without a mark; bytes that are no UTF-8 as Windows' Latin letters. */
function decodePacket(packet: Buffer): { text: string; flaws: string[] } {
  const decoded = (encoding: string, bytes: Buffer) => {
    const text = new TextDecoder(encoding).decode(bytes);
    return { text: withoutPadding(text), flaws: [] };
  };
  const begins = (...bytes: number[]) => bytes.every((byte, index) => packet[index] === byte);
  if (begins(0xff, 0xfe, 0, 0) || begins(0x3c, 0, 0, 0)) return decoded('utf-16le', everySecondPair(packet, 0));
  if (begins(0, 0, 0xfe, 0xff) || begins(0, 0, 0, 0x3c)) return decoded('utf-16be', everySecondPair(packet, 2));
  if (begins(0xff, 0xfe) || begins(0x3c, 0)) return decoded('utf-16le', packet);
  if (begins(0xfe, 0xff) || begins(0, 0x3c)) return decoded('utf-16be', packet);
  const text = withoutPadding(packet.toString('utf8'));
  if (!text.includes('\ufffd')) return { text, flaws: [] };
  return { text: withoutPadding(decodeMixed(packet)), flaws: ['text that is not UTF-8'] };
}

/** UTF-32 as UTF-16: no name or number that is read lies beyond the first 65,536 characters. */
function everySecondPair(packet: Buffer, first: number): Buffer {
  const pairs = Buffer.alloc((packet.length >> 2) * 2);
  for (let at = 0; at < pairs.length; at++) pairs[at] = packet[(at >> 1) * 4 + first + (at & 1)]!;
  return pairs;
}

/** Characters of more than one byte, valid as UTF-8, a thousand at once; and single bytes that begin none. */
const MANY_BYTES =
  /(?:[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}){1,1000}|[\x80-\xff]/g;

/** Valid UTF-8 as it is, other bytes each as a letter of Windows-1252. */
function decodeMixed(packet: Buffer): string {
  const latin = new TextDecoder('windows-1252');
  return packet.toString('latin1').replace(MANY_BYTES, (part) => {
    const bytes = Buffer.from(part, 'latin1');
    return part.length === 1 ? latin.decode(bytes) : bytes.toString('utf8');
  });
}

/** Packets are padded behind with zeros by some writers. */
function withoutPadding(text: string): string {
  const end = text.indexOf('\0');
  return end !== -1 && /^\0+\s*$/.test(text.slice(end)) ? text.slice(0, end) : text;
}

const DESCRIPTION = `${Namespace.rdf}Description`;
const CONTAINERS: ReadonlySet<string> = new Set(['Bag', 'Seq', 'Alt'].map((name) => `${Namespace.rdf}${name}`));

function structureOf(element: XmlElement): XmpStructure {
  const structure: XmpStructure = new Map();
  for (const [key, value] of element.attributes) if (!isSyntax(key)) structure.set(key, value);
  for (const child of element.children) if (!isSyntax(child.key)) structure.set(child.key, propertyValue(child));
  return structure;
}

function isSyntax(key: string): boolean {
  return key.startsWith(Namespace.rdf) || key.startsWith('http://www.w3.org/XML/1998/namespace');
}

function propertyValue(element: XmlElement): XmpValue {
  const container = element.children.find(({ key }) => CONTAINERS.has(key));
  if (container !== undefined) return itemsOf(container);
  const description = element.children.find(({ key }) => key === DESCRIPTION);
  const value = qualifiedValue(description ?? element);
  if (value !== undefined) return value;
  const properties = structureOf(description ?? element);
  if (properties.size > 0) return properties;
  return attributeOf(element, `${Namespace.rdf}resource`) ?? element.text.trim();
}

/** A value with qualifiers beside it: `rdf:value`, as an element or an attribute. */
function qualifiedValue(element: XmlElement): XmpValue | undefined {
  const child = element.children.find(({ key }) => key === `${Namespace.rdf}value`);
  return child === undefined ? attributeOf(element, `${Namespace.rdf}value`) : propertyValue(child);
}

function attributeOf(element: XmlElement, key: string): string | undefined {
  return element.attributes.find(([name]) => name === key)?.[1];
}

/** Items in order; of alternatives in several languages the default comes first. */
function itemsOf(container: XmlElement): XmpValue[] {
  const items = container.children.filter(({ key }) => key === `${Namespace.rdf}li`);
  const isDefault = (item: XmlElement) =>
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
