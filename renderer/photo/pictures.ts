/**
 * Decoded pictures, kept ready for the next key press. A picture is decoded off the critical path (`img.decode`) and
 * then put on screen as the very element that was decoded.
 */
import { countHistogram, type HistogramCounts } from '../picture/pixels.ts';

interface Entry {
  readonly image: HTMLImageElement;
  readonly ready: Promise<HTMLImageElement>;
  isReady: boolean;
}

/** An element that loads and decodes `address`. Rejects with a sentence when the picture cannot be had. */
function open(address: string): Entry {
  const image = new Image();
  // Pixels of the picture are read for histogram and clipping; in the desktop shell pictures have their own origin.
  image.crossOrigin = 'anonymous';
  image.decoding = 'async';
  image.draggable = false;
  image.alt = '';
  image.src = address;
  const entry: Entry = {
    image,
    isReady: false,
    ready: image.decode().then(
      () => {
        entry.isReady = true;
        return image;
      },
      () => {
        throw new Error('The picture could not be read.');
      },
    ),
  };
  // Whoever waits for it is told; nobody waiting is no error.
  entry.ready.catch(() => undefined);
  return entry;
}

/** A few decoded pictures by address: those asked for last stay, the rest are let go. */
export class Pictures {
  readonly #entries = new Map<string, Entry>();
  readonly #limit: number;

  /** @param limit most pictures kept. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The decoded picture, now or later. A picture that failed is tried again at the next call. */
  load(address: string): Promise<HTMLImageElement> {
    const known = this.#entries.get(address);
    if (known !== undefined) {
      this.#entries.delete(address);
      this.#entries.set(address, known);
      return known.ready;
    }
    const entry = open(address);
    this.#entries.set(address, entry);
    entry.ready.catch(() => this.#entries.delete(address));
    for (const [oldest, { image, isReady }] of this.#entries) {
      if (this.#entries.size <= this.#limit) {
        break;
      }
      this.#entries.delete(oldest);
      if (!isReady) {
        image.src = '';
      }
    }
    return entry.ready;
  }

  /** The picture if it is decoded already. */
  ready(address: string): HTMLImageElement | null {
    const entry = this.#entries.get(address);
    return entry?.isReady ? entry.image : null;
  }
}

/** Screen previews around the photo in the loupe: ±3 with some to spare for turning round. */
export const screenPictures = new Pictures(12);

/** RAW files developed: of those of one comparison the half size, and then the whole. */
export const developments = new Pictures(6);

/** Originals at 100 %: each takes four bytes a pixel, so only those of one comparison are kept. */
export const fullPictures = new Pictures(4);

/**
 * Pixels of a part of a picture.
 * @param part shares of the picture. @param edge long edge of the result at most; pixels are left out, not averaged,
 *   so that clipped ones stay clipped. @param filter a CSS filter that is on the picture on screen.
 * @returns null where the browser does not let pixels be read.
 */
export function readPixels(
  image: HTMLImageElement,
  part: { left: number; top: number; width: number; height: number },
  edge: number,
  filter = 'none',
): ImageData | null {
  const source = {
    left: part.left * image.naturalWidth,
    top: part.top * image.naturalHeight,
    width: part.width * image.naturalWidth,
    height: part.height * image.naturalHeight,
  };
  const share = Math.min(1, edge / Math.max(source.width, source.height, 1));
  const width = Math.max(1, Math.round(source.width * share));
  const height = Math.max(1, Math.round(source.height * share));
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) {
    return null;
  }
  context.imageSmoothingEnabled = false;
  context.filter = filter;
  context.drawImage(image, source.left, source.top, source.width, source.height, 0, 0, width, height);
  try {
    return context.getImageData(0, 0, width, height);
  } catch {
    return null;
  }
}

/** Histogram of a whole picture. */
export function histogramOf(image: HTMLImageElement): HistogramCounts | null {
  const pixels = readPixels(image, { left: 0, top: 0, width: 1, height: 1 }, 1024);
  return pixels === null ? null : countHistogram(pixels.data);
}
