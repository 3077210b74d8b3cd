/** What people and programs said about a photo: ratings, labels, keywords, captions, faces, from XMP, IPTC and EXIF. */
import type { ExifFacts } from './exif.ts';
import type { IptcFacts } from './iptc.ts';
import { Namespace, type XmpStructure, xmpNumber, xmpStructures, xmpText, xmpTexts } from './xmp.ts';

/** A named rectangle on the upright picture, in shares of its width and height (0–1, left/top corner). */
export type FaceRegion = {
  name: string | null;
  kind: 'face' | 'pet' | 'focus' | 'barcode' | 'other';
  left: number;
  top: number;
  width: number;
  height: number;
};

export type LabelColor = 'red' | 'yellow' | 'green' | 'blue' | 'purple';

export type Annotations = {
  /** 0–5, or -1 for rejected; null when nothing says. */
  rating: number | null;
  /** As written, e.g. `Red` or `Rot`. */
  label: string | null;
  /** The colour that the label means, in the languages that Lightroom and its like write. */
  labelColor: LabelColor | null;
  pick: 'pick' | 'reject' | null;
  keywords: string[];
  /** `A|B|C`. */
  hierarchicalKeywords: string[];
  caption: string | null;
  title: string | null;
  creator: string | null;
  faces: FaceRegion[];
  /** xmp:MetadataDate in milliseconds since 1970: the newest wins. */
  metadataDateMs: number | null;
};

export const NO_ANNOTATIONS: Annotations = {
  rating: null,
  label: null,
  labelColor: null,
  pick: null,
  keywords: [],
  hierarchicalKeywords: [],
  caption: null,
  title: null,
  creator: null,
  faces: [],
  metadataDateMs: null,
};

/** @param orientation EXIF orientation of the stored picture (regions are written on it); null or 0 counts as 1. */
export function annotationsOfXmp(xmp: XmpStructure, orientation: number | null): Annotations {
  const hierarchical = [
    ...xmpTexts(xmp, `${Namespace.lr}hierarchicalSubject`),
    ...xmpTexts(xmp, `${Namespace.digiKam}TagsList`).map((path) => path.replaceAll('/', '|')),
  ].filter((path) => path.includes('|'));
  const date = Date.parse(
    xmpText(xmp, `${Namespace.xmp}MetadataDate`) ?? xmpText(xmp, `${Namespace.xmp}ModifyDate`) ?? '',
  );
  return {
    ...readRating(xmp),
    label: readLabel(xmp),
    labelColor: colorOfLabel(readLabel(xmp)),
    keywords: unique([
      ...xmpTexts(xmp, `${Namespace.dc}subject`),
      ...xmpTexts(xmp, `${Namespace.microsoft}LastKeywordXMP`),
    ]),
    hierarchicalKeywords: unique(hierarchical),
    caption: meaningful(xmpText(xmp, `${Namespace.dc}description`)),
    title: xmpText(xmp, `${Namespace.dc}title`) ?? xmpText(xmp, `${Namespace.photoshop}Headline`),
    creator: xmpText(xmp, `${Namespace.dc}creator`),
    faces: readFaces(xmp).map((face) => turnRegion(face, orientation ?? 1)),
    metadataDateMs: Number.isFinite(date) ? date : null,
  };
}

/** Embedded XMP first, IPTC and EXIF where it says nothing; keywords are united. */
export function mergeEmbedded(xmp: Annotations, iptc: IptcFacts | null, exif: ExifFacts | null): Annotations {
  const windowsKeywords = (exif?.windowsKeywords ?? '').split(';').map((keyword) => keyword.trim());
  return {
    ...xmp,
    rating: xmp.rating ?? (exif?.rating != null && exif.rating >= 1 && exif.rating <= 5 ? exif.rating : null),
    keywords: unique([...xmp.keywords, ...(iptc?.keywords ?? []), ...windowsKeywords]),
    caption: xmp.caption ?? meaningful(iptc?.caption) ?? meaningful(exif?.description) ?? exif?.windowsComment ?? null,
    title: xmp.title ?? iptc?.title ?? exif?.windowsTitle ?? null,
    creator: xmp.creator ?? iptc?.creator ?? meaningful(exif?.artist) ?? null,
  };
}

