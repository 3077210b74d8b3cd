/** What is on the card, in the order of its folders: shown as it comes into view, known ones dimmed with their name. */
import { memo, useEffect, useRef, useState } from 'react';
import { useImport } from '../../store/hooks.ts';
import { type CardPhoto, goesAlong } from '../../store/import.ts';
import { cardThumb, importing, toggleOnCard } from '../../store/stores.ts';
import { Icon } from '../../ui/Icon.tsx';

export function CardPhotos() {
  const photos = useImport((state) => state.photos);
  const leftOut = useImport((state) => state.leftOut);
  const last = useRef<number | null>(null);

  /** Shift takes everything from the last one that was clicked. */
  const toggle = (photo: CardPhoto, isRange: boolean) => {
    const goes = !goesAlong(photo, leftOut);
    const at = photos.indexOf(photo);
    const from = isRange && last.current !== null ? last.current : at;
    last.current = at;
    toggleOnCard(
      photos.slice(Math.min(from, at), Math.max(from, at) + 1).map(({ id }) => id),
      goes,
    );
  };

  const folders = Map.groupBy(photos, ({ folder }) => folder);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard
    <section className="import-photos" tabIndex={0} aria-label="Photos on the card">
      {[...folders].map(([folder, list]) => (
        <section key={folder}>
          {folder !== '' && <h2 className="import-folder">{folder}</h2>}
          <ul>
            {list.map((photo) => (
              <Tile key={photo.id} photo={photo} goes={goesAlong(photo, leftOut)} onToggle={toggle} />
            ))}
          </ul>
        </section>
      ))}
    </section>
  );
}

const Tile = memo(function Tile({
  photo,
  goes,
  onToggle,
}: {
  photo: CardPhoto;
  goes: boolean;
  onToggle: (photo: CardPhoto, isRange: boolean) => void;
}) {
  const { id, name, known } = photo;
  const tile = useRef<HTMLLIElement>(null);
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    const element = tile.current;
    if (element === null || address !== null) return;
    const stop = new AbortController();
    const { card } = importing.getState();
    const seen = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting !== true) return;
        seen.disconnect();
        void cardThumb(id, stop.signal).then((found) => {
          if (!stop.signal.aborted && importing.getState().card?.token === card?.token) setAddress(found);
        });
      },
      { rootMargin: '400px' },
    );
    seen.observe(element);
    return () => {
      stop.abort();
      seen.disconnect();
    };
  }, [id, address]);
  const isKnown = known != null;
  return (
    <li ref={tile} className="import-tile" data-goes={goes || undefined} data-known={isKnown || undefined}>
      <button type="button" aria-pressed={goes} disabled={isKnown} onClick={(event) => onToggle(photo, event.shiftKey)}>
        <span className="import-picture">
          {address !== null && <img src={address} alt="" decoding="async" draggable={false} />}
        </span>
        {goes && (
          <span className="import-check">
            <Icon name="check" size={12} />
          </span>
        )}
        <span className="import-name cut">{name}</span>
        <span className="meta cut">{isKnown ? `in the library as ${known}` : ''}</span>
      </button>
    </li>
  );
});
