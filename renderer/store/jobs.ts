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
  /** The job when it has ended; null when it was dismissed or forgotten before anybody saw it end. */
  jobEnded(id: number): Promise<Job | null>;
  /** Says what a job has made, or why it has not. */
  sayEnded(job: Job | null): void;
  /** Pauses, resumes, cancels or dismisses a job. */
  steerJob(id: number, verb: 'pause' | 'resume' | 'cancel' | 'dismiss'): void;
}

export function createJobsStore({
  api,
  notify,
  notifyProblem,
}: { api: Api } & Pick<NoticesStore, 'notify' | 'notifyProblem'>): JobsStore {
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
    jobEnded: (id) =>
      new Promise((resolve) => {
        let wasListed = false;
        const look = ({ list }: { list: readonly Job[] }): boolean => {
          const job = list.find((one) => one.id === id);
          wasListed ||= job !== undefined;
          if (job ? isUnderWay(job) : !wasListed) return false;
          resolve(job ?? null);
          return true;
        };
        if (look(jobs.getState())) return;
        const unsubscribe = jobs.subscribe((state) => {
          if (look(state)) unsubscribe();
        });
      }),
    sayEnded(job) {
      if (job?.state === 'done') notify(job.description);
      else if (job?.state === 'failed') notify(job.error ?? `"${job.title}" failed.`, null, 'problem');
    },
    steerJob(id, verb) {
      api.jobs[verb]({ id }).catch(notifyProblem);
    },
  };
}
