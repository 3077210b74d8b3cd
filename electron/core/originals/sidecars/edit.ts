/**
 * Changes single properties in the text of an XMP packet and leaves every other character where it is. Each change is
 * a piece of the text that is replaced; attribute and element form, quotes, prefixes and indentation stay as they are
 * found. Source: ISO 16684-1. Pure.
 */
import { NAMES, Namespace } from '../../formats/xmp.ts';
import {
  allowedText,
  escapedText,
  escapedValue,
  type MarkedAttribute,
  type MarkedElement,
  plainText,
  readMarkup,
} from './markup.ts';

/** A property: its namespace, its name, and the prefix that it gets where none is declared. */
export type PropertyName = { namespace: string; prefix: string; name: string };

const RDF = Namespace.rdf;
const DESCRIPTION = `${RDF}Description`;
const CONTAINERS: ReadonlySet<string> = new Set(['Bag', 'Seq', 'Alt'].map((name) => RDF + name));
const LANGUAGE = 'http://www.w3.org/XML/1998/namespace/lang';

type Occurrence = { description: MarkedElement } & (
  | { attribute: MarkedAttribute; element: null }
  | { attribute: null; element: MarkedElement }
);
type Splice = { from: number; to: number; text: string };
type Insertion = { attributes: string[]; elements: string[]; prefixes: Map<string, string> };

export class XmpEditor {
  readonly #text: string;
  readonly #descriptions: readonly MarkedElement[];
  readonly #splices: Splice[] = [];
  readonly #insertions = new Map<MarkedElement, Insertion>();
  readonly #newline: string;

  private constructor(text: string, descriptions: readonly MarkedElement[]) {
    this.#text = text;
    this.#descriptions = descriptions;
    this.#newline = text.includes('\r\n') ? '\r\n' : text.includes('\n') ? '\n' : '';
  }

  /** @returns null for a text that is not well-formed or holds no RDF in which a property could stand. */
  static over(text: string): XmpEditor | null {
    const roots = readMarkup(text, NAMES.known);
    if (roots === null) return null;
    const descriptions = roots.flatMap(descriptionsIn);
    return descriptions.length === 0 ? null : new XmpEditor(text, descriptions);
  }

