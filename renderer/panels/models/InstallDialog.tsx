/** Size, licence and agreement, before anything of a model, or of a pair of them, is fetched. */
import { useState } from 'react';
import { bytesText } from '../../../shared/bytes.ts';
import { estimateText, type Model, type Slot } from '../../../shared/model.ts';
import { desktop, installModel } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Checkbox } from '../../ui/Field.tsx';
import './install.css';

const CAN: Readonly<Record<Slot, string>> = { grader: 'grades', writer: 'writes' };

/** What is known of a model, in few words each. */
export function factsOf(model: Model): string[] {
  const facts: string[] = [];
  if (model.origin !== 'measured') facts.push(model.slots.map((slot) => CAN[slot]).join(' and '));
  if (model.estimate !== null)
    facts.push(
      model.slots.includes('grader')
        ? estimateText(model.estimate)
        : `reads a photo in ${estimateText({ ...model.estimate, librarySeconds: 0 }).replace(' a photo', '')}`,
    );
  if (model.bytes !== null && model.bytes > 0)
    facts.push(`${model.state === 'installed' ? '' : 'takes '}${bytesText(model.bytes)} on disk`);
  if (model.state !== 'installed' && model.downloadBytes !== null)
    facts.push(`${bytesText(model.downloadBytes)} to fetch`);
  if (model.memoryBytes !== null && model.memoryBytes > 0)
    facts.push(`needs ${bytesText(model.memoryBytes)} of memory`);
  if (model.licence !== null) facts.push(model.licence);
  if (model.origin === 'local') facts.push('your own file');
  if (model.origin === 'remote') facts.push('on other computers');
  if (model.graded > 0) facts.push(`${model.graded.toLocaleString('en')} photos graded`);
  return facts;
}

/** A link outside: the system's browser in the desktop shell, another tab in a browser. */
function Homepage({ url }: { url: string }) {
  if (!url.startsWith('https:')) return null;
  return (
    <a
      href={url}
      target="_blank"
      rel="noreferrer"
      onClick={(event) => {
        if (desktop === null) return;
        event.preventDefault();
        void desktop.openExternal(url);
      }}
    >
      {new URL(url).host}
    </a>
  );
}

function About({ model }: { model: Model }) {
  const { licence, licenceText, homepage } = model;
  return (
    <>
      <p>{model.about}</p>
      <p className="meta">
        {[
          ...factsOf(model).filter((fact) => fact !== licence),
          model.converts ? 'the published weights are converted on this computer, which takes a while' : '',
        ]
          .filter(Boolean)
          .join(' · ')}
        {homepage !== null && (
          <>
            {' · '}
            <Homepage url={homepage} />
          </>
        )}
      </p>
      {licence !== null && <h3 className="section-head">Licence: {licence}</h3>}
      {licenceText !== null && licence !== null && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a text that scrolls must be reachable by keyboard
        <div className="licence selectable" tabIndex={0} role="document" aria-label={`Licence of ${model.title}`}>
          {licenceText}
        </div>
      )}
    </>
  );
}

export function InstallDialog({ models, onClose }: { models: readonly Model[]; onClose: () => void }) {
  const hasTerms = models.some(({ licence }) => licence !== null);
  const [agreed, setAgreed] = useState(!hasTerms);
  const sizes = models.map(({ downloadBytes }) => downloadBytes);
  const bytes = sizes.every((size) => size !== null) ? ` ${bytesText(sizes.reduce((sum, size) => sum + size, 0))}` : '';
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
            {`Fetch${bytes}${models.some(({ converts }) => converts) ? ' and convert' : ''}`}
          </Button>
        </>
      }
    >
      <div className="install">
        {models.map((model) => (
          <About key={model.name} model={model} />
        ))}
        {hasTerms && (
          <Checkbox checked={agreed} onChange={setAgreed}>
            I agree to these terms
          </Checkbox>
        )}
      </div>
    </Dialog>
  );
}
