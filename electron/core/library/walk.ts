/** Walks a root and finds every picture and sidecar below it. Reads names and stats only; opens a file just to sniff one of unknown extension. */

/** A file that belongs into the library. */
export type FoundFile = {
  type: 'file';
  /** `sidecar`: .xmp or .aae. A picture is a candidate: whether it can be read shows when it is looked at. */
  role: 'picture' | 'sidecar';
  /** Below the root, with `/` between folders, the name exactly as the system gives it (NFC and NFD are different names). */
  relativePath: string;
  /** Bytes. */
  size: number;
  /** Milliseconds since 1970, with fraction. */
  mtimeMs: number;
  /** Device and inode as decimal text (they do not fit a double on every system). */
  device: string;
  inode: string;
};

/** Something below the root that could not be walked, with a sentence for people. `rootGone`: the root itself is missing. */
export type WalkProblem = {
  type: 'problem';
  relativePath: string;
  reason: string;
  /** The photos below this path must not be taken for removed: they could not be seen. */
  hidesContents: boolean;
  rootGone: boolean;
};

export type WalkOptions = { signal?: AbortSignal };

/** Every file below a root, folders in no promised order. Ends early by throwing the signal's reason. */
export async function* walkRoot(_root: string, _options: WalkOptions = {}): AsyncGenerator<FoundFile | WalkProblem> {
  throw new Error('walkRoot is not written yet');
}
