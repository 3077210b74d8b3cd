/** What the contract's calls work with: the same services that the verbs of the command line use. */
import type { EvidenceKind, LocatedEvidence } from '../../../shared/evidence.ts';
import type { FaceSearch } from '../analysis/face-search.ts';
import type { Library } from '../analysis/library.ts';
import type { DiskTokens } from '../base/disk-tokens.ts';
import type { Changes } from '../base/events.ts';
import type { JobRunner } from '../base/jobs.ts';
import type { Questions } from '../base/questions.ts';
import type { Finding, LogLine } from '../base/records.ts';
import type { SettingsStore } from '../base/settings-store.ts';
import type { PhotoColumns } from '../catalog/columns.ts';
import type { Catalog } from '../catalog/open.ts';
import type { Critics } from '../critics/critics.ts';
import type { Culling } from '../culling/culling.ts';
import type { Moments } from '../culling/service.ts';
import type { Taste } from '../culling/taste/taste.ts';
import type { RemoteEngines } from '../engines/remote-engines.ts';
import type { ModelShelf } from '../engines/shelf.ts';
import type { History } from '../history/history.ts';
import type { Feedback } from '../learning/feedback.ts';
import type { WordAnew } from '../originals/dataset/dataset.ts';
import type { Originals } from '../originals/originals.ts';
import type { Sidecars } from '../originals/sidecars/service.ts';
import type { Reports } from '../report/reports.ts';

export type Services = {
  shell: 'desktop' | 'browser';
  dataDirectory: string;
  questions: Questions;
  log: (line: LogLine) => void;
  catalog: Catalog;
  columns: PhotoColumns;
  changes: Changes;
  history: History;
  culling: Culling;
  taste: Taste;
  moments: Moments;
  faces: FaceSearch;
  /** Where on a photo things were measured. */
  evidence: (photo: number, kinds: readonly EvidenceKind[], signal?: AbortSignal) => Promise<LocatedEvidence[]>;
  jobs: JobRunner;
  library: Library;
  sidecars: Sidecars;
  originals: Originals;
  feedback: Feedback;
  /** Words an answer anew with the chosen writer, for data sets. */
  wordAnew: WordAnew;
  reports: Reports;
  critics: Critics;
  models: ModelShelf;
  remoteEngines: RemoteEngines;
  settings: SettingsStore;
  tokens: DiskTokens;
  doctor: (signal: AbortSignal | undefined) => Promise<Finding[]>;
};
