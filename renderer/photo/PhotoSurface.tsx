/**
 * One photo in a pane: fitted or enlarged, zoomed to the pointer, panned, with overlays and with suggestions shown
 * live. The parent holds the placement, so that several surfaces can move together.
 */

import { useCallback, useEffect, useId, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { LocatedEvidence } from '../../shared/evidence.ts';
import type { PhotoRow } from '../../shared/photo.ts';
import {
  closeScale,
  FIT,
  type Placement,
  type Point,
  photoPointAt,
  rectangleOf,
  type Size,
  scaleOf,
  zoomTo,
} from '../picture/geometry.ts';
import { nearest } from '../picture/places.ts';
import { connection, pictureUrl } from '../store/stores.ts';
import type { Preview } from './adjust.ts';
import { EvidencePlaces, EvidenceWords } from './Evidence.tsx';
import { useGestures } from './gestures.ts';
import { Missing, type MissingPart } from './Missing.tsx';
import { FrameOverlay, type OverlayChoice, Overlays } from './Overlays.tsx';
import { useOriginal, usePicture } from './original.ts';
import { screenPictures } from './pictures.ts';
import type { ShownScale } from './scale.ts';
import { ToneFilter } from './ToneFilter.tsx';
import './photo.css';

export interface SurfaceHandle {
  /**
   * Fit ↔ 100 % at the one of `eyes` (shares) that is nearest to the pointer, the first one without a pointer. Without
   * eyes at the pointer, else at `subject`, else in the middle. @returns the eye that it went to
   */
  toggleZoom(subject?: Point | null, eyes?: readonly Point[]): Point | null;
  /** 100 % at a point (shares). */
  zoomTo(point: Point): void;
  /** The next larger or smaller step of the zoom keys. */
  stepZoom(direction: 'in' | 'out'): void;
  /** Moves the view of an enlarged photo by shares of the pane. */
  pan(by: Point): void;
}

export interface PhotoSurfaceProps {
  readonly photo: PhotoRow;
  readonly placement: Placement;
  readonly onPlacement: (next: Placement) => void;
  readonly handle?: React.Ref<SurfaceHandle>;
  /** What is tried on the photo; null shows it as it is. */
  readonly preview?: Preview | null;
  readonly overlays?: OverlayChoice;
  /** What the file lacks of the picture; null where it is whole. */
  readonly missing?: MissingPart | null;
  /** Where something was measured that is pointed at. */
  readonly lit?: readonly LocatedEvidence[];
  /** Called with the decoded screen preview each time another photo is on screen. */
  readonly onShown?: (image: HTMLImageElement) => void;
  /** Tells what the pane shows of the photo's own pixels, or what stands in for them. */
  readonly onScale?: (shown: ShownScale) => void;
}

const NOT_LIT: readonly LocatedEvidence[] = [];
const NO_OVERLAYS: OverlayChoice = { clipping: false, focus: null, thirds: false, faces: null, found: null };

/** The pixel ratio of the screen, kept current when the window moves to another one or is zoomed. */
function usePixelRatio(): number {
  const [ratio, setRatio] = useState(window.devicePixelRatio);
  useEffect(() => {
    const query = window.matchMedia(`(resolution: ${ratio}dppx)`);
    const read = () => setRatio(window.devicePixelRatio);
    query.addEventListener('change', read);
    return () => query.removeEventListener('change', read);
  }, [ratio]);
  return ratio;
}

function useSize(element: React.RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const box = element.current;
    if (box === null) {
      return;
    }
    const read = () => setSize({ width: box.clientWidth, height: box.clientHeight });
    read();
    const observer = new ResizeObserver(read);
    observer.observe(box);
    return () => observer.disconnect();
  }, [element]);
  return size;
}

/** Pixels of the photo; the preview's own where the core does not know them yet. */
function sizeOf(photo: PhotoRow, shown: HTMLImageElement | null): Size {
  if (photo.width > 0 && photo.height > 0) {
    return photo;
  }
  return shown === null ? { width: 3, height: 2 } : { width: shown.naturalWidth, height: shown.naturalHeight };
}

