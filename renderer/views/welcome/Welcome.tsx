/** The first run: what this place is for, and two ways to begin. */
import './welcome.css';
import { type DragEvent, useState } from 'react';
import { useJobs } from '../../store/hooks.ts';
import { isUnderWay, shareDone } from '../../store/jobs.ts';
import { addDemo, addRoot, askFolder, desktop } from '../../store/stores.ts';
import { Bar } from '../../ui/Bar.tsx';
import { Button } from '../../ui/Button.tsx';
import { jobLine } from '../jobs/words.ts';

/** Folders dropped on the desktop window become roots. */
export async function addDropped(event: DragEvent): Promise<void> {
  if (desktop === null) return;
  for (const file of event.dataTransfer.files) {
    const token = await desktop.dropped(file);
    if (token !== null) await addRoot(token);
  }
}

export function Welcome() {
  const [asked, setAsked] = useState(false);
  const newest = useJobs(({ list }) => list.filter((job) => job.kind === 'demo').at(-1));
  const demo = newest !== undefined && isUnderWay(newest) ? newest : undefined;
  const openDemo = () => {
    setAsked(true);
    void addDemo().finally(() => setAsked(false));
  };
  return (
    <div className="welcome">
      <svg className="welcome-mark" viewBox="0 0 64 64" width="64" height="64" aria-hidden="true">
        <circle cx="32" cy="32" r="11" />
        <path d="M32 6v9M32 49v9M6 32h9M49 32h9" />
      </svg>
      <h1>Add a folder of photos</h1>
      <p>
        Keeplight reads your photos where they are, judges each one on this computer, and helps you find and keep the
        best. Files are never changed, and nothing leaves the machine.
      </p>
      <div className="row">
        <Button tone="accent" icon="folder" onClick={() => askFolder(true)}>
          Add a folder
        </Button>
        <Button tone="raised" onClick={openDemo} disabled={asked || demo !== undefined}>
          Open the demo shoot
        </Button>
      </div>
      <div className="welcome-progress" role="status">
        {demo !== undefined && (
          <>
            <Bar share={shareDone(demo)} label={demo.title} />
            {jobLine({ ...demo, title: demo.description === '' ? demo.title : demo.description })}
          </>
        )}
        {newest?.state === 'failed' && newest.error}
      </div>
    </div>
  );
}
