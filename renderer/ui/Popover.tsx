import { type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef } from 'react';
import { createPortal } from 'react-dom';

/** Where a popover goes: under an element, or at a point of the window. */
export type Place = { element: Element; align?: 'start' | 'end' } | { x: number; y: number };

interface PopoverProps {
  place: Place;
  onClose: () => void;
  children: ReactNode;
  className?: string;
  label?: string;
  role?: 'dialog' | 'menu' | 'listbox';
  /** Gets the keyboard first; the popover itself when not given. */
  initialFocus?: RefObject<HTMLElement | null>;
}

/**
 * A layer over the page that closes on Escape, on a press elsewhere and when the keyboard leaves it, and gives the
 * keyboard back to where it was.
 */
export function Popover({
  place,
  onClose,
  children,
  className = '',
  label,
  role = 'dialog',
  initialFocus,
}: PopoverProps) {
  const box = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  const opener = useRef('element' in place ? place.element : null);
  const focusFirst = useRef(initialFocus);
  useEffect(() => {
    close.current = onClose;
  });

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const settle = () => placeBox(element, place);
    settle();
    const observer = new ResizeObserver(settle);
    observer.observe(element);
    return () => observer.disconnect();
  }, [place]);

  useEffect(() => {
    const element = box.current;
    const before = document.activeElement;
    (focusFirst.current?.current ?? element)?.focus({ preventScroll: true });
    const press = (event: PointerEvent) => {
      if (!(event.target instanceof Node) || element === null || element.contains(event.target)) return;
      if (event.target instanceof Element && event.target.closest('.popover') !== null) return;
      // A press on the button that opened it closes it; the click that follows must not open it again.
      if (opener.current?.contains(event.target) === true) return;
      close.current();
    };
    document.addEventListener('pointerdown', press, true);
    // The control that had the keyboard may have gone, as the last one of a row that was dismissed.
    const leave = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || document.activeElement !== document.body) return;
      event.preventDefault();
      event.stopPropagation();
      close.current();
    };
    document.addEventListener('keydown', leave, true);
    const resize = () => close.current();
    window.addEventListener('resize', resize);
    return () => {
      document.removeEventListener('pointerdown', press, true);
      document.removeEventListener('keydown', leave, true);
      window.removeEventListener('resize', resize);
      const within = element?.contains(document.activeElement) || document.activeElement === document.body;
      if (within && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);

  return createPortal(
    // biome-ignore lint/a11y/noStaticElementInteractions: the role is given by the caller
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: all of the roles have names
    <div
      ref={box}
      className={`popover ${className}`}
      role={role}
      aria-label={label}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        onClose();
      }}
    >
      {children}
    </div>,
    document.body,
  );
}

const MARGIN = 8;

function placeBox(element: HTMLElement, place: Place): void {
  const { offsetWidth: width, offsetHeight: height } = element;
  let left: number;
  let top: number;
  if ('element' in place) {
    const target = place.element.getBoundingClientRect();
    left = place.align === 'end' ? target.right - width : target.left;
    const below = target.bottom + 4;
    top = below + height > window.innerHeight - MARGIN ? Math.max(MARGIN, target.top - height - 4) : below;
  } else {
    left = place.x;
    top = place.y + height > window.innerHeight - MARGIN ? place.y - height : place.y;
  }
  left = Math.max(MARGIN, Math.min(left, window.innerWidth - width - MARGIN));
  top = Math.max(MARGIN, Math.min(top, window.innerHeight - height - MARGIN));
  element.style.left = `${Math.round(left)}px`;
  element.style.top = `${Math.round(top)}px`;
}
