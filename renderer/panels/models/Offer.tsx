/** One sentence and one button: the models that fit this computer, by what a ten-second measurement says. */
import { useState } from 'react';
import { estimateText, fittingPair, type Model } from '../../../shared/model.ts';
import { useModels, useSettings } from '../../store/hooks.ts';
import { changeSettings, probe, showView } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { InstallDialog } from './InstallDialog.tsx';
import './offer.css';

/** Models of the pair that are not here yet. */
const missing = (models: readonly Model[]): Model[] =>
  [...new Set(models)].filter(({ state }) => state === 'available' || state === 'broken');

function sentenceOf({ grader, writer }: { grader: Model; writer: Model }): string {
  const time = grader.estimate === null ? '' : `, ${estimateText(grader.estimate)}`;
  if (grader === writer) return `On this computer ${grader.title} grades and writes${time}.`;
  return `On this computer ${grader.title} grades${time}; ${writer.title} puts it into words.`;
}

/** What is offered: the pair that fits, null before anything was measured; null when all of it is here. */
function offered(list: readonly Model[]): { pair: ReturnType<typeof fittingPair>; wanted: Model[] } | null {
  const pair = fittingPair(list);
  const wanted = pair === null ? [] : missing([pair.grader, pair.writer]);
  const isMeasured = list.some(({ estimate }) => estimate !== null);
  return isMeasured && wanted.length === 0 ? null : { pair, wanted };
}

/** @param tone of its button: where another way leads on too, that one has the accent */
export function Offer({ list, tone = 'accent' }: { list: readonly Model[]; tone?: 'accent' | 'raised' }) {
  const { isProbing } = useModels();
  const [agreeing, setAgreeing] = useState(false);
  const offer = offered(list);
  if (offer === null) return null;
  const { pair, wanted } = offer;
  return (
    <div className="offer">
      <p>
        {pair === null
          ? 'Which models fit this computer is known after measuring it, which takes about ten seconds.'
          : sentenceOf(pair)}
      </p>
      {pair === null ? (
        <Button tone={tone} disabled={isProbing} onClick={() => void probe()}>
          {isProbing ? 'Measuring…' : 'Measure this computer'}
        </Button>
      ) : (
        <Button tone={tone} onClick={() => setAgreeing(true)}>
          {wanted.length > 1 ? 'Install both' : `Install ${wanted[0]!.title}`}
        </Button>
      )}
      {agreeing && <InstallDialog models={wanted} onClose={() => setAgreeing(false)} />}
    </div>
  );
}

/** Whether models are offered outside of their own view: nobody grades, and the person has not turned the offer away. */
export const useIsOffered = (): boolean =>
  useSettings(({ models }) => models.active === null && !models.offerTurnedAway);

function turnAway(): void {
  changeSettings((settings) => ({ ...settings, models: { ...settings.models, offerTurnedAway: true } }));
}

/** The offer in passing, where a person begins: quiet, and turned away once and for all. */
export function OfferInPassing() {
  const { list } = useModels();
  const isOffered = useIsOffered();
  if (!isOffered || list === null || offered(list) === null) return null;
  if (list.some(({ state }) => state === 'installing')) return null;
  return (
    <aside className="offer-passing" aria-label="Models for this computer">
      <Offer list={list} tone="raised" />
      <Button icon="close" label="Do not offer models again" onClick={turnAway} />
    </aside>
  );
}

/** Asked for where something needs a grader and there is none. @param what needs it, `Sorting by aesthetics` */
export function OfferDialog({ what, onClose }: { what: string; onClose: () => void }) {
  const { list } = useModels();
  return (
    <Dialog
      title={`${what} needs a grader`}
      onClose={onClose}
      actions={
        <>
          <Button
            onClick={() => {
              turnAway();
              onClose();
            }}
          >
            Do not offer again
          </Button>
          <Button
            tone="raised"
            onClick={() => {
              onClose();
              showView('models');
            }}
          >
            All models
          </Button>
        </>
      }
    >
      <p>
        Until then photos are sorted by technical quality, which is measured without a model. A grader judges light,
        composition and content too, on this computer.
      </p>
      {list !== null && <Offer list={list} />}
    </Dialog>
  );
}
