/** The first run: what this place is for, and two ways to begin. */
import './welcome.css';
import { useState } from 'react';
import { ActionButton } from '../../app/ActionButton.tsx';
import { jobLine } from '../../app/jobs/words.ts';
import { OfferInPassing } from '../../panels/models/Offer.tsx';
import { useJobs } from '../../store/hooks.ts';
import { isUnderWay, shareDone } from '../../store/jobs.ts';
import { addDemo } from '../../store/stores.ts';
import { Bar } from '../../ui/Bar.tsx';
import { Button } from '../../ui/Button.tsx';

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
        best. Files are never changed, and nothing leaves the machine unless you say so.
      </p>
      <div className="row">
        <ActionButton action="app.addFolder" tone="accent" icon="folder" />
        <ActionButton action="view.import" tone="raised" />
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
      <OfferInPassing />
    </div>
  );
}
