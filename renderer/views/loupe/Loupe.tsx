/** One photo as large as it can be, with its neighbours underneath. */

import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { PhotoDetail, PhotoRow } from '../../../shared/photo.ts';
import { useActions } from '../../app/dispatch.ts';
import { exposureLine } from '../../panels/inspector/facts.ts';
import { TooFewPhotos } from '../../panels/photo/TooFewPhotos.tsx';
import { isUnshown, Unshown } from '../../panels/photo/Unshown.tsx';
import { previewOf } from '../../photo/adjust.ts';
import { FaceCrops } from '../../photo/FaceCrops.tsx';
import { missingPart } from '../../photo/Missing.tsx';
import type { OverlayChoice } from '../../photo/Overlays.tsx';
import { PhotoSurface, type SurfaceHandle } from '../../photo/PhotoSurface.tsx';
import { histogramOf, screenPictures } from '../../photo/pictures.ts';
import { NOTHING_SHOWN, type ShownScale, scaleWords } from '../../photo/scale.ts';
import { FIT, type Point } from '../../picture/geometry.ts';
import { prominentEyes, sharpestOfSubject } from '../../picture/places.ts';
import { useDetail, useLibrary, useLit, useLoupe, useRow, useSelection } from '../../store/hooks.ts';
import {
  chosenPhotos,
  focusIndex,
  library,
  loupe,
  moveTo,
  pictureUrl,
  rowsOf,
  sayVisible,
  selectExactly,
  selection,
  settings,
  step,
  stopTrying,
  wantDetails,
} from '../../store/stores.ts';
import { Filmstrip } from './Filmstrip.tsx';
import './loupe.css';

/** Neighbours that are decoded beforehand, nearest first. */
const AHEAD = [1, -1, 2, -2, 3, -3] as const;
/** Photos that PageUp and PageDown pass over. */
const PAGE = 10;
/** Edge of a face's crop over the photo, CSS pixels. */
const CROP_EDGE = 104;
/** Share of the pane that Shift with an arrow key moves an enlarged photo. */
const PAN = 0.25;

/** Decodes the neighbours, so that the next key press has only to put one on screen. */
function usePrefetch(focus: number | null): void {
  const order = useLibrary((state) => state.order);
  useEffect(() => {
    if (focus === null) return;
    const at = order.indexOf(focus);
    const ids = AHEAD.flatMap((by) => order.ids[at + by] ?? []);
    const own = new AbortController();
    sayVisible([focus, ...ids]);
    rowsOf(ids, own.signal)
      .then((rows) => {
        if (own.signal.aborted) return;
        for (const row of rows) {
          if (!isUnshown(row)) screenPictures.load(pictureUrl('screen', row)).catch(() => undefined);
        }
        wantDetails(ids.slice(0, 2), own.signal);
      })
      .catch(() => undefined);
    return () => own.abort();
  }, [focus, order]);
}

/** Steps among the selected photos when several are, else through the view. */
function stepPhoto(by: number): void {
  const { ids, focus } = selection.getState();
  if (ids.size < 2 || focus === null || !ids.has(focus)) {
    step(by);
    return;
  }
  const chosen = chosenPhotos();
  const next = chosen[Math.max(0, Math.min(chosen.length - 1, chosen.indexOf(focus) + by))];
  if (next !== undefined) selectExactly(ids, next);
}

const eyesOf = (detail: PhotoDetail | null): Point[] => prominentEyes(detail?.seenFaces?.faces ?? []);

/**
 * The space bar held shows the photo as it is while a suggestion is tried on it; tapped it zooms. Held while dragging
 * it pans, as in other programs, and zooms nothing.
 */
function useSpace(zoom: () => void): (event: KeyboardEvent) => void {
  const tap = useRef<{ dragged: boolean } | null>(null);
  useEffect(() => {
    const press = (): void => {
      if (tap.current !== null) tap.current.dragged = true;
    };
    const release = (event: KeyboardEvent): void => {
      if (event.key !== ' ') return;
      if (loupe.getState().showsOriginal) loupe.setState({ showsOriginal: false });
      else if (tap.current?.dragged === false) zoom();
      tap.current = null;
    };
    const leave = (): void => {
      tap.current = null;
      loupe.setState({ showsOriginal: false });
    };
    window.addEventListener('pointerdown', press);
    window.addEventListener('keyup', release);
    window.addEventListener('blur', leave);
    return () => {
      window.removeEventListener('pointerdown', press);
      window.removeEventListener('keyup', release);
      window.removeEventListener('blur', leave);
    };
  }, [zoom]);
  return () => {
    const { trying } = loupe.getState();
    if (trying !== null && trying.photo === selection.getState().focus) loupe.setState({ showsOriginal: true });
    else tap.current = { dragged: false };
  };
}

