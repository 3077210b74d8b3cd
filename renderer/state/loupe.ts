/** How one photo is looked at: zoom, overlays, what is tried on it, which page of the inspector is open. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Adjustment } from '../../shared/critique.ts';
import { FIT, type Placement } from '../photo/geometry.ts';
import type { HistogramCounts } from '../photo/pixels.ts';
import { api } from './client.ts';
import { recall, remember } from './remember.ts';
import { selection } from './selection.ts';
import { isPhotoView, showView, viewState } from './view.ts';

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
  /** Per cent of the original's pixels that the pane shows, and whether they are all there. */
  readonly scale: { readonly percent: number; readonly isSharp: boolean };
}

const KEPT = { clipping: false, focusMap: false, thirds: false, faces: false, page: 'critique' as InspectorPage };

export const loupe = createStore<LoupeState>(() => ({
  ...recall('loupe', KEPT),
  placement: FIT,
  asked: null,
  zoomWanted: null,
  trying: null,
  showsOriginal: false,
  histogram: null,
  scale: { percent: 0, isSharp: true },
}));
export const useLoupe = <T>(pick: (state: LoupeState) => T): T => useStore(loupe, pick);

loupe.subscribe(({ clipping, focusMap, thirds, faces, page }, before) => {
  const isChanged =
    clipping !== before.clipping ||
    focusMap !== before.focusMap ||
    thirds !== before.thirds ||
    faces !== before.faces ||
    page !== before.page;
  if (isChanged) remember('loupe', { clipping, focusMap, thirds, faces, page });
});

export type OverlayName = 'clipping' | 'focusMap' | 'thirds' | 'faces';

export function toggleOverlay(name: OverlayName): void {
  loupe.setState((state) => ({ [name]: !state[name] }));
}

/** Opens the photo that the keyboard is on at 100 %, at its subject. @returns false where there is none */
export function zoomIn(): boolean {
  const { focus } = selection.getState();
  if (focus === null || !isPhotoView(viewState.getState().view)) return false;
  loupe.setState({ zoomWanted: focus });
  showView('loupe');
  return true;
}

export function showPage(page: InspectorPage): void {
  loupe.setState({ page });
}

/** Shows a suggestion on the photo, or takes it off again. One of a kind at a time: the newer one wins. */
export function toggleTry(photo: number, adjustment: Adjustment): void {
  loupe.setState(({ trying }) => {
    const now = trying?.photo === photo ? trying.adjustments : [];
    const adjustments = now.includes(adjustment)
      ? now.filter((one) => one !== adjustment)
      : [...now.filter((one) => one.kind !== adjustment.kind), adjustment];
    return { trying: adjustments.length === 0 ? null : { photo, adjustments }, showsOriginal: false };
  });
}

export function stopTrying(): void {
  loupe.setState({ trying: null, showsOriginal: false });
}

let visibleTimer: ReturnType<typeof setTimeout> | undefined;

/** Says what is looked at, so that it is measured and graded first; not while one steps quickly. */
export function sayVisible(ids: readonly number[]): void {
  clearTimeout(visibleTimer);
  visibleTimer = setTimeout(() => void api.photos.visible({ ids: [...ids] }).catch(() => undefined), 120);
}
