/**
 * What each action of the table (shared/actions.ts) does on the page, when it can be done, and its icon: one row an
 * action. Keys, buttons, menus and the desktop's menu run them by name (dispatch.ts); a view that does one in its own
 * way registers that there.
 */

import type { ActionName } from '../../shared/actions.ts';
import { showsPhotos, VIEW_NAMES, VIEWS, type View } from '../../shared/views.ts';
import { COMPARED } from '../store/comparison.ts';
import type { OverlayName } from '../store/loupe.ts';
import type { MarkChange } from '../store/marks.ts';
import {
  addChallenger,
  app,
  askAlbumName,
  askDate,
  askEmbed,
  askExport,
  askFolder,
  askList,
  askRound,
  askTrash,
  askTrashRejected,
  askView,
  changeSettings,
  changeStars,
  comparison,
  copyPaths,
  cull,
  cycleFlag,
  desktop,
  focusIndex,
  goBack,
  library,
  loupe,
  mark,
  markTargets,
  moveTo,
  notify,
  notifyProblem,
  openFile,
  openSecondWindow,
  planSidecars,
  putOnTop,
  redo,
  rotate,
  rowOf,
  selectAll,
  selection,
  selectNone,
  setPanels,
  settings,
  showPhotoOnly,
  showSheet,
  showView,
  sortAgain,
  splitChosen,
  stackChosen,
  step,
  swap,
  takeOut,
  toggleAllStacks,
  toggleFilterBar,
  toggleInspector,
  toggleLightsOut,
  toggleOverlay,
  togglePanels,
  toggleSidebar,
  toggleStack,
  undo,
  unstackChosen,
  versus,
  viewState,
  why,
  zoomIn,
} from '../store/stores.ts';
import type { IconName } from '../ui/Icon.tsx';
import { focusRegion, focusSearch } from './regions.ts';

export interface ActionContext {
  /** Shift or CapsLock was held with a mark: go on to the next photo. */
  readonly advance: boolean;
  /** Shift was held with a move: the selection grows. */
  readonly extend: boolean;
  /** The key press, or null from a button or menu. */
  readonly event: KeyboardEvent | null;
}

export interface PageAction {
  readonly icon?: IconName;
  /** Why it cannot be done now, as a sentence for people; null where it can. Quick: it is asked at every change. */
  readonly when: () => string | null;
  readonly perform: (context: ActionContext) => unknown;
}

const shown = (): View => viewState.getState().view;

const always = (): null => null;
const withLibrary = (): string | null =>
  app.getState().state === 'empty' ? 'There are no photos yet: add a folder first.' : null;
export const amongPhotos = (): string | null =>
  withLibrary() ?? (showsPhotos(shown()) ? null : 'This is done where photos are shown: go to the grid first.');
const onPhoto = (): string | null =>
  amongPhotos() ??
  (selection.getState().focus === null && selection.getState().ids.size === 0
    ? 'No photo is chosen: click one first.'
    : null);
const onOnePhoto = (): string | null =>
  onPhoto() ?? (markTargets().length === 1 ? null : 'Choose one photo: one file is opened at a time.');
const inOneOrder = (): boolean => shown() === 'grid' || shown() === 'loupe';
const inStack = (): string | null => {
  const { focus } = selection.getState();
  return onPhoto() ?? (focus !== null && rowOf(focus)?.stack != null ? null : 'This photo is in no stack.');
};
const inLoupe = (): string | null =>
  onPhoto() ?? (shown() === 'loupe' ? null : 'Overlays are drawn on one photo: open it in the loupe first.');
const inLineup = (): string | null =>
  shown() === 'compare' || shown() === 'survey' ? null : 'This is done among photos side by side: compare them first.';
const inComparison = (): string | null =>
  shown() === 'compare' ? null : 'This is done in a comparison: compare photos first.';

const marks = (change: MarkChange, icon?: IconName): PageAction => ({
  ...(icon === undefined ? {} : { icon }),
  when: onPhoto,
  perform: ({ advance }) => mark(change, advance),
});

const rotates = (by: 1 | 3, icon: IconName): PageAction => ({
  icon,
  when: onPhoto,
  perform: () => {
    const at = shown() === 'cull' ? cull.getState().at : null;
    void rotate(at === null ? markTargets() : [at], by);
  },
});

/** Where no view has a better idea of above and below, photos follow one another. */
const moves = (target: (extend: boolean) => void): PageAction => ({
  when: amongPhotos,
  perform: ({ extend }) => target(extend),
});

/** Photos that a screen up or down passes where no view knows its rows. */
const PAGE = 10;

const overlay = (name: OverlayName, when = inLoupe): PageAction => ({ when, perform: () => toggleOverlay(name) });

/** Larger and smaller: of thumbnails, or of what a pane shows; each view knows of what. */
const sizes: PageAction = {
  when: () => 'Nothing here can be made larger or smaller.',
  perform: () => undefined,
};

