/** The question why: opens the critique beside the photo that the keyboard is on, and has it explained. */
import type { StoreApi } from 'zustand/vanilla';
import type { Settings } from '../../shared/settings.ts';
import { showsPhotos } from '../../shared/views.ts';
import type { CritiqueStore } from './critique.ts';
import type { LoupeStore } from './loupe.ts';
import type { SelectionStore } from './selection.ts';
import type { ViewStore } from './view.ts';

export interface WhyStore {
  /** Explains in words where a model is in use, else leads to the measured reasons. @returns false where no photo is */
  why(): boolean;
  /** The page has led to the answer. */
  answered(): void;
}

export interface WhyRoom
  extends Pick<CritiqueStore, 'explain'>,
    Pick<LoupeStore, 'loupe' | 'showPage'>,
    Pick<SelectionStore, 'selection'>,
    Pick<ViewStore, 'viewState' | 'showView' | 'setPanels'> {
  settings: Pick<StoreApi<Settings>, 'getState'>;
}

export function createWhyStore(room: WhyRoom): WhyStore {
  const { explain, loupe, showPage, selection, settings, viewState, showView, setPanels } = room;
  return {
    why() {
      const { focus } = selection.getState();
      if (focus === null || !showsPhotos(viewState.getState().view)) return false;
      showView('loupe');
      setPanels({ inspectorElsewhere: true });
      showPage('critique');
      loupe.setState({ asked: focus });
      const { active, writer } = settings.getState().models;
      if (active !== null || writer !== null) void explain(focus);
      return true;
    },
    answered: () => loupe.setState({ asked: null }),
  };
}