const hasFaces = (detail: PhotoDetail | null): boolean =>
  detail !== null && detail.faces.length + (detail.seenFaces?.faces.length ?? 0) > 0;

function noFacesText(detail: PhotoDetail | null): string {
  if (detail?.seenFaces != null) return 'No face found on this photo.';
  return settings.getState().faces
    ? 'This photo was not looked at for faces yet.'
    : 'Looking for faces is switched off in the settings.';
}

function useLoupeActions(surface: React.RefObject<SurfaceHandle | null>, detail: PhotoDetail | null): void {
  const latest = useRef(detail);
  latest.current = detail;
  const zoom = useCallback(() => {
    surface.current?.toggleZoom(sharpestOfSubject(latest.current?.measures), eyesOf(latest.current));
  }, [surface]);
  const holdSpace = useSpace(zoom);
  const isZoomed = () => loupe.getState().placement.scale !== null;
  const move = (by: number, pan: Point) => (context: { extend: boolean }) => {
    if (context.extend && isZoomed()) surface.current?.pan(pan);
    else stepPhoto(by);
  };
  useActions({
    'move.left': move(-1, { x: -PAN, y: 0 }),
    'move.right': move(1, { x: PAN, y: 0 }),
    'move.up': move(-1, { x: 0, y: -PAN }),
    'move.down': move(1, { x: 0, y: PAN }),
    'move.first': () => moveTo(0),
    'move.last': () => moveTo(library.getState().order.total - 1),
    'move.pageUp': () => moveTo(focusIndex() - PAGE),
    'move.pageDown': () => moveTo(focusIndex() + PAGE),
    'grid.larger': () => surface.current?.stepZoom('in'),
    'grid.smaller': () => surface.current?.stepZoom('out'),
    'look.zoom': zoom,
    'look.faces': hasFaces(detail) ? () => false : noFacesText(detail),
    'view.loupe': ({ event }) => {
      if (event?.key === ' ') holdSpace(event);
      else if (event?.key === 'Enter') zoom();
    },
    'view.back': () => {
      if (loupe.getState().trying !== null) stopTrying();
      else if (isZoomed()) loupe.setState({ placement: FIT });
      else return false;
    },
  });
}

/** What the colors over the photo mean. */
function OverlayWords() {
  const clipping = useLoupe((state) => state.clipping);
  const focusMap = useLoupe((state) => state.focusMap);
  if (!clipping && !focusMap) return null;
  return (
    <span className="overlay-words">
      {clipping && (
        <>
          <span className="overlay-word clipped-white">white clipped</span>
          <span className="overlay-word clipped-black">black clipped</span>
        </>
      )}
      {focusMap && (
        <>
          <span className="overlay-word sharp">sharp</span>
          <span className="overlay-word soft">soft</span>
        </>
      )}
    </span>
  );
}

/** The line over the photo: what it is, and what of it is seen. */
function Caption(props: { row: PhotoRow; detail: PhotoDetail | null; isTrying: boolean; scale: ShownScale }) {
  const { row, detail, isTrying, scale } = props;
  const line = detail === null ? '' : exposureLine(detail.exposure);
  return (
    <div className="loupe-caption meta">
      <span className="cut">
        <bdi>{row.name}</bdi>
        {line !== '' && ` · ${line}`}
        {row.state === 'missing' && ' · not here now, this is its preview'}
      </span>
      <OverlayWords />
      <span>
        {isUnshown(row) ? '' : isTrying ? 'Preview of a suggestion · hold Space for the original' : scaleWords(scale)}
      </span>
    </div>
  );
}

