import { type ReactNode, useRef, useState } from 'react';
import { Button } from './Button.tsx';
import { Dialog } from './Dialog.tsx';
import { TextField } from './Field.tsx';

/** Asks for a name; Enter agrees. */
export function NameDialog({
  title,
  verb,
  initial,
  children,
  onName,
  onClose,
}: {
  title: string;
  verb: string;
  initial: string;
  children?: ReactNode;
  onName: (name: string) => void;
  onClose: () => void;
}) {
  const [name, setName] = useState(initial.slice(0, 200));
  const form = useRef<HTMLFormElement>(null);
  const wanted = name.trim();
  return (
    <Dialog
      title={title}
      onClose={onClose}
      className="confirm"
      actions={
        <>
          <Button tone="raised" onClick={onClose}>
            Cancel
          </Button>
          <Button tone="accent" disabled={wanted === ''} onClick={() => form.current?.requestSubmit()}>
            {verb}
          </Button>
        </>
      }
    >
      <form
        ref={form}
        className="name-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (wanted === '') return;
          onClose();
          onName(wanted);
        }}
      >
        <TextField
          label="Name"
          value={name}
          onChange={setName}
          maxLength={200}
          data-first
          onFocus={(event) => event.currentTarget.select()}
        />
        {children !== undefined && <p>{children}</p>}
      </form>
    </Dialog>
  );
}
