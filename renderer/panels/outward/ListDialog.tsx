/** Photos as one document: a contact sheet for people, or everything known of them for other programs. */
import { useState } from 'react';
import { photosText } from '../../../shared/photo.ts';
import { usePlaces } from '../../store/hooks.ts';
import { sourceTitle } from '../../store/places.ts';
import { closeOutward, library, writeList } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { TextField } from '../../ui/Field.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { ChooseFolder } from '../folders/ChooseFolder.tsx';

const KINDS = [
  { value: 'pdf', label: 'Contact sheet, PDF' },
  { value: 'csv', label: 'CSV' },
  { value: 'json', label: 'JSON' },
] as const;
type Kind = (typeof KINDS)[number]['value'];

const ABOUT: Readonly<Record<Kind, string>> = {
  pdf: 'Thumbnails with their names, stars, flags and titles, five in a row on A4. Chromium or Chrome prints it.',
  csv: 'A row for every photo with everything known of it, for a spreadsheet.',
  json: 'An object for every photo with everything known of it, for scripts.',
};

export function ListDialog({ ids }: { ids: readonly number[] }) {
  const [title, setTitle] = useState(usePlaces((places) => sourceTitle(library.getState().query.source, places)));
  const [kind, setKind] = useState<Kind>('pdf');
  const [isChoosing, setChoosing] = useState(false);
  const name = title.trim();
  if (isChoosing) {
    return (
      <ChooseFolder
        title="Save in"
        verb="Save in"
        words={() => 'One file; nothing is written over.'}
        onChoose={(token) => {
          closeOutward();
          void writeList(ids, name, token, kind);
        }}
        onClose={() => setChoosing(false)}
      />
    );
  }
  return (
    <Dialog
      title={`List ${photosText(ids.length)}`}
      onClose={closeOutward}
      className="list-dialog"
      actions={
        <>
          <Button tone="raised" onClick={closeOutward}>
            Cancel
          </Button>
          <Button tone="accent" disabled={name === ''} onClick={() => setChoosing(true)}>
            Choose a folder…
          </Button>
        </>
      }
    >
      <Segmented label="Kind" options={KINDS} value={kind} onChange={setKind} />
      <p className="meta">{ABOUT[kind]}</p>
      <TextField label="Title" value={title} onChange={setTitle} />
    </Dialog>
  );
}
