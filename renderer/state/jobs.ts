/** Long work of the core: what runs, how far it is, and the verbs a person has over it. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Job } from '../../shared/job.ts';
import { api } from './client.ts';
import { notifyProblem } from './notices.ts';

export const jobs = createStore<{ list: readonly Job[] }>(() => ({ list: [] }));
export const useJobs = <T>(pick: (state: { list: readonly Job[] }) => T): T => useStore(jobs, pick);

export function receiveJobs(list: readonly Job[]): void {
  jobs.setState({ list });
}

export async function readJobs(): Promise<void> {
  try {
    receiveJobs(await api.jobs.list({}));
  } catch {
    // Read again when the way to the core is back.
  }
}

export function isUnderWay(job: Job): boolean {
  return job.state === 'running' || job.state === 'queued' || job.state === 'paused';
}

/** Share done 0–1, or null while the whole is being counted. */
export function shareDone(job: Job): number | null {
  return job.total === null || job.total === 0 ? null : Math.min(1, job.done / job.total);
}

/** Pauses, resumes, cancels or dismisses a job. */
export function steerJob(id: number, verb: 'pause' | 'resume' | 'cancel' | 'dismiss'): void {
  api.jobs[verb]({ id }).catch(notifyProblem);
}
