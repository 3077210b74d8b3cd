/** What the handlers work with. */
import type { PhotoColumns } from '../catalog/columns.ts';
import type { Catalog } from '../catalog/open.ts';
import type { Changes } from '../changes.ts';
import type { Finding, LogLine } from '../core.ts';
import type { JobRunner } from '../jobs.ts';
import type { Library } from '../library/library.ts';
import type { CriticRoom } from './critic-room.ts';
import type { DiskTokens } from './disk-tokens.ts';
import type { SettingsStore } from './settings-store.ts';

export type HandlerRoom = {
  shell: 'desktop' | 'browser';
  dataDirectory: string;
  log: (line: LogLine) => void;
  catalog: Catalog;
  columns: PhotoColumns;
  changes: Changes;
  jobs: JobRunner;
  library: Library;
  critic: CriticRoom;
  settings: SettingsStore;
  tokens: DiskTokens;
  doctor: (signal: AbortSignal | undefined) => Promise<Finding[]>;
};
