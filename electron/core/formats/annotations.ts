/** What people and programs said about a photo: ratings, labels, keywords, captions, faces, from XMP, IPTC and EXIF. */

import type { ExifFacts } from './exif.ts';
import type { IptcFacts } from './iptc.ts';
import {
  colorOfText,
  DARKTABLE_COLORS,
  DIGIKAM_COLORS,
  type LabelColor,
  PHOTO_MECHANIC_COLORS,
} from './label-colors.ts';
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

export type Annotations = {
  /** 0–5, or -1 for rejected; null when nothing says. */
  rating: number | null;
  /** As written, e.g. `Red` or `Rot`. */
  label: string | null;
  /** The color that the label means, in the languages that Lightroom and its like write. */
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
    ...readLabel(xmp),
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
  const flag = readFlag(xmp);
  // Bridge's and darktable's reject takes the place of the stars; old darktable wrote 6 for it.
  if (stars === -1 || stars === 6) return { rating: -1, pick: 'reject' };
  return { rating: readStars(xmp), pick: flag };
}

/** 0–5; null when nothing says. */
function readStars(xmp: XmpStructure): number | null {
  for (const key of [`${Namespace.xmp}Rating`, `${Namespace.acdsee}rating`]) {
    const stars = xmpNumber(xmp, key);
    if (stars !== null && stars >= 0 && stars <= 5) return Math.round(stars);
  }
  // 1, 25, 50, 75 and 99 in the hundred.
  const percent = xmpNumber(xmp, `${Namespace.microsoft}Rating`);
  if (percent === null || percent < 0 || percent > 100) return null;
  return percent === 0 ? 0 : 1 + Math.round((percent / 100) * 4);
}

type Flag = Annotations['pick'];

/** What Lightroom writes comes first: its pick of 1, 0 or −1, which Lightroom Classic has, before its good. */
function readFlag(xmp: XmpStructure): Flag {
  const { pick, good } = readLightroomFlags(xmp);
  if (pick !== undefined) return pick;
  if (good !== undefined) return good;
  const digiKam = xmpNumber(xmp, `${Namespace.digiKam}PickLabel`);
  if (digiKam === 1) return 'reject';
  if (digiKam === 3) return 'pick';
  return xmpText(xmp, `${Namespace.photomechanic}Tagged`)?.toLowerCase() === 'true' ? 'pick' : null;
}

/** undefined where a field is absent or says nothing; null for a pick of 0, which says neither. */
function readLightroomFlags(xmp: XmpStructure): { pick: Flag | undefined; good: Flag | undefined } {
  const number = xmpNumber(xmp, `${Namespace.xmpDM}pick`);
  const word = xmpText(xmp, `${Namespace.xmpDM}good`)?.toLowerCase();
  return {
    pick: number === 1 ? 'pick' : number === -1 ? 'reject' : number === 0 ? null : undefined,
    good: word === 'true' ? 'pick' : word === 'false' ? 'reject' : undefined,
  };
}

/** Where a packet contradicts itself about pick and reject, a sentence that says what counts; else null. */
export function conflictOfXmp(xmp: XmpStructure): string | null {
  const { pick, good } = readLightroomFlags(xmp);
  if (pick == null || good === undefined || pick === good) return null;
  const words = { pick: 'picked', reject: 'rejected' } as const;
  return `The sidecar says both picked and rejected (xmpDM:pick and xmpDM:good): ${words[pick]} counts.`;
}

const DIGIKAM_WORDS = [null, 'Red', 'Orange', 'Yellow', 'Green', 'Blue', 'Purple', 'Gray', 'Black', 'White'] as const;

function readLabel(xmp: XmpStructure): Pick<Annotations, 'label' | 'labelColor'> {
  const number = (key: string) => xmpNumber(xmp, key) ?? Number.NaN;
  const written = xmpText(xmp, `${Namespace.xmp}Label`);
  const darktable = xmpTexts(xmp, `${Namespace.darktable}colorlabels`)[0];
  const labelColor =
    colorOfText(xmpText(xmp, `${Namespace.photoshop}LabelColor`)) ??
    colorOfText(written) ??
    DIGIKAM_COLORS.get(number(`${Namespace.digiKam}ColorLabel`)) ??
    (darktable === undefined ? null : DARKTABLE_COLORS.get(Number(darktable))) ??
    PHOTO_MECHANIC_COLORS.get(number(`${Namespace.photomechanic}ColorClass`)) ??
    PHOTO_MECHANIC_COLORS.get(number(`${Namespace.photoshop}Urgency`)) ??
    null;
  const named = DIGIKAM_WORDS[number(`${Namespace.digiKam}ColorLabel`)] ?? null;
  const word = labelColor === null ? null : labelColor.charAt(0).toUpperCase() + labelColor.slice(1);
  return { label: written ?? named ?? word, labelColor };
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
  for (const info of xmpStructures(xmp.get(`${Namespace.regions}Regions`))) {
    const applied = xmpStructures(info.get(`${Namespace.regions}AppliedToDimensions`))[0];
    for (const region of xmpStructures(info.get(`${Namespace.regions}RegionList`))) {
      const area = xmpStructures(region.get(`${Namespace.regions}Area`))[0];
      if (area === undefined) continue;
      const [across, down] = regionScale(area, applied);
      const side = (name: string, scale: number) => {
        const value = xmpNumber(area, `${Namespace.area}${name}`);
        return value === null ? null : value / scale;
      };
      const [x, y, width, height] = [side('x', across), side('y', down), side('w', across), side('h', down)];
      if (x == null || y == null || width == null || height == null) continue;
      const kind = REGION_KINDS[(xmpText(region, `${Namespace.regions}Type`) ?? '').toLowerCase()] ?? 'other';
      const name = xmpText(region, `${Namespace.regions}Name`);
      faces.push({ name, kind, left: x - width / 2, top: y - height / 2, width, height });
    }
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

/** What a region's numbers are shares of: 1, or the picture's size where they are pixels. */
function regionScale(area: XmpStructure, applied: XmpStructure | undefined): [across: number, down: number] {
  if (applied === undefined || xmpText(area, `${Namespace.area}unit`)?.toLowerCase() !== 'pixel') return [1, 1];
  const size = (name: string) => xmpNumber(applied, `${Namespace.dimensions}${name}`) ?? 0;
  const [width, height] = [size('w'), size('h')];
  return width > 0 && height > 0 ? [width, height] : [1, 1];
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
