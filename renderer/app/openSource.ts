import type { Source } from '../../shared/query.ts';
import { showSource, showView, uncover, viewState } from '../store/stores.ts';
import { NARROW } from '../store/view.ts';

/** Shows a place in the grid; in a narrow window the sidebar makes room for it. */
export function openSource(source: Source): void {
  showSource(source);
  if (viewState.getState().view !== 'grid') showView('grid');
  if (window.innerWidth < NARROW) uncover();
}
