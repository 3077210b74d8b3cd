/**
 * A reader of XML that strangers wrote: one pass from left to right, whatever the text holds, with limits of size, depth
 * and time. What is not well-formed is read as far as its meaning is plain and reported as a flaw. Entities of a
 * document's own are never expanded. Source: XML 1.0, Namespaces in XML 1.0.
 */

export type XmlElement = {
  /** Namespace, with a slash or `#` at its end, and local name. */
  key: string;
  /** Without the declarations of namespaces. */
  attributes: [key: string, value: string][];
  children: XmlElement[];
  text: string;
};

export type XmlFlaw =
  | 'a bare &'
  | 'a bare <'
  | 'a control character'
  | 'a prefix that is not declared'
  | 'a tag that is never closed'
  | 'a closing tag without an opening one'
  | 'an attribute without quotes or written twice'
  | 'a tag that ends in the middle'
  | 'too deep a nesting'
  | 'far too many elements'
  | 'more than can be read in the time that it deserves';

export type XmlLimits = {
  /** Elements inside each other; what lies deeper is passed over. */
  depth: number;
  /** Elements and attributes that are kept; after them reading ends. */
  kept: number;
  milliseconds: number;
};

export type XmlReading = {
  /** Elements that stand in no other. */
  roots: XmlElement[];
  flaws: ReadonlySet<XmlFlaw>;
  /** Characters and names that were looked at: grows with the text, never faster. */
  steps: number;
};

const LIMITS: XmlLimits = { depth: 64, kept: 200_000, milliseconds: 3000 };

