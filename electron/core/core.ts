/**
 * The composition root: opens the catalog, starts the jobs, makes the handlers, closes everything again.
 * Runs in a utility process of Electron or in Node; shells (window, browser, command line) only talk to `Core`.
 */
import type { Router } from '@orpc/server';
import type { PictureSize } from '../../shared/addresses.ts';
import type { CoreEvent, contract } from '../../shared/contract.ts';
import type { Reason } from '../../shared/critique.ts';
import type { Level } from '../../shared/grade.ts';
import type { Job } from '../../shared/job.ts';
import type { Color, Flag, Kind, PhotoState } from '../../shared/photo.ts';
import type { SortKey } from '../../shared/query.ts';
import type { Settings } from '../../shared/settings.ts';

export { CoreError, type CoreErrorCode } from './core-error.ts';

export type LogLine = { level: 'info' | 'warning' | 'error'; text: string };

export type CoreOptions = {
  /** Where catalog and previews live; made when it is missing. */
  dataDirectory: string;
  shell: 'desktop' | 'browser';
  log: (line: LogLine) => void;
  /** Only reads: needs no lock, so it works beside a running Keeplight. Default false. */
  readOnly?: boolean;
  /** Continue unfinished jobs and watch the roots (the app); false for a single verb of the command line. Default true. */
  background?: boolean;
};

/** Calls carry nothing beside their input: who may call is the shell's business. */
export type CoreContext = Record<never, never>;
export type CoreRouter = Router<typeof contract, CoreContext>;

/** A file to send as it is, or bytes made for this call. `type` is a MIME type. */
export type ServedPicture = { path: string; type: string } | { bytes: Uint8Array; type: string };

export type IndexProgress = {
  phase: 'scan' | 'look';
  done: number;
  /** Null while it is being counted. */
  total: number | null;
  failed: number;
  /** For people. */
  text: string;
};

/** What `index --json` prints. */
export type IndexReport = {
  /** Folders that were indexed. */
  roots: number;
  /** Photos in them now. */
  photos: number;
  /** Photos looked at in this run. */
  indexed: number;
  /** Photos left untouched. */
  unchanged: number;
  /** Absolute paths with a sentence each; also those that failed in earlier runs and are still broken. */
  failed: { path: string; reason: string }[];
  seconds: number;
  /** Jobs that ran for it. */
  jobs: number;
};

/** A photo as `list --json` and `show --json` print it. */
export type ListedPhoto = {
  id: number;
  /** Absolute path of the file that stands for the photo. */
  path: string;
  /** Absolute paths of all its files, that one first, sidecars last. */
  files: string[];
  kind: Kind;
  /** As seen upright; 0 when unknown. */
  width: number;
  height: number;
  /** Wall time at the place, ISO 8601, with the zone where the camera said it. */
  takenAt: string | null;
  camera: string | null;
  grade: {
    value: number;
    level: Level;
    critic: string;
    confidence: number;
    reasons: Reason[];
  } | null;
  measures: Record<string, unknown> | null;
  flag: Flag;
  stars: number;
  color: Color;
  stack: { id: number; size: number; top: boolean } | null;
  state: PhotoState;
  error: string | null;
};

export type ListOptions = {
  sort?: SortKey;
  order?: 'asc' | 'desc';
  /** Text of shared/filter-text.ts. */
  filter?: string;
  limit?: number;
};

export type Finding = {
  name: string;
  state: 'works' | 'limited' | 'missing';
  text: string;
  remedy: string | null;
};

export type Core = {
  readonly router: CoreRouter;
  readonly dataDirectory: string;
  readonly settings: Settings;
  /** @throws CoreError NOT_FOUND for an unknown id, or when nothing can be shown. */
  picture(size: PictureSize, id: number, options?: { signal?: AbortSignal }): Promise<ServedPicture>;
  /** Adds a folder and starts indexing it. @throws CoreError when it is no folder. @returns the root's id. */
  addRoot(path: string): Promise<number>;
  /** Adds the folders and returns when every photo in them has been looked at. */
  index(
    paths: readonly string[],
    options?: { signal?: AbortSignal; onProgress?: (progress: IndexProgress) => void },
  ): Promise<IndexReport>;
  list(options?: ListOptions): ListedPhoto[];
  /** @throws CoreError NOT_FOUND. */
  show(idOrPath: number | string): ListedPhoto;
  /** One step of the history. @throws CoreError NOT_FOUND, and then nothing was changed. */
  mark(
    idsOrPaths: readonly (number | string)[],
    mark: { flag?: Flag; stars?: number; color?: Color },
  ): { changed: number; photos: ListedPhoto[] };
  /** The id of a photo given by id (also as text) or by the path of any of its files. @throws CoreError NOT_FOUND. */
  resolvePhoto(idOrPath: number | string): number;
  /** A folder or file chosen in a native dialog → a token that the page can pass on. */
  diskToken(path: string): string;
  /** Path of the file that stands for the photo: for the desktop shell, which shows it in the file manager. */
  revealPath(id: number): string;
  doctor(options?: { signal?: AbortSignal }): Promise<Finding[]>;
  jobs(): Job[];
  /** @returns ends the subscription. */
  subscribe(listener: (event: CoreEvent) => void): () => void;
  /** Finishes the writing in hand and lets go of everything; jobs continue at the next start. */
  close(): Promise<void>;
};

/**
 * @throws CoreError CONFLICT: another Keeplight uses the data folder, or the catalog is newer than this program;
 *   READ_ONLY or DISK_FULL: the data folder cannot be written.
 */
export async function openCore(options: CoreOptions): Promise<Core> {
  throw new Error(`Opening ${options.dataDirectory} is not written yet.`);
}
