/** Long work of the core: what runs, how far it is, and the verbs a person has over it. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Job } from '../../shared/job.ts';
import type { Api } from './connection.ts';
import type { NoticesStore } from './notices.ts';

export function isUnderWay(job: Job): boolean {
  return job.state === 'running' || job.state === 'queued' || job.state === 'paused';
}

/** Share done 0–1, or null while the whole is being counted. */
export function shareDone(job: Job): number | null {
  return job.total === null || job.total === 0 ? null : Math.min(1, job.done / job.total);
}

export interface JobsStore {
  jobs: StoreApi<{ list: readonly Job[] }>;
  receiveJobs(list: readonly Job[]): void;
  readJobs(): Promise<void>;
  /** Pauses, resumes, cancels or dismisses a job. */
  steerJob(id: number, verb: 'pause' | 'resume' | 'cancel' | 'dismiss'): void;
}

export function createJobsStore({ api, notifyProblem }: { api: Api } & Pick<NoticesStore, 'notifyProblem'>): JobsStore {
  const jobs = createStore<{ list: readonly Job[] }>(() => ({ list: [] }));
  const receiveJobs = (list: readonly Job[]): void => jobs.setState({ list });
  return {
    jobs,
    receiveJobs,
    async readJobs() {
      try {
        receiveJobs(await api.jobs.list({}));
      } catch {
        // Read again when the way to the core is back.
      }
    },
    steerJob(id, verb) {
      api.jobs[verb]({ id }).catch(notifyProblem);
    },
  };
}
