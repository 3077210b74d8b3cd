import { photosText } from '../../shared/photo.ts';
import { useDrag } from '../store/hooks.ts';
import { places } from '../store/stores.ts';

/** What the pointer carries, in words beside it. */
export function DragLayer() {
  const load = useDrag((state) => state.load);
  const x = useDrag((state) => state.x);
  const y = useDrag((state) => state.y);
  if (load === null) return null;
  const words =
    load.kind === 'photos'
      ? photosText(load.ids.length)
      : places.getState().albums.find((album) => album.id === load.id)?.name;
  return (
    <div className="carried" style={{ transform: `translate(${x + 14}px, ${y + 10}px)` }} aria-hidden="true">
      {words}
    </div>
  );
}
