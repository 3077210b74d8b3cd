/** What a photo is, told over its tile when the pointer rests there: name, time, settings and the heaviest reason. */
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { useDetail } from '../../store/hooks.ts';
import { hoverLines } from './hoverLines.ts';

/** Milliseconds of rest; longer than a control's name takes, so that moving over the grid stays calm. */
const REST = 700;

export function HoverFacts({ view }: { view: RefObject<HTMLElement | null> }) {
  const [over, setOver] = useState<{ id: number; box: DOMRect } | null>(null);
  useEffect(() => {
    const element = view.current;
    if (element === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let tile: Element | null = null;
    const hide = () => {
      clearTimeout(timer);
      tile = null;
      setOver(null);
    };
    const rest = (event: PointerEvent) => {
      const next = event.target instanceof Element ? event.target.closest('.tile') : null;
      if (next === tile) return;
      hide();
      tile = next;
      if (next === null || event.buttons !== 0 || event.pointerType === 'touch') return;
      timer = setTimeout(
        () => setOver({ id: Number(next.id.slice('photo-'.length)), box: next.getBoundingClientRect() }),
        REST,
      );
    };
    const ends = ['pointerdown', 'pointerleave', 'scroll', 'wheel'] as const;
    element.addEventListener('pointermove', rest);
    for (const name of ends) element.addEventListener(name, hide);
    window.addEventListener('keydown', hide);
    return () => {
      hide();
      element.removeEventListener('pointermove', rest);
      for (const name of ends) element.removeEventListener(name, hide);
      window.removeEventListener('keydown', hide);
    };
  }, [view]);
  return over === null ? null : <Facts key={over.id} id={over.id} box={over.box} />;
}

function Facts({ id, box }: { id: number; box: DOMRect }) {
  const { detail } = useDetail(id);
  const card = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = card.current;
    if (element === null || detail === null) return;
    const { width, height } = element.getBoundingClientRect();
    const left = Math.max(8, Math.min(window.innerWidth - width - 8, box.left + box.width / 2 - width / 2));
    const below = box.bottom + 6 + height < window.innerHeight;
    const top = below ? box.bottom + 6 : Math.max(8, box.top - height - 6);
    element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
    element.style.visibility = 'visible';
  }, [detail, box]);
  if (detail === null) return null;
  const [name, ...lines] = hoverLines(detail);
  return createPortal(
    <div className="tooltip hover-facts" ref={card} aria-hidden="true">
      <strong>{name}</strong>
      {lines.map((line) => (
        <span key={line}>{line}</span>
      ))}
    </div>,
    document.body,
  );
}
