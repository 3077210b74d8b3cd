/** Chooses a folder: the system's dialog in the desktop shell, a chooser of this computer's folders in a browser. */
import './folders.css';
import { useCallback, useEffect, useRef, useState } from 'react';
import { wasAborted } from '../../store/connection.ts';
import type { Listing } from '../../store/roots.ts';
import { desktop, listFolder, listTyped, notifyProblem, sentenceOf } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { TextField } from '../../ui/Field.tsx';
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
  const [typed, setTyped] = useState('');
  const list = useRef<HTMLUListElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const asked = useRef<AbortController | null>(null);
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);

  const ask = useCallback(async (read: (signal: AbortSignal) => Promise<Listing>): Promise<Listing | null> => {
    clearTimeout(rest.current);
    asked.current?.abort();
    const own = new AbortController();
    asked.current = own;
    try {
      const found = await read(own.signal);
      if (own.signal.aborted) return null;
      setListing(found);
      setProblem(null);
      return found;
    } catch (error) {
      if (!own.signal.aborted && !wasAborted(error)) setProblem(sentenceOf(error));
      return null;
    }
  }, []);
  const go = useCallback(
    async (token: string | null) => {
      const found = await ask((signal) => listFolder(token, 'none', signal));
      if (found === null) return;
      setTyped(found.path);
      list.current?.querySelector('button')?.focus();
    },
    [ask],
  );
  useEffect(() => {
    void go(null);
    return () => {
      clearTimeout(rest.current);
      asked.current?.abort();
    };
  }, [go]);

  const type = (text: string) => {
    setTyped(text);
    clearTimeout(rest.current);
    if (text.trim() !== '')
      rest.current = setTimeout(() => void ask((signal) => listTyped(text, signal)), TYPING_RESTS);
  };
  const beginning = listing?.rest ?? '';
  const folders = foldersBeginningWith(listing?.folders ?? [], beginning);
  const completed = listing === null || folders[0] === undefined ? null : below(listing.path, folders[0].name);
  const isThere = listing !== null && beginning === '';

  const walk = (by: number) => {
    const rows = [...(list.current?.querySelectorAll('button') ?? [])];
    const at = rows.indexOf(document.activeElement as HTMLButtonElement);
    if (at + by < 0) field.current?.focus();
    else rows[at + by]?.focus();
  };

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
            disabled={!isThere}
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
      <nav className="chooser-places" aria-label="Places">
        {listing?.places.map((place) => (
          <Button
            key={place.token}
            tone="raised"
            icon={PLACE_ICONS[place.kind]}
            aria-current={place.token === listing.here.token ? 'location' : undefined}
            onClick={() => void go(place.token)}
          >
            {place.kind === 'home' ? 'Home' : place.name === '/' ? 'This computer' : place.name}
          </Button>
        ))}
      </nav>
      <div className="chooser-path">
        <Button
          icon="up"
          label="Folder above"
          disabled={listing?.parent == null}
          onClick={() => void go(listing?.parent?.token ?? null)}
        />
        <TextField
          ref={field}
          label="Path of the folder"
          className="chooser-typed"
          value={typed}
          onChange={type}
          onKeyDown={(event) => {
            const atEnd = event.currentTarget.selectionStart === typed.length;
            if ((event.key === 'Tab' && !event.shiftKey) || (event.key === 'ArrowRight' && atEnd)) {
              if (completed === null || beginning === '') return;
              type(completed);
            } else if (event.key === 'ArrowDown') walk(1);
            else if (event.key === 'Enter') {
              if (completed !== null && beginning !== '') type(completed);
              else if (isThere) list.current?.querySelector('button')?.focus();
            } else return;
            event.preventDefault();
          }}
        />
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
        {folders.map((folder) => (
          <li key={folder.token}>
            <button type="button" onClick={() => void go(folder.token)}>
              <Icon name="folder" />
              <span className="cut">{folder.name}</span>
              <Icon name="right" size={12} />
            </button>
          </li>
        ))}
        {listing !== null && folders.length === 0 && (
          <li className="chooser-none">
            {beginning === ''
              ? 'No folders below this one.'
              : `No folder in ${listing.here.name} begins with “${beginning}”.`}
          </li>
        )}
      </ul>
      <p className="meta">{words(listing === null ? '' : whatIsIn(listing))}</p>
    </Dialog>
  );
}

/** Milliseconds after the last letter before the disk is asked. */
const TYPING_RESTS = 120;

const PLACE_ICONS = { home: 'home', pictures: 'photos', recent: 'clock', drive: 'disk' } as const;

/** A path below a folder as its system writes it, open at the end for what is typed next. */
function below(path: string, name: string): string {
  const sign = path.includes('\\') ? '\\' : '/';
  return `${path.endsWith(sign) ? path : path + sign}${name}${sign}`;
}

function foldersBeginningWith(folders: Listing['folders'], beginning: string): Listing['folders'] {
  const wanted = beginning.toLowerCase();
  return folders.filter(({ name }) => name.toLowerCase().startsWith(wanted));
}

function whatIsIn({ pictures, folders }: Listing): string {
  if (pictures === 0 && folders.length === 0) return 'There is nothing in it.';
  const directly =
    pictures === 0 ? 'No pictures' : pictures === 1 ? '1 picture' : `${pictures.toLocaleString('en')} pictures`;
  return `${directly} directly in it; folders below are read, too.`;
}
