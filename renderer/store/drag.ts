/**
 * Photos or an album on their way somewhere, held by the pointer. Targets are elements with `data-drop`; what may be
 * dropped where, and what then happens, is registered by whoever draws the target.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { NoticesStore } from './notices.ts';

export type Load = { kind: 'photos'; ids: readonly number[] } | { kind: 'album'; id: number; smart: boolean };

export interface Target {
  /** Says whether it takes the load. */
  accepts: (load: Load) => boolean;
  /** @param after the pointer was over the lower half of the target */
  drop: (load: Load, after: boolean) => void;
  /** Why a load that it does not take cannot be dropped here, as a sentence; null where nothing is to be said. */
  whyNot?: (load: Load) => string | null;
}

export interface Drag {
  load: Load | null;
  x: number;
  y: number;
  /** Name of the target under the pointer that takes the load. */
  over: string | null;
  after: boolean;
}

export interface DragStore {
  drag: StoreApi<Drag>;
  /** Registers what `data-drop={name}` takes. @returns ends it */
  registerTarget(name: string, target: Target): () => void;
  /** Follows the pointer with a load until it is let go; Escape gives up. */
  carry(load: Load, event: PointerEvent): void;
}

/** Pixels the pointer must travel before a press becomes a drag. */
export const DRAG_STARTS = 5;

export function createDragStore({
  document,
  window,
  dragOut,
  notify,
}: {
  document: Document;
  window: Window;
  /** Hands files to other programs; null where nothing can. */
  dragOut: ((ids: readonly number[]) => void) | null;
} & Pick<NoticesStore, 'notify'>): DragStore {
  const drag = createStore<Drag>(() => ({ load: null, x: 0, y: 0, over: null, after: false }));
  const targets = new Map<string, Target>();

  const isOutside = (x: number, y: number): boolean =>
    x < 0 || y < 0 || x >= window.innerWidth || y >= window.innerHeight;
  const targetAt = (x: number, y: number): HTMLElement | null =>
    document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-drop]') ?? null;

  function find(x: number, y: number, load: Load): { name: string; after: boolean } | null {
    const element = targetAt(x, y);
    const name = element?.dataset.drop;
    if (element === null || name === undefined || targets.get(name)?.accepts(load) !== true) return null;
    const box = element.getBoundingClientRect();
    return { name, after: y > box.top + box.height / 2 };
  }

  function carry(load: Load, event: PointerEvent): void {
    const move = ({ clientX, clientY }: PointerEvent): void => {
      if (load.kind === 'photos' && dragOut !== null && isOutside(clientX, clientY)) {
        // From here on it is the system's: whatever program the pointer goes to gets the files.
        end();
        dragOut(load.ids);
        return;
      }
      const found = find(clientX, clientY, load);
      drag.setState({ load, x: clientX, y: clientY, over: found?.name ?? null, after: found?.after ?? false });
    };
    const end = (): void => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', drop);
      window.removeEventListener('pointercancel', end);
      window.removeEventListener('keydown', giveUp, true);
      document.documentElement.removeAttribute('data-dragging');
      drag.setState({ load: null, over: null });
    };
    const drop = (released: PointerEvent): void => {
      const found = find(released.clientX, released.clientY, load);
      end();
      if (found !== null) {
        targets.get(found.name)?.drop(load, found.after);
        return;
      }
      const refused = targetAt(released.clientX, released.clientY)?.dataset.drop;
      const reason = refused === undefined ? null : (targets.get(refused)?.whyNot?.(load) ?? null);
      if (reason !== null) notify(reason);
    };
    const giveUp = (pressed: KeyboardEvent): void => {
      if (pressed.key !== 'Escape') return;
      pressed.preventDefault();
      pressed.stopPropagation();
      end();
    };
    document.documentElement.dataset.dragging = load.kind;
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', drop);
    window.addEventListener('pointercancel', end);
    window.addEventListener('keydown', giveUp, true);
    move(event);
  }

  return {
    drag,
    carry,
    registerTarget(name, target) {
      targets.set(name, target);
      return () => {
        if (targets.get(name) === target) targets.delete(name);
      };
    },
  };
}