/** A sidecar's word over the embedded one; keywords are united, what it leaves out stays. */
export function mergeSidecar(embedded: Annotations, sidecar: Annotations): Annotations {
  return {
    rating: sidecar.rating ?? embedded.rating,
    label: sidecar.label ?? embedded.label,
    labelColor: sidecar.label === null ? embedded.labelColor : sidecar.labelColor,
    pick: sidecar.pick ?? embedded.pick,
    keywords: unique([...embedded.keywords, ...sidecar.keywords]),
    hierarchicalKeywords: unique([...embedded.hierarchicalKeywords, ...sidecar.hierarchicalKeywords]),
    caption: sidecar.caption ?? embedded.caption,
    title: sidecar.title ?? embedded.title,
    creator: sidecar.creator ?? embedded.creator,
    faces: sidecar.faces.length > 0 ? sidecar.faces : embedded.faces,
    metadataDateMs: sidecar.metadataDateMs ?? embedded.metadataDateMs,
  };
}

/** Cameras fill the description with their own name or with data; neither is a caption. */
function meaningful(text: string | null | undefined): string | null {
  if (text == null || /^[{[<]/.test(text)) return null;
  return /^(OLYMPUS DIGITAL CAMERA|SONY DSC|SAMSUNG( CAMERA PICTURES)?|KONICA MINOLTA DIGITAL CAMERA|DCF 1\.0|DCIM\\.*|Exif_JPEG_PICTURE|<.*>|-+|MINOLTA DIGITAL CAMERA|Digital Camera|DIGITAL CAMERA|Picasa|untitled|Default|cof|sdr|rhdr|dav)$/i.test(
    text.trim(),
  )
    ? null
    : text;
}

function readRating(xmp: XmpStructure): Pick<Annotations, 'rating' | 'pick'> {
  const stars = xmpNumber(xmp, `${Namespace.xmp}Rating`);
  const percent = xmpNumber(xmp, `${Namespace.microsoft}Rating`);
  const flag = xmpNumber(xmp, `${Namespace.xmpDM}pick`);
  const digiKam = xmpNumber(xmp, `${Namespace.digiKam}PickLabel`);
  const tagged = xmpText(xmp, `${Namespace.photomechanic}Tagged`)?.toLowerCase();
  const good = xmpText(xmp, `${Namespace.xmpDM}good`)?.toLowerCase();
  // Old darktable wrote 6 for rejected.
  const rejected = stars === -1 || stars === 6 || flag === -1 || digiKam === 1;
  const picked = flag === 1 || digiKam === 3 || tagged === 'true' || good === 'true';
  let rating: number | null = null;
  if (stars !== null && stars >= 0 && stars <= 5) rating = Math.round(stars);
  else if (stars === -1 || stars === 6) rating = -1;
  else if (percent !== null && percent >= 0 && percent <= 100)
    rating = percent === 0 ? 0 : 1 + Math.round((percent / 100) * 4);
  return { rating, pick: rejected ? 'reject' : picked ? 'pick' : null };
}

const DIGIKAM_COLOURS = [null, 'Red', 'Orange', 'Yellow', 'Green', 'Blue', 'Purple', 'Gray', 'Black', 'White'] as const;
const DARKTABLE_COLOURS = ['Red', 'Yellow', 'Green', 'Blue', 'Purple'] as const;
const PHOTO_MECHANIC_COLOURS = [null, 'Purple', 'Red', 'Orange', 'Yellow', 'Green', 'Blue', 'Blue', 'Gray'] as const;

function readLabel(xmp: XmpStructure): string | null {
  const darktable = xmpTexts(xmp, `${Namespace.darktable}colorlabels`)[0];
  return (
    xmpText(xmp, `${Namespace.xmp}Label`) ??
    DIGIKAM_COLOURS[xmpNumber(xmp, `${Namespace.digiKam}ColorLabel`) ?? 0] ??
    (darktable === undefined ? null : DARKTABLE_COLOURS[Number(darktable)]) ??
    PHOTO_MECHANIC_COLOURS[xmpNumber(xmp, `${Namespace.photomechanic}ColorClass`) ?? 0] ??
    null
  );
}

const LABEL_WORDS: Readonly<Record<LabelColor, readonly string[]>> = {
  red: ['red', 'rot', 'rouge', 'rojo', 'rosso', 'vermelho', 'rood', 'röd', 'красный', '赤', '红色'],
  yellow: ['yellow', 'gelb', 'jaune', 'amarillo', 'giallo', 'amarelo', 'geel', 'gul', 'жёлтый', 'желтый', '黄', '黄色'],
  green: ['green', 'grün', 'vert', 'verde', 'groen', 'grön', 'зелёный', 'зеленый', '緑', '绿色'],
  blue: ['blue', 'blau', 'bleu', 'azul', 'blu', 'blauw', 'blå', 'синий', '青', '蓝色'],
  purple: [
    'purple',
    'violet',
    'lila',
    'purpur',
    'púrpura',
    'morado',
    'viola',
    'roxo',
    'paars',
    'lila',
    'фиолетовый',
    '紫',
    '紫色',
  ],
};

function colorOfLabel(label: string | null): LabelColor | null {
  const word = label?.trim().toLowerCase() ?? '';
  for (const [color, words] of Object.entries(LABEL_WORDS)) if (words.includes(word)) return color as LabelColor;
  return null;
}

const REGION_KINDS: Readonly<Record<string, FaceRegion['kind']>> = {
  face: 'face',
  pet: 'pet',
  focus: 'focus',
  barcode: 'barcode',
};

/** MWG regions and Microsoft's, as written on the stored picture. */
function readFaces(xmp: XmpStructure): FaceRegion[] {
  const faces: FaceRegion[] = [];
  for (const info of xmpStructures(xmp.get(`${Namespace.regions}Regions`)))
    for (const region of xmpStructures(info.get(`${Namespace.regions}RegionList`))) {
      const area = xmpStructures(region.get(`${Namespace.regions}Area`))[0];
      if (area === undefined) continue;
      const [x, y, width, height] = ['x', 'y', 'w', 'h'].map((name) => xmpNumber(area, `${Namespace.area}${name}`));
      if (x == null || y == null || width == null || height == null) continue;
      const kind = REGION_KINDS[(xmpText(region, `${Namespace.regions}Type`) ?? '').toLowerCase()] ?? 'other';
      const name = xmpText(region, `${Namespace.regions}Name`);
      faces.push({ name, kind, left: x - width / 2, top: y - height / 2, width, height });
    }
  // Programs write both kinds of the same faces.
  const microsoft = faces.length > 0 ? undefined : xmp.get(`${Namespace.mp}RegionInfo`);
  for (const info of xmpStructures(microsoft))
    for (const region of xmpStructures(info.get(`${Namespace.mpRegionInfo}Regions`))) {
      const numbers = (xmpText(region, `${Namespace.mpRegion}Rectangle`) ?? '').split(',').map(Number);
      const [left, top, width, height] = numbers;
      if (
        numbers.length !== 4 ||
        left === undefined ||
        top === undefined ||
        width === undefined ||
        height === undefined
      )
        continue;
      faces.push({
        name: xmpText(region, `${Namespace.mpRegion}PersonDisplayName`),
        kind: 'face',
        left,
        top,
        width,
        height,
      });
    }
  return faces.filter(
    ({ left, top, width, height }) =>
      [left, top, width, height].every(Number.isFinite) &&
      width > 0 &&
      height > 0 &&
      left > -1 &&
      top > -1 &&
      left < 1 &&
      top < 1,
  );
}

/** A region written on the stored picture → the same region on the upright one. */
export function turnRegion(region: FaceRegion, orientation: number): FaceRegion {
  const { left, top, width, height } = region;
  const right = 1 - left - width;
  const bottom = 1 - top - height;
  switch (orientation) {
    case 2:
      return { ...region, left: right };
    case 3:
      return { ...region, left: right, top: bottom };
    case 4:
      return { ...region, top: bottom };
    case 5:
      return { ...region, left: top, top: left, width: height, height: width };
    case 6:
      return { ...region, left: bottom, top: left, width: height, height: width };
    case 7:
      return { ...region, left: bottom, top: right, width: height, height: width };
    case 8:
      return { ...region, left: top, top: right, width: height, height: width };
    default:
      return region;
  }
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts.filter((text) => text !== ''))];
}
