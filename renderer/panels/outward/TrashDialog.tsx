/** Asks before photos go: exactly those that were chosen when it opened, counted, with what they look like. */
import { useEffect, useState } from 'react';
import { bytesText } from '../../../shared/bytes.ts';
import type { TrashPlanView } from '../../../shared/outward.ts';
import { useRow } from '../../store/hooks.ts';
import { closeOutward, notify, pictureUrl, planTrash, sentenceOf, startTrash, wantRows } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { ChooseFolder } from '../folders/ChooseFolder.tsx';
import { many } from './words.ts';

/** Photos in the strip. */
const STRIP = 14;
/** Photos in it when there are more: the number of the others has the last place. */
const shownOf = (count: number): number => (count > STRIP ? STRIP - 1 : count);

export function TrashDialog({
  ids,
  hidden,
  isRejected,
}: {
  ids: readonly number[];
  hidden: number;
  isRejected: boolean;
}) {
  const [plan, setPlan] = useState<TrashPlanView | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [choosing, setChoosing] = useState(false);
  useEffect(() => {
    wantRows(ids.slice(0, STRIP));
    let isOpen = true;
    planTrash(ids, null).then(
      (found) => isOpen && setPlan(found),
      (error: unknown) => isOpen && setProblem(sentenceOf(error)),
    );
    return () => {
      isOpen = false;
    };
  }, [ids]);

  const start = async (photos: readonly number[], folder: string | null) => {
    closeOutward();
    try {
      await startTrash(photos, folder);
      const words = many(photos.length, 'photo');
      // No button for undo here: until the job has ended the last step of the history is another one.
      notify(folder === null ? `${words} on the way to the trash` : `${words} on the way to the folder`);
    } catch (error) {
      notify(sentenceOf(error));
    }
  };

  if (choosing && plan !== null) {
    return (
      <ChooseFolder
        title="A folder in place of the trash"
        verb="Move to"
        words={(pictures) => `${pictures} ${many(plan.withoutTrash.length, 'photo')} would be moved into it.`}
        onChoose={(token) => void start(plan.withoutTrash, token)}
        onClose={() => setChoosing(false)}
      />
    );
  }
  const going = plan?.ids ?? ids;
  const others = plan?.failed.filter(({ reason }) => !/has no trash\.$/.test(reason)) ?? [];
  const count = many(going.length, isRejected ? 'rejected photo' : 'photo');
  return (
    <Dialog
      title={going.length === 0 ? 'Nothing can go to the trash' : `Move ${count} to the trash?`}
      onClose={closeOutward}
      className="trash-dialog"
      actions={
        <>
          <Button tone="raised" data-first onClick={closeOutward}>
            Cancel
          </Button>
          {plan !== null && plan.withoutTrash.length > 0 && (
            <Button tone="raised" onClick={() => setChoosing(true)}>
              {`Move ${many(plan.withoutTrash.length, 'photo')} to a folder…`}
            </Button>
          )}
          {going.length > 0 && (
            <Button tone="danger" disabled={plan === null} onClick={() => void start(going, null)}>
              {`Move ${many(going.length, 'photo')}`}
            </Button>
          )}
        </>
      }
    >
      {going.length > 0 && (
        <ul className="trash-strip" aria-label="Photos that go">
          {going.slice(0, shownOf(going.length)).map((id) => (
            <Thumb key={id} id={id} />
          ))}
          {going.length > STRIP && (
            <li className="trash-more">+{(going.length - shownOf(going.length)).toLocaleString('en')}</li>
          )}
        </ul>
      )}
      {problem !== null && <p role="alert">{problem}</p>}
      {plan === null && problem === null && <p className="meta">Counting their files…</p>}
      {plan !== null && going.length > 0 && (
        <p>
          <b>{`${many(plan.files, 'file')}, ${bytesText(plan.bytes)}`}</b>
          {`: each photo goes with its RAW, its JPEG and its sidecars. ${
            plan.canBringBack ? 'Undo brings them back.' : 'They can be put back in the system’s trash.'
          }`}
        </p>
      )}
      {hidden > 0 && (
        <p className="trash-note">
          {hidden === going.length
            ? 'None of them is in view: the filter hides them.'
            : `${hidden.toLocaleString('en')} of them ${hidden === 1 ? 'is' : 'are'} not in view: the filter hides ${hidden === 1 ? 'it' : 'them'}.`}
        </p>
      )}
      {plan !== null && plan.withoutTrash.length > 0 && (
        <p className="trash-note">
          {`${many(plan.withoutTrash.length, 'photo lies', 'photos lie')} on a drive without a trash and ${plan.withoutTrash.length === 1 ? 'stays' : 'stay'}, unless you move ${plan.withoutTrash.length === 1 ? 'it' : 'them'} to a folder.`}
        </p>
      )}
      {others.length > 0 && (
        <div className="trash-note">
          {`${many(others.length, 'photo stays', 'photos stay')} whole:`}
          <ul>
            {others.slice(0, 3).map(({ path, reason }) => (
              <li key={path}>{reason}</li>
            ))}
          </ul>
        </div>
      )}
    </Dialog>
  );
}

function Thumb({ id }: { id: number }) {
  const row = useRow(id);
  return (
    <li>
      {row !== undefined && row.version > 0 && (
        <img src={pictureUrl('thumb', row)} alt={row.name} decoding="async" draggable={false} />
      )}
    </li>
  );
}
