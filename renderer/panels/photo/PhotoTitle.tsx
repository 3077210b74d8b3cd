/** The start of the toolbar in the views of single photos: the way back to the grid, then what is shown. */
import { photosText } from '../../../shared/photo.ts';
import './photo-panels.css';
import { useLibrary, usePlaces } from '../../store/hooks.ts';
import { sourceTitle } from '../../store/places.ts';
import { showView } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';

/** The way back to the grid, by the name of the place. */
function BackButton() {
  const source = useLibrary((state) => state.query.source);
  const folders = usePlaces((state) => state.folders);
  const albums = usePlaces((state) => state.albums);
  const title = sourceTitle(source, { folders, albums });
  return (
    <Button icon="left" className="back-button" aria-label={`Back to ${title}`} onClick={() => showView('grid')}>
      <span className="cut">{title}</span>
    </Button>
  );
}

/** @param count where the photo stands among the others */
export function PhotoTitle({ title, count }: { title: string; count?: string }) {
  return (
    <>
      <BackButton />
      <h1 className="toolbar-title cut">{title}</h1>
      {count !== undefined && <span className="toolbar-count">{count}</span>}
    </>
  );
}

/** `No photos`, `1 photo`, `4 photos`. */
export function countTitle(count: number): string {
  return count === 0 ? 'No photos' : photosText(count);
}