function Shown({
  row,
  detail,
  surface,
  onScale,
}: {
  row: PhotoRow;
  detail: PhotoDetail | null;
  surface: React.Ref<SurfaceHandle>;
  onScale: (shown: ShownScale) => void;
}) {
  const placement = useLoupe((state) => state.placement);
  const trying = useLoupe((state) => (state.trying?.photo === row.id ? state.trying.adjustments : null));
  const showsOriginal = useLoupe((state) => state.showsOriginal);
  const clipping = useLoupe((state) => state.clipping);
  const focusMap = useLoupe((state) => state.focusMap);
  const thirds = useLoupe((state) => state.thirds);
  const faces = useLoupe((state) => state.faces);
  const preview = useMemo(
    () => (trying === null || showsOriginal ? null : previewOf(row, trying)),
    [trying, showsOriginal, row],
  );
  const own = detail?.id === row.id ? detail : null;
  const tiles = own?.measures?.focusTiles;
  const missing = useMemo(() => missingPart(own?.measures ?? null), [own]);
  const overlays = useMemo(
    (): OverlayChoice => ({
      clipping,
      focus: focusMap && typeof tiles === 'string' ? tiles : null,
      thirds,
      faces: faces && own !== null && own.faces.length > 0 ? own.faces : null,
      found: faces ? (own?.seenFaces?.faces ?? null) : null,
    }),
    [clipping, focusMap, thirds, faces, tiles, own],
  );
  const { id, version } = row;
  const lit = useLit(id);
  const onShown = useCallback(
    (image: HTMLImageElement) => {
      requestIdleCallback(
        () => {
          if (selection.getState().focus !== id) return;
          const counts = histogramOf(image);
          if (counts !== null) loupe.setState({ histogram: { photo: id, version, counts } });
        },
        { timeout: 500 },
      );
    },
    [id, version],
  );
  return (
    <PhotoSurface
      photo={row}
      placement={placement}
      onPlacement={setPlacement}
      handle={surface}
      preview={preview}
      overlays={overlays}
      missing={missing}
      lit={lit}
      onShown={onShown}
      onScale={onScale}
    />
  );
}

const setPlacement = (placement: typeof FIT): void => loupe.setState({ placement });

/** Crops of all faces, while they are marked on the photo. */
function Eyes({
  row,
  detail,
  surface,
}: {
  row: PhotoRow;
  detail: PhotoDetail | null;
  surface: React.RefObject<SurfaceHandle | null>;
}) {
  const isShown = useLoupe((state) => state.faces);
  const faces = detail?.id === row.id ? (detail.seenFaces?.faces ?? []) : [];
  if (!isShown || faces.length === 0) return null;
  return (
    <div className="loupe-faces">
      <FaceCrops row={row} faces={faces} edge={CROP_EDGE} onPick={({ eye }) => surface.current?.zoomTo(eye)} />
    </div>
  );
}

export function Loupe() {
  const focus = useSelection((state) => state.focus);
  const isLoading = useLibrary((state) => state.state === 'loading');
  const row = useRow(focus);
  const { detail } = useDetail(focus);
  const isTrying = useLoupe((state) => state.trying !== null && state.trying.photo === focus);
  const surface = useRef<SurfaceHandle>(null);
  const [scale, setScale] = useState(NOTHING_SHOWN);
  usePrefetch(focus);
  useLoupeActions(surface, detail);
  useEffect(() => stopTrying, []);
  useEffect(() => {
    if (detail === null || detail.id !== loupe.getState().zoomWanted) return;
    // The pane knows its size by then.
    const frame = requestAnimationFrame(() => {
      loupe.setState({ zoomWanted: null });
      if (loupe.getState().placement.scale === null)
        surface.current?.toggleZoom(sharpestOfSubject(detail?.measures), eyesOf(detail));
    });
    return () => cancelAnimationFrame(frame);
  }, [detail]);

  if (focus === null) {
    return isLoading ? null : <TooFewPhotos title="No photo to see">This place shows no photo.</TooFewPhotos>;
  }
  return (
    <div className="loupe" data-photos>
      {row === undefined ? <div /> : <Caption row={row} detail={detail} isTrying={isTrying} scale={scale} />}
      <section className="loupe-pane" aria-label={row === undefined ? 'Photo' : `Photo ${row.name}`}>
        {row !== undefined &&
          (isUnshown(row) ? (
            <Unshown row={row} />
          ) : (
            <Shown row={row} detail={detail} surface={surface} onScale={setScale} />
          ))}
        {row !== undefined && <Eyes row={row} detail={detail} surface={surface} />}
      </section>
      <Filmstrip />
    </div>
  );
}
