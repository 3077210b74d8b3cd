/**
 * Where the elements and attributes of a well-formed XML text stand, so that one can be changed and every other
 * character left alone. Whatever is not plainly well-formed is refused: a text that is only nearly understood must not
 * be written. Source: XML 1.0, Namespaces in XML 1.0. Pure.
 */

export type MarkedAttribute = {
  /** Namespace and local name; the local name alone without a prefix. */
  key: string;
  prefix: string;
  /** From its first character to behind its closing quote. */
  from: number;
  to: number;
  /** Between the quotes. */
  valueFrom: number;
  valueTo: number;
};

export type MarkedElement = {
  key: string;
  name: string;
  attributes: MarkedAttribute[];
  children: MarkedElement[];
  parent: MarkedElement | null;
  /** Of the whole element, with its tags. */
  from: number;
  to: number;
  /** Behind the last attribute of the opening tag: where another one can be put. */
  attributesEnd: number;
  /** Behind the `>` of the opening tag, and before the closing tag; equal for `<a/>`. */
  contentFrom: number;
  contentTo: number;
  isEmptyTag: boolean;
  /** Prefixes in force inside of it, with their namespaces. */
  prefixes: ReadonlyMap<string, string>;
};

/** `<` of a tag that is none of these is refused. */
const TAG = /<(?:!--[\s\S]*?-->|!\[CDATA\[[\s\S]*?\]\]>|\?[\s\S]*?\?>|\/([^\s<>/=&'"]+)\s*>|([^\s<>/=&'"!?]+))/y;
const ATTRIBUTE = /\s+([^\s<>/=&'"]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const TAG_END = /\s*(\/?)>/y;
const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace/';

/**
 * @param known the spelling under which a namespace is known, of one as it is declared.
 * @returns elements that stand in no other; null when the text is not well-formed, or holds a document type.
 */
export function readMarkup(text: string, known: (namespace: string) => string): MarkedElement[] | null {
  const roots: MarkedElement[] = [];
  const open: MarkedElement[] = [];
  let at = 0;
  for (;;) {
    const next = text.indexOf('<', at);
    if (next === -1) break;
    TAG.lastIndex = next;
    const tag = TAG.exec(text);
    if (tag === null) return null;
    const [, closing, opening] = tag;
    at = TAG.lastIndex;
    if (closing !== undefined) {
      const element = open.pop();
      if (element === undefined || element.name !== closing) return null;
      element.contentTo = next;
      element.to = at;
    } else if (opening !== undefined) {
      const element = readOpening(text, next, opening, open.at(-1) ?? null, known);
      if (element === null) return null;
      at = element.contentFrom;
      (element.parent?.children ?? roots).push(element);
      if (!element.isEmptyTag) open.push(element);
    }
  }
  return open.length === 0 ? roots : null;
}

function readOpening(
  text: string,
  from: number,
  name: string,
  parent: MarkedElement | null,
  known: (namespace: string) => string,
): MarkedElement | null {
  const written: (Omit<MarkedAttribute, 'key' | 'prefix'> & { name: string })[] = [];
  let at = from + 1 + name.length;
  for (;;) {
    ATTRIBUTE.lastIndex = at;
    const found = ATTRIBUTE.exec(text);
    if (found === null) break;
    const to = ATTRIBUTE.lastIndex;
    const length = (found[2] ?? found[3] ?? '').length;
    const start = at + found[0].search(/\S/);
    written.push({ name: found[1]!, from: start, to, valueFrom: to - 1 - length, valueTo: to - 1 });
    at = to;
  }
  TAG_END.lastIndex = at;
  const end = TAG_END.exec(text);
  if (end === null) return null;
  const declared = new Map(parent?.prefixes);
  for (const attribute of written) {
    const prefix = attribute.name === 'xmlns' ? '' : /^xmlns:(.+)$/.exec(attribute.name)?.[1];
    if (prefix === undefined) continue;
    const value = plainText(text.slice(attribute.valueFrom, attribute.valueTo));
    declared.set(prefix, known(value === '' || /[/#]$/.test(value) ? value : `${value}/`));
  }
  const keyOf = (qualified: string, isAttribute: boolean): { key: string; prefix: string } | null => {
    const colon = qualified.indexOf(':');
    const prefix = colon === -1 ? '' : qualified.slice(0, colon);
    if (prefix === '' && isAttribute) return { key: qualified, prefix };
    if (prefix === 'xml') return { key: XML_NAMESPACE + qualified.slice(4), prefix };
    const namespace = declared.get(prefix);
    if (namespace !== undefined) return { key: namespace + qualified.slice(colon + 1), prefix };
    return prefix === '' ? { key: qualified, prefix } : null;
  };
  const attributes: MarkedAttribute[] = [];
  for (const { name: qualified, ...place } of written) {
    if (qualified === 'xmlns' || qualified.startsWith('xmlns:')) continue;
    const known = keyOf(qualified, true);
    if (known === null || attributes.some(({ key }) => key === known.key)) return null;
    attributes.push({ ...known, ...place });
  }
  const own = keyOf(name, false);
  if (own === null) return null;
  return {
    key: own.key,
    name,
    attributes,
    children: [],
    parent,
    from,
    to: TAG_END.lastIndex,
    attributesEnd: at,
    contentFrom: TAG_END.lastIndex,
    contentTo: TAG_END.lastIndex,
    isEmptyTag: end[1] === '/',
    prefixes: declared,
  };
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** What a piece of XML without elements stands for. */
export function plainText(markup: string): string {
  return markup
    .replace(/\r\n?/g, '\n')
    .replace(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>/g, '')
    .split(/(<!\[CDATA\[[\s\S]*?\]\]>)/)
    .map((part) =>
      part.startsWith('<![CDATA[')
        ? part.slice(9, -3)
        : part.replace(/&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(\w+));/g, (whole, hexadecimal, decimal, name) => {
            if (name !== undefined) return ENTITIES[name] ?? whole;
            const code = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16);
            return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
          }),
    )
    .join('');
}

/** Control characters that no XML may hold, and halves of characters; they are left out. */
const FORBIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

export const allowedText = (text: string): string => text.replace(FORBIDDEN, '');

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' };

/** Text → what may stand between two tags. */
export function escapedText(text: string): string {
  return allowedText(text).replace(/[&<>\r]/g, (sign) => ESCAPES[sign]!);
}

/** Text → what may stand between quotes of either kind: line breaks would be read as spaces. */
export function escapedValue(text: string): string {
  return escapedText(text)
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;')
    .replaceAll('\n', '&#xA;')
    .replaceAll('\t', '&#x9;');
}
