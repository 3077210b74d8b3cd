/** The frame: toolbar, sidebar, the view, inspector, status bar, and the dialogs that are opened from anywhere. */
import './frame.css';
import { type ComponentType, useEffect } from 'react';
import { useStore } from 'zustand';
import { showsPhotos } from '../../shared/views.ts';
import { useView } from '../store/hooks.ts';
import {
  addRoot,
  app,
  askFolder,
  desktop,
  notifyProblem,
  recall,
  setPanels,
  showSheet,
  uncover,
} from '../store/stores.ts';
import { isInspectorOpen, isSidebarOpen, NARROW } from '../store/view.ts';
import { TooltipLayer } from '../ui/Tooltip.tsx';
import { ConnectionNotice } from './ConnectionNotice.tsx';
import { DragLayer } from './DragLayer.tsx';
import { runAction } from './dispatch.ts';
import { Edge } from './Edge.tsx';
import { GoToDate } from './GoToDate.tsx';
import { NewAlbum } from './NewAlbum.tsx';
import { Notices } from './Notices.tsx';
import { Shortcuts } from './Shortcuts.tsx';
import { StatusBar } from './StatusBar.tsx';
import { Toolbar } from './Toolbar.tsx';
import type { ViewRegistry } from './view.ts';
import { WriteSidecars } from './WriteSidecars.tsx';

/** What the frame holds; the entry gives it, so that the shell knows neither views nor panels. */
interface FrameProps {
  views: ViewRegistry;
  Sidebar: ComponentType;
  /** On the stage while there is no library. */
  FirstRun: ComponentType;
  AddFolder: ComponentType<{ onClose: () => void }>;
  /** Dialogs of what leaves the library. */
  Outward: ComponentType;
  /** Where somebody says what they think of a photo. */
  YourView: ComponentType;
}

/** Folders dropped on the desktop window become roots. */
async function addDropped({ dataTransfer }: React.DragEvent): Promise<void> {
  if (desktop === null) return;
  for (const file of dataTransfer.files) {
    const token = await desktop.dropped(file);
    if (token !== null) await addRoot(token);
  }
}

/** True when the last visit had a library: then its frame is drawn at once. */
const knownBefore = recall('library', { known: false }).known;

const NARROW_WINDOW = window.matchMedia(`(max-width: ${NARROW - 1}px)`);
const isNarrow = (): boolean => NARROW_WINDOW.matches;

export function Frame({ views, Sidebar, FirstRun, AddFolder, Outward, YourView }: FrameProps) {
  const started = useStore(app, (state) => state.state);
  const lightsOut = useView((state) => state.lightsOut);
  const sidebar = useView(isSidebarOpen);
  const photoOnly = useView((state) => state.photoOnly);
  const inspector = useView(isInspectorOpen);
  const sheet = useView((state) => state.sheet);
  const addingFolder = useView((state) => state.addingFolder);
  const sidebarWidth = useView((state) => state.sidebarWidth);
  const inspectorWidth = useView((state) => state.inspectorWidth);
  useEffect(() => desktop?.onMenu((action) => runAction(action)), []);
  useEffect(() => {
    // A window that is made narrow while the sidebar stands beside the photos would have them covered.
    const changed = () =>
      NARROW_WINDOW.matches ? uncover() : setPanels({ sidebar: recall('panels', { sidebar: true }).sidebar });
    NARROW_WINDOW.addEventListener('change', changed);
    return () => NARROW_WINDOW.removeEventListener('change', changed);
  }, []);

  const { Stage, Title, Tools, Status, Inspector, ...view } = views[useView((state) => state.view)];
  const isFirstRun = started === 'empty' && showsPhotos(view.name);
  // Before the core has said whether there is a library, nothing is drawn that would have to move aside for it.
  const isKnown = started !== 'starting' || knownBefore;
  const hasPanels = isKnown && started !== 'empty';
  const isDrawn = isKnown && !isFirstRun;
  const isBare = view.bare === true && isDrawn;
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: only takes files that are dropped on the window */}
      <div
        className="frame"
        data-lights-out={lightsOut || undefined}
        data-photo-only={photoOnly || undefined}
        data-bare={isBare || undefined}
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          addDropped(event).catch(notifyProblem);
        }}
        style={{ '--sidebar': `${sidebarWidth}px`, '--inspector': `${inspectorWidth}px` } as React.CSSProperties}
      >
        {!isBare && (
          <Toolbar
            title={isDrawn && <Title />}
            tools={isDrawn && Tools !== null && <Tools />}
            views={hasPanels ? Object.values(views) : []}
          />
        )}
        {sidebar && hasPanels && <Sidebar />}
        {isKnown && (
          <main className="stage" data-region="photos" onPointerDownCapture={() => isNarrow() && uncover()}>
            {isFirstRun ? <FirstRun /> : <Stage />}
          </main>
        )}
        {inspector && hasPanels && Inspector !== null && (
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
        {!isBare && <StatusBar>{isDrawn && Status !== null && <Status />}</StatusBar>}
      </div>
      {sheet && <Shortcuts onClose={() => showSheet(false)} />}
      {addingFolder && <AddFolder onClose={() => askFolder(false)} />}
      <Outward />
      <YourView />
      <NewAlbum />
      <GoToDate />
      <WriteSidecars />
      <DragLayer />
      <Notices>
        <ConnectionNotice />
      </Notices>
      <TooltipLayer />
    </>
  );
}
