import './jobs.css';
import type { Job } from '../../../shared/job.ts';
import { useJobs } from '../../store/hooks.ts';
import { isUnderWay, shareDone } from '../../store/jobs.ts';
import { steerJob } from '../../store/stores.ts';
import { Bar } from '../../ui/Bar.tsx';
import { Button } from '../../ui/Button.tsx';
import { jobLine } from './words.ts';

/** All long work: how far, how fast, how long still; pause, resume, cancel. */
export function JobList() {
  const list = useJobs((state) => state.list);
  if (list.length === 0) {
    return <p className="job-none">Nothing is running. Indexing, grading and downloads show here while they work.</p>;
  }
  const ended = list.filter((job) => !isUnderWay(job));
  return (
    <>
      <ul className="jobs">
        {[...list.filter(isUnderWay), ...ended.toSorted((a, b) => b.createdAt - a.createdAt)].map((job) => (
          <li key={job.id}>
            <JobRow job={job} />
          </li>
        ))}
      </ul>
      {ended.length > 1 && (
        <div className="jobs-end">
          <Button onClick={() => ended.forEach(({ id }) => void steerJob(id, 'dismiss'))}>
            Dismiss what has ended
          </Button>
        </div>
      )}
    </>
  );
}

/** Only what runs may move: what waits has an empty bar. */
function barShare(job: Job): number | null {
  return shareDone(job) ?? (job.state === 'running' ? null : 0);
}

function JobRow({ job }: { job: Job }) {
  const underWay = isUnderWay(job);
  const detail = jobLine({ ...job, title: '' });
  const isTold = job.state !== 'running' || job.description === job.title;
  const about = job.error ?? (isTold ? '' : job.description);
  return (
    <div className="job" data-state={job.state}>
      <div className="job-text">
        <strong className="cut">{job.title}</strong>
        {about !== '' && <span className="cut">{about}</span>}
        {underWay && <Bar share={barShare(job)} label={job.title} still={job.state !== 'running'} />}
        <span>{detail}</span>
      </div>
      {job.state === 'running' && job.canPause && (
        <Button icon="pause" label={`Pause ${job.title}`} onClick={() => steerJob(job.id, 'pause')} />
      )}
      {(job.state === 'paused' || (job.state === 'failed' && job.canPause)) && (
        <Button icon="play" label={`Resume ${job.title}`} onClick={() => steerJob(job.id, 'resume')} />
      )}
      {underWay ? (
        <Button icon="stop" label={`Cancel ${job.title}`} onClick={() => steerJob(job.id, 'cancel')} />
      ) : (
        <Button icon="close" label={`Dismiss ${job.title}`} onClick={() => steerJob(job.id, 'dismiss')} />
      )}
    </div>
  );
}
