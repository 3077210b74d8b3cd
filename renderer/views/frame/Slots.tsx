/** Places of the toolbar that a view fills: what it shows at the start, and its controls at the end. */
import { createContext, type ReactNode, useContext } from 'react';
import { createPortal } from 'react-dom';

export interface SlotElements {
  start: HTMLElement | null;
  end: HTMLElement | null;
}

export const Slots = createContext<SlotElements>({ start: null, end: null });

/** Before the switch of views: title and count, or the way back. */
export function ToolbarStart({ children }: { children: ReactNode }) {
  const { start } = useContext(Slots);
  return start === null ? null : createPortal(children, start);
}

/** At the right end: chips, overlays, sort. */
export function ToolbarEnd({ children }: { children: ReactNode }) {
  const { end } = useContext(Slots);
  return end === null ? null : createPortal(children, end);
}
