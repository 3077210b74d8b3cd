/** Waiting for a job as a verb does: told how far it is, and cancelling it where the waiting ends. */
import type { Job } from '../../../shared/job.ts';
import { CoreError } from './core-error.ts';
import type { Changes } from './events.ts';
import type { JobRunner } from './jobs.ts';

/** @throws CoreError CONFLICT with the job's reason; the signal's reason, and then the job is cancelled. */
export async function finishJob(
  jobs: JobRunner,
  changes: Changes,
  id: number,
  signal: AbortSignal | undefined,
  onProgress: ((progress: { text: string }) => void) | undefined,
): Promise<void> {
  const unsubscribe = changes.subscribe((event) => {
    const job = event.kind === 'jobs' ? event.jobs.find((candidate) => candidate.id === id) : undefined;
    if (job) onProgress?.({ text: progressText(job) });
  });
  const cancel = () => void jobs.cancel(id);
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    const job = await jobs.settled(id);
    signal?.throwIfAborted();
    if (job.state !== 'done') throw new CoreError('CONFLICT', job.error ?? `"${job.title}" was stopped.`);
  } finally {
    signal?.removeEventListener('abort', cancel);
    unsubscribe();
  }
}

function progressText({ title, description, done, total, unit }: Job): string {
  const many = (value: number) => Math.round(value).toLocaleString('en');
  return `${title}: ${description}${total === null ? '' : ` (${many(done)} of ${many(total)} ${unit})`}`;
}