  /** The text with all changes. */
  result(): string {
    const splices = [...this.#splices, ...[...this.#insertions].flatMap(([at, made]) => this.#placed(at, made))];
    let text = '';
    let at = 0;
    for (const { from, to, text: piece } of splices.sort((a, b) => a.from - b.from || a.to - b.to)) {
      if (from < at) throw new Error('Two changes of one place.');
      text += this.#text.slice(at, from) + piece;
      at = to;
    }
    return text + this.#text.slice(at);
  }

  get isChanged(): boolean {
    return this.#splices.length > 0 || this.#insertions.size > 0;
  }

  has(property: PropertyName): boolean {
    return this.#find(property).length > 0;
  }

  /** Sets a simple property wherever it stands; where it does not stand, as an attribute. */
  setText(property: PropertyName, value: string): void {
    const found = this.#find(property);
    for (const { attribute, element } of found) {
      if (attribute !== null) this.#replaceValue(attribute, value);
      else this.#setSimple(element, value);
    }
    if (found.length === 0) this.addText(property, value);
  }

  /** Adds a simple property as an attribute. */
  addText(property: PropertyName, value: string): void {
    const insertion = this.#insertionFor(property.namespace);
    insertion.made.attributes.push(`${this.#prefixFor(insertion, property)}:${property.name}="${escapedValue(value)}"`);
  }

  remove(property: PropertyName): void {
    for (const { attribute, element } of this.#find(property)) this.#cut(attribute ?? element);
  }

  /** Removes all properties of a namespace. */
  removeAll(namespace: string): void {
    for (const description of this.#descriptions) {
      for (const attribute of description.attributes) if (attribute.key.startsWith(namespace)) this.#cut(attribute);
      for (const child of description.children) if (child.key.startsWith(namespace)) this.#cut(child);
    }
  }

  /** Sets the text in the default language; null takes it out and leaves the other languages. */
  setDefault(property: PropertyName, value: string | null): void {
    const occurrences = this.#find(property);
    for (const occurrence of occurrences) {
      const container = occurrence.element?.children.find(({ key }) => CONTAINERS.has(key));
      if (container === undefined) {
        if (value === null) this.#cut(occurrence.attribute ?? occurrence.element);
        else if (occurrence.attribute !== null) this.#replaceValue(occurrence.attribute, value);
        else this.#setSimple(occurrence.element, value);
        continue;
      }
      const items = itemsOf(container);
      const own = items.find((item) => this.#attribute(item, LANGUAGE) === 'x-default');
      const others = items.filter((item) => item !== own);
      const isList = !container.key.endsWith('Alt');
      if (value === null && (isList || others.length === 0)) this.#cut(occurrence.element!);
      else if (own !== undefined || isList) this.#setSimple(own ?? items[0]!, value ?? '');
      else
        this.#fill(
          container,
          [`<${this.#rdf(container)}:li xml:lang="x-default">${escapedText(value ?? '')}</${this.#rdf(container)}:li>`],
          'first',
        );
    }
    if (occurrences.length > 0 || value === null) return;
    this.#addElement(property, (name, rdf, line) =>
      [
        `<${name}>`,
        `${line(1)}<${rdf}:Alt>`,
        `${line(2)}<${rdf}:li xml:lang="x-default">${escapedText(value)}</${rdf}:li>`,
        `${line(1)}</${rdf}:Alt>`,
        `${line(0)}</${name}>`,
      ].join(''),
    );
  }

  /**
   * Takes items out of a list, wherever it stands, and adds others behind its last; what is in it already is not added.
   * @param goes whether an item of this text leaves.
   */
  changeList(
    property: PropertyName,
    { kind, add, goes }: { kind: 'Bag' | 'Seq'; add: readonly string[]; goes: (text: string) => boolean },
  ): void {
    const occurrences = this.#find(property);
    const last = occurrences.at(-1);
    for (const occurrence of occurrences) {
      const container = occurrence.element?.children.find(({ key }) => CONTAINERS.has(key));
      const added = occurrence === last ? add.map((text) => allowedText(text).trim()) : [];
      if (container === undefined) {
        this.#changeSimpleList(property, occurrence, kind, added, goes);
        continue;
      }
      const items = itemsOf(container).map((item) => ({ item, text: this.#textOf(item) }));
      const going = items.filter(({ text }) => text !== null && goes(text));
      const coming = added.filter((text) => !items.some((known) => known.text === text && !going.includes(known)));
      if (going.length === items.length && coming.length === 0) {
        if (items.length > 0) this.#cut(occurrence.element!);
        continue;
      }
      for (const { item } of going) this.#cut(item);
      const rdf = this.#rdf(container);
      if (coming.length > 0)
        this.#fill(
          container,
          coming.map((text) => `<${rdf}:li>${escapedText(text)}</${rdf}:li>`),
          'last',
        );
    }
    if (last === undefined && add.length > 0) this.#addList(property, kind, add);
  }

  /** Adds a list as a new property. */
  addList(property: PropertyName, kind: 'Bag' | 'Seq', items: readonly string[]): void {
    this.#addList(property, kind, items);
  }

  /** A list that is written as one text, which a few programs do. */
  #changeSimpleList(
    property: PropertyName,
    { attribute, element }: Occurrence,
    kind: 'Bag' | 'Seq',
    added: readonly string[],
    goes: (text: string) => boolean,
  ): void {
    const text = attribute === null ? this.#textOf(element!) : this.#valueOf(attribute).trim();
    const stays = text !== null && text !== '' && !goes(text) ? [text] : [];
    const coming = added.filter((item) => item !== text || stays.length === 0);
    if (stays.length === 1 && coming.length === 0) return;
    this.#cut(attribute ?? element!);
    if (stays.length + coming.length > 0) this.#addList(property, kind, [...stays, ...coming]);
  }

  #addList(property: PropertyName, kind: 'Bag' | 'Seq', items: readonly string[]): void {
    this.#addElement(property, (name, rdf, line) =>
      [
        `<${name}>`,
        `${line(1)}<${rdf}:${kind}>`,
        ...items.map((text) => `${line(2)}<${rdf}:li>${escapedText(text.trim())}</${rdf}:li>`),
        `${line(1)}</${rdf}:${kind}>`,
        `${line(0)}</${name}>`,
      ].join(''),
    );
  }

