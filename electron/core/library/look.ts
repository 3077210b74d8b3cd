/** The one pass over a photo: read once, decode once, derive everything. */
import type { Measures } from '../measure/measure.ts';
import type { FileKind } from './identify.ts';
import type { Metadata } from './metadata.ts';

export const PREVIEW_EDGES = { thumb: 320, screen: 2048 } as const;
export type PreviewSize = keyof typeof PREVIEW_EDGES;

export type LookRequest = {
  /** Absolute paths of the photo's picture files, best for showing first (PairedPhoto.pictures). */
  files: string[];
  /** Where the previews go: see `previewPath`. Written to a neighbour and renamed. */
  previews: Record<PreviewSize, string>;
};

export type Look = {
  /** `damaged`: a part of the picture shows (there are previews) and `reason` says what is wrong. `failed`: none. */
  state: 'ready' | 'damaged' | 'failed';
  /** A sentence for people; null when ready. */
  reason: string | null;
  /** Which of the request's files the picture came from. */
  fileIndex: number;
  /** Of each file of the request, by content; null for one that could not be read. */
  kinds: (FileKind | null)[];
  /** See fingerprint.ts; null for a file that could not be read. */
  fingerprints: (string | null)[];
  /** Hash of all bytes of the file at `fileIndex`; changes whenever its content does. */
  contentHash: string | null;
  /** Of the file that knows most (the RAW of a pair); all null when nothing could be read. */
  metadata: Metadata;
  picture: LookedPicture | null;
};

export type LookedPicture = {
  /** Of the photo seen upright, full resolution. */
  width: number;
  height: number;
  /** Of the derived previews. */
  screen: { width: number; height: number };
  thumb: { width: number; height: number };
  /** Blurred stand-in, see stand-in.ts: base64 of at most 32 bytes. */
  standIn: string;
  /** `#rrggbb`. */
  averageColor: string;
  measures: Measures;
};

/** `<data>/previews/<2 hex>/<photo>-<version>-<size>.jpg`. */
export function previewPath(
  _data: string,
  _photo: number | string,
  _version: number | string,
  _size: PreviewSize,
): string {
  throw new Error('previewPath is not written yet');
}
