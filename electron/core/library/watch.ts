/** Watches roots and says below which folder something changed; the scan finds out what. */

export type RootEvent =
  /** Folders (relative to the root, '' for the root itself) whose contents changed; scan each with what lies below it. */
  | { type: 'changed'; root: string; folders: string[] }
  /** The root vanished (unplugged) or came back. */
  | { type: 'gone' | 'back'; root: string }
  /** The system cannot watch all folders; scanning by hand still works. */
  | { type: 'limited'; root: string; reason: string };

export interface RootWatcher {
  add(root: string): void;
  remove(root: string): Promise<void>;
  close(): Promise<void>;
}

export function watchRoots(_onEvent: (event: RootEvent) => void): RootWatcher {
  throw new Error('watchRoots is not written yet');
}
