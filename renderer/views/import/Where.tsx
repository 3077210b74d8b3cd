/** Where the chosen photos go, what they will be called, and how far the copying is. */
import { useEffect, useRef, useState } from 'react';
import { bytesText } from '../../../shared/bytes.ts';
import { PATTERN_WORDS, patternProblem } from '../../../shared/export.ts';
import { photosText } from '../../../shared/photo.ts';
import { ChooseFolder } from '../../panels/folders/ChooseFolder.tsx';
import { useImport, useJobs } from '../../store/hooks.ts';
import { goesAlong, type Place } from '../../store/import.ts';
import { isUnderWay, shareDone } from '../../store/jobs.ts';
import {
  importing,
  listFolder,
  notifyProblem,
  planImport,
  setImport,
  showView,
  startImport,
  steerJob,
  toggleOnCard,
} from '../../store/stores.ts';
import { Bar } from '../../ui/Bar.tsx';
import { Button } from '../../ui/Button.tsx';
import { TextField } from '../../ui/Field.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { MenuButton } from '../../ui/Menu.tsx';
import { tip } from '../../ui/Tooltip.tsx';

/** A person stops typing for so long before the plan is made again. */
const CALM_MILLISECONDS = 300;
/** Names that one looks through. */
const EXAMPLES = 6;

