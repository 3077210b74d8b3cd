/** One sentence and one button: the models that fit this computer, by what a ten-second measurement says. */
import { useState } from 'react';
import { bytesText } from '../../../shared/bytes.ts';
import { estimateText, fittingPair, type Model } from '../../../shared/model.ts';
import { useModels } from '../../store/hooks.ts';
import { installModel, probe } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Checkbox } from '../../ui/Field.tsx';

/** Models of the pair that are not here yet. */
const missing = (models: readonly Model[]): Model[] =>
  [...new Set(models)].filter(({ state }) => state === 'available' || state === 'broken');

function AgreeDialog({ models, onClose }: { models: readonly Model[]; onClose: () => void }) {
  const [agreed, setAgreed] = useState(false);
  return (
    <Dialog
      title={`Install ${models.map(({ title }) => title).join(' and ')}`}
      onClose={onClose}
      actions={
        <>
          <Button tone="raised" onClick={onClose}>
            Cancel
          </Button>
          <Button
            tone="accent"
            disabled={!agreed}
            onClick={() => {
              onClose();
              for (const model of models) void installModel(model, model.licence);
            }}
          >
            {`Fetch ${bytesText(models.reduce((sum, { downloadBytes }) => sum + (downloadBytes ?? 0), 0))}`}
          </Button>
        </>
      }
    >
      <div className="install">
        {models.map((model) => (
          <div key={model.name}>
            <p>{model.about}</p>
            <h3 className="section-head">
              {model.title}: {model.licence}
            </h3>
            <p className="meta">{model.licenceText}</p>
          </div>
        ))}
        <Checkbox checked={agreed} onChange={setAgreed}>
          I agree to these terms
        </Checkbox>
      </div>
    </Dialog>
  );
}

function sentenceOf({ grader, writer }: { grader: Model; writer: Model }): string {
  const time = grader.estimate === null ? '' : `, ${estimateText(grader.estimate)}`;
  if (grader === writer) return `On this computer ${grader.title} grades and writes${time}.`;
  return `On this computer ${grader.title} grades${time}; ${writer.title} puts it into words.`;
}

export function Offer({ list }: { list: readonly Model[] }) {
  const { isProbing } = useModels();
  const [agreeing, setAgreeing] = useState(false);
  const pair = fittingPair(list);
  const wanted = pair === null ? [] : missing([pair.grader, pair.writer]);
  const isMeasured = list.some(({ estimate }) => estimate !== null);
  if (isMeasured && wanted.length === 0) return null;
  return (
    <div className="offer">
      <p>
        {pair === null
          ? 'Which models fit this computer is known after measuring it, which takes about ten seconds.'
          : sentenceOf(pair)}
      </p>
      {pair === null ? (
        <Button tone="accent" disabled={isProbing} onClick={() => void probe()}>
          {isProbing ? 'Measuring…' : 'Measure this computer'}
        </Button>
      ) : (
        <Button tone="accent" onClick={() => setAgreeing(true)}>
          {wanted.length > 1 ? 'Install both' : `Install ${wanted[0]!.title}`}
        </Button>
      )}
      {agreeing && <AgreeDialog models={wanted} onClose={() => setAgreeing(false)} />}
    </div>
  );
}
