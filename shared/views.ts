/**
 * The views of the page, one row each: what other processes and the page's state must know of a view. What it draws is
 * `renderer/views/<name>/view.tsx`; the action that opens it (`view.<name>`) is made from its row.
 */

export interface ViewFacts {
  /** In the switch of views, the menus and the sheet of shortcuts. */
  readonly title: string;
  /** Name of its icon, one of the page's own (renderer/ui/Icon.tsx). */
  readonly icon: string;
  /** Default chords of the action that opens it, see shared/actions.ts. */
  readonly chords: readonly string[];
  /**
   * What a mark's key means in it: every `chosen` photo, or the `focused` one alone. Null where no photos are shown;
   * then neither marks nor moves nor the inspector have an object, and Back leads to the view before instead of the
   * grid.
   */
  readonly marks: 'chosen' | 'focused' | null;
  /** Under which name it is remembered whether the inspector stands beside it; null where there is none. */
  readonly inspector: 'inspectorInGrid' | 'inspectorInCompare' | 'inspectorElsewhere' | null;
  /** Under which name it is remembered whether the sidebar stands beside it; in views of single photos it is folded away. */
  readonly sidebar?: 'sidebarInLoupe' | 'sidebarInCompare' | 'sidebarInSurvey';
  /** It has the whole window: neither toolbar nor panels nor status bar, and no place in the switch of views. */
  readonly bare?: true;
}

const table = <const T extends Record<string, ViewFacts>>(facts: T): T => facts;

/** In the order of the switch. A row's name is also its token in the browser's history. */
export const VIEWS = table({
  grid: { title: 'Grid', icon: 'photos', chords: ['G'], marks: 'chosen', inspector: 'inspectorInGrid' },
  loupe: {
    title: 'Loupe',
    icon: 'search',
    chords: ['E', 'Space', 'Enter'],
    marks: 'focused',
    inspector: 'inspectorElsewhere',
    sidebar: 'sidebarInLoupe',
  },
  compare: {
    title: 'Compare',
    icon: 'compare',
    chords: ['C'],
    marks: 'focused',
    inspector: 'inspectorInCompare',
    sidebar: 'sidebarInCompare',
  },
  survey: {
    title: 'Survey',
    icon: 'square',
    chords: ['N'],
    marks: 'chosen',
    inspector: 'inspectorElsewhere',
    sidebar: 'sidebarInSurvey',
  },
  cull: { title: 'Cull', icon: 'flag', chords: ['Q'], marks: 'focused', inspector: null, bare: true },
  propose: {
    title: 'Propose what to keep',
    icon: 'sparkle',
    chords: ['R'],
    marks: 'focused',
    inspector: null,
    bare: true,
  },
  secondlook: { title: 'Second look', icon: 'refresh', chords: [], marks: 'focused', inspector: null, bare: true },
  report: { title: 'Report', icon: 'file', chords: ['Shift+R'], marks: null, inspector: null },
  import: { title: 'Import', icon: 'disk', chords: ['Mod+Shift+I'], marks: null, inspector: null },
  models: { title: 'Models', icon: 'sparkle', chords: [], marks: null, inspector: null },
  settings: { title: 'Settings', icon: 'gear', chords: ['Mod+,'], marks: null, inspector: null },
});

export type View = keyof typeof VIEWS;
export const VIEW_NAMES = Object.keys(VIEWS) as View[];

/** Facts of one view, whichever it is. */
export function viewFacts(view: View): ViewFacts {
  return VIEWS[view];
}

/** True in the views of photos: the others are places of the app. */
export function showsPhotos(view: View): boolean {
  return viewFacts(view).marks !== null;
}
