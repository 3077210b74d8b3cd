/** The second window: the photo that the first one is on, as large as the screen, and nothing else. */
import './picture.css';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import { isUnshown, Unshown } from '../../panels/photo/Unshown.tsx';
import { PhotoSurface, type SurfaceHandle } from '../../photo/PhotoSurface.tsx';
import { FIT, type Placement } from '../../picture/geometry.ts';
import { useRow } from '../../store/hooks.ts';

/** Full screen, where the window may: asked again it comes back. */
function toggleFullScreen(): void {
  if (document.fullscreenElement !== null) void document.exitFullscreen();
  else document.documentElement.requestFullscreen().catch(() => undefined);
}

export function PictureWindow({ shown }: { shown: StoreApi<{ id: number | null }> }) {
  const id = useStore(shown, (state) => state.id);
  const row = useRow(id);
  const surface = useRef<SurfaceHandle>(null);
  const [placement, setPlacement] = useState<Placement>(FIT);
  const onPlacement = useCallback((next: Placement) => setPlacement(next), []);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === 'f' || event.key === 'F') toggleFullScreen();
      else if (event.key === 'z' || event.key === ' ') surface.current?.toggleZoom();
      else if (event.key === 'Escape') setPlacement(FIT);
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
  useEffect(() => {
    document.title = row === undefined ? 'Keeplight' : `${row.name} – Keeplight`;
  }, [row]);
  if (row === undefined) {
    return (
      <main className="picture-window">
        <p className="meta">The picture comes when Keeplight’s first window is on a photo.</p>
      </main>
    );
  }
  return (
    <main className="picture-window" aria-label={`Photo ${row.name}`} data-flag={row.flag} data-photos>
      {isUnshown(row) ? (
        <Unshown row={row} />
      ) : (
        <PhotoSurface photo={row} placement={placement} onPlacement={onPlacement} handle={surface} />
      )}
    </main>
  );
}
