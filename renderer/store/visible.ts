/** Tells the core what is on screen, so that it is looked at and graded first; not while one moves quickly. */
import type { Api } from './connection.ts';

/** Rest before the core is told, in milliseconds. */
const REST = 150;
/** Photos that the contract takes. */
const MOST = 2_000;

export interface VisibleStore {
  /** The photos on screen now, the one that matters most first. A newer call replaces one that still rests. */
  sayVisible(ids: readonly number[]): void;
  /** What was said last. */
  visiblePhotos(): readonly number[];
}

export function createVisibleStore({ api }: { api: Api }): VisibleStore {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let known: readonly number[] = [];
  return {
    visiblePhotos: () => known.slice(0, MOST),
    sayVisible(ids) {
      clearTimeout(timer);
      known = ids;
      if (ids.length === 0) return;
      timer = setTimeout(() => {
        api.photos.visible({ ids: ids.slice(0, MOST) }).catch(() => undefined);
      }, REST);
    },
  };
}
