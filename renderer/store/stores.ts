/** The stores of this page, with the window, the storage and the way to the core that it has; what views import. */
import type { StoreApi } from 'zustand/vanilla';
import { type DesktopShell, PICTURE_BASES } from '../../shared/shell.ts';
import { createDragStore } from './drag.ts';
import { followNavigation } from './navigation-history.ts';
import { createPageStores } from './page-stores.ts';
import { createPictureUrl } from './pictures.ts';
import { hearPicture, PICTURE_FRAGMENT, tellPicture } from './second-window.ts';
import { followTheme } from './settings.ts';
import { portTransport, socketTransport, takeToken } from './transports.ts';

declare global {
  interface Window {
    readonly keeplight?: DesktopShell;
  }
}

/** The native shell around the page, or null in a browser. */
export const desktop: DesktopShell | null = window.keeplight ?? null;

/** What stands before the address of every picture. */
let pictures: string = PICTURE_BASES.desktop;

export const pictureUrl = createPictureUrl(() => pictures);

const throughSocket = () =>
  socketTransport(window.location.href, takeToken(window), (key) => {
    pictures = `${PICTURE_BASES.browser}/${key}`;
  });

const page = createPageStores({
  transport: desktop === null ? throughSocket() : portTransport(desktop, window),
  storage: () => window.localStorage,
  width: window.innerWidth,
  onMac: desktop === null ? /Mac|iPhone|iPad/.test(navigator.platform) : desktop.platform === 'darwin',
  copyText(text) {
    // Needs no permission, which the desktop shell gives to nobody.
    const put = (event: ClipboardEvent) => {
      event.clipboardData?.setData('text/plain', text);
      event.preventDefault();
      event.stopPropagation();
    };
    document.addEventListener('copy', put, { once: true, capture: true });
    document.execCommand('copy');
    document.removeEventListener('copy', put, { capture: true });
  },
  nextFrame(draw) {
    const frame = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(frame);
  },
});

export const { connection, sentenceOf } = page.connection;
export const { recall, remember } = page.memory;
export const { notices, notify, notifyProblem, closeNotice } = page.notices;
export const { settings, changeSettings, partsOfChord, chordText } = page.settings;
export const {
  viewState,
  showView,
  goBack,
  setPanels,
  toggleSidebar,
  uncover,
  toggleInspector,
  togglePanels,
  toggleFilterBar,
  toggleLightsOut,
  showPhotoOnly,
  showSheet,
  askFolder,
  askDate,
} = page.view;
export const { jobs, steerJob } = page.jobs;
export const {
  library,
  setShownEnd,
  sortAgain,
  readOrder,
  showSource,
  setFilter,
  clearFilter,
  setSort,
  setGroup,
  toggleAllStacks,
} = page.library;
export const { rowOf, followRow, wantRows, rowsOf } = page.rows;
export const {
  selection,
  selectOnly,
  toggleSelected,
  selectTo,
  selectExactly,
  selectAll,
  selectNone,
  moveTo,
  focusIndex,
  step,
  chosenPhotos,
} = page.selection;
export const { dateOfFocus, goToDate } = page.dates;
export const { history, undo, redo } = page.history;
export const { rotate } = page.rotation;
export const { unwritten, markTargets, setMarks, setMarksEach, mark, changeStars, cycleFlag, sharedMark } = page.marks;
export const {
  places,
  createAlbum,
  renameAlbum,
  removeAlbum,
  setAlbumFilter,
  addToAlbum,
  removeFromAlbum,
  moveInAlbum,
  arrangeAlbum,
  askAlbumName,
} = page.places;
export const { addRoot, addRootAndSay, addDemo, removeRoot, rescan, lookAgain, listFolder, listTyped } = page.roots;
export const {
  sidecarPlan,
  sharedWords,
  suggestKeywords,
  tag,
  setWord,
  resolveDifference,
  planSidecars,
  closePlan,
  writeSidecars,
  answerLive,
  readLabelWords,
} = page.words;
export const {
  outward,
  askEmbed,
  planEmbed,
  startEmbed,
  askExport,
  askList,
  writeList,
  copyPaths,
  openFile,
  askTrash,
  askTrashRejected,
  closeOutward,
  planExport,
  startExport,
  planTrash,
  startTrash,
  keepPreset,
  dropPreset,
  lastOptions,
} = page.outward;
export const { importing, openCard, setImport, toggleOnCard, planImport, startImport, cardThumb } = page.importing;
export const { report, readReport, leaveReport, wordReport, setReportVersion, writeReport } = page.report;
export const { sayVisible, visiblePhotos } = page.visible;
export const { evidence, pointAt, pointAway, litOn } = page.evidence;
export const { details, followDetail, wantDetails } = page.details;
export const {
  moments,
  followMoment,
  toggleStack,
  stackChosen,
  unstackChosen,
  splitChosen,
  putOnTop,
  countMoments,
  endMomentPreview,
  wouldBe,
  regroup,
} = page.stacks;
export { staysWhole } from './stacks.ts';
export const { loupe, toggleOverlay, zoomIn, showPage, toggleTry, stopTrying } = page.loupe;
export const {
  comparison,
  versus,
  compareThese,
  turnPage,
  startComparison,
  startSurvey,
  endSurvey,
  focusNext,
  takeOut,
  nextChallenger,
  challenge,
  addChallenger,
  swap,
  setPlacement,
  setOffset,
  askVerdict,
  stopVerdict,
} = page.comparison;
export const {
  cull,
  openShoot,
  goToFrame,
  stepFrame,
  stepMoment,
  cullMark,
  cullStars,
  acceptSuggestion,
  answerReason,
  answerSimilar,
  cullUndo,
  setGenre,
  reopenShoot,
} = page.cull;
export const { proposal, askProposal, setWish, showPart, leaveOut, applyProposal } = page.proposal;
export const { taste, readTaste, resetTaste, exportTaste } = page.taste;
export const { secondLook, readSecondLook } = page.secondLook;
export const { conversations, explain, recallExplanation, readMessages, ask, stopWriting, forget, dropAnswer } =
  page.critique;
