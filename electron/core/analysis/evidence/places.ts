/**
 * Where in a picture the measures were taken: for each kind of evidence the pixels, tiles or lines that gave its measure,
 * found by the thresholds of measures/ and with the measure taken anew from what is found. Pure; null where there is no place.
 */
import type { EvidenceKind, EvidenceShape, PlacedShape } from '../../../../shared/evidence.ts';
import { FOCUS_TILES } from '../../../../shared/measures.ts';
import { COLOR_END, COLOR_START, COLOR_STEP, LOG, measureColor, NEUTRAL } from '../measures/color.ts';
import { isBanded, measureCompression } from '../measures/compression.ts';
import { endOfChannel } from '../measures/exposure.ts';
import { FEWEST_TILES, focusOfTiles, isInFocus, isOfBackground, isOfSubject, measureFocus } from '../measures/focus.ts';
import { MEASURE_EDGE, type Picture } from '../measures/measure.ts';
import { measureNoise, SMOOTHEST, showsGrain } from '../measures/noise.ts';
import { BLACK, CLIPPED, makePlanes, type Planes, percentile, quantile } from '../measures/planes.ts';
import { measureSaliency } from '../measures/saliency.ts';
import { TILES, type Tiles, walkTiles } from '../measures/tiles.ts';
import { concluded, type LineEvidence, tiltEvidence } from '../measures/tilt.ts';

export interface Found {
  /** Of the kind's measure, in its unit. */
  readonly value: number;
  readonly place: EvidenceShape;
}

type PixelKind = Extract<
  EvidenceKind,
  | 'sharpest'
  | 'subject'
  | 'background'
  | 'in-focus'
  | 'detail'
  | 'highlights'
  | 'sky'
  | 'red'
  | 'green'
  | 'blue'
  | 'shadows'
  | 'brightest'
  | 'smoothest'
  | 'bands'
  | 'lines'
  | 'tint'
  | 'neutral'
  | 'eye'
>;

/** What several kinds need; each is taken once. */
class Look {
  readonly planes: Planes;
  readonly tiles: Tiles;
  readonly noise: number;
  readonly scale: number;
  readonly saliency: ReturnType<typeof measureSaliency>;
  readonly focus: ReturnType<typeof measureFocus>;
  /** Focus of each tile, −1 without structure. */
  readonly map: Float64Array;

  constructor({ rgb, width, height, sourceWidth, sourceHeight }: Picture) {
    this.planes = makePlanes(rgb, width, height);
    this.tiles = walkTiles(this.planes);
    this.noise = measureNoise(this.tiles);
    const { luma } = this.planes;
    this.scale = Math.max(luma.width, luma.height) / Math.max(sourceWidth, sourceHeight);
    this.saliency = measureSaliency(this.planes);
    const size = Math.min(1, Math.max(width, height) / MEASURE_EDGE);
    this.focus = measureFocus(this.tiles, this.noise, this.saliency.attention, size);
    this.map = focusOfTiles(this.tiles, this.noise, size);
  }
}

function tilesWhere(isIn: (tile: number) => boolean): PlacedShape<'tiles'> {
  let tiles = '';
  for (let tile = 0; tile < TILES; tile++) tiles += isIn(tile) ? '1' : '0';
  return { shape: 'tiles', columns: FOCUS_TILES, rows: FOCUS_TILES, tiles };
}

const countOf = ({ tiles }: PlacedShape<'tiles'>) => [...tiles].filter((one) => one === '1').length;

type IsIn = (r: number, g: number, b: number, y: number) => boolean;