  #addElement(
    property: PropertyName,
    write: (name: string, rdf: string, line: (depth: number) => string) => string,
  ): void {
    const insertion = this.#insertionFor(property.namespace);
    const indent = this.#indentOf(insertion.description);
    const line = (depth: number) => (this.#newline === '' ? '' : indent + ' '.repeat(depth));
    const name = `${this.#prefixFor(insertion, property)}:${property.name}`;
    insertion.made.elements.push(write(name, this.#rdf(insertion.description), line));
  }

  #find({ namespace, name }: PropertyName): Occurrence[] {
    const key = namespace + name;
    return this.#descriptions.flatMap((description): Occurrence[] => [
      ...description.attributes
        .filter((attribute) => attribute.key === key)
        .map((attribute) => ({ description, attribute, element: null })),
      ...description.children
        .filter((element) => element.key === key)
        .map((element) => ({ description, attribute: null, element })),
    ]);
  }

  /** Puts a text where the value of a simple property stands, whatever form it has. */
  #setSimple(element: MarkedElement, value: string): void {
    const attribute = element.attributes.find(({ key }) => key === `${RDF}value`);
    if (attribute !== undefined) {
      this.#replaceValue(attribute, value);
      return;
    }
    const inner =
      element.children.find(({ key }) => CONTAINERS.has(key)) ??
      element.children.find(({ key }) => key === DESCRIPTION || key === `${RDF}value`);
    if (inner !== undefined) {
      const target = CONTAINERS.has(inner.key) ? itemsOf(inner)[0] : inner;
      if (target !== undefined) this.#setSimple(target, value);
      return;
    }
    // A structure or a reference is no text: the check of what was written says so.
    if (element.children.length > 0 || element.attributes.some(({ key }) => key === `${RDF}resource`)) return;
    this.#replaceContent(element, escapedText(value));
  }

  #replaceContent(element: MarkedElement, content: string): void {
    if (element.isEmptyTag) {
      this.#splices.push({ from: element.attributesEnd, to: element.to, text: `>${content}</${element.name}>` });
    } else this.#splices.push({ from: element.contentFrom, to: element.contentTo, text: content });
  }

  #replaceValue({ valueFrom, valueTo }: MarkedAttribute, value: string): void {
    this.#splices.push({ from: valueFrom, to: valueTo, text: escapedValue(value) });
  }

  /** Takes an attribute or an element out with the space before it. */
  #cut({ from, to }: { from: number; to: number }): void {
    let start = from;
    while (start > 0 && /\s/.test(this.#text[start - 1]!)) start--;
    // Space behind other text belongs to that text.
    const isBetweenTags = this.#text[start - 1] === '>' || this.#text[from] !== '<';
    this.#splices.push({ from: isBetweenTags ? start : from, to, text: '' });
  }

  /** Puts items into a container, before its first or behind its last one. */
  #fill(container: MarkedElement, items: readonly string[], where: 'first' | 'last'): void {
    const known = itemsOf(container);
    const neighbour = where === 'first' ? known[0] : known.at(-1);
    if (neighbour === undefined) {
      const indent = this.#spaceBefore(container);
      const content = items.map((item) => `${indent}${indent === '' ? '' : ' '}${item}`).join('') + indent;
      if (container.children.length === 0) this.#replaceContent(container, content);
      return;
    }
    const space = this.#spaceBefore(neighbour);
    const at = where === 'first' ? neighbour.from : neighbour.to;
    const text = items.map((item) => (where === 'first' ? item + space : space + item)).join('');
    this.#splices.push({ from: at, to: at, text });
  }

  #spaceBefore({ from }: { from: number }): string {
    let start = from;
    while (start > 0 && /\s/.test(this.#text[start - 1]!)) start--;
    return this.#text[start - 1] === '>' ? this.#text.slice(start, from) : '';
  }

  /** Line break and spaces before the properties of a description. */
  #indentOf(description: MarkedElement): string {
    const [first] = description.children;
    const found = first === undefined ? '' : this.#spaceBefore(first);
    if (/[\r\n]/.test(found) || this.#newline === '') return found;
    return `${this.#spaceBefore(description) || this.#newline} `;
  }

  #insertionFor(namespace: string): { description: MarkedElement; made: Insertion } {
    const description =
      this.#descriptions.find(({ prefixes }) => [...prefixes.values()].includes(namespace)) ?? this.#descriptions[0]!;
    const made = this.#insertions.get(description) ?? { attributes: [], elements: [], prefixes: new Map() };
    this.#insertions.set(description, made);
    return { description, made };
  }

  /** The prefix of a namespace inside a description, declared there when it is not. */
  #prefixFor(
    { description, made }: { description: MarkedElement; made: Insertion },
    { namespace, prefix }: PropertyName,
  ): string {
    const declared = [...description.prefixes].find(([name, known]) => known === namespace && name !== '')?.[0];
    if (declared !== undefined) return declared;
    const added = made.prefixes.get(namespace);
    if (added !== undefined) return added;
    const taken = new Set([...description.prefixes.keys(), ...made.prefixes.values()]);
    let name = prefix;
    for (let count = 1; taken.has(name); count++) name = `${prefix}${count}`;
    made.prefixes.set(namespace, name);
    return name;
  }

  #placed(description: MarkedElement, { attributes, elements, prefixes }: Insertion): Splice[] {
    const declared = [...prefixes].map(([namespace, prefix]) => `xmlns:${prefix}="${namespace}"`);
    const space = this.#attributeSpace(description);
    const head = [...declared, ...attributes].map((attribute) => space + attribute).join('');
    const at = description.attributesEnd;
    const body = elements.map((element) => this.#indentOf(description) + element).join('');
    if (body === '') return [{ from: at, to: at, text: head }];
    const ending = this.#newline === '' ? '' : this.#spaceBefore(description) || this.#newline;
    if (description.isEmptyTag) {
      return [{ from: at, to: description.to, text: `${head}>${body}${ending}</${description.name}>` }];
    }
    const last = description.children.at(-1);
    const end = last?.to ?? description.contentTo;
    return [
      { from: at, to: at, text: head },
      { from: end, to: end, text: last === undefined ? body + ending : body },
    ];
  }

  /** What stands before the last attribute of a tag: a space, or a line of its own. */
  #attributeSpace({ attributesEnd, from, name }: MarkedElement): string {
    const found = /(\s+)[^\s<>/=&'"]+\s*=\s*(?:"[^"]*"|'[^']*')$/.exec(
      this.#text.slice(from + 1 + name.length, attributesEnd),
    )?.[1];
    return found !== undefined && /[\r\n]/.test(found) ? found : ' ';
  }

  #rdf(element: MarkedElement): string {
    return [...element.prefixes].find(([prefix, namespace]) => namespace === RDF && prefix !== '')?.[0] ?? 'rdf';
  }

  #attribute({ attributes }: MarkedElement, key: string): string | undefined {
    const found = attributes.find((attribute) => attribute.key === key);
    return found === undefined ? undefined : this.#valueOf(found);
  }

  #valueOf({ valueFrom, valueTo }: MarkedAttribute): string {
    return plainText(this.#text.slice(valueFrom, valueTo));
  }

  /** Of an item; null of one that holds more than text. */
  #textOf(element: MarkedElement): string | null {
    if (element.children.length > 0) return null;
    return plainText(this.#text.slice(element.contentFrom, element.contentTo)).trim();
  }
}

function descriptionsIn(element: MarkedElement): MarkedElement[] {
  return element.key === DESCRIPTION ? [element] : element.children.flatMap(descriptionsIn);
}

const itemsOf = (container: MarkedElement): MarkedElement[] =>
  container.children.filter(({ key }) => key === `${RDF}li`);
