import { useId, useState } from 'react';
import { bytesText } from '../../../shared/bytes.ts';
import type { Job } from '../../../shared/job.ts';
import { estimateText, type Model, SLOTS, type Slot } from '../../../shared/model.ts';
import { useJobs } from '../../store/hooks.ts';
import { isUnderWay, shareDone } from '../../store/jobs.ts';
import { chooseModel, desktop, installModel, removeModel, steerJob } from '../../store/stores.ts';
import { Bar } from '../../ui/Bar.tsx';
import { Button } from '../../ui/Button.tsx';
import { Confirm, Dialog } from '../../ui/Dialog.tsx';
import { Checkbox } from '../../ui/Field.tsx';
import { AddAdapter, Strength } from './AdapterControls.tsx';

/** The job that fetches or converts this model: its title names it. */
function useInstallJob(model: Model): Job | undefined {
  return useJobs(({ list }) =>
    list.find(
      (job) =>
        (job.kind === 'download' || job.kind === 'convert') &&
        isUnderWay(job) &&
        (job.title.includes(model.title) || job.title.includes(model.name)),
    ),
  );
}

const SLOT_WORDS: Readonly<Record<Slot, { can: string; does: string; verb: string }>> = {
  grader: { can: 'grades', does: 'Grades now', verb: 'Let it grade' },
  writer: { can: 'writes', does: 'Writes now', verb: 'Let it write' },
};

const fills = (model: Model, slot: Slot): boolean => (slot === 'grader' ? model.active : model.writes);

function factsOf(model: Model): string[] {
  const facts: string[] = [];
  if (model.origin !== 'measured') facts.push(model.slots.map((slot) => SLOT_WORDS[slot].can).join(' and '));
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

/** Size, licence and agreement, before anything is fetched. */
function InstallDialog({ model, onClose }: { model: Model; onClose: () => void }) {
  const [agreed, setAgreed] = useState(model.licence === null);
  const what = model.downloadBytes === null ? '' : ` ${bytesText(model.downloadBytes)}`;
  return (
    <Dialog
      title={`Install ${model.title}`}
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
              void installModel(model, model.licence);
            }}
          >
            {model.converts ? `Fetch${what} and convert` : `Fetch${what}`}
          </Button>
        </>
      }
    >
      <div className="install">
        <p>{model.about}</p>
        <p className="meta">
          {[
            ...factsOf(model).filter((fact) => fact !== model.licence),
            model.converts ? 'the published weights are converted on this computer, which takes a while' : '',
          ]
            .filter(Boolean)
            .join(' · ')}
          {model.homepage !== null && (
            <>
              {' · '}
              <Homepage url={model.homepage} />
            </>
          )}
        </p>
        {model.licence !== null && (
          <>
            <h3 className="section-head">Licence: {model.licence}</h3>
            {model.licenceText !== null && (
              // biome-ignore lint/a11y/noNoninteractiveTabindex: a text that scrolls must be reachable by keyboard
              <div className="licence selectable" tabIndex={0} role="document" aria-label="Licence">
                {model.licenceText}
              </div>
            )}
            <Checkbox checked={agreed} onChange={setAgreed}>
              I agree to these terms
            </Checkbox>
          </>
        )}
      </div>
    </Dialog>
  );
}

function Progress({ job }: { job: Job }) {
  return (
    <div className="model-progress">
      <Bar share={shareDone(job)} label={job.title} still={job.state === 'paused'} />
      <div className="model-progress-line">
        <span className="meta">{job.description}</span>
        {job.canPause && (
          <Button
            icon={job.state === 'paused' ? 'play' : 'pause'}
            label={job.state === 'paused' ? 'Resume' : 'Pause'}
            onClick={() => steerJob(job.id, job.state === 'paused' ? 'resume' : 'pause')}
          />
        )}
        <Button onClick={() => steerJob(job.id, 'cancel')}>Cancel</Button>
      </div>
    </div>
  );
}

export function ModelRow({ model }: { model: Model }) {
  const job = useInstallJob(model);
  const [dialog, setDialog] = useState<'install' | 'remove' | null>(null);
  const head = useId();
  const isReady = model.origin === 'measured' || model.state === 'installed';
  return (
    <li
      className="model"
      aria-labelledby={head}
      data-model={model.name}
      data-active={model.active || model.writes || undefined}
    >
      <div className="model-words">
        <h3 id={head}>
          {model.title}
          {SLOTS.filter((slot) => fills(model, slot)).map((slot) => (
            <span key={slot} className="model-active">
              {SLOT_WORDS[slot].does}
            </span>
          ))}
        </h3>
        <p className="model-about">{model.about}</p>
        <p className="meta">{factsOf(model).join(' · ')}</p>
        {model.problem !== null && <p className="problem">{model.problem}</p>}
        {model.adapter !== null && model.state === 'installed' && <Strength model={model} />}
        {job !== undefined && <Progress job={job} />}
        {job === undefined && model.state === 'installing' && <p className="meta">Being installed…</p>}
      </div>
      <div className="model-verbs">
        {isReady &&
          model.slots
            .filter((slot) => !fills(model, slot))
            .map((slot) => (
              <Button key={slot} tone="raised" onClick={() => void chooseModel(model, slot)}>
                {model.origin === 'measured' ? 'Use' : SLOT_WORDS[slot].verb}
              </Button>
            ))}
        {(model.origin === 'local' || model.origin === 'builtin') &&
          model.state === 'installed' &&
          model.adapter === null && <AddAdapter model={model} />}
        {(model.state === 'available' || (model.state === 'broken' && model.origin === 'builtin')) &&
          job === undefined && (
            <Button tone="raised" onClick={() => setDialog('install')}>
              {model.state === 'broken' ? 'Install again' : 'Install'}
            </Button>
          )}
        {model.origin !== 'measured' && (model.state === 'installed' || model.state === 'broken') && (
          <Button icon="trash" label={`Remove ${model.title}`} onClick={() => setDialog('remove')} />
        )}
      </div>
      {dialog === 'install' && <InstallDialog model={model} onClose={() => setDialog(null)} />}
      {dialog === 'remove' && (
        <Confirm
          title={`Remove ${model.title}?`}
          verb="Remove"
          danger
          onClose={() => setDialog(null)}
          onConfirm={() => void removeModel(model)}
        >
          {model.origin === 'remote' && 'Its engines are forgotten, and nothing is sent there any more.'}
          {model.origin === 'local' && 'It leaves this list; your file stays where it is.'}
          {model.origin === 'builtin' &&
            `Its files${model.bytes === null ? '' : ` (${bytesText(model.bytes)})`} are deleted.`}{' '}
          {model.graded > 0
            ? `Its ${model.graded.toLocaleString('en')} critiques stay in the catalog.`
            : 'Critiques stay in the catalog.'}
        </Confirm>
      )}
    </li>
  );
}
