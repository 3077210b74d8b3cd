/** How one photo is looked at: zoom, overlays, what is tried on it, which page of the inspector is open. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Adjustment } from '../../shared/critique.ts';
import { showsPhotos } from '../../shared/views.ts';
import { FIT, type Placement } from '../picture/geometry.ts';
import type { HistogramCounts } from '../picture/pixels.ts';
import type { Memory } from './memory.ts';
import type { SelectionStore } from './selection.ts';
import type { ViewStore } from './view.ts';

export const INSPECTOR_PAGES = ['critique', 'photo', 'measures'] as const;
export type InspectorPage = (typeof INSPECTOR_PAGES)[number];

export interface LoupeState {
  /** Kept from photo to photo: who looks at the eyes at 100 % wants the next frame's eyes. */
  readonly placement: Placement;
  readonly clipping: boolean;
  readonly focusMap: boolean;
  readonly thirds: boolean;
  readonly faces: boolean;
  readonly page: InspectorPage;
  /** The photo that was asked about and whose answer is not in sight yet. */
  readonly asked: number | null;
  /** The photo that was to be seen at 100 % while another view was open, until the loupe shows it. */
  readonly zoomWanted: number | null;
  /** What is tried on which photo; another photo is shown as it is. */
  readonly trying: { readonly photo: number; readonly adjustments: readonly Adjustment[] } | null;
  /** Held: the photo as it is, while something is tried on it. */
  readonly showsOriginal: boolean;
  /** Histogram of the photo on screen. */
  readonly histogram: { readonly photo: number; readonly version: number; readonly counts: HistogramCounts } | null;
}

export type OverlayName = 'clipping' | 'focusMap' | 'thirds' | 'faces';

export interface LoupeStore {
  loupe: StoreApi<LoupeState>;
  toggleOverlay(name: OverlayName): void;
  /** Opens the photo that the keyboard is on at 100 %, at its subject. @returns false where there is none */
  zoomIn(): boolean;
  showPage(page: InspectorPage): void;
  /** Shows a suggestion on the photo, or takes it off again. One of a kind at a time: the newer one wins. */
  toggleTry(photo: number, adjustment: Adjustment): void;
  stopTrying(): void;
}

const KEPT = { clipping: false, focusMap: false, thirds: false, faces: false, page: 'critique' as InspectorPage };

export function createLoupeStore({
  memory,
  selection,
  viewState,
  showView,
}: { memory: Memory } & Pick<SelectionStore, 'selection'> & Pick<ViewStore, 'viewState' | 'showView'>): LoupeStore {
  const loupe = createStore<LoupeState>(() => ({
    ...memory.recall('loupe', KEPT),
    placement: FIT,
    asked: null,
    zoomWanted: null,
    trying: null,
    showsOriginal: false,
    histogram: null,
  }));

  loupe.subscribe(({ clipping, focusMap, thirds, faces, page }, before) => {
    const isChanged =
      clipping !== before.clipping ||
      focusMap !== before.focusMap ||
      thirds !== before.thirds ||
      faces !== before.faces ||
      page !== before.page;
    if (isChanged) memory.remember('loupe', { clipping, focusMap, thirds, faces, page });
  });

  return {
    loupe,
    toggleOverlay: (name) => loupe.setState((state) => ({ [name]: !state[name] })),
    zoomIn() {
      const { focus } = selection.getState();
      if (focus === null || !showsPhotos(viewState.getState().view)) return false;
      loupe.setState({ zoomWanted: focus });
      showView('loupe');
      return true;
    },
    showPage: (page) => loupe.setState({ page }),
    toggleTry(photo, adjustment) {
      loupe.setState(({ trying }) => {
        const now = trying?.photo === photo ? trying.adjustments : [];
        const adjustments = now.includes(adjustment)
          ? now.filter((one) => one !== adjustment)
          : [...now.filter((one) => one.kind !== adjustment.kind), adjustment];
        return { trying: adjustments.length === 0 ? null : { photo, adjustments }, showsOriginal: false };
      });
    },
    stopTrying: () => loupe.setState({ trying: null, showsOriginal: false }),
  };
}
