/** The critique of the place that is shown. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Query } from '../../shared/query.ts';
import type { ShootReport } from '../../shared/report.ts';
import type { Api, ConnectionStore } from './connection.ts';
import type { LibraryStore } from './library.ts';
import type { NoticesStore } from './notices.ts';
import { type PlacesStore, sourceTitle } from './places.ts';

export interface ReportState {
  report: ShootReport | null;
  problem: string | null;
  version: ShootReport['version'];
  /** The model is writing. */
  writing: boolean;
}

export interface ReportStore {
  report: StoreApi<ReportState>;
  readReport(query: Query, version: ShootReport['version']): Promise<void>;
  /** Has the chosen model say it in a few sentences. */
  wordReport(): Promise<void>;
  setReportVersion(version: ShootReport['version']): void;
  /** Writes it as one file into the folder that a token names. */
  writeReport(folder: string, ending: 'html' | 'pdf'): Promise<void>;
}

export function createReportStore({
  api,
  sentenceOf,
  library,
  places,
  notify,
  notifyProblem,
}: { api: Api } & Pick<ConnectionStore, 'sentenceOf'> &
  Pick<LibraryStore, 'library'> &
  Pick<PlacesStore, 'places'> &
  Pick<NoticesStore, 'notify' | 'notifyProblem'>): ReportStore {
  const report = createStore<ReportState>(() => ({ report: null, problem: null, version: 'full', writing: false }));
  const titleOf = (query: Query): string => sourceTitle(query.source, places.getState());
  let latest = 0;
  return {
    report,
    async readReport(query, version) {
      const mine = ++latest;
      try {
        const found = await api.report.read({ query, title: titleOf(query), version });
        if (mine === latest) report.setState({ report: found, problem: null });
      } catch (error) {
        if (mine === latest) report.setState({ report: null, problem: sentenceOf(error) });
      }
    },
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
        const { name } = await api.report.write({ query, title, version: report.getState().version, folder, ending });
        notify(`${name} is written`);
      } catch (error) {
        notifyProblem(error);
      }
    },
  };
}
