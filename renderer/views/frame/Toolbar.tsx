import { useState } from 'react';
import { useChord, useView } from '../../store/hooks.ts';
import { showView, toggleSidebar } from '../../store/stores.ts';
import type { View } from '../../store/view.ts';
import { Button } from '../../ui/Button.tsx';
import { Segmented, type SegmentedOption } from '../../ui/Segmented.tsx';
import type { SlotElements } from './Slots.tsx';

const OPTIONS: readonly SegmentedOption<View>[] = [
  { value: 'grid', label: 'Grid', action: 'view.grid' },
  { value: 'loupe', label: 'Loupe', action: 'view.loupe' },
  { value: 'compare', label: 'Compare', action: 'view.compare' },
  { value: 'survey', label: 'Survey', action: 'view.survey' },
];

export function Toolbar({
  onSlots,
  withViews,
}: {
  onSlots: (change: (slots: SlotElements) => SlotElements) => void;
  /** False before there is a library: then there is nothing to switch between. */
  withViews: boolean;
}) {
  const view = useView((state) => state.view);
  const sidebar = useView((state) => state.sidebar);
  const panelsChord = useChord('panels.toggle');
  const [start] = useState(() => (element: HTMLElement | null) => onSlots((slots) => ({ ...slots, start: element })));
  const [end] = useState(() => (element: HTMLElement | null) => onSlots((slots) => ({ ...slots, end: element })));
  return (
    <header className="toolbar" data-region="toolbar">
      {withViews && (
        <Button
          icon="sidebar"
          label={sidebar ? 'Hide the sidebar' : 'Show the sidebar'}
          data-chord={panelsChord}
          aria-expanded={sidebar}
          onClick={toggleSidebar}
        />
      )}
      <div className="toolbar-slot" ref={start} />
      {withViews && <Segmented label="View" options={OPTIONS} value={view} onChange={showView} />}
      <div className="toolbar-slot end" ref={end} />
      <Button icon="gear" label="Settings" action="view.settings" aria-pressed={view === 'settings'} />
    </header>
  );
}
