/** Progress in words. Pure, for tests. */
import type { Job } from '../../../shared/job.ts';

/** A time that is left, as rough as it is known: `40 s`, `12 min`, `1 h 44 min`. */
export function timeLeft(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s left`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min left`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h left` : `${hours} h ${minutes % 60} min left`;
}

function number(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 10 && !Number.isInteger(value) ? 1 : 0 });
}

/** How fast: `14 a second` or, where that is slow, `41 a minute`. */
export function rateText(job: Job): string | null {
  const { rate } = job;
  if (rate === null || rate <= 0) return null;
  if (job.unit === 'MB') return `${number(rate)} MB a second`;
  if (rate >= 1.5) return `${number(rate)} a second`;
  return rate * 60 >= 1 ? `${number(rate * 60)} a minute` : `${number(rate * 3600)} an hour`;
}

const STATES: Readonly<Record<Job['state'], string>> = {
  queued: 'Waiting',
  running: '',
  paused: 'Paused',
  done: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

/** How far: `8,112 of 12,408`, `37 found`. */
export function progressText(job: Job): string {
  const unit = job.unit === 'photos' ? '' : ` ${job.unit}`;
  if (job.total === null) return job.done > 0 ? `${number(job.done)}${unit} so far` : '';
  return `${number(job.done)} of ${number(job.total)}${unit}`;
}

/** The whole of it in one line for the status bar. */
export function jobLine(job: Job): string {
  const running = job.state === 'running';
  const parts = [
    job.title,
    STATES[job.state],
    progressText(job),
    running ? rateText(job) : null,
    running && job.secondsLeft !== null && job.total !== null ? timeLeft(job.secondsLeft) : null,
    job.failed > 0 ? `${number(job.failed)} failed` : null,
  ];
  return parts.filter((part) => part !== null && part !== '').join(' · ');
}
