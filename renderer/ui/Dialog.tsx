import { type ReactNode, useEffect, useId, useRef } from 'react';
import { Button } from './Button.tsx';

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** Buttons at the foot, the main one last. */
  actions?: ReactNode;
  className?: string;
}

/** Controls of the content, before those of the frame. */
const CONTROLS = '.dialog-content :is(button, input, [tabindex="0"]), footer button';

/** A modal dialog: the platform's own element, so that focus, Escape and the page behind are as they should be. */
export function Dialog({ title, onClose, children, actions, className = '' }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  /** A press that began inside, as one that selects text, and ends on the backdrop does not close. */
  const pressedBeside = useRef(false);
  useEffect(() => {
    const before = document.activeElement;
    const dialog = element.current;
    dialog?.showModal();
    // The platform would take the first control, which is Close: what was asked for comes first.
    const first = dialog?.querySelector<HTMLElement>('[data-first]') ?? dialog?.querySelector<HTMLElement>(CONTROLS);
    first?.focus();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={element}
      className={`dialog ${className}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      // The keyboard is its own: the sidebar around it would take Escape and the arrows.
      onKeyDown={(event) => event.stopPropagation()}
      onPointerDown={(event) => {
        pressedBeside.current = event.target === element.current;
      }}
      onClick={(event) => {
        if (pressedBeside.current && event.target === element.current) onClose();
      }}
    >
      <div className="dialog-body">
        <header>
          <h2 id={heading}>{title}</h2>
          <Button icon="close" label="Close" onClick={onClose} />
        </header>
        <div className="dialog-content">{children}</div>
        {actions !== undefined && <footer>{actions}</footer>}
      </div>
    </dialog>
  );
}

/** Asks before something that cannot simply be taken back. Says what happens, with its count. */
export function Confirm({
  title,
  children,
  verb,
  danger = false,
  onConfirm,
  onClose,
}: {
  title: string;
  children: ReactNode;
  verb: string;
  danger?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}) {
  return (
    <Dialog
      title={title}
      onClose={onClose}
      className="confirm"
      actions={
        <>
          <Button tone="raised" onClick={onClose} data-first={danger || undefined}>
            Cancel
          </Button>
          <Button
            tone={danger ? 'danger' : 'accent'}
            data-first={!danger || undefined}
            onClick={() => {
              onClose();
              onConfirm();
            }}
          >
            {verb}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  );
}
