/** What a person said of their photos, and what can be made of it: agreement, and training data for somewhere else. */
import { useEffect, useState } from 'react';
import { type DatasetReport, datasetOptionsSchema } from '../../../shared/dataset.ts';
import { photosText } from '../../../shared/photo.ts';
import { Agreement } from '../../panels/feedback/Agreement.tsx';
import { useFeedback } from '../../store/hooks.ts';
import { askRound, exportDataset, readAgreement } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { TextField } from '../../ui/Field.tsx';
import { FileChooser } from './FileChooser.tsx';

export function Learning() {
  const agreement = useFeedback((state) => state.agreement);
  const isAsked = useFeedback((state) => state.photo !== null);
  const [isExporting, setExporting] = useState(false);
  useEffect(() => {
    if (!isAsked) void readAgreement();
  }, [isAsked]);
  const photos = agreement?.photos ?? 0;
  return (
    <section className="learning" aria-labelledby="learning-head">
      <header className="models-head">
        <h2 id="learning-head">What you said</h2>
        <span className="text-verbs">
          <Button tone="raised" onClick={() => void askRound()}>
            Ten photos that teach most
          </Button>
          <Button tone="raised" disabled={photos === 0} onClick={() => setExporting(true)}>
            Make training data…
          </Button>
        </span>
      </header>
      <p className="meta">
        {photos === 0
          ? 'Say of photos what you think of them (V): a grade in words, what helps, what hurts. It teaches your taste, and a model that is trained on it elsewhere comes back as an adapter.'
          : `${photosText(photos)} have a grade in your words. Training takes a GPU: docs/training.md has the commands.`}
      </p>
      {agreement !== null && photos > 0 && <Agreement agreement={agreement} />}
      {isExporting && <DatasetDialog onClose={() => setExporting(false)} />}
    </section>
  );
}

function DatasetDialog({ onClose }: { onClose: () => void }) {
  const [licence, setLicence] = useState('');
  const [consent, setConsent] = useState('');
  const [isChoosing, setChoosing] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [made, setMade] = useState<DatasetReport | null>(null);
  const write = async (folder: string): Promise<void> => {
    setChoosing(false);
    setBusy(true);
    setMade(await exportDataset(folder, datasetOptionsSchema.parse({ licence, consent })));
    setBusy(false);
  };
  if (isChoosing)
    return (
      <FileChooser
        title="Where shall the data go?"
        lead="A new folder is made in the one that you choose."
        takes="folder"
        onClose={() => setChoosing(false)}
        onChoose={(token) => void write(token)}
      />
    );
  return (
    <Dialog
      title="Training data of your views"
      onClose={onClose}
      actions={
        made === null ? (
          <>
            <Button tone="raised" onClick={onClose}>
              Cancel
            </Button>
            <Button tone="accent" disabled={isBusy} onClick={() => setChoosing(true)}>
              {isBusy ? 'Making it…' : 'Choose a folder…'}
            </Button>
          </>
        ) : (
          <Button tone="accent" data-first onClick={onClose}>
            Done
          </Button>
        )
      }
    >
      {made === null ? (
        <div className="learning-form">
          <p>
            Pictures of 336 pixels without metadata, and questions with answers made of what you said and of nothing
            else, in LLaVA’s form. Whole shoots are held out for validation. Nothing is sent anywhere.
          </p>
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
      ) : (
        <div className="learning-form">
          <p>
            {made.train.toLocaleString('en')} entries to train on and {made.validation.toLocaleString('en')} to
            validate, of {photosText(made.pictures)}.
          </p>
          <p className="selectable meta">{made.folder}</p>
          {made.left.length > 0 && <p className="problem">{made.left[0]!.reason}</p>}
        </div>
      )}
    </Dialog>
  );
}