export const {
  models,
  followModels,
  installModel,
  chooseModel,
  gradeLibrary,
  judgeAgain,
  probe,
  removeModel,
  addLocalModel,
  addAdapter,
  strengthen,
  showHeldOut,
} = page.models;
export const { engines, followEngines, probeEngine, addEngine, testEngine, removeEngine } = page.engines;
export const { feedback, askView, askRound, giveView, skipView, closeView, readAgreement, exportDataset } =
  page.feedback;
export const { why, answered } = page.why;
export const { app, readApp, readDataSize } = page.app;
export const { facets, spread } = page;
export const { drag, registerTarget, carry } = createDragStore({
  document,
  window,
  dragOut: desktop === null ? null : (ids) => desktop.dragOut(ids),
  notify,
});

followTheme(settings, document.documentElement, window.matchMedia('(prefers-color-scheme: light)'));

/** The photo that the person is on: in cull mode the frame on screen, else the one that the keyboard is on. */
const onPicture = {
  getState: () => cull.getState().at ?? selection.getState().focus,
  subscribe(listener: () => void) {
    const ends = [cull.subscribe(listener), selection.subscribe(listener)];
    return () => {
      for (const end of ends) end();
    };
  },
};

/** Starts the page's state: connects, reads, follows what happens and where the person goes. Called once. */
export function startPage(): void {
  followNavigation({ ...page.library, ...page.view, window });
  tellPicture(onPicture);
  page.app.start();
}

/** Starts a second window, which shows the picture of the first one and reads nothing of the library but that. Called once. */
export function startPicture(): StoreApi<{ id: number | null }> {
  page.connection.listen((event) => {
    if (event.kind === 'photos') page.rows.readAgain(event.ids);
    if (event.kind === 'settings') page.settings.receiveSettings(event.settings);
  });
  connection.subscribe(({ state }, before) => {
    if (state !== 'open' || before.state === 'open') return;
    page.rows.readAgain(null);
    readApp().catch(() => undefined);
  });
  page.connection.connect();
  return hearPicture();
}

/** Opens the second window, or brings it to the front. @returns false where the browser does not let it */
export function openSecondWindow(): boolean {
  if (desktop !== null) {
    desktop.openPicture();
    return true;
  }
  const address = new URL(window.location.href);
  address.hash = PICTURE_FRAGMENT;
  return window.open(address, 'keeplight-picture', 'popup,width=1280,height=860') !== null;
}
