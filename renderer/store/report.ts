/** The critique of the place that is shown. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Query } from '../../shared/query.ts';
import type { ShootReport } from '../../shared/report.ts';
import { type Api, type ConnectionStore, wasAborted } from './connection.ts';
import type { JobsStore } from './jobs.ts';
import type { LibraryStore } from './library.ts';
import type { NoticesStore } from './notices.ts';
import { type PlacesStore, sourceTitle } from './places.ts';

export interface ReportState {
  report: ShootReport | null;
  problem: string | null;
  version: ShootReport['version'];
  /** How many photos were counted of how many; null while nothing is counted. */
  counted: { done: number; total: number } | null;
  /** The model is writing. */
  writing: boolean;
}

export interface ReportStore {
  report: StoreApi<ReportState>;
  readReport(query: Query, version: ShootReport['version']): Promise<void>;
  /** Stops the counting. */
  leaveReport(): void;
  /** Has the chosen model say it in a few sentences. */
  wordReport(): Promise<void>;
  setReportVersion(version: ShootReport['version']): void;
  /** A job writes it as one file into the folder that a token names. */
  writeReport(folder: string, ending: 'html' | 'pdf'): Promise<void>;
}

export function createReportStore({
  api,
  sentenceOf,
  library,
  places,
  jobEnded,
  sayEnded,
  notifyProblem,
}: { api: Api } & Pick<ConnectionStore, 'sentenceOf'> &
  Pick<LibraryStore, 'library'> &
  Pick<PlacesStore, 'places'> &
  Pick<JobsStore, 'jobEnded' | 'sayEnded'> &
  Pick<NoticesStore, 'notifyProblem'>): ReportStore {
  const report = createStore<ReportState>(() => ({
    report: null,
    problem: null,
    version: 'full',
    counted: null,
    writing: false,
  }));
  const titleOf = (query: Query): string => sourceTitle(query.source, places.getState());
  let latest = 0;
  let reading = new AbortController();
  return {
    report,
    async readReport(query, version) {
      const mine = ++latest;
      reading.abort();
      reading = new AbortController();
      try {
        const steps = await api.report.read({ query, title: titleOf(query), version }, { signal: reading.signal });
        for await (const step of steps) {
          if (mine !== latest) return;
          if (step.kind === 'progress') report.setState({ counted: step });
          else report.setState({ report: step.report, problem: null });
        }
      } catch (error) {
        if (mine === latest && !wasAborted(error)) report.setState({ report: null, problem: sentenceOf(error) });
      } finally {
        if (mine === latest) report.setState({ counted: null });
      }
    },
    leaveReport: () => reading.abort(),
    async wordReport() {
      const { query } = library.getState();
      const mine = latest;
      report.setState({ writing: true });
      try {
        const found = await api.report.words({ query, title: titleOf(query) });
        if (mine === latest) report.setState({ report: found });
      } catch (error) {
        notifyProblem(error);
      } finally {
        report.setState({ writing: false });
      }
    },
    setReportVersion: (version) => report.setState({ version }),
    async writeReport(folder, ending) {
      const { query } = library.getState();
      try {
        const title = titleOf(query);
        const { version } = report.getState();
        const { job } = await api.report.write({ query, title, version, folder, ending });
        sayEnded(await jobEnded(job));
      } catch (error) {
        notifyProblem(error);
      }
    },
  };
}
