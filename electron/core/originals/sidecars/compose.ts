/**
 * What a sidecar is to say, put into its text: only what is asked for changes. What was made is read again with the
 * reader that everything else is read with, and refused when it does not say what was meant or when anything foreign
 * reads differently. Pure. Which field means what in which program: docs/sidecars.md.
 */
import type { Color, Flag } from '../../../../shared/photo.ts';
import { annotationsOfXmp } from '../../formats/annotations.ts';
import { colorOfText } from '../../formats/label-colors.ts';
import {
  Namespace,
  readXmp,
  type XmpStructure,
  type XmpValue,
  xmpNumber,
  xmpText,
  xmpTexts,
} from '../../formats/xmp.ts';
import { type PropertyName, XmpEditor } from './edit.ts';
import { decodeSidecar, encodeSidecar } from './encoding.ts';
import { type SaidJudgement, writeJudgement } from './judgement.ts';
import { allowedText } from './markup.ts';

export type ColorWords = Readonly<Record<Exclude<Color, 'none'>, string>>;

/** What is to be said; what is absent stays as it is. */
export type Wish = {
  flag?: Flag;
  stars?: number;
  color?: Color;
  /** Null takes it out. */
  title?: string | null;
  caption?: string | null;
  /** Names, or paths of a hierarchy: `Places|Oslo`. */
  addKeywords?: readonly string[];
  removeKeywords?: readonly string[];
  judgement?: SaidJudgement;
  /** `NEF`: which file of its name a new sidecar belongs to. */
  sidecarFor?: string;
};

export type ComposeOptions = {
  colorWords: ColorWords;
  /** Also write a reject as a rating of −1, as Bridge and darktable do: it takes the place of the stars. */
  rejectAsRating: boolean;
  now: Date;
};

export type Composed = {
  bytes: Buffer;
  /** A label of the person's own that stays, though its color is another now. */
  keptLabel: string | null;
};

/** A sentence on why a sidecar was left as it is. */
export class SidecarRefusal extends Error {
  override name = 'SidecarRefusal';
}

const own = (namespace: keyof typeof Namespace, name: string, prefix: string = namespace): PropertyName => ({
  namespace: Namespace[namespace],
  prefix,
  name,
});
const RATING = own('xmp', 'Rating');
const METADATA_DATE = own('xmp', 'MetadataDate');
const LABEL = own('xmp', 'Label');
const LABEL_COLOR = own('photoshop', 'LabelColor');
const PICK = own('xmpDM', 'pick');
const GOOD = own('xmpDM', 'good');
const PICK_LABEL = own('digiKam', 'PickLabel');
const SUBJECT = own('dc', 'subject');
const HIERARCHY = own('lr', 'hierarchicalSubject');
const TAGS = own('digiKam', 'TagsList');
const LAST_KEYWORD = own('microsoft', 'LastKeywordXMP', 'MicrosoftPhoto');
const TITLE = own('dc', 'title');
const CAPTION = own('dc', 'description');
const SIDECAR_FOR = own('photoshop', 'SidecarForExtension');

const EMPTY =
  '<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Keeplight">\n' +
  ` <rdf:RDF xmlns:rdf="${Namespace.rdf}">\n  <rdf:Description rdf:about=""/>\n </rdf:RDF>\n</x:xmpmeta>\n`;

/**
 * @param before the sidecar as it is; null makes a new one.
 * @returns null when it says all of it already.
 * @throws SidecarRefusal for one that is not well-formed, or in which the wish did not land.
 */
export function compose(before: Buffer | null, wish: Wish, options: ComposeOptions): Composed | null {
  const source = before ?? Buffer.from(EMPTY);
  const said = wellFormed(source);
  const decoded = decodeSidecar(source);
  const editor = decoded === null ? null : XmpEditor.over(decoded.text);
  if (decoded === null || editor === null) {
    throw new SidecarRefusal('The sidecar is XMP in a form that cannot be changed safely, so it was left as it is.');
  }
  const touched = new Set<string>();
  const edit = new Changes(editor, said, touched, options);
  edit.write(wish);
  if (!editor.isChanged) {
    refuseUnless(hasLanded(said, wish, options));
    return null;
  }
  edit.setText(METADATA_DATE, stampOf(options.now));
  const bytes = encodeSidecar({ ...decoded, text: editor.result() });
  if (before !== null && bytes.equals(before)) return null;
  verify(said, bytes, wish, touched, options);
  return { bytes, keptLabel: edit.keptLabel };
}

/** @throws SidecarRefusal */
function wellFormed(bytes: Buffer): XmpStructure {
  const reading = readXmp(bytes);
  if (reading === null) {
    throw new SidecarRefusal('The sidecar is not readable XMP: it is damaged or something else. It was left as it is.');
  }
  if (reading.flaws.length > 0) {
    throw new SidecarRefusal(
      `The sidecar is not well-formed (${reading.flaws.slice(0, 3).join(', ')}), so it was left as it is. ` +
        'Save it again with the program that wrote it.',
    );
  }
  return reading.properties;
}

