/** What a person said of their photos, and what can be made of it: agreement, and training data for somewhere else. */
import { useEffect, useState } from 'react';
import { photosText } from '../../../shared/photo.ts';
import { Agreement } from '../../panels/feedback/Agreement.tsx';
import { useFeedback } from '../../store/hooks.ts';
import { askRound, readAgreement } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { DatasetDialog } from './DatasetDialog.tsx';

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
