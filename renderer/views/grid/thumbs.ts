/**
 * Pictures of tiles as elements that are loaded outside the document and put in when they are whole: one change of the
 * page a picture instead of one for each part that arrives, and none at all for those that were fetched ahead.
 */

import type { PictureSize } from '../../../shared/addresses.ts';
import type { PhotoRow } from '../../../shared/photo.ts';
import { pictureUrl } from '../../store/stores.ts';

/** Small pictures kept for coming back, about 12 kB each and 300 kB more while Chromium keeps them decoded. */
const KEPT = 320;
/** While photos fly past, those that arrive within this time go in together, milliseconds. */
const TOGETHER = 80;
/** A photo that flies past gets its placeholder only when its picture takes longer than this, milliseconds. */
const PATIENCE = 60;

interface Thumb {
  readonly image: HTMLImageElement;
  whole: boolean;
  /** Where it is waited for, and what is done then. */
  readonly awaited: Map<HTMLElement, () => void>;
}

const thumbs = new Map<string, Thumb>();
const loading = new Map<string, Thumb>();
let arrived: (() => void)[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;
let moving = false;

/** Address of a photo's picture in the grid; null where there is none to load. */
export function addressOf(row: PhotoRow, size: PictureSize): string | null {
  const none = row.state === 'pending' || (row.state === 'failed' && row.placeholder === null);
  return none ? null : pictureUrl(size, row);
}

/** Whether photos fly past: then pictures go in together and without a fade. */
export function setMoving(now: boolean): void {
  moving = now;
  if (!moving) putIn();
}

function putIn(): void {
  clearTimeout(timer);
  timer = undefined;
  const all = arrived;
  arrived = [];
  for (const put of all) put();
}

function load(src: string, size: PictureSize): Thumb {
  const image = new Image();
  // What is put in is drawn with the frame that shows it; the large one is decoded before (below).
  image.decoding = 'sync';
  image.draggable = false;
  image.alt = '';
  image.className = 'thumb';
  image.dataset.size = size;
  const thumb: Thumb = { image, whole: false, awaited: new Map() };
  for (const [oldest, { image: old, whole }] of thumbs) {
    if (thumbs.size < KEPT) break;
    if (whole && !old.isConnected) thumbs.delete(oldest);
  }
  thumbs.set(src, thumb);
  loading.set(src, thumb);
  image.onload = async () => {
    if (size === 'screen') await image.decode().catch(() => undefined);
    thumb.whole = true;
    loading.delete(src);
    arrived.push(...thumb.awaited.values());
    thumb.awaited.clear();
    if (!moving) putIn();
    else timer ??= setTimeout(putIn, TOGETHER);
  };
  // Tried again when the tile comes again.
  image.onerror = () => drop(src);
  image.src = src;
  return thumb;
}

function drop(src: string): void {
  const thumb = thumbs.get(src);
  thumbs.delete(src);
  if (loading.delete(src) && thumb !== undefined) {
    thumb.image.onload = null;
    thumb.image.onerror = null;
    thumb.image.src = '';
  }
}

/** The element for an address, young again; made when there is none. */
function thumbOf(src: string, size: PictureSize): Thumb {
  const known = thumbs.get(src);
  if (known === undefined) return load(src, size);
  thumbs.delete(src);
  thumbs.set(src, known);
  return known;
}

/** Loads small pictures that will be wanted soon; what is under way for nobody any more is given up. */
export function loadAhead(sources: Iterable<string>): void {
  const wanted = new Set(sources);
  for (const [src, thumb] of loading) if (thumb.awaited.size === 0 && !wanted.has(src)) drop(src);
  for (const src of wanted) thumbOf(src, 'thumb');
}

/**
 * Puts a picture into its place: at once when it is whole, else when it has come; until then the placeholder is seen.
 * A picture of the same size that is there already stays so long. @returns what gives the waiting up
 */
export function showPicture(place: HTMLElement, src: string, size: PictureSize, standIn: string | null): () => void {
  const thumb = thumbOf(src, size);
  let over = false;
  const put = (how: 'at-once' | 'faded') => {
    if (over) return;
    const image = thumb.image.isConnected ? (thumb.image.cloneNode() as HTMLImageElement) : thumb.image;
    image.dataset.loaded = how;
    // Large ones are too large to keep.
    if (size === 'screen') thumbs.delete(src);
    const before = place.querySelector(`[data-size="${size}"]`);
    if (before !== null) before.replaceWith(image);
    else place.append(image);
  };
  if (thumb.whole) {
    put('at-once');
    return () => {};
  }
  let standing: ReturnType<typeof setTimeout> | undefined;
  const stand = () => {
    if (standIn !== null) place.style.backgroundImage = `url("${standIn}")`;
  };
  if (moving) standing = setTimeout(stand, PATIENCE);
  else stand();
  thumb.awaited.set(place, () => {
    clearTimeout(standing);
    put(moving ? 'at-once' : 'faded');
  });
  return () => {
    over = true;
    clearTimeout(standing);
    thumb.awaited.delete(place);
    if (!thumb.whole && thumb.awaited.size === 0) drop(src);
  };
}

/** Takes pictures of a size away that are wanted no more. */
export function hidePicture(place: HTMLElement, size: PictureSize): void {
  place.querySelector(`[data-size="${size}"]`)?.remove();
}
