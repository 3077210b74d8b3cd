/** Which view is shown, and which panels are open. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { showsPhotos, type View, viewFacts } from '../../shared/views.ts';
import type { Memory } from './memory.ts';

interface Panels {
  sidebar: boolean;
  /** Remembered apart: most people want it beside one photo and not beside the grid or a comparison. */
  /** In views of single photos it is folded away until it is asked for, in each by itself. */
  sidebarInLoupe: boolean;
  sidebarInCompare: boolean;
  sidebarInSurvey: boolean;
  inspectorInGrid: boolean;
  inspectorInCompare: boolean;
  inspectorElsewhere: boolean;
  filterBar: boolean;
  sidebarWidth: number;
  inspectorWidth: number;
}

export interface ViewState extends Panels {
  view: View;
  /** Where Back leads. */
  previous: View;
  lightsOut: boolean;
  /** Nothing but the photo is on screen. */
  photoOnly: boolean;
  sheet: boolean;
  /** The chooser of a folder to add is open. */
  addingFolder: boolean;
  /** The question of a date to go to is open. */
  askingDate: boolean;
}

const PANELS: Panels = {
  sidebar: true,
  sidebarInLoupe: false,
  sidebarInCompare: false,
  sidebarInSurvey: false,
  inspectorInGrid: false,
  inspectorInCompare: false,
  inspectorElsewhere: true,
  filterBar: false,
  sidebarWidth: 224,
  inspectorWidth: 344,
};

/** Below this width (CSS pixels) the sidebar lies over the photos instead of beside them. */
export const NARROW = 1100;

export function isInspectorOpen(state: ViewState): boolean {
  const { inspector } = viewFacts(state.view);
  return inspector !== null && state[inspector];
}

export function isSidebarOpen(state: ViewState): boolean {
  const { sidebar = 'sidebar', bare } = viewFacts(state.view);
  return bare !== true && state[sidebar];
}

export interface ViewStore {
  viewState: StoreApi<ViewState>;
  showView(view: View): void;
  /** Settings and models lead back to where one was; a photo's views lead back to the grid. */
  goBack(): void;
  setPanels(change: Partial<Panels>): void;
  toggleSidebar(): void;
  /** Takes a sidebar that lies over the photos away; what the person chose for wide windows stays. */
  uncover(): void;
  toggleInspector(): void;
  /** Hides both panels, or shows the sidebar (and beside one photo the inspector) again. */
  togglePanels(): void;
  toggleFilterBar(): void;
  toggleLightsOut(): void;
  showPhotoOnly(photoOnly: boolean): void;
  showSheet(sheet: boolean): void;
  askFolder(addingFolder: boolean): void;
  askDate(askingDate: boolean): void;
}

/** @param width of the window, in CSS pixels */
export function createViewStore({ memory, width }: { memory: Memory; width: number }): ViewStore {
  const viewState = createStore<ViewState>(() => {
    const panels = memory.recall('panels', PANELS);
    return {
      ...panels,
      sidebar: panels.sidebar && width >= NARROW,
      view: 'grid',
      previous: 'grid',
      lightsOut: false,
      photoOnly: false,
      sheet: false,
      addingFolder: false,
      askingDate: false,
    };
  });

  function showView(view: View): void {
    const { view: now, previous } = viewState.getState();
    if (view === now) return;
    // From the frames of a moment Back leads to the moment, whichever views were between.
    const isBeside = previous === 'cull' && viewFacts(now).bare !== true && now !== 'grid' && view !== 'grid';
    viewState.setState({ view, previous: showsPhotos(now) && !isBeside ? now : previous });
  }

  function setPanels(change: Partial<Panels>): void {
    viewState.setState(change);
    const state = viewState.getState();
    const names = Object.keys(PANELS) as (keyof Panels)[];
    memory.remember('panels', Object.fromEntries(names.map((name) => [name, state[name]])));
  }

  return {
    viewState,
    showView,
    setPanels,
    goBack() {
      const { view, previous } = viewState.getState();
      if (view === 'grid') return;
      if (viewFacts(view).bare === true && view !== 'cull') showView(previous === view ? 'grid' : previous);
      else showView(showsPhotos(view) && !(previous === 'cull' && view !== 'cull') ? 'grid' : previous);
    },
    toggleSidebar() {
      const state = viewState.getState();
      const { sidebar = 'sidebar' } = viewFacts(state.view);
      setPanels({ [sidebar]: !state[sidebar] });
    },
    uncover() {
      const { sidebar = 'sidebar' } = viewFacts(viewState.getState().view);
      viewState.setState({ [sidebar]: false });
    },
    toggleInspector() {
      const state = viewState.getState();
      const { inspector } = viewFacts(state.view);
      if (inspector !== null) setPanels({ [inspector]: !state[inspector] });
    },
    togglePanels() {
      const state = viewState.getState();
      const show = !(isSidebarOpen(state) || isInspectorOpen(state));
      const { inspector, sidebar = 'sidebar' } = viewFacts(state.view);
      const isTouched = inspector !== null && !(show && inspector !== 'inspectorElsewhere');
      setPanels({ [sidebar]: show, ...(isTouched ? { [inspector]: show } : {}) });
    },
    toggleFilterBar: () => setPanels({ filterBar: !viewState.getState().filterBar }),
    toggleLightsOut: () => viewState.setState((state) => ({ lightsOut: !state.lightsOut })),
    showPhotoOnly: (photoOnly) => viewState.setState({ photoOnly }),
    showSheet: (sheet) => viewState.setState({ sheet }),
    askFolder: (addingFolder) => viewState.setState({ addingFolder }),
    askDate: (askingDate) => viewState.setState({ askingDate }),
  };
}
