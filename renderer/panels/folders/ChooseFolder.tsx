/** Chooses a folder: the system's dialog in the desktop shell, a chooser of this computer's folders in a browser. */
import './folders.css';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Listing } from '../../store/roots.ts';
import { desktop, listFolder, notifyProblem, sentenceOf } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Icon } from '../../ui/Icon.tsx';

interface ChooseFolderProps {
  title: string;
  /** On the button, before the folder's name. */
  verb: string;
  /** What is said below the list. @param pictures what lies in the folder, in words */
  words: (pictures: string) => string;
  /** @param token of the folder, as disk.list names it */
  onChoose: (token: string) => void;
  onClose: () => void;
}

export function ChooseFolder(props: ChooseFolderProps) {
  return desktop === null ? <FolderChooser {...props} /> : <NativeChooser {...props} />;
}

function NativeChooser({ onChoose, onClose }: ChooseFolderProps) {
  const latest = useRef({ onChoose, onClose });
  useEffect(() => {
    latest.current = { onChoose, onClose };
  });
  useEffect(() => {
    desktop
      ?.chooseFolder()
      .then((token) => (token === null ? undefined : latest.current.onChoose(token)))
      .catch(notifyProblem)
      .finally(() => latest.current.onClose());
  }, []);
  return null;
}

function FolderChooser({ title, verb, words, onChoose, onClose }: ChooseFolderProps) {
  const [listing, setListing] = useState<Listing | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const list = useRef<HTMLUListElement>(null);

  const go = useCallback(async (token: string | null) => {
    try {
      setListing(await listFolder(token, 'none'));
      setProblem(null);
    } catch (error) {
      setProblem(sentenceOf(error));
    }
  }, []);
  useEffect(() => void go(null), [go]);
  useEffect(() => {
    if (listing !== null) list.current?.querySelector('button')?.focus();
  }, [listing]);

  const walk = (by: number) => {
    const rows = [...(list.current?.querySelectorAll('button') ?? [])];
    rows[rows.indexOf(document.activeElement as HTMLButtonElement) + by]?.focus();
  };
  const isEmpty = listing !== null && listing.pictures === 0 && listing.folders.length === 0;
  const count = listing?.pictures ?? 0;
  const directly = count === 0 ? 'No pictures' : count === 1 ? '1 picture' : `${count.toLocaleString('en')} pictures`;
  const pictures = isEmpty ? 'There is nothing in it.' : `${directly} directly in it; folders below are read, too.`;

  return (
    <Dialog
      title={title}
      onClose={onClose}
      className="chooser"
      actions={
        <>
          <Button tone="raised" onClick={onClose}>
            Cancel
          </Button>
          <Button
            tone="accent"
            disabled={listing === null}
            onClick={() => {
              if (listing === null) return;
              onClose();
              onChoose(listing.here.token);
            }}
          >
            {listing === null ? verb : `${verb} “${listing.here.name}”`}
          </Button>
        </>
      }
    >
      <div className="chooser-path">
        <Button
          icon="up"
          label="Folder above"
          disabled={listing?.parent == null}
          onClick={() => void go(listing?.parent?.token ?? null)}
        />
        <span className="cut selectable">{listing?.path ?? ''}</span>
      </div>
      {problem !== null && (
        <p className="chooser-problem" role="alert">
          {problem}
        </p>
      )}
      <ul
        ref={list}
        className="chooser-list"
        aria-label="Folders"
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') walk(1);
          else if (event.key === 'ArrowUp') walk(-1);
          else if (event.key === 'Backspace' && listing?.parent != null) void go(listing.parent.token);
          else return;
          event.preventDefault();
        }}
      >
        {listing?.folders.map((folder) => (
          <li key={folder.token}>
            <button type="button" onClick={() => void go(folder.token)}>
              <Icon name="folder" />
              <span className="cut">{folder.name}</span>
              <Icon name="right" size={12} />
            </button>
          </li>
        ))}
        {listing?.folders.length === 0 && <li className="chooser-none">No folders below this one.</li>}
      </ul>
      <p className="meta">{words(pictures)}</p>
    </Dialog>
  );
}
