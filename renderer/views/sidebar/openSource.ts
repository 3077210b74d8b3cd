import type { Source } from '../../../shared/query.ts';
import { showSource } from '../../state/library.ts';
import { NARROW, setPanels, showView, viewState } from '../../state/view.ts';

/** Shows a place in the grid; in a narrow window the sidebar makes room for it. */
export function openSource(source: Source): void {
  showSource(source);
  if (viewState.getState().view !== 'grid') showView('grid');
  if (window.innerWidth < NARROW) setPanels({ sidebar: false });
}