export function Where() {
  const { card, photos, leftOut, folder, backup, pattern, plan, job, state, problem } = useImport((now) => now);
  const planProblem = useImport((now) => now.planProblem);
  const [choosing, setChoosing] = useState<'folder' | 'backup' | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const going = photos.filter((photo) => goesAlong(photo, leftOut));
  const known = photos.filter((photo) => photo.known != null).length;
  const looked = photos.filter((photo) => photo.known !== undefined).length;
  const isLooking = looked < photos.length;
  const wrong = patternProblem(pattern);

  // Everything that changes what would happen; the store knows the rest.
  const ids = going.map(({ id }) => id).join(' ');
  useEffect(() => {
    if (folder === null || wrong !== null || isLooking || ids === '') return;
    const stop = new AbortController();
    const timer = setTimeout(() => void planImport(pattern, stop.signal), CALM_MILLISECONDS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [folder, pattern, wrong, isLooking, ids]);

  const choose = async (token: string) => {
    try {
      const { path } = await listFolder(token, 'none');
      setImport(choosing === 'backup' ? { backup: { token, path } } : { folder: { token, path } });
    } catch (error) {
      notifyProblem(error);
    }
  };
  const put = (word: string) => {
    const at = field.current?.selectionStart ?? pattern.length;
    setImport({ pattern: `${pattern.slice(0, at)}{${word}}${pattern.slice(field.current?.selectionEnd ?? at)}` });
    field.current?.focus();
  };
  const all = photos.map(({ id }) => id);

  return (
    <section className="import-where" aria-label="Where they go">
      <h2 className="cut selectable">{card?.path}</h2>
      <p className="meta">
        {state === 'reading'
          ? 'Reading the card…'
          : `${photosText(photos.length)} on it${known > 0 ? `, ${known.toLocaleString('en')} in the library already` : ''}${isLooking ? `; recognizing, ${looked.toLocaleString('en')} looked into` : ''}.`}
      </p>
      {state === 'failed' && problem !== null && <p role="alert">{problem}</p>}
      <p className="import-choice">
        <Button onClick={() => toggleOnCard(all, true)}>All new ones</Button>
        <Button onClick={() => toggleOnCard(all, false)}>None</Button>
      </p>
      <Field label="To">
        <Path place={folder} none="No folder chosen yet" />
        <Button tone="raised" icon="folder" onClick={() => setChoosing('folder')}>
          Choose…
        </Button>
      </Field>
      <Field label="And to">
        <Path place={backup} none="One copy only" />
        {backup !== null && <Button icon="close" label="No second copy" onClick={() => setImport({ backup: null })} />}
        <Button tone="raised" icon="folder" label="Choose a second place" onClick={() => setChoosing('backup')} />
      </Field>
      <Field label="Names">
        <TextField
          ref={field}
          label="Names"
          className="import-path"
          value={pattern}
          onChange={(typed) => setImport({ pattern: typed })}
        />
        <MenuButton
          label="Insert a word"
          align="end"
          tooltip={tip('Words of a pattern')}
          items={() =>
            Object.entries(PATTERN_WORDS).map(([word, { about }]) => ({
              label: `{${word}}  ${about}`,
              onChoose: () => put(word === 'counter' ? 'counter:3' : word),
            }))
          }
        >
          <Icon name="plus" />
        </MenuButton>
      </Field>
      {(wrong ?? planProblem) !== null && <p role="alert">{wrong ?? planProblem}</p>}
      {wrong === null && planProblem === null && folder !== null && going.length > 0 && (
        <section className="import-examples" aria-label="Where each goes">
          {plan === null ? (
            <p className="meta">{isLooking ? 'Shown when the card is recognized.' : 'Looking at what is there…'}</p>
          ) : (
            <ul>
              {plan.examples.slice(0, EXAMPLES).map(({ from, to }) => (
                <li key={`${from} ${to}`}>
                  <span className="cut">{to}</span>
                  <span className="meta cut">{from}</span>
                </li>
              ))}
              {plan.files > EXAMPLES && (
                <li className="meta">{`and ${(plan.files - EXAMPLES).toLocaleString('en')} more, ${bytesText(plan.bytes)} in all`}</li>
              )}
            </ul>
          )}
        </section>
      )}
      <Copying job={job} />
      <Button
        tone="accent"
        disabled={folder === null || going.length === 0 || wrong !== null || isLooking || plan === null}
        onClick={() => void startImport()}
      >
        {`Import ${photosText(going.length)}`}
      </Button>
      {choosing !== null && (
        <ChooseFolder
          title={choosing === 'backup' ? 'A second place' : 'Import to'}
          verb={choosing === 'backup' ? 'Copy to' : 'Import to'}
          words={() =>
            choosing === 'backup'
              ? 'Every file goes there as well, under the same names; nothing is written over.'
              : 'It becomes part of the library; nothing in it is ever written over.'
          }
          onChoose={(token) => void choose(token)}
          onClose={() => setChoosing(null)}
        />
      )}
    </section>
  );
}

/** Its end tells folders apart: what has no room is cut off at the beginning. */
function Path({ place, none }: { place: Place | null; none: string }) {
  return (
    <span className="cut selectable import-path import-place">
      <bdi>{place?.path ?? none}</bdi>
    </span>
  );
}

function Field({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="import-row">
      <span className="import-label">{label}</span>
      <div className="import-value">{children}</div>
    </div>
  );
}

/** How far the copying is; where it ended, what is safe and what is not, in one sentence. */
function Copying({ job: id }: { job: number | null }) {
  const job = useJobs((state) => state.list.find((one) => one.id === id));
  if (job === undefined) return null;
  const words = job.error ?? job.description;
  return (
    <div className="import-copying" role="status">
      {isUnderWay(job) && <Bar share={shareDone(job) ?? 0} label={job.title} still={job.state !== 'running'} />}
      <p>
        {isUnderWay(job)
          ? `${job.done.toLocaleString('en')} of ${(job.total ?? 0).toLocaleString('en')} files. ${words}`
          : words}
      </p>
      <p className="import-choice">
        {job.state === 'running' && <Button onClick={() => steerJob(job.id, 'pause')}>Pause</Button>}
        {(job.state === 'paused' || job.state === 'failed') && (
          <Button tone="raised" onClick={() => steerJob(job.id, 'resume')}>
            Resume
          </Button>
        )}
        {isUnderWay(job) && <Button onClick={() => steerJob(job.id, 'cancel')}>Cancel</Button>}
        {job.state === 'done' && (
          <Button
            tone="raised"
            onClick={() => {
              importing.setState({ job: null });
              showView('grid');
            }}
          >
            Show the library
          </Button>
        )}
      </p>
    </div>
  );
}
