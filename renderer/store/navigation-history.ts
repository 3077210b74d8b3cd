/**
 * The browser's Back and Forward, and the side buttons of a mouse: they lead through the places and views one has been
 * to. Without this, Back in the loupe would leave the program.
 */
import { type Source, sourceSchema } from '../../shared/query.ts';
import { VIEW_NAMES, type View } from '../../shared/views.ts';
import type { LibraryStore } from './library.ts';
import type { ViewStore } from './view.ts';

interface Step {
  readonly view: View;
  readonly source: Source;
}

const isSame = (one: Step, other: Step): boolean =>
  one.view === other.view && JSON.stringify(one.source) === JSON.stringify(other.source);

function stepOf(state: unknown): Step | null {
  if (typeof state !== 'object' || state === null || !('view' in state) || !('source' in state)) return null;
  const view = VIEW_NAMES.find((name) => name === state.view);
  const source = sourceSchema.safeParse(state.source);
  return view === undefined || !source.success ? null : { view, source: source.data };
}

export interface NavigationRoom
  extends Pick<LibraryStore, 'library' | 'showSource'>,
    Pick<ViewStore, 'viewState' | 'showView'> {
  window: {
    history: Pick<History, 'pushState' | 'replaceState'>;
    addEventListener(type: 'popstate', listener: (event: Pick<PopStateEvent, 'state'>) => void): void;
  };
}

/** Follows where the person goes. Called once. */
export function followNavigation({ library, showSource, viewState, showView, window }: NavigationRoom): void {
  const here = (): Step => ({ view: viewState.getState().view, source: library.getState().query.source });
  let last = here();
  let isPlanned = false;

  /** A click may change place and view: both are one step. */
  const note = (): void => {
    if (isPlanned) return;
    isPlanned = true;
    queueMicrotask(() => {
      isPlanned = false;
      const now = here();
      if (isSame(now, last)) return;
      last = now;
      window.history.pushState(now, '');
    });
  };

  window.history.replaceState(last, '');
  viewState.subscribe(note);
  library.subscribe(note);
  window.addEventListener('popstate', ({ state }) => {
    const step = stepOf(state);
    if (step === null) return;
    last = step;
    if (!isSame({ ...here(), view: step.view }, step)) showSource(step.source);
    showView(step.view);
  });
}
