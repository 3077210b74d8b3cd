/** The frame: toolbar, sidebar, the view, inspector, status bar, and the actions that work everywhere. */
import './frame.css';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { MenuCommand } from '../../../shared/shell.ts';
import { type ActionHandlers, runAction, useActions } from '../../store/actions.ts';
import { usePlaces, useView } from '../../store/hooks.ts';
import { shortName } from '../../store/places.ts';
import {
  app,
  askAlbumName,
  askFolder,
  changeSettings,
  changeStars,
  createAlbum,
  cycleFlag,
  desktop,
  goBack,
  mark,
  notify,
  notifyProblem,
  recall,
  redo,
  selectAll,
  selectNone,
  setPanels,
  settings,
  showSheet,
  showView,
  toggleFilterBar,
  toggleInspector,
  toggleLightsOut,
  togglePanels,
  toggleStacks,
  undo,
  versus,
  viewState,
  why,
  zoomIn,
} from '../../store/stores.ts';
import { isInspectorOpen, isPhotoView } from '../../store/view.ts';
import { Notices } from '../../ui/Notices.tsx';
import { TooltipLayer } from '../../ui/Tooltip.tsx';
import { Compare } from '../compare/Compare.tsx';
import { Inspector } from '../critique/Inspector.tsx';
import { Grid } from '../grid/Grid.tsx';
import { Loupe } from '../loupe/Loupe.tsx';
import { ModelsView } from '../models/ModelsView.tsx';
import { SettingsView } from '../settings/SettingsView.tsx';
import { Shortcuts } from '../settings/Shortcuts.tsx';
import { NameDialog } from '../sidebar/NameDialog.tsx';
import { openSource } from '../sidebar/openSource.ts';
import { Sidebar } from '../sidebar/Sidebar.tsx';
import { Survey } from '../survey/Survey.tsx';
import { AddFolder } from '../welcome/AddFolder.tsx';
import { addDropped, Welcome } from '../welcome/Welcome.tsx';
import { ConnectionNotice } from './ConnectionNotice.tsx';
import { DragLayer } from './DragLayer.tsx';
import { Edge } from './Edge.tsx';
import { focusRegion } from './regions.ts';
import { type SlotElements, Slots } from './Slots.tsx';
import { StatusBar } from './StatusBar.tsx';
import { Toolbar } from './Toolbar.tsx';

/** What the menu of the desktop window asks for. */
const MENU: Readonly<Record<MenuCommand, () => unknown>> = {
  'add-folder': () => askFolder(true),
  undo: () => runAction('history.undo'),
  redo: () => runAction('history.redo'),
  'select-all': () => runAction('select.all'),
  settings: () => runAction('view.settings'),
  shortcuts: () => runAction('app.shortcuts'),
};

/** What works everywhere, unless what is on screen does it in its own way. */
const useAppActions = (): void => useActions(APP_ACTIONS, 'beneath');

const APP_ACTIONS: ActionHandlers = {
  'mark.pick': ({ advance }) => mark({ flag: 'pick' }, advance),
  'mark.reject': ({ advance }) => mark({ flag: 'reject' }, advance),
  'mark.unflag': ({ advance }) => mark({ flag: 'none' }, advance),
  'mark.cycle': ({ advance }) => cycleFlag(advance),
  'mark.stars0': ({ advance }) => mark({ stars: 0 }, advance),
  'mark.stars1': ({ advance }) => mark({ stars: 1 }, advance),
  'mark.stars2': ({ advance }) => mark({ stars: 2 }, advance),
  'mark.stars3': ({ advance }) => mark({ stars: 3 }, advance),
  'mark.stars4': ({ advance }) => mark({ stars: 4 }, advance),
  'mark.stars5': ({ advance }) => mark({ stars: 5 }, advance),
  'mark.fewerStars': ({ advance }) => void changeStars(-1, advance),
  'mark.moreStars': ({ advance }) => void changeStars(1, advance),
  'mark.red': ({ advance }) => mark({ color: 'red' }, advance),
  'mark.yellow': ({ advance }) => mark({ color: 'yellow' }, advance),
  'mark.green': ({ advance }) => mark({ color: 'green' }, advance),
  'mark.blue': ({ advance }) => mark({ color: 'blue' }, advance),
  'mark.purple': ({ advance }) => mark({ color: 'purple' }, advance),
  'mark.noColor': ({ advance }) => mark({ color: 'none' }, advance),
  'mark.autoAdvance': () => {
    const on = !settings.getState().autoAdvance;
    changeSettings((now) => ({ ...now, autoAdvance: on }));
    notify(on ? 'A mark goes on to the next photo' : 'A mark stays on its photo');
  },
  'view.grid': () => showView('grid'),
  'view.loupe': () => showView('loupe'),
  'view.compare': () => showView('compare'),
  'view.survey': () => showView('survey'),
  'view.settings': () => showView('settings'),
  'view.back': () => {
    if (viewState.getState().lightsOut) toggleLightsOut();
    else if (document.fullscreenElement !== null) void document.exitFullscreen();
    else if (viewState.getState().view === 'grid') selectNone();
    else goBack();
  },
  'stacks.toggle': toggleStacks,
  'look.fullScreen': () => {
    if (document.fullscreenElement === null) void document.documentElement.requestFullscreen();
    else void document.exitFullscreen();
  },
  'look.zoom': zoomIn,
  'look.versus': () => isPhotoView(viewState.getState().view) && versus(),
  'look.why': why,
  'look.lightsOut': toggleLightsOut,
  'panels.toggle': togglePanels,
  'panels.inspector': toggleInspector,
  'panels.filter': () => {
    if (viewState.getState().view !== 'grid') showView('grid');
    toggleFilterBar();
  },
  'panels.next': () => focusRegion(1),
  'panels.previous': () => focusRegion(-1),
  'select.all': selectAll,
  'select.none': selectNone,
  'history.undo': () => void undo(),
  'history.redo': () => void redo(),
  'app.shortcuts': () => showSheet(true),
  // With the sidebar open its own field answers.
  'app.find': () => {
    if (app.getState().state !== 'ready') return false;
    setPanels({ sidebar: true });
    requestAnimationFrame(() => runAction('app.find'));
    return true;
  },
};

