import { useId, useState } from 'react';
import { bytesText } from '../../../shared/bytes.ts';
import type { Job } from '../../../shared/job.ts';
import { type Model, SLOTS, type Slot } from '../../../shared/model.ts';
import { factsOf, InstallDialog } from '../../panels/models/InstallDialog.tsx';
import { useJobs } from '../../store/hooks.ts';
import { isUnderWay, shareDone } from '../../store/jobs.ts';
import { chooseModel, removeModel, steerJob } from '../../store/stores.ts';
import { Bar } from '../../ui/Bar.tsx';
import { Button } from '../../ui/Button.tsx';
import { Confirm } from '../../ui/Dialog.tsx';
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

/** What filling a slot is called on a model's row. */
const SLOT_WORDS: Readonly<Record<Slot, { does: string; verb: string }>> = {
  grader: { does: 'Grades now', verb: 'Let it grade' },
  writer: { does: 'Writes now', verb: 'Let it write' },
};

const fills = (model: Model, slot: Slot): boolean => (slot === 'grader' ? model.active : model.writes);

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
      {dialog === 'install' && <InstallDialog models={[model]} onClose={() => setDialog(null)} />}
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