/** Names and their prefixes as XML allows them, and a few that it does not. */
const NAME = /[^\s<>/=&'"]+/y;
const SPACE = /\s+/y;
const WITHIN_TAG = /[^<>]+/y;
const WITHIN_TYPE = /[^[<>]+/y;
/** Control characters that no XML text may hold. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROLS = /[\x00-\x08\x0b\x0c\x0e-\x1f]/g;
const AMPERSAND = /&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([A-Za-z][\w.-]{0,31}));|&/g;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);
/** Tags between two looks at the clock. */
const TAGS_A_LOOK = 1024;

export type XmlNames = {
  /** Namespaces of prefixes that documents use without declaring them. */
  usual: ReadonlyMap<string, string>;
  /** The spelling under which a namespace is known, of one as it is declared. */
  known: (namespace: string) => string;
};

/** @returns what was found up to the first thing that a limit forbids; never throws. */
export function readXml(text: string, names: XmlNames, limits: Partial<XmlLimits> = {}): XmlReading {
  return new XmlReader(text, names, { ...LIMITS, ...limits }).read();
}

/** Prefixes in force: each has a stack of its own, so that a declaration costs the same at any depth. */
class Prefixes {
  readonly #stacks = new Map<string, string[]>();

  declare(prefix: string, namespace: string): void {
    const stack = this.#stacks.get(prefix);
    if (stack === undefined) this.#stacks.set(prefix, [namespace]);
    else stack.push(namespace);
  }

  forget(prefixes: readonly string[]): void {
    for (const prefix of prefixes) this.#stacks.get(prefix)?.pop();
  }

  of(prefix: string): string | undefined {
    return this.#stacks.get(prefix)?.at(-1);
  }
}

type OpenElement = { name: string; declared: string[]; element: XmlElement | null };

class XmlReader {
  readonly #text: string;
  readonly #names: XmlNames;
  readonly #limits: XmlLimits;
  readonly #prefixes = new Prefixes();
  readonly #open: OpenElement[] = [];
  /** How many elements of a name are open: a closing tag without an opening one is known at once. */
  readonly #openNames = new Map<string, number>();
  readonly #roots: XmlElement[] = [];
  readonly #flaws = new Set<XmlFlaw>();
  readonly #began = performance.now();
  #at = 0;
  #kept = 0;
  #tags = 0;
  #steps = 0;

  constructor(text: string, names: XmlNames, limits: XmlLimits) {
    this.#text = text;
    this.#names = names;
    this.#limits = limits;
  }

  read(): XmlReading {
    const text = this.#text;
    while (this.#at < text.length && this.#mayGoOn()) {
      const next = this.#find('<', this.#at);
      this.#takeText(this.#at, next === -1 ? text.length : next);
      if (next === -1) break;
      this.#at = next + 1;
      const sign = text[this.#at];
      if (sign === '!') this.#skipDeclaration();
      else if (sign === '?') this.#skipTo('?>', 1);
      else if (sign === '/') this.#closeTag();
      else this.#openTag();
    }
    if (this.#open.length > 0) this.#flaws.add('a tag that is never closed');
    return { roots: this.#roots, flaws: this.#flaws, steps: this.#steps };
  }

  #mayGoOn(): boolean {
    this.#steps++;
    if (this.#kept > this.#limits.kept) {
      this.#flaws.add('far too many elements');
      return false;
    }
    if (++this.#tags % TAGS_A_LOOK !== 0 || performance.now() - this.#began < this.#limits.milliseconds) return true;
    this.#flaws.add('more than can be read in the time that it deserves');
    return false;
  }

  #takeText(from: number, to: number): void {
    if (from === to) return;
    const element = this.#open.at(-1)?.element;
    if (element != null) element.text += this.#plain(this.#text.slice(from, to));
  }

  /** Entities of XML itself and numbers as what they stand for; everything else as it is written. */
  #plain(text: string): string {
    this.#steps += text.length;
    const lines = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
    const clean = CONTROL.test(lines) ? this.#withoutControls(lines) : lines;
    if (!clean.includes('&')) return clean;
    return clean.replace(AMPERSAND, (whole: string, hexadecimal?: string, decimal?: string, name?: string) => {
      const code = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16);
      const known = name === undefined ? characterOf(code) : ENTITIES.get(name);
      if (known === undefined) this.#flaws.add('a bare &');
      return known ?? whole;
    });
  }

  #withoutControls(text: string): string {
    this.#flaws.add('a control character');
    return text.replace(CONTROLS, '');
  }

  /** Moves behind the next `end`; to the end of the text when there is none. */
  #skipTo(end: string, skipped: number): number {
    const found = this.#find(end, this.#at + skipped);
    if (found === -1) this.#flaws.add('a tag that ends in the middle');
    this.#at = found === -1 ? this.#text.length : found + end.length;
    return found === -1 ? this.#text.length : found;
  }

  #skipDeclaration(): void {
    const text = this.#text;
    if (text.startsWith('!--', this.#at)) this.#skipTo('-->', 3);
    else if (text.startsWith('![CDATA[', this.#at)) {
      const start = this.#at + 8;
      const end = this.#skipTo(']]>', 8);
      const element = this.#open.at(-1)?.element;
      if (element != null) element.text += text.slice(start, end);
    } else {
      // A document type: its own entities stand between brackets.
      this.#at += this.#match(WITHIN_TYPE, this.#at).length;
      if (text[this.#at] === '[') {
        this.#skipTo(']', 1);
        this.#at += this.#match(WITHIN_TAG, this.#at).length;
      }
      this.#endTag();
    }
  }

  /** Behind the sign that ends a tag; a tag that was cut off ends where the next one begins. */
  #endTag(): void {
    if (this.#text[this.#at] === '>') this.#at++;
    else this.#flaws.add('a tag that ends in the middle');
  }

  #closeTag(): void {
    const name = this.#match(NAME, this.#at + 1);
    this.#at += this.#match(WITHIN_TAG, this.#at).length;
    this.#endTag();
    if ((this.#openNames.get(name) ?? 0) === 0) {
      this.#flaws.add('a closing tag without an opening one');
      return;
    }
    while (this.#open.at(-1)!.name !== name) {
      this.#flaws.add('a tag that is never closed');
      this.#leave();
    }
    this.#leave();
  }

  #leave(): void {
    const { name, declared } = this.#open.pop()!;
    this.#openNames.set(name, this.#openNames.get(name)! - 1);
    this.#prefixes.forget(declared);
    this.#steps += 1 + declared.length;
  }

  #openTag(): void {
    const name = this.#match(NAME, this.#at);
    if (name === '') {
      // `<` that begins no tag is text.
      this.#flaws.add('a bare <');
      const element = this.#open.at(-1)?.element;
      if (element != null) element.text += '<';
      return;
    }
    this.#at += name.length;
    const written: [name: string, value: string][] = [];
    const declared: string[] = [];
    const ending = this.#readAttributes(written, declared);
    this.#steps += written.length + declared.length;
    const element = this.#open.length < this.#limits.depth ? this.#elementOf(name, written) : null;
    if (element === null) this.#flaws.add('too deep a nesting');
    if (ending === '/>') {
      this.#prefixes.forget(declared);
      return;
    }
    this.#open.push({ name, declared, element });
    this.#openNames.set(name, (this.#openNames.get(name) ?? 0) + 1);
  }

  #elementOf(name: string, written: readonly [string, string][]): XmlElement | null {
    const parent = this.#open.at(-1);
    if (parent !== undefined && parent.element === null) return null;
    const attributes = new Map<string, string>();
    for (const [attribute, value] of written) {
      const key = this.#keyOf(attribute, true);
      if (attributes.has(key)) this.#flaws.add('an attribute without quotes or written twice');
      else attributes.set(key, value);
    }
    const element: XmlElement = { key: this.#keyOf(name, false), attributes: [...attributes], children: [], text: '' };
    this.#kept += 1 + attributes.size;
    if (parent === undefined) this.#roots.push(element);
    else parent.element!.children.push(element);
    return element;
  }

  /** Up to the tag's end, which is returned; a tag that is cut off ends where the next one begins. */
  #readAttributes(written: [string, string][], declared: string[]): '>' | '/>' {
    const text = this.#text;
    for (;;) {
      this.#at += this.#match(SPACE, this.#at).length;
      const sign = text[this.#at];
      if (sign === '>') {
        this.#at++;
        return '>';
      }
      if (sign === '/' && text[this.#at + 1] === '>') {
        this.#at += 2;
        return '/>';
      }
      if (sign === undefined || sign === '<') {
        this.#flaws.add('a tag that ends in the middle');
        return '>';
      }
      const name = this.#match(NAME, this.#at);
      if (name === '') {
        // A stray sign.
        this.#flaws.add('an attribute without quotes or written twice');
        this.#at++;
        continue;
      }
      this.#at += name.length;
      const value = this.#readValue();
      if (value === null) continue;
      if (name === 'xmlns') this.#declare('', value, declared);
      else if (name.startsWith('xmlns:')) this.#declare(name.slice(6), value, declared);
      else if (written.length <= this.#limits.kept) written.push([name, value]);
    }
  }

  #declare(prefix: string, namespace: string, declared: string[]): void {
    this.#prefixes.declare(prefix, this.#names.known(withEnd(namespace)));
    declared.push(prefix);
  }

  /** What stands behind an attribute's name; null when it has no value. */
  #readValue(): string | null {
    const text = this.#text;
    this.#at += this.#match(SPACE, this.#at).length;
    if (text[this.#at] !== '=') {
      this.#flaws.add('an attribute without quotes or written twice');
      return null;
    }
    this.#at++;
    this.#at += this.#match(SPACE, this.#at).length;
    const quote = text[this.#at] ?? '';
    if (quote === '"' || quote === "'") {
      const end = this.#find(quote, this.#at + 1);
      if (end !== -1) {
        const value = text.slice(this.#at + 1, end);
        this.#at = end + 1;
        return this.#plain(value);
      }
      // No other stands behind it, so this is looked for once.
      this.#flaws.add('a tag that ends in the middle');
      this.#at++;
    } else this.#flaws.add('an attribute without quotes or written twice');
    const bare = this.#match(NAME, this.#at);
    this.#at += bare.length;
    return this.#plain(bare);
  }

  #keyOf(name: string, isAttribute: boolean): string {
    const colon = name.indexOf(':');
    const prefix = colon === -1 ? '' : name.slice(0, colon);
    // Attributes without a prefix belong to their element, not to its namespace.
    if (prefix === '' && isAttribute) return name;
    const declared = prefix === 'xml' ? 'http://www.w3.org/XML/1998/namespace/' : this.#prefixes.of(prefix);
    if (declared !== undefined) return declared + name.slice(colon + 1);
    if (prefix === '') return name;
    this.#flaws.add('a prefix that is not declared');
    return (this.#names.usual.get(prefix) ?? `${prefix}:`) + name.slice(colon + 1);
  }

  #find(sign: string, from: number): number {
    const found = this.#text.indexOf(sign, from);
    this.#steps += (found === -1 ? this.#text.length : found) - from;
    return found;
  }

  #match(pattern: RegExp, at: number): string {
    pattern.lastIndex = at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#steps += found.length;
    return found;
  }
}

/** Writers disagree about the final slash. */
function withEnd(namespace: string): string {
  return namespace === '' || /[/#]$/.test(namespace) ? namespace : `${namespace}/`;
}

/** The character of a number; undefined when it is none that may stand in a text. */
function characterOf(code: number): string | undefined {
  const isAllowed =
    (code >= 0x20 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)) || [9, 10, 13].includes(code);
  return isAllowed ? String.fromCodePoint(code) : undefined;
}
