/** A card while a person looks at it: listed at once, its photos shown and looked into as they come into view. */
import sharp from 'sharp';
import { CoreError } from '../../base/core-error.ts';
import type { Catalog } from '../../catalog/open.ts';
import type { DiskReader } from '../../files/disk-reader.ts';
import type { Exiftool } from '../../formats/exiftool.ts';
import type { Pixels } from '../export/render.ts';
import { type CardFiles, type CardPhoto, listCard, lookAtCardPhoto } from './card.ts';

/** Long edge of the small pictures, in pixels. */
const THUMB = 320;
const THUMB_QUALITY = 76;

export type CardReaderOptions = {
  catalog: Catalog;
  disk: DiskReader;
  exiftool: () => Exiftool;
  show: (path: string, longEdge: number, signal: AbortSignal | undefined) => Promise<Pixels>;
};

type Open = {
  path: string;
  photos: ReadonlyMap<number, CardFiles>;
  looked: Map<number, CardPhoto>;
  exiftool: Exiftool;
};

export class CardReader {
  readonly #room: CardReaderOptions;
  /** One at a time: a person has one import page. */
  #open: Open | null = null;

  constructor(room: CardReaderOptions) {
    this.#room = room;
  }

  /** @throws CoreError NOT_FOUND, UNAVAILABLE; the signal's reason. */
  async open(path: string, signal?: AbortSignal): Promise<CardFiles[]> {
    const photos = await listCard(this.#room.disk, path, signal);
    await this.close();
    this.#open = {
      path,
      photos: new Map(photos.map((photo) => [photo.id, photo])),
      looked: new Map(),
      exiftool: this.#room.exiftool(),
    };
    return photos;
  }

  /** Looks into these photos where that was not done yet. @throws CoreError UNAVAILABLE when the card has gone. */
  async look(path: string, ids: readonly number[], signal?: AbortSignal): Promise<CardPhoto[]> {
    const open = this.#require(path);
    const result: CardPhoto[] = [];
    for (const id of ids) {
      signal?.throwIfAborted();
      const photo = open.photos.get(id);
      if (photo === undefined) throw new CoreError('NOT_FOUND', 'There is no such photo on the card.');
      let looked = open.looked.get(id);
      if (looked === undefined) {
        try {
          looked = await lookAtCardPhoto(this.#room.catalog, this.#room.disk, photo, open.exiftool, signal);
        } catch (error) {
          signal?.throwIfAborted();
          throw new CoreError('UNAVAILABLE', `${photo.relativePath} cannot be read from the card.`, { cause: error });
        }
        open.looked.set(id, looked);
      }
      result.push(looked);
    }
    return result;
  }

  /** @returns a small JPEG, upright. @throws UnreadablePhoto; CoreError NOT_FOUND. */
  async thumb(path: string, id: number, signal?: AbortSignal): Promise<Buffer> {
    const photo = this.#require(path).photos.get(id);
    const file = photo?.files.find(({ role }) => role !== 'sidecar');
    if (file === undefined) throw new CoreError('NOT_FOUND', 'There is no such photo on the card.');
    const { data, width, height } = await this.#room.show(file.path, THUMB, signal);
    return sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: THUMB_QUALITY })
      .toBuffer();
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    await open?.exiftool.close();
  }

  #require(path: string): Open {
    if (this.#open?.path !== path) throw new CoreError('CONFLICT', 'Another card was opened since: open it again.');
    return this.#open;
  }
}
