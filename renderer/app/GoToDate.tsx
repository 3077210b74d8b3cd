/** Asks for a day, and goes to the first photo of it in what is shown, whatever that is sorted by. */
import { useRef, useState } from 'react';
import { useView } from '../store/hooks.ts';
import { askDate, dateOfFocus, goToDate } from '../store/stores.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { TextField } from '../ui/Field.tsx';

export function GoToDate() {
  const asking = useView((state) => state.askingDate);
  return asking ? <DateDialog /> : null;
}

function DateDialog() {
  const [date, setDate] = useState(dateOfFocus);
  const form = useRef<HTMLFormElement>(null);
  const close = () => askDate(false);
  return (
    <Dialog
      title="Go to a date"
      onClose={close}
      className="confirm"
      actions={
        <>
          <Button tone="raised" onClick={close}>
            Cancel
          </Button>
          <Button tone="accent" disabled={date === ''} onClick={() => form.current?.requestSubmit()}>
            Go there
          </Button>
        </>
      }
    >
      <form
        ref={form}
        className="name-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (date === '') return;
          close();
          void goToDate(date);
        }}
      >
        <TextField
          label="Date"
          type="date"
          min="1826-01-01"
          max="9999-12-31"
          value={date}
          onChange={setDate}
          data-first
          onKeyDown={(event) => {
            // The fields of a date keep Enter to themselves.
            if (event.key === 'Enter') form.current?.requestSubmit();
          }}
        />
        <p>The first photo taken on that day or after it, in what is shown now.</p>
      </form>
    </Dialog>
  );
}