export function Frame() {
  const [slots, setSlots] = useState<SlotElements>({ start: null, end: null });
  const started = useStore(app, (state) => state.state);
  const lightsOut = useView((state) => state.lightsOut);
  const sidebar = useView((state) => state.sidebar);
  const inspector = useView(isInspectorOpen);
  const sheet = useView((state) => state.sheet);
  const addingFolder = useView((state) => state.addingFolder);
  const sidebarWidth = useView((state) => state.sidebarWidth);
  const inspectorWidth = useView((state) => state.inspectorWidth);
  useAppActions();
  useEffect(() => desktop?.onMenu((command) => MENU[command]()), []);

  const view = useView((state) => state.view);
  const isFirstRun = started === 'empty' && isPhotoView(view);
  // Before the core has said whether there is a library, nothing is drawn that would have to move aside for it.
  const isKnown = started !== 'starting' || knownBefore;
  const hasPanels = isKnown && started !== 'empty';
  return (
    <Slots value={slots}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: only takes files that are dropped on the window */}
      <div
        className="frame"
        data-lights-out={lightsOut || undefined}
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          addDropped(event).catch(notifyProblem);
        }}
        style={{ '--sidebar': `${sidebarWidth}px`, '--inspector': `${inspectorWidth}px` } as React.CSSProperties}
      >
        <Toolbar onSlots={setSlots} withViews={hasPanels} />
        {sidebar && hasPanels && <Sidebar />}
        {isKnown && (
          <main className="stage" data-region="photos">
            {isFirstRun ? <Welcome /> : <CurrentView />}
          </main>
        )}
        {inspector && hasPanels && (
          <aside className="inspector" data-region="inspector" aria-label="Inspector">
            <Edge
              side="right"
              label="Width of the inspector"
              value={inspectorWidth}
              min={280}
              max={560}
              onChange={(width) => setPanels({ inspectorWidth: width })}
            />
            <div className="inspector-scroll">
              <Inspector />
            </div>
          </aside>
        )}
        <StatusBar />
      </div>
      {sheet && <Shortcuts onClose={() => showSheet(false)} />}
      {addingFolder && <AddFolder onClose={() => askFolder(false)} />}
      <NewAlbum />
      <DragLayer />
      <Notices>
        <ConnectionNotice />
      </Notices>
      <TooltipLayer />
    </Slots>
  );
}

/** True when the last visit had a library: then its frame is drawn at once. */
const knownBefore = recall('library', { known: false }).known;

function CurrentView() {
  const view = useView((state) => state.view);
  switch (view) {
    case 'grid':
      return <Grid />;
    case 'loupe':
      return <Loupe />;
    case 'compare':
      return <Compare />;
    case 'survey':
      return <Survey />;
    case 'models':
      return <ModelsView />;
    case 'settings':
      return <SettingsView />;
  }
}

async function newAlbum(name: string, ids: number[]): Promise<void> {
  const album = await createAlbum(name, ids);
  if (album === null) return;
  const photos = ids.length === 1 ? '1 photo' : `${ids.length.toLocaleString('en')} photos`;
  notify(ids.length === 0 ? `${shortName(name)} created` : `${photos} put into ${shortName(name)}`, {
    label: 'Show it',
    run: () => openSource({ kind: 'album', id: album.id }),
  });
}

/** Names an album that was asked for from anywhere. */
function NewAlbum() {
  const ids = usePlaces((places) => places.unnamed);
  if (ids === null) return null;
  const words =
    ids.length === 0
      ? 'Drag photos onto it afterwards.'
      : ids.length === 1
        ? 'The photo goes into it.'
        : `The ${ids.length.toLocaleString('en')} selected photos go into it.`;
  return (
    <NameDialog
      title="New album"
      verb="Create"
      initial=""
      onClose={() => askAlbumName(null)}
      onName={(name) => void newAlbum(name, [...ids])}
    >
      {words}
    </NameDialog>
  );
}
