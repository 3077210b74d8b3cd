import { useApp } from '../../state/app.ts';
import { useLibrary } from '../../state/library.ts';
import { useSelection } from '../../state/selection.ts';

/** The line at the foot: what runs, what is selected, what judges. */
export function StatusBar() {
  const selected = useSelection((state) => state.ids.size);
  const total = useLibrary((state) => state.order.total);
  const engine = useApp((state) => state.engine);
  return (
    <footer className="status" data-region="status">
      <span className="status-end">
        {total > 0 && <span>{selected.toLocaleString('en')} selected</span>}
        {engine?.state === 'ready' && engine.device !== null && <span>{engine.device}</span>}
      </span>
    </footer>
  );
}