/** Pixels of the picture, each `step`th both ways from `first` on. */
function pixelsWhere({ rgb, luma }: Planes, isIn: IsIn, first = 0, step = 1) {
  const columns = Math.max(0, Math.ceil((luma.width - 2 * first) / step));
  const rows = Math.max(0, Math.ceil((luma.height - 2 * first) / step));
  const bits = new Uint8Array(Math.ceil((columns * rows) / 8));
  let count = 0;
  for (let row = 0, pixel = 0; row < rows; row++) {
    const y = first + row * step;
    for (let column = 0; column < columns; column++, pixel++) {
      const at = (y * luma.width + first + column * step) * 3;
      if (!isIn(rgb[at]!, rgb[at + 1]!, rgb[at + 2]!, y)) continue;
      bits[pixel >> 3]! |= 128 >> (pixel & 7);
      count++;
    }
  }
  const place: PlacedShape<'mask'> = {
    shape: 'mask',
    width: columns,
    height: rows,
    bits: Buffer.from(bits).toString('base64'),
  };
  return { place, count };
}

const isWhite: IsIn = (r, g, b) => r >= CLIPPED && g >= CLIPPED && b >= CLIPPED;
const isBlack: IsIn = (r, g, b) => r <= BLACK && g <= BLACK && b <= BLACK;

function area({ planes }: Look, isIn: IsIn, of = planes.luma.width * planes.luma.height): Found | null {
  const { place, count } = pixelsWhere(planes, isIn);
  return count === 0 ? null : { value: (100 * count) / of, place };
}

/** The pixels that color is read from, and those of them that are meant. */
function colors({ planes }: Look, isIn: (red: number, blue: number) => boolean) {
  let counted = 0;
  const found = pixelsWhere(
    planes,
    (r, g, b) => {
      const most = Math.max(r, g, b);
      if (most > COLOR_END || most < COLOR_START) return false;
      counted++;
      return isIn(LOG[r]! - LOG[g]!, LOG[b]! - LOG[g]!);
    },
    1,
    COLOR_STEP,
  );
  return { ...found, counted };
}

/** Distance (EV) from the measured tint within which a pixel has it: the bins of the measure, and their neighbors. */
const SAME_TINT = 0.075;
/** Share of the picture below which a tint is nowhere to be shown. */
const LEAST_TINT = 0.005;

function tintOf(look: Look): Found | null {
  const { castRed, castBlue } = measureColor(look.planes).color;
  const { place, count } = colors(
    look,
    (red, blue) => Math.abs(red - castRed) <= SAME_TINT && Math.abs(blue - castBlue) <= SAME_TINT,
  );
  return count < LEAST_TINT * place.width * place.height ? null : { value: castRed, place };
}

function smoothestOf({ tiles, noise, scale }: Look): Found | null {
  const shown = (tile: number) => showsGrain(tiles.mean[tile]!);
  const values = Array.from(tiles.noise).filter((_, tile) => shown(tile));
  if (values.length < 8) return null;
  const speaker = quantile(values, SMOOTHEST, 0);
  return {
    value: noise * Math.max(1, 1 / scale),
    place: tilesWhere((tile) => shown(tile) && tiles.noise[tile]! <= speaker),
  };
}

function linesOf({ planes, noise }: Look): Found | null {
  const evidence = tiltEvidence(planes, noise);
  const { tilt, by } = concluded(evidence.level, evidence.plumb);
  if (tilt === null) return null;
  const { width, height } = planes.half;
  const lines = by.flatMap((family) => crossings(evidence[family], family === 'plumb', width, height));
  return lines.length === 0 ? null : { value: tilt, place: { shape: 'lines', lines } };
}

/** Each line from one border of the picture to the other, in shares of it. */
function crossings({ angle, places }: LineEvidence, isPlumb: boolean, width: number, height: number) {
  const turn = (angle * Math.PI) / 180;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  return places.map((offset) => {
    // From the middle of the picture; a line turned clockwise falls to the right.
    const at = (end: -1 | 1) => {
      if (isPlumb) {
        const y = (end * height) / 2;
        return { x: 0.5 + (offset - y * sin) / cos / width, y: 0.5 + y / height };
      }
      const x = (end * width) / 2;
      return { x: 0.5 + x / width, y: 0.5 + (offset + x * sin) / cos / height };
    };
    return { from: at(-1), to: at(1) };
  });
}

