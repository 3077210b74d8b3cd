/**
 * All stores of a page, put together over one way to the core. What they need of a browser is handed in, so that tests
 * make the same page in plain Node over a core in their own process.
 */
import { createAppStore } from './app.ts';
import { createComparisonStore } from './comparison.ts';
import { createConnection, type Transport } from './connection.ts';
import { createCritiqueStore } from './critique.ts';
import { createCullStore } from './cull.ts';
import { createDatesStore } from './dates.ts';
import { createDetailsStore } from './details.ts';
import { createEnginesStore } from './engines.ts';
import { createEvidenceStore } from './evidence.ts';
import { createFacetsStore, createSpreadStore } from './facets.ts';
import { createFeedbackStore } from './feedback.ts';
import { createHistoryStore } from './history.ts';
import { createImportStore } from './import.ts';
import { createJobsStore } from './jobs.ts';
import { createLibraryStore } from './library.ts';
import { createLoupeStore } from './loupe.ts';
import { createMarksStore } from './marks.ts';
import { createMemory } from './memory.ts';
import { createModelsStore } from './models.ts';
import { createNoticesStore } from './notices.ts';
import { createOutwardStore } from './outward.ts';
import { createPlacesStore } from './places.ts';
import { createProposalStore } from './proposal.ts';
import { createReportStore } from './report.ts';
import { createRootsStore } from './roots.ts';
import { createRotationStore } from './rotation.ts';
import { createRowsStore } from './rows.ts';
import { createSecondLookStore } from './second-look.ts';
import { createSelectionStore } from './selection.ts';
import { createSettingsStore } from './settings.ts';
import { createStacksStore } from './stacks.ts';
import { createTasteStore } from './taste.ts';
import { createViewStore } from './view.ts';
import { createVisibleStore } from './visible.ts';
import { createWhyStore } from './why.ts';
import { createWordsStore } from './words.ts';

export interface PageSurroundings {
  transport: Transport;
  /** Asked for at each use. */
  storage: () => Pick<Storage, 'getItem' | 'setItem'>;
  /** Of the window, in CSS pixels. */
  width: number;
  onMac: boolean;
  /** Puts a text on the clipboard. */
  copyText: (text: string) => void;
  /** Runs a drawing with the next frame. @returns gives it up */
  nextFrame: (draw: () => void) => () => void;
}

export function createPageStores({ transport, storage, width, onMac, copyText, nextFrame }: PageSurroundings) {
  const connection = createConnection(transport);
  const { api, sentenceOf } = connection;
  const memory = createMemory(storage);
  const notices = createNoticesStore({ sentenceOf });
  const settings = createSettingsStore({ api, memory, onMac, ...notices });
  const view = createViewStore({ memory, width });
  const jobs = createJobsStore({ api, ...notices });
  const library = createLibraryStore({ ...connection, ...jobs, memory });
  const rows = createRowsStore({ api });
  const selection = createSelectionStore(library);
  const history = createHistoryStore({ api, ...library, ...selection, ...notices });
  const marks = createMarksStore({
    api,
    ...library,
    ...rows,
    ...selection,
    ...history,
    ...notices,
    settings: settings.settings,
    viewState: view.viewState,
  });
  const stacks = createStacksStore({ api, ...library, ...rows, ...selection, ...history, ...notices });
  const dates = createDatesStore({ api, ...library, ...rows, ...selection, ...notices });
  const places = createPlacesStore({ api, ...history, ...notices });
  const rotation = createRotationStore({ api, ...history, ...notices });
  const words = createWordsStore({ api, ...history, ...notices, ...settings });
  const roots = createRootsStore({ api, ...history, ...library, ...notices });
  const outward = createOutwardStore({ api, memory, copyText, ...library, ...jobs, ...notices });
  const importing = createImportStore({ api, sentenceOf, memory, ...notices });
  const report = createReportStore({ api, sentenceOf, ...library, ...places, ...jobs, ...notices });
  const visible = createVisibleStore({ api });
  const facets = createFacetsStore({ api, ...library, ...notices });
  const spread = createSpreadStore({ api, ...library });
  const details = createDetailsStore({ api, sentenceOf });
  const evidence = createEvidenceStore({ api, ...rows });
  const loupe = createLoupeStore({ memory, ...selection, ...view });
  const comparison = createComparisonStore({ api, sentenceOf, ...library, ...rows, ...selection, ...view });
  const critique = createCritiqueStore({ api, sentenceOf, ...details, ...notices, nextFrame });
  const models = createModelsStore({ api, sentenceOf, settings: settings.settings, ...jobs, ...notices });
  const engines = createEnginesStore({ api, sentenceOf, ...notices });
  const cull = createCullStore({
    ...connection,
    ...library,
    ...selection,
    ...marks,
    ...history,
    ...notices,
    ...view,
    ...places,
    memory,
    settings: settings.settings,
  });
  const proposal = createProposalStore({ ...connection, ...cull, ...history, ...notices, ...view });
  const secondLook = createSecondLookStore({ ...connection, ...cull });
  const taste = createTasteStore({ api, ...notices });
  const feedback = createFeedbackStore({ api, sentenceOf, ...jobs, ...notices, rowsOf: rows.rowsOf });
  const why = createWhyStore({ ...critique, ...loupe, ...selection, ...view, settings: settings.settings });
  const app = createAppStore({
    connection,
    details,
    facets,
    history,
    engines,
    jobs,
    library,
    memory,
    models,
    cull,
    proposal,
    places,
    rows,
    settings,
    spread,
    stacks,
  });
  return {
    connection,
    memory,
    notices,
    settings,
    view,
    jobs,
    library,
    rows,
    selection,
    dates,
    history,
    marks,
    stacks,
    places,
    roots,
    rotation,
    words,
    outward,
    importing,
    report,
    visible,
    facets,
    spread,
    details,
    evidence,
    loupe,
    comparison,
    cull,
    proposal,
    secondLook,
    feedback,
    taste,
    critique,
    models,
    engines,
    why,
    app,
  };
}
