/** Choosing a model file of this computer where no native dialog is: the page sees names and tokens, never paths. */

import { useEffect, useState } from 'react';
import { bytesText } from '../../../shared/bytes.ts';
import { wasAborted } from '../../store/connection.ts';
import type { Listing } from '../../store/roots.ts';
import { listFolder, sentenceOf } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Icon } from '../../ui/Icon.tsx';

export function FileChooser(props: {
  title: string;
  lead: string;
  /** A file (default), the folder that is open, or either. */
  takes?: 'file' | 'folder' | 'file or folder';
  onClose: () => void;
  onChoose: (token: string) => void;
}) {
  const takesFolder = props.takes !== undefined && props.takes !== 'file';
  const takesFile = props.takes !== 'folder';
  const [token, setToken] = useState<string | null>(null);
  const [listing, setListing] = useState<Listing | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  useEffect(() => {
    const own = new AbortController();
    listFolder(token, takesFile ? 'gguf' : 'none', own.signal).then(
      (found) => {
        setListing(found);
        setProblem(null);
        setChosen(null);
      },
      (error: unknown) => {
        if (!own.signal.aborted && !wasAborted(error)) setProblem(sentenceOf(error));
      },
    );
    return () => own.abort();
  }, [token, takesFile]);

  return (
    <Dialog
      title={props.title}
      onClose={props.onClose}
      className="file-chooser"
      actions={
        <>
          <Button tone="raised" onClick={props.onClose}>
            Cancel
          </Button>
          <Button
            tone="accent"
            disabled={chosen === null && (!takesFolder || listing === null)}
            onClick={() => {
              const token = chosen ?? (takesFolder ? listing?.here.token : undefined);
              if (token !== undefined) props.onChoose(token);
            }}
          >
            {takesFolder && chosen === null ? `Choose ${listing?.here.name ?? 'this folder'}` : 'Choose'}
          </Button>
        </>
      }
    >
      <p className="meta">{props.lead}</p>
      {problem !== null && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {listing !== null && (
        <>
          <div className="chooser-place">
            <Button
              icon="up"
              label="Folder above"
              disabled={listing.parent === null}
              onClick={() => setToken(listing.parent?.token ?? null)}
            />
            <span className="cut selectable" title={listing.path}>
              {listing.path}
            </span>
          </div>
          <ul className="chooser-list" aria-label={`Folders and model files in ${listing.here.name}`}>
            {listing.folders.map((folder) => (
              <li key={folder.token}>
                <button type="button" className="chooser-row" onClick={() => setToken(folder.token)}>
                  <Icon name="folder" />
                  <span className="cut">{folder.name}</span>
                </button>
              </li>
            ))}
            {listing.files.map((file) => (
              <li key={file.token}>
                <button
                  type="button"
                  className="chooser-row"
                  aria-pressed={chosen === file.token}
                  onClick={() => setChosen(file.token)}
                  onDoubleClick={() => props.onChoose(file.token)}
                >
                  <Icon name="file" />
                  <span className="cut">{file.name}</span>
                  <span className="meta">{bytesText(file.bytes)}</span>
                </button>
              </li>
            ))}
            {listing.folders.length === 0 && listing.files.length === 0 && (
              <li className="meta chooser-empty">
                {takesFile ? 'No folders and no .gguf files here.' : 'No folders here.'}
              </li>
            )}
          </ul>
        </>
      )}
    </Dialog>
  );
}