/** Cull mode does these itself: elsewhere they say where they are done. */
const inCulling: PageAction = {
  when: () => 'This is done in cull mode: open it first.',
  perform: () => undefined,
};
const onReason: PageAction = {
  when: () => 'A reason is answered where it is given: in cull mode, beside the photo.',
  perform: () => undefined,
};

const opens = (view: View): PageAction => ({
  icon: VIEWS[view].icon,
  when: showsPhotos(view) && view !== 'grid' ? withLibrary : always,
  perform: () => showView(view),
});
const opening = Object.fromEntries(VIEW_NAMES.map((name) => [`view.${name}`, opens(name)])) as Record<
  `view.${View}`,
  PageAction
>;

function leavePhotoOnly(): void {
  showPhotoOnly(false);
  if (document.fullscreenElement !== null) void document.exitFullscreen();
}

export const PAGE_ACTIONS: Readonly<Record<ActionName, PageAction>> = {
  'mark.pick': marks({ flag: 'pick' }, 'flag'),
  'mark.reject': marks({ flag: 'reject' }, 'reject'),
  'mark.unflag': marks({ flag: 'none' }),
  'mark.cycle': { when: onPhoto, perform: ({ advance }) => cycleFlag(advance) },
  'mark.stars0': marks({ stars: 0 }),
  'mark.stars1': marks({ stars: 1 }),
  'mark.stars2': marks({ stars: 2 }),
  'mark.stars3': marks({ stars: 3 }),
  'mark.stars4': marks({ stars: 4 }),
  'mark.stars5': marks({ stars: 5 }),
  'mark.fewerStars': { when: onPhoto, perform: ({ advance }) => void changeStars(-1, advance) },
  'mark.moreStars': { when: onPhoto, perform: ({ advance }) => void changeStars(1, advance) },
  'mark.red': marks({ color: 'red' }),
  'mark.yellow': marks({ color: 'yellow' }),
  'mark.green': marks({ color: 'green' }),
  'mark.blue': marks({ color: 'blue' }),
  'mark.purple': marks({ color: 'purple' }),
  'mark.noColor': marks({ color: 'none' }),
  'photo.rotateLeft': rotates(3, 'rotateLeft'),
  'photo.rotateRight': rotates(1, 'rotateRight'),
  'answer.meant': onReason,
  'answer.otherwise': onReason,
  'feedback.view': {
    when: onPhoto,
    perform: () => {
      const focus = (shown() === 'cull' ? cull.getState().at : null) ?? selection.getState().focus;
      if (focus !== null) askView(focus);
    },
  },
  'feedback.round': { when: withLibrary, perform: () => void askRound() },
  'cull.accept': inCulling,
  'cull.advance': inCulling,
  'mark.autoAdvance': {
    when: always,
    perform: () => {
      const on = !settings.getState().autoAdvance;
      changeSettings((now) => ({ ...now, autoAdvance: on }));
      notify(on ? 'A mark goes on to the next photo' : 'A mark stays on its photo');
    },
  },

  'move.left': moves((extend) => step(-1, extend)),
  'move.right': moves((extend) => step(1, extend)),
  'move.up': moves((extend) => step(-1, extend)),
  'move.down': moves((extend) => step(1, extend)),
  'move.first': moves((extend) => moveTo(0, extend)),
  'move.last': moves((extend) => moveTo(library.getState().order.total - 1, extend)),
  'move.toDate': {
    when: () => amongPhotos() ?? (inOneOrder() ? null : 'Dates are gone to in the grid and in the loupe.'),
    perform: () => askDate(true),
  },
  'move.pageUp': moves((extend) => moveTo(focusIndex() - PAGE, extend)),
  'move.pageDown': moves((extend) => moveTo(focusIndex() + PAGE, extend)),

  ...opening,
  'view.back': {
    icon: 'left',
    when: always,
    perform: ({ event }) => {
      // Its key leaves one thing after another, innermost first; a button says what it leaves.
      if (event === null) goBack();
      else if (viewState.getState().photoOnly) leavePhotoOnly();
      else if (viewState.getState().lightsOut) toggleLightsOut();
      else if (document.fullscreenElement !== null) void document.exitFullscreen();
      else if (shown() === 'grid') selectNone();
      else goBack();
    },
  },
  'stacks.toggle': { icon: 'stack', when: inStack, perform: () => void toggleStack() },
  'stacks.toggleAll': { when: amongPhotos, perform: toggleAllStacks },
  'stacks.stack': {
    icon: 'stack',
    when: () =>
      onPhoto() ??
      (selection.getState().ids.size < 2 ? 'A stack is made of two photos or more: choose more first.' : null),
    perform: () => void stackChosen(),
  },
  'stacks.unstack': { when: inStack, perform: () => void unstackChosen() },
  'stacks.split': { when: inStack, perform: () => void splitChosen() },
  'stacks.top': { when: inStack, perform: () => void putOnTop() },
  'grid.sortAgain': {
    icon: 'refresh',
    when: () => (library.getState().held === null ? 'The photos are in order already.' : null),
    perform: sortAgain,
  },
  'grid.larger': sizes,
  'grid.smaller': sizes,

  'look.zoom': { when: onPhoto, perform: zoomIn },
  'look.why': { when: onPhoto, perform: why },
  'look.versus': { when: onPhoto, perform: versus },
  'look.clipping': overlay('clipping'),
  'look.focus': overlay('focusMap'),
  'look.thirds': overlay('thirds'),
  'look.faces': overlay('faces'),
  'look.fullScreen': {
    when: amongPhotos,
    perform: () => {
      if (viewState.getState().photoOnly) leavePhotoOnly();
      else {
        showPhotoOnly(true);
        // Where the window cannot fill the screen the photo fills the window.
        if (document.fullscreenEnabled) document.documentElement.requestFullscreen().catch(() => undefined);
      }
    },
  },
  'look.secondWindow': {
    when: amongPhotos,
    perform: () => {
      if (!openSecondWindow()) notify('The browser kept the second window closed: allow windows of this page.');
    },
  },
  'look.lightsOut': { when: always, perform: toggleLightsOut },
  'comparison.swap': {
    when: () =>
      inComparison() ?? (comparison.getState().ids.length < 2 ? 'There is nothing to exchange it with.' : null),
    perform: swap,
  },
  'comparison.add': {
    icon: 'plus',
    when: () => {
      const { ids } = comparison.getState();
      if (ids.length >= COMPARED) return inComparison() ?? `A comparison holds at most ${COMPARED} photos.`;
      return (
        inComparison() ??
        (ids.length >= library.getState().order.total ? 'Every photo of this place is in the comparison.' : null)
      );
    },
    perform: addChallenger,
  },
  'comparison.takeOut': {
    when: () => {
      const least = shown() === 'compare' ? 2 : 1;
      return inLineup() ?? onPhoto() ?? (comparison.getState().ids.length <= least ? 'The last photos stay.' : null);
    },
    perform: () => {
      const { focus } = selection.getState();
      if (focus !== null) takeOut(focus, shown() === 'survey');
    },
  },

  'panels.toggle': { when: withLibrary, perform: togglePanels },
  'panels.sidebar': { icon: 'sidebar', when: withLibrary, perform: toggleSidebar },
  'panels.inspector': { when: amongPhotos, perform: toggleInspector },
  'panels.filter': {
    icon: 'filter',
    when: withLibrary,
    perform: () => {
      if (shown() !== 'grid') showView('grid');
      toggleFilterBar();
    },
  },
  'panels.next': { when: always, perform: () => focusRegion(1) },
  'panels.previous': { when: always, perform: () => focusRegion(-1) },

  'select.all': { when: amongPhotos, perform: selectAll },
  'select.none': { when: amongPhotos, perform: selectNone },
  // Whether there is a step to go back is the core's to know: it says so itself.
  'history.undo': { when: always, perform: () => void undo() },
  'history.redo': { when: always, perform: () => void redo() },

  'sidecars.write': { icon: 'disk', when: onPhoto, perform: () => void planSidecars(markTargets()) },
  'files.embed': {
    when: () =>
      settings.getState().sidecars.embed
        ? onPhoto()
        : 'Marks go into sidecars. Writing into photos themselves can be switched on in the settings.',
    perform: () => askEmbed(markTargets()),
  },
  'files.export': { icon: 'external', when: onPhoto, perform: () => askExport(markTargets()) },
  'files.list': { icon: 'file', when: onPhoto, perform: () => askList(markTargets()) },
  'files.copyPath': { when: onPhoto, perform: () => void copyPaths(markTargets()) },
  'files.open': {
    icon: 'external',
    when: onOnePhoto,
    perform: () => {
      const [id] = markTargets();
      if (id !== undefined) void openFile(id, 'open');
    },
  },
  'files.trash': { when: onPhoto, perform: () => askTrash(markTargets()) },
  'files.trashRejected': { when: amongPhotos, perform: askTrashRejected },

  'app.find': {
    icon: 'search',
    when: () => (app.getState().state === 'starting' ? 'The library is being opened.' : withLibrary()),
    perform: () => {
      // At once where it can be, so that letters typed behind the key are the search's.
      if (focusSearch()) return;
      setPanels({ sidebar: true });
      requestAnimationFrame(focusSearch);
    },
  },
  'app.addFolder': { icon: 'plus', when: always, perform: () => askFolder(true) },
  'app.newAlbum': { icon: 'plus', when: withLibrary, perform: () => askAlbumName([...selection.getState().ids]) },
  'app.reveal': {
    icon: 'external',
    when: onOnePhoto,
    perform: () => {
      const [id] = markTargets();
      if (id === undefined) return;
      if (desktop === null) void openFile(id, 'reveal');
      else desktop.reveal(id).catch(notifyProblem);
    },
  },
  'app.shortcuts': { icon: 'key', when: always, perform: () => showSheet(true) },
};

/** Everything that `when` reads: who shows whether an action can be done looks again when one of these changes. */
export const ACTION_STORES = [app, viewState, selection, library, comparison, loupe] as const;
