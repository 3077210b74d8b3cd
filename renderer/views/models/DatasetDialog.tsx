/** Training data of a person's views: what goes into it, how far its making is, and what was made. */
import { useState } from 'react';
import { type DatasetOptions, type DatasetReport, datasetOptionsSchema } from '../../../shared/dataset.ts';
import { photosText } from '../../../shared/photo.ts';
import { useJobs, useSettings } from '../../store/hooks.ts';
import { isUnderWay, shareDone } from '../../store/jobs.ts';
import { exportDataset, steerJob } from '../../store/stores.ts';
import { Bar } from '../../ui/Bar.tsx';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { TextField } from '../../ui/Field.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { FileChooser } from './FileChooser.tsx';
import { shortName } from './modelName.ts';

const WORDED = [
  { value: 'rules', label: 'As you said it' },
  { value: 'model', label: 'Worded by the model' },
] as const;

export function DatasetDialog({ onClose }: { onClose: () => void }) {
  const [licence, setLicence] = useState('');
  const [consent, setConsent] = useState('');
  const [qa, setQa] = useState<DatasetOptions['qa']>('rules');
  const [stage, setStage] = useState<'form' | 'folder' | 'busy'>('form');
  const [made, setMade] = useState<DatasetReport | null>(null);
  const write = async (folder: string): Promise<void> => {
    setStage('busy');
    setMade(await exportDataset(folder, datasetOptionsSchema.parse({ licence, consent, qa })));
    setStage('form');
  };
  if (made !== null) return <Made report={made} onClose={onClose} />;
  if (stage === 'busy') return <Making onClose={onClose} />;
  if (stage === 'folder') {
    return (
      <FileChooser
        title="Where shall the data go?"
        lead="A new folder is made in the one that you choose."
        takes="folder"
        onClose={() => setStage('form')}
        onChoose={(token) => void write(token)}
      />
    );
  }
  return (
    <Dialog
      title="Training data of your views"
      onClose={onClose}
      actions={
        <>
          <Button tone="raised" onClick={onClose}>
            Cancel
          </Button>
          <Button tone="accent" onClick={() => setStage('folder')}>
            Choose a folder…
          </Button>
        </>
      }
    >
      <div className="learning-form">
        <p>
          Pictures of 336 pixels without metadata, and questions with answers made of what you said and of nothing else,
          in LLaVA’s form. Whole shoots are held out for validation. Nothing is sent anywhere.
        </p>
        <Wording value={qa} onChange={setQa} />
        <TextField
          label="Licence"
          showLabel
          value={licence}
          onChange={setLicence}
          placeholder="for the card; may stay empty"
        />
        <TextField
          label="Consent"
          showLabel
          value={consent}
          onChange={setConsent}
          placeholder="who agreed to what; may stay empty"
        />
      </div>
    </Dialog>
  );
}

/** Offered only where a model can write. */
function Wording({
  value,
  onChange,
}: {
  value: DatasetOptions['qa'];
  onChange: (value: DatasetOptions['qa']) => void;
}) {
  const writer = useSettings((now) => now.models.writer ?? now.models.active);
  if (writer === null) return null;
  return (
    <>
      <Segmented label="Answers" options={WORDED} value={value} onChange={onChange} />
      {value === 'model' && (
        <p className="meta">
          {shortName(writer)} words descriptions and reasons anew. What says anything that you did not say is left out,
          and your own words stand in its place. It takes some seconds for every answer.
        </p>
      )}
    </>
  );
}

/** Closing leaves the work running: the line at the foot of the page shows it. */
function Making({ onClose }: { onClose: () => void }) {
  const job = useJobs(({ list }) => list.findLast((one) => one.kind === 'dataset' && isUnderWay(one)));
  const seconds = job?.secondsLeft ?? null;
  return (
    <Dialog
      title="Making training data"
      onClose={onClose}
      actions={
        <>
          <Button tone="raised" disabled={job === undefined} onClick={() => job && steerJob(job.id, 'cancel')}>
            Stop
          </Button>
          <Button tone="raised" onClick={onClose}>
            Go on in the background
          </Button>
        </>
      }
    >
      <div className="learning-form">
        <Bar share={job ? shareDone(job) : null} label="Training data" />
        <p className="meta">
          {job?.description ?? ''}
          {seconds !== null && ` · ${Math.max(1, Math.round(seconds))} s left`}
        </p>
      </div>
    </Dialog>
  );
}

function Made({ report, onClose }: { report: DatasetReport; onClose: () => void }) {
  const { kept, refused } = report.worded;
  return (
    <Dialog
      title="Training data of your views"
      onClose={onClose}
      actions={
        <Button tone="accent" data-first onClick={onClose}>
          Done
        </Button>
      }
    >
      <div className="learning-form">
        <p>
          {report.train.toLocaleString('en')} entries to train on and {report.validation.toLocaleString('en')} to
          validate, of {photosText(report.pictures)}.
        </p>
        {kept + refused > 0 && (
          <p>
            {kept.toLocaleString('en')} of {(kept + refused).toLocaleString('en')} answers are in the model’s words; the
            others stay as you said them.
          </p>
        )}
        <p className="selectable meta">{report.folder}</p>
        {report.left.length > 0 && <p className="problem">{report.left[0]!.reason}</p>}
      </div>
    </Dialog>
  );
}
