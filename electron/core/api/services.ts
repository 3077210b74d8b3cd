/** What the handlers work with. */

import type { Library } from '../analysis/library.ts';
import type { DiskTokens } from '../base/disk-tokens.ts';
import type { Changes } from '../base/events.ts';
import type { JobRunner } from '../base/jobs.ts';
import type { SettingsStore } from '../base/settings-store.ts';
import type { PhotoColumns } from '../catalog/columns.ts';
import type { Catalog } from '../catalog/open.ts';
import type { Finding, LogLine } from '../core.ts';
import type { Critics } from './critic-room.ts';

export type Services = {
  shell: 'desktop' | 'browser';
  dataDirectory: string;
  log: (line: LogLine) => void;
  catalog: Catalog;
  columns: PhotoColumns;
  changes: Changes;
  jobs: JobRunner;
  library: Library;
  critic: Critics;
  settings: SettingsStore;
  tokens: DiskTokens;
  doctor: (signal: AbortSignal | undefined) => Promise<Finding[]>;
};
