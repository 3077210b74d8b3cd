/**
 * A short name with its shortcut, shown after a moment over the control or at once when the keyboard is on it. One
 * element serves the whole page: controls carry `data-tip` (and `data-chord`), see `tip`.
 */
import { useEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';

interface Shown {
  text: string;
  chord: string;
  target: DOMRect;
}

const DELAY = 500;

/** Attributes that give a control its tooltip. */
export function tip(text: string | undefined, chord = ''): Record<string, string> {
  return text === undefined ? {} : { 'data-tip': text, ...(chord === '' ? {} : { 'data-chord': chord }) };
}

export function TooltipLayer() {
  const [shown, setShown] = useState<Shown | null>(null);
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over: Element | null = null;
    const hide = () => {
      clearTimeout(timer);
      over = null;
      setShown(null);
    };
    const show = (element: HTMLElement) => {
      const { tip: text, chord } = element.dataset;
      if (text !== undefined) setShown({ text, chord: chord ?? '', target: element.getBoundingClientRect() });
    };
    const enter = (event: PointerEvent) => {
      const element = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-tip]') : null;
      if (element === over) return;
      hide();
      over = element;
      if (element !== null) timer = setTimeout(show, DELAY, element);
    };
    const focus = (event: FocusEvent) => {
      const element = event.target;
      if (element instanceof HTMLElement && element.dataset.tip !== undefined && element.matches(':focus-visible')) {
        show(element);
      }
    };
    const key = (event: KeyboardEvent) => {
      if (event.key === 'Escape' || !event.shiftKey) hide();
    };
    document.addEventListener('pointerover', enter);
    document.addEventListener('pointerdown', hide);
    document.addEventListener('focusin', focus);
    document.addEventListener('focusout', hide);
    document.addEventListener('keydown', key);
    window.addEventListener('scroll', hide, true);
    return () => {
      hide();
      document.removeEventListener('pointerover', enter);
      document.removeEventListener('pointerdown', hide);
      document.removeEventListener('focusin', focus);
      document.removeEventListener('focusout', hide);
      document.removeEventListener('keydown', key);
      window.removeEventListener('scroll', hide, true);
    };
  }, []);

  useEffect(() => {
    const element = box.current;
    if (element === null || shown === null) return;
    const { width, height } = element.getBoundingClientRect();
    const { target } = shown;
    const left = Math.max(8, Math.min(window.innerWidth - width - 8, target.left + target.width / 2 - width / 2));
    const below = target.bottom + 6 + height < window.innerHeight;
    element.style.transform = `translate(${Math.round(left)}px, ${Math.round(below ? target.bottom + 6 : target.top - height - 6)}px)`;
    element.style.visibility = 'visible';
  }, [shown]);

  if (shown === null) return null;
  return createPortal(
    <div className="tooltip" ref={box} aria-hidden="true">
      {shown.text}
      {shown.chord !== '' && <kbd>{shown.chord}</kbd>}
    </div>,
    document.body,
  );
}
