import type { ReactNode } from 'react';
import { useSettings, useView } from '../store/hooks.ts';
import { chordText, showView } from '../store/stores.ts';
import { isSidebarOpen } from '../store/view.ts';
import { Segmented } from '../ui/Segmented.tsx';
import { ActionButton } from './ActionButton.tsx';
import type { ViewDefinition } from './view.ts';

/** The line at the head: what the view says of itself, the switch of views, what can be done in the view. */
export function Toolbar({
  title,
  tools,
  views,
}: {
  title: ReactNode;
  tools: ReactNode;
  /** None before there is a library: then there is nothing to switch between. */
  views: readonly ViewDefinition[];
}) {
  const view = useView((state) => state.view);
  const sidebar = useView(isSidebarOpen);
  const keys = useSettings((settings) => settings.keys);
  const options = views
    .filter(({ marks, bare }) => marks !== null && bare !== true)
    .map(({ name, title: label, action }) => ({ value: name, label, chord: chordText(action, keys) }));
  return (
    <header className="toolbar" data-region="toolbar">
      {views.length > 0 && (
        <ActionButton
          action="panels.sidebar"
          iconOnly
          label={sidebar ? 'Hide the sidebar' : 'Show the sidebar'}
          aria-expanded={sidebar}
        />
      )}
      <div className="toolbar-slot">{title}</div>
      {views.length > 0 && <Segmented label="View" options={options} value={view} onChange={showView} />}
      <div className="toolbar-slot end">{tools}</div>
      <ActionButton action="view.settings" iconOnly aria-pressed={view === 'settings'} />
    </header>
  );
}