function eyeOf({ saliency: { subjectX, subjectY, thirds } }: Look): Found {
  const nearest = (value: number) => (value < 50 ? 1 / 3 : 2 / 3);
  return {
    value: thirds,
    place: {
      shape: 'point',
      at: { x: subjectX / 100, y: subjectY / 100 },
      beside: { x: nearest(subjectX), y: nearest(subjectY) },
    },
  };
}

const some = (value: number, place: PlacedShape<'tiles'>): Found | null =>
  countOf(place) === 0 ? null : { value, place };

const FIND: Readonly<Record<PixelKind, (look: Look) => Found | null>> = {
  sharpest: ({ focus, map }) =>
    some(
      focus.focus,
      tilesWhere((tile) => map[tile]! >= 0 && map[tile]! >= focus.focus),
    ),
  subject({ focus, map, saliency }) {
    const place = tilesWhere((tile) => map[tile]! >= 0 && isOfSubject(saliency.attention[tile]!));
    return countOf(place) < FEWEST_TILES ? null : { value: focus.subjectFocus, place };
  },
  background({ focus, map, saliency }) {
    const isIn = (tile: number) => map[tile]! >= 0 && isOfBackground(saliency.attention[tile]!);
    if (countOf(tilesWhere(isIn)) < FEWEST_TILES) return null;
    return some(
      focus.backgroundFocus,
      tilesWhere((tile) => isIn(tile) && map[tile]! >= focus.backgroundFocus),
    );
  },
  'in-focus'({ focus, map }) {
    const place = tilesWhere((tile) => map[tile]! >= 0 && isInFocus(map[tile]!, focus.focus));
    const judged = map.filter((value) => value >= 0).length;
    return some((100 * countOf(place)) / Math.max(1, judged), place);
  },
  detail({ map }) {
    const place = tilesWhere((tile) => map[tile]! >= 0);
    return some((100 * countOf(place)) / TILES, place);
  },
  highlights: (look) => area(look, isWhite),
  sky(look) {
    const { width, height } = look.planes.luma;
    const third = Math.round(height / 3);
    return area(look, (r, g, b, y) => y < third && isWhite(r, g, b, y), width * third);
  },
  red(look) {
    const end = endOfChannel(look.planes.red);
    return area(look, (r) => r >= end);
  },
  green(look) {
    const end = endOfChannel(look.planes.green);
    return area(look, (_, g) => g >= end);
  },
  blue(look) {
    const end = endOfChannel(look.planes.blue);
    return area(look, (_r, _g, b) => b >= end);
  },
  shadows: (look) => area(look, isBlack),
  brightest(look) {
    const value = percentile(look.planes.histogram, 0.9997);
    const found = area(look, (r, g, b) => ((0.299 * r + 0.587 * g + 0.114 * b + 0.5) | 0) >= value);
    return found && { value, place: found.place };
  },
  smoothest: smoothestOf,
  bands: ({ tiles, scale }) =>
    some(
      measureCompression(tiles, scale).banding,
      tilesWhere((tile) => isBanded(tiles, tile)),
    ),
  lines: linesOf,
  tint: tintOf,
  neutral(look) {
    const { place, count, counted } = colors(look, (red, blue) => Math.abs(red) < NEUTRAL && Math.abs(blue) < NEUTRAL);
    return count === 0 ? null : { value: (100 * count) / Math.max(1, counted), place };
  },
  eye: eyeOf,
};

const isPixelKind = (kind: EvidenceKind): kind is PixelKind => Object.hasOwn(FIND, kind);

/** Places of the kinds that pixels tell, in the order asked for; what has no place is left out. */
export function placesIn(picture: Picture, kinds: readonly EvidenceKind[]): (Found & { kind: EvidenceKind })[] {
  const look = new Look(picture);
  return kinds.filter(isPixelKind).flatMap((kind) => {
    const found = FIND[kind](look);
    return found === null ? [] : [{ kind, ...found }];
  });
}
