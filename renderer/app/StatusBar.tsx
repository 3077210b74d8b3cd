import { type ReactNode, useState } from 'react';
import { useStore } from 'zustand';
import { bytesText } from '../../shared/bytes.ts';
import { showsPhotos } from '../../shared/views.ts';
import { useApp, useJobs, useLibrary, useSelection, useView } from '../store/hooks.ts';
import { isUnderWay, shareDone } from '../store/jobs.ts';
import { connection } from '../store/stores.ts';
import { Bar } from '../ui/Bar.tsx';
import { Popover } from '../ui/Popover.tsx';
import { tip } from '../ui/Tooltip.tsx';
import { backendText } from './backendText.ts';
import { JobList } from './jobs/JobList.tsx';
import { jobLine } from './jobs/words.ts';
import { SidecarQuestion } from './SidecarQuestion.tsx';

/** The line at the foot: what runs, what is selected, what judges, and what the view adds. */
export function StatusBar({ children }: { children: ReactNode }) {
  const selected = useSelection((state) => state.ids.size);
  const total = useLibrary((state) => state.order.expected);
  const view = useView((state) => state.view);
  return (
    <footer className="status" data-region="status">
      <Work />
      <SidecarQuestion />
      <span className="status-end">
        {total > 0 && selected > 0 && showsPhotos(view) && <span>{selected.toLocaleString('en')} selected</span>}
        <EngineWord />
        {children}
      </span>
    </footer>
  );
}

/** The work that is ahead, as one button that opens all of it. */
function Work() {
  const list = useJobs((state) => state.list);
  const way = useStore(connection, (state) => state.state);
  const [open, setOpen] = useState<{ element: Element } | null>(null);
  const lead =
    list.find((job) => job.state === 'running') ?? list.find(isUnderWay) ?? list.find((job) => job.state === 'failed');
  const others = list.filter((job) => isUnderWay(job)).length - (lead !== undefined && isUnderWay(lead) ? 1 : 0);
  return (
    <>
      <button
        type="button"
        className="status-work"
        aria-haspopup="dialog"
        aria-expanded={open !== null}
        {...tip('Show all work')}
        onClick={(event) => setOpen(open === null ? { element: event.currentTarget } : null)}
      >
        {way === 'waiting' ? (
          <span className="problem-word">No connection to Keeplight. Trying again …</span>
        ) : way === 'locked' ? (
          <span className="problem-word">Keeplight was started anew: open the address that it printed.</span>
        ) : lead === undefined ? (
          <span>Ready</span>
        ) : (
          <>
            {isUnderWay(lead) && <Bar share={shareDone(lead)} label={lead.title} still={lead.state !== 'running'} />}
            {/* A new element for new words: nothing moves, it is replaced. */}
            <span key={jobLine(lead)} className={lead.state === 'failed' ? 'cut problem-word' : 'cut'}>
              {jobLine(lead)}
              {others > 0 && ` · ${others} more`}
            </span>
          </>
        )}
      </button>
      {open !== null && (
        <Popover place={open} label="Work" className="jobs-popover" onClose={() => setOpen(null)}>
          <JobList />
        </Popover>
      )}
    </>
  );
}

function EngineWord() {
  const engine = useApp((state) => state.engine);
  if (engine === null || (engine.state !== 'ready' && engine.state !== 'loading')) return null;
  if (engine.state === 'loading') return <span>Loading {engine.model ?? 'the model'} …</span>;
  const memory =
    engine.memoryBytes === null
      ? ''
      : engine.deviceMemoryBytes === null
        ? ` · ${bytesText(engine.memoryBytes)}`
        : ` · ${bytesText(engine.memoryBytes)} of ${bytesText(engine.deviceMemoryBytes)}`;
  return (
    <span className="cut">
      {engine.device ?? (engine.backend === null ? 'Model ready' : backendText(engine.backend))}
      {memory}
    </span>
  );
}
