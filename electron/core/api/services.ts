/** What the contract's calls work with: the same services that the verbs of the command line use. */
import type { Library } from '../analysis/library.ts';
import type { DiskTokens } from '../base/disk-tokens.ts';
import type { Changes } from '../base/events.ts';
import type { JobRunner } from '../base/jobs.ts';
import type { Finding, LogLine } from '../base/records.ts';
import type { SettingsStore } from '../base/settings-store.ts';
import type { PhotoColumns } from '../catalog/columns.ts';
import type { Catalog } from '../catalog/open.ts';
import type { Critics } from '../critics/critics.ts';
import type { ModelShelf } from '../engines/shelf.ts';
import type { History } from '../history/history.ts';
import type { Originals } from '../originals/originals.ts';
import type { Reports } from '../report/reports.ts';

export type Services = {
  shell: 'desktop' | 'browser';
  dataDirectory: string;
  log: (line: LogLine) => void;
  catalog: Catalog;
  columns: PhotoColumns;
  changes: Changes;
  history: History;
  jobs: JobRunner;
  library: Library;
  originals: Originals;
  reports: Reports;
  critics: Critics;
  models: ModelShelf;
  settings: SettingsStore;
  tokens: DiskTokens;
  doctor: (signal: AbortSignal | undefined) => Promise<Finding[]>;
};