class Changes {
  keptLabel: string | null = null;
  readonly #editor: XmpEditor;
  readonly #said: XmpStructure;
  readonly #touched: Set<string>;
  readonly #options: ComposeOptions;

  constructor(editor: XmpEditor, said: XmpStructure, touched: Set<string>, options: ComposeOptions) {
    this.#editor = editor;
    this.#said = said;
    this.#touched = touched;
    this.#options = options;
  }

  write(wish: Wish): void {
    if (wish.sidecarFor !== undefined) this.setText(SIDECAR_FOR, wish.sidecarFor);
    if (wish.flag !== undefined) this.#writeFlag(wish.flag);
    if (wish.flag !== undefined || wish.stars !== undefined) this.#writeStars(wish);
    if (wish.color !== undefined) this.#writeColor(wish.color);
    for (const [property, value] of [
      [TITLE, wish.title],
      [CAPTION, wish.caption],
    ] as const) {
      if (value === undefined || (xmpText(this.#said, keyOf(property)) ?? null) === landedText(value)) continue;
      this.#touch(property);
      this.#editor.setDefault(property, landedText(value));
    }
    this.#writeKeywords(wish.addKeywords ?? [], wish.removeKeywords ?? []);
    if (wish.judgement !== undefined && writeJudgement(this.#editor, this.#said, wish.judgement)) {
      for (const key of this.#said.keys()) if (key.startsWith(Namespace.keeplight)) this.#touched.add(key);
    }
  }

  /** As it stands already, it stays in the form in which it stands. */
  setText(property: PropertyName, value: string): void {
    if (xmpText(this.#said, keyOf(property)) === value) return;
    this.#touch(property);
    this.#editor.setText(property, value);
  }

  #remove(property: PropertyName): void {
    if (!this.#editor.has(property)) return;
    this.#touch(property);
    this.#editor.remove(property);
  }

  #touch(property: PropertyName): void {
    this.#touched.add(keyOf(property));
  }

  #writeFlag(flag: Flag): void {
    if (flag === 'none') {
      this.setText(PICK, '0');
      this.#remove(GOOD);
      if (this.#editor.has(PICK_LABEL)) this.setText(PICK_LABEL, '0');
      return;
    }
    this.setText(PICK, flag === 'pick' ? '1' : '-1');
    const good = flag === 'pick' ? 'true' : 'false';
    // Another spelling of the same word stays.
    if (xmpText(this.#said, keyOf(GOOD))?.toLowerCase() !== good) this.setText(GOOD, good);
    this.setText(PICK_LABEL, flag === 'pick' ? '3' : '1');
  }

  #writeStars({ flag, stars }: Wish): void {
    const written = xmpNumber(this.#said, keyOf(RATING));
    const isReject = written === -1 || written === 6;
    if (flag === 'reject' && this.#options.rejectAsRating) {
      if (!isReject) this.setText(RATING, '-1');
    } else if (stars !== undefined ? written === null || written !== stars : isReject && flag !== 'reject') {
      // A reject in the place of the stars keeps none for a flag that is taken back.
      this.setText(RATING, String(stars ?? 0));
    }
  }

  #writeColor(color: Color): void {
    const label = xmpText(this.#said, keyOf(LABEL));
    const labelColor = colorOfText(label);
    if (color !== 'none') {
      this.setText(LABEL_COLOR, color);
      // A word of another language stays while it means the color; one that means no color is the person's own.
      if (label !== null && labelColor === null) this.keptLabel = label;
      else if (labelColor !== color) this.setText(LABEL, this.#options.colorWords[color]);
      return;
    }
    this.#remove(LABEL_COLOR);
    if (labelColor !== null) this.#remove(LABEL);
    // Other programs' fields for the same label would bring the color back.
    for (const property of [own('digiKam', 'ColorLabel'), own('photomechanic', 'ColorClass')]) {
      if ((xmpNumber(this.#said, keyOf(property)) ?? 0) !== 0) this.setText(property, '0');
    }
    this.#remove(own('darktable', 'colorlabels'));
    if (colorFromUrgency(this.#said)) this.setText(own('photoshop', 'Urgency'), '0');
  }

  #writeKeywords(adds: readonly string[], removes: readonly string[]): void {
    const gone = new Set(removes.flatMap((keyword) => keyword.split('|')));
    const paths = adds.filter((keyword) => keyword.includes('|'));
    const hierarchy = [
      ...xmpTexts(this.#said, keyOf(HIERARCHY)),
      ...xmpTexts(this.#said, keyOf(TAGS)).map((path) => path.replaceAll('/', '|')),
    ];
    const goes = (path: string) => path.split(/[|/]/).some((level) => gone.has(level));
    // A path from which a level leaves goes as a whole; what stood at its end is still a keyword.
    const left = hierarchy.filter(goes).flatMap((path) => path.split('|').filter((level) => !gone.has(level)));
    const known = new Set([...xmpTexts(this.#said, keyOf(SUBJECT))]);
    const flat = unique([...adds.map((keyword) => keyword.slice(keyword.lastIndexOf('|') + 1)), ...left]);
    const missing = flat.filter((keyword) => !known.has(keyword));
    const list = (property: PropertyName, add: readonly string[], leaves: (text: string) => boolean) => {
      const items = xmpTexts(this.#said, keyOf(property));
      const coming = add.filter((item) => !items.includes(item));
      if (coming.length === 0 && !items.some(leaves)) return;
      this.#touch(property);
      this.#editor.changeList(property, { kind: property === TAGS ? 'Seq' : 'Bag', add: coming, goes: leaves });
    };
    list(SUBJECT, missing, (text) => gone.has(text));
    // Where there is a hierarchy, darktable reads it alone, and digiKam its own list: all keywords stand in them.
    const levels = new Set([...hierarchy.filter((path) => !goes(path)), ...paths].flatMap((path) => path.split('|')));
    const whole = this.#editor.has(HIERARCHY) ? missing : [...[...known].filter((name) => !gone.has(name)), ...missing];
    const bare = whole.filter((keyword) => !levels.has(keyword));
    list(HIERARCHY, this.#editor.has(HIERARCHY) || paths.length > 0 ? [...paths, ...bare] : [], goes);
    const tags = [...paths.map((path) => path.replaceAll('|', '/')), ...missing.filter((name) => !levels.has(name))];
    list(TAGS, this.#editor.has(TAGS) ? tags : [], goes);
    list(LAST_KEYWORD, [], (text) => goes(text));
  }
}

function colorFromUrgency(said: XmpStructure): boolean {
  const only: XmpStructure = new Map([...said].filter(([key]) => key === `${Namespace.photoshop}Urgency`));
  return annotationsOfXmp(only, null).labelColor !== null;
}

/** @throws SidecarRefusal */
function refuseUnless(landed: boolean): void {
  if (landed) return;
  throw new SidecarRefusal('The sidecar says it in a form that cannot be changed safely, so it was left as it is.');
}

/** Whether what reads so says what was meant. */
function hasLanded(after: XmpStructure, wish: Wish, { rejectAsRating }: ComposeOptions): boolean {
  const read = annotationsOfXmp(after, null);
  const flag = read.rating === -1 ? 'reject' : (read.pick ?? 'none');
  const stars = Math.max(0, read.rating ?? 0);
  const leaf = (keyword: string) => keyword.slice(keyword.lastIndexOf('|') + 1);
  const levels = new Set([...read.keywords, ...read.hierarchicalKeywords.flatMap((path) => path.split('|'))]);
  return (
    (wish.flag === undefined || wish.flag === flag) &&
    (wish.stars === undefined || wish.stars === stars || (flag === 'reject' && rejectAsRating)) &&
    (wish.color === undefined || wish.color === (read.labelColor ?? 'none')) &&
    (wish.title === undefined || xmpText(after, keyOf(TITLE)) === landedText(wish.title)) &&
    (wish.caption === undefined || xmpText(after, keyOf(CAPTION)) === landedText(wish.caption)) &&
    (wish.addKeywords ?? []).every((keyword) => levels.has(allowedText(leaf(keyword)).trim())) &&
    (wish.removeKeywords ?? []).every((keyword) => !keyword.split('|').some((level) => levels.has(level)))
  );
}

/** @throws SidecarRefusal when what was made does not read as it was meant. */
function verify(
  before: XmpStructure,
  bytes: Buffer,
  wish: Wish,
  touched: ReadonlySet<string>,
  options: ComposeOptions,
): void {
  const after = wellFormed(bytes);
  refuseUnless(hasLanded(after, wish, options));
  const isOurs = (key: string) =>
    touched.has(key) || key === keyOf(METADATA_DATE) || key.startsWith(Namespace.keeplight);
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    if (!isOurs(key) && !isSame(before.get(key), after.get(key))) {
      throw new SidecarRefusal(
        'Writing would have changed what another program wrote, so the sidecar was left as it is.',
      );
    }
  }
}

export function isSame(one: XmpValue | undefined, other: XmpValue | undefined): boolean {
  if (one === undefined || other === undefined || typeof one === 'string' || typeof other === 'string') {
    return one === other;
  }
  if (Array.isArray(one) || Array.isArray(other)) {
    if (!Array.isArray(one) || !Array.isArray(other)) return false;
    return one.length === other.length && one.every((item, index) => isSame(item, other[index]));
  }
  return one.size === other.size && [...one].every(([key, value]) => isSame(value, other.get(key)));
}

const keyOf = ({ namespace, name }: PropertyName): string => namespace + name;
const unique = <Item>(items: readonly Item[]): Item[] => [...new Set(items)];

/** What of a text can stand in XML: nothing is null. */
function landedText(text: string | null): string | null {
  const allowed = allowedText(text ?? '')
    .replace(/\r\n?/g, '\n')
    .trim();
  return allowed === '' ? null : allowed;
}

/** `2026-11-28T12:00:00+01:00`. */
export function stampOf(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const offset = -date.getTimezoneOffset();
  const away = Math.abs(offset);
  const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19);
  return `${local}${offset < 0 ? '-' : '+'}${two(Math.floor(away / 60))}:${two(away % 60)}`;
}