export function PhotoSurface(props: PhotoSurfaceProps): React.JSX.Element {
  const {
    photo,
    placement,
    onPlacement,
    onShown,
    onScale,
    preview = null,
    overlays = NO_OVERLAYS,
    missing = null,
    lit = NOT_LIT,
  } = props;
  const box = useRef<HTMLDivElement>(null);
  const pane = useSize(box);
  const ratio = usePixelRatio();
  const filterId = useId();

  const isConnected = useStore(connection, (state) => state.state === 'open');
  const screen = usePicture(screenPictures, pictureUrl('screen', photo));
  const size = sizeOf(photo, screen.image);
  const scale = scaleOf(placement, size, pane);
  const rectangle = rectangleOf(placement, size, pane);

  const previewWidth = screen.image?.naturalWidth ?? 0;
  const wantsFull =
    placement.scale !== null &&
    previewWidth > 0 &&
    previewWidth < size.width &&
    rectangle.width * ratio > previewWidth * 1.02;
  const original = useOriginal(photo, size, wantsFull);
  const shown = original.image ?? screen.image;

  const layer = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (shown === null) {
      layer.current?.replaceChildren();
    } else if (shown.parentElement !== layer.current || layer.current?.childElementCount !== 1) {
      layer.current?.replaceChildren(shown);
    }
  }, [shown]);

  useEffect(() => {
    if (screen.image !== null) {
      onShown?.(screen.image);
    }
  }, [screen.image, onShown]);
  const { stage, isWorking } = original;
  const drawnWidth = rectangle.width * ratio;
  useEffect(() => {
    const [width, height] = [shown?.naturalWidth ?? 0, shown?.naturalHeight ?? 0];
    const enlarged = width === 0 ? 0 : drawnWidth / width;
    const isRaw = photo.kind === 'raw';
    onScale?.({ percent: scale * ratio * 100, stage, isWorking, isRaw, width, height, enlarged });
  }, [onScale, scale, ratio, stage, isWorking, photo.kind, shown, drawnWidth]);

  const gestures = useGestures({ box, size, pane, ratio, placement, onPlacement });
  useImperativeHandle(
    props.handle,
    () => ({
      toggleZoom: (subject, eyes = []) => {
        const at = gestures.pointer.current;
        const eye = nearest(eyes, at === null ? null : photoPointAt(placement, size, pane, at));
        if (placement.scale !== null) {
          onPlacement(FIT);
          return null;
        }
        if (eye !== null) {
          onPlacement(zoomTo(size, pane, eye, closeScale(size, pane, ratio), ratio));
        } else if (at !== null) {
          gestures.zoom(at, closeScale(size, pane, ratio));
        } else {
          onPlacement(zoomTo(size, pane, subject ?? { x: 0.5, y: 0.5 }, closeScale(size, pane, ratio), ratio));
        }
        return eye;
      },
      zoomTo: (point) => onPlacement(zoomTo(size, pane, point, closeScale(size, pane, ratio), ratio)),
      stepZoom: gestures.step,
      pan: (by) => gestures.pan({ x: -by.x * pane.width, y: -by.y * pane.height }),
    }),
    [gestures, placement, onPlacement, size, pane, ratio],
  );

  const isCrisp = scale * ratio > 1.5;
  const snapped = useMemo(() => {
    const snap = (value: number) => Math.round(value * ratio) / ratio;
    return {
      transform: `translate(${snap(rectangle.left)}px, ${snap(rectangle.top)}px)`,
      width: snap(rectangle.width),
      height: snap(rectangle.height),
    };
  }, [rectangle.left, rectangle.top, rectangle.width, rectangle.height, ratio]);
  const filter = preview !== null && (preview.curves !== null || preview.matrix !== null) ? `url("#${filterId}")` : '';
  const stand = useCallback(
    () => ({
      ...(photo.placeholder === null ? {} : { backgroundImage: `url("${photo.placeholder}")` }),
    }),
    [photo.placeholder],
  );

  return (
    <div
      ref={box}
      className="surface"
      data-enlarged={placement.scale !== null || undefined}
      data-photo={photo.id}
      data-sharp={shown !== null && !isWorking && !original.failed ? true : undefined}
      data-stage={stage}
      {...gestures.handlers}
    >
      {filter !== '' && <ToneFilter id={filterId} preview={preview!} />}
      <div className="surface-place" style={snapped}>
        <div
          className="surface-picture"
          style={{
            ...stand(),
            rotate: preview === null || preview.degrees === 0 ? '' : `${preview.degrees}deg`,
            filter,
          }}
        >
          {shown === null && <img className="surface-thumb" src={pictureUrl('thumb', photo)} alt="" />}
          <div ref={layer} className="surface-layer" data-crisp={isCrisp || undefined} />
        </div>
        {missing !== null && (preview?.degrees ?? 0) === 0 && (
          <Missing part={missing} rectangle={rectangle} pane={pane} />
        )}
        {preview?.frame != null && <FrameOverlay frame={preview.frame} />}
        <Overlays
          choice={overlays}
          image={shown}
          filter={filter === '' ? 'none' : filter}
          rectangle={rectangle}
          pane={pane}
        />
        {(preview?.degrees ?? 0) === 0 && <EvidencePlaces lit={lit} />}
      </div>
      <EvidenceWords lit={(preview?.degrees ?? 0) === 0 ? lit : NOT_LIT} />
      {screen.failed && (
        <p className="surface-note" role="status">
          {isConnected
            ? 'The preview of this photo could not be read. Look for changes in its folder to make it again.'
            : 'The picture comes when Keeplight answers again.'}
        </p>
      )}
      {original.failed && !screen.failed && (
        <p className="surface-note" role="status">
          {photo.state === 'missing'
            ? 'The original is not here now: this is its preview, enlarged.'
            : 'The original could not be read: this is its preview, enlarged.'}
        </p>
      )}
    </div>
  );
}
