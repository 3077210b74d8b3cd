import { useStore } from 'zustand';
import { usePlaces } from '../../store/hooks.ts';
import { clearFilter, library, showView } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { State } from '../../ui/State.tsx';
import { chipsOf } from '../filter/filterWords.ts';

/** What stands in loupe, compare and survey while the view has too few photos for them: why, and the way out. */
export function TooFewPhotos({ title, children }: { title: string; children: string }) {
  const filter = useStore(library, (state) => state.query.filter);
  const folders = usePlaces((places) => places.folders);
  const isFiltered = chipsOf(filter, folders).length > 0;
  return (
    <State
      title={title}
      live
      actions={
        <>
          {isFiltered && (
            <Button tone="raised" onClick={clearFilter}>
              Remove the filter
            </Button>
          )}
          <Button tone="accent" onClick={() => showView('grid')}>
            Go to the grid
          </Button>
        </>
      }
    >
      {children}
    </State>
  );
}
