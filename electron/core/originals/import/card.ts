/** What is on a card: photos with their companions, and whether the library has each already, by content. */
import { join } from 'node:path';
import { CoreError } from '../../base/core-error.ts';
import { filesByFingerprint } from '../../catalog/batches.ts';
import type { Catalog } from '../../catalog/open.ts';
import type { OutgoingPhoto } from '../../catalog/outgoing.ts';
import { pairFiles } from '../../files/companions.ts';
import type { DiskReader } from '../../files/disk-reader.ts';
import type { FoundFile } from '../../files/walk.ts';
import type { Exiftool, ExiftoolAnswer } from '../../formats/exiftool.ts';
import { sameContent, sizeOf } from '../files/place-file.ts';

export type CardPhoto = OutgoingPhoto & {
  /** Path in the library of a file with the same bytes as the main one; null: it is new. */
  known: string | null;
};

/** A photo as it lies on the card, before a byte of it was read. */
export type CardFiles = Pick<OutgoingPhoto, 'id' | 'files'> & {
  /** Below the card, '/' between folders. */
  relativePath: string;
  modifiedAt: number;
};

const NEVER = new AbortController().signal;

/**
 * The photos of a card by their names alone, in the order of its folders.
 * @throws CoreError NOT_FOUND when the card is not there, UNAVAILABLE; the signal's reason.
 */
export async function listCard(disk: DiskReader, card: string, signal: AbortSignal = NEVER): Promise<CardFiles[]> {
  if (!(await disk.isFolder(card).catch(() => false))) throw new CoreError('NOT_FOUND', `There is no folder ${card}.`);
  const files: FoundFile[] = [];
  for await (const entry of disk.walk(card, signal)) {
    if (entry.type === 'file') files.push(entry);
    else if (entry.rootGone) throw new CoreError('UNAVAILABLE', `${card} cannot be read: ${entry.reason}`);
  }
  const { photos } = pairFiles(files);
  // By name, whatever order the card's folders have: an import that is asked for again numbers its photos alike.
  photos.sort((a, b) => (a.primary.relativePath < b.primary.relativePath ? -1 : 1));
  return photos.map((photo, index) => {
    const all = [photo.primary, ...photo.pictures.filter((file) => file !== photo.primary), ...photo.sidecars];
    return {
      // Numbers of photos of a card are only theirs; the library gives others.
      id: index + 1,
      relativePath: photo.primary.relativePath,
      modifiedAt: photo.primary.mtimeMs,
      files: all.map((file) => ({
        path: join(card, file.relativePath),
        name: file.relativePath.slice(file.relativePath.lastIndexOf('/') + 1),
        role: file === photo.primary ? 'main' : file.role === 'sidecar' ? 'sidecar' : 'companion',
        size: file.size,
      })),
    };
  });
}

/** Looks into a photo of a card: whether the library has it, and when and with what it was taken. */
export async function lookAtCardPhoto(
  catalog: Catalog,
  disk: DiskReader,
  photo: CardFiles,
  exiftool: Exiftool,
  signal?: AbortSignal,
): Promise<CardPhoto> {
  const { path } = photo.files[0]!;
  const known = await knownAs(catalog, disk, path, signal);
  const tags: ExiftoolAnswer['tags'] = known === null ? await tagsOf(exiftool, path) : {};
  return {
    id: photo.id,
    known,
    files: photo.files,
    facts: {
      takenAt: timeOf(tags.DateTimeOriginal ?? tags.CreateDate) ?? photo.modifiedAt,
      shoot: '',
      camera: typeof tags.Model === 'string' ? tags.Model.trim() : null,
      lens: typeof tags.LensModel === 'string' ? tags.LensModel.trim() : null,
      iso: typeof tags.ISO === 'number' ? tags.ISO : null,
      title: null,
      stars: 0,
      color: 'none',
      flag: 'none',
    },
  };
}

/**
 * Every picture has some tags: without any, exiftool did not come up or was given up. On a busy computer that happens to
 * the first question, and the photo must not be filed under the day on which its file was written.
 */
async function tagsOf(exiftool: Exiftool, path: string): Promise<ExiftoolAnswer['tags']> {
  const question = { path, previewLongerThan: null };
  const { tags } = await exiftool.ask(question);
  return Object.keys(tags).length > 0 ? tags : (await exiftool.ask(question)).tags;
}

/** In the order in which they were taken. */
export const byTime = (photos: readonly CardPhoto[]): CardPhoto[] =>
  photos.toSorted((a, b) => (a.facts.takenAt ?? 0) - (b.facts.takenAt ?? 0) || a.id - b.id);

/** All of a card. @throws CoreError NOT_FOUND when the card is not there; the signal's reason. */
export async function readCard(
  catalog: Catalog,
  disk: DiskReader,
  card: string,
  exiftool: Exiftool,
  { signal, onProgress }: { signal?: AbortSignal | undefined; onProgress?: (done: number, total: number) => void },
): Promise<CardPhoto[]> {
  const listed = await listCard(disk, card, signal);
  const photos: CardPhoto[] = [];
  for (const photo of listed) {
    signal?.throwIfAborted();
    onProgress?.(photos.length, listed.length);
    photos.push(await lookAtCardPhoto(catalog, disk, photo, exiftool, signal));
  }
  return byTime(photos);
}

/** A file of the library with the same bytes, under whatever name. */
async function knownAs(
  catalog: Catalog,
  disk: DiskReader,
  path: string,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  for (const candidate of filesByFingerprint(catalog, await disk.fingerprint(path))) {
    // A fingerprint sees the ends of a file only; a drive that is away cannot be asked, and is believed.
    const isAway = (await sizeOf(candidate).catch(() => null)) === null;
    if (isAway || (await sameContent(path, candidate, signal))) return candidate;
  }
  return null;
}

/** `2026:05:17 09:12:05` as the camera's wall clock, or what exiftool made of it. */
function timeOf(tag: unknown): number | null {
  const text = tag === undefined ? '' : String(tag);
  const parts = /(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)/.exec(text);
  if (parts === null || Number(parts[1]) < 1900) return null;
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
