/** The photo, what is said of it, the frames of its moment, and the shoot underneath. */

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { PREVIEW_EDGES } from '../../../shared/addresses.ts';
import type { ActionHandlers } from '../../app/dispatch.ts';
import { useActions } from '../../app/dispatch.ts';
import { isUnshown, Unshown } from '../../panels/photo/Unshown.tsx';
import { PhotoSurface, type SurfaceHandle } from '../../photo/PhotoSurface.tsx';
import { fullPictures, screenPictures } from '../../photo/pictures.ts';
import { FIT, type Placement, type Point } from '../../picture/geometry.ts';
import { useCull, useLit, useRow } from '../../store/hooks.ts';
import {
  acceptSuggestion,
  answerReason,
  changeSettings,
  compareThese,
  cull,
  cullMark,
  cullStars,
  cullUndo,
  goToFrame,
  notify,
  openShoot,
  pictureUrl,
  rowOf,
  rowsOf,
  sayVisible,
  selectExactly,
  settings,
  showView,
  stepFrame,
  stepMoment,
  versus,
} from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { State } from '../../ui/State.tsx';
import { ADVANCE_WORDS, CullBar } from './CullBar.tsx';
import { MomentStrip } from './MomentStrip.tsx';
import { ShootStrip } from './ShootStrip.tsx';
import { Side } from './Side.tsx';
import './cull.css';

const PAN = 0.25;
const NEXT_FLAG = { none: 'pick', pick: 'reject', reject: 'none' } as const;

/** Photos of the moment on screen: what compare and survey show. */
function momentPhotos(): readonly number[] {
  const { at, momentOf, moments } = cull.getState();
  return at === null ? [] : (moments[momentOf.get(at)!]?.photos ?? []);
}

/** @returns whether the moment has frames to put side by side */
function chooseMoment(): boolean {
  const photos = momentPhotos();
  const { at } = cull.getState();
  if (photos.length < 2) {
    notify('This moment has one frame: there is nothing beside it.');
    return false;
  }
  compareThese(photos, at ?? photos[0]!);
  return true;
}

function lookAt(view: 'compare' | 'survey'): void {
  if (chooseMoment()) showView(view);
}

function nextAdvance(): void {
  const order = ['frame', 'moment', 'stay'] as const;
  const now = settings.getState().cull.advance;
  const advance = order[(order.indexOf(now) + 1) % order.length]!;
  changeSettings((before) => ({ ...before, cull: { ...before.cull, advance } }));
  notify(ADVANCE_WORDS[advance]);
}

const markHandlers: ActionHandlers = {
  'mark.pick': () => cullMark({ flag: 'pick' }),
  'mark.reject': () => cullMark({ flag: 'reject' }),
  'mark.unflag': () => cullMark({ flag: 'none' }),
  'mark.cycle': () => cullMark({ flag: NEXT_FLAG[rowOf(cull.getState().at ?? 0)?.flag ?? 'none'] }),
  'mark.stars0': () => cullMark({ stars: 0 }),
  'mark.stars1': () => cullMark({ stars: 1 }),
  'mark.stars2': () => cullMark({ stars: 2 }),
  'mark.stars3': () => cullMark({ stars: 3 }),
  'mark.stars4': () => cullMark({ stars: 4 }),
  'mark.stars5': () => cullMark({ stars: 5 }),
  'mark.fewerStars': () => cullStars(-1),
  'mark.moreStars': () => cullStars(1),
  'mark.red': () => cullMark({ color: 'red' }),
  'mark.yellow': () => cullMark({ color: 'yellow' }),
  'mark.green': () => cullMark({ color: 'green' }),
  'mark.blue': () => cullMark({ color: 'blue' }),
  'mark.purple': () => cullMark({ color: 'purple' }),
  'mark.noColor': () => cullMark({ color: 'none' }),
};

function useCullActions(
  surface: React.RefObject<SurfaceHandle | null>,
  placement: Placement,
  onPlacement: (next: Placement) => void,
): void {
  const isZoomed = placement.scale !== null;
  const zoom = () => {
    const { at } = cull.getState();
    surface.current?.toggleZoom(at === null ? null : placeToLook(at));
  };
  const move = (step: () => void, x: number, y: number) => (context: { extend: boolean }) => {
    if (context.extend && isZoomed) surface.current?.pan({ x, y });
    else step();
  };
  useActions({
    ...markHandlers,
    'move.left': move(() => stepFrame(-1), -PAN, 0),
    'move.right': move(() => stepFrame(1), PAN, 0),
    'move.up': move(() => stepMoment(-1), 0, -PAN),
    'move.down': move(() => stepMoment(1), 0, PAN),
    'move.pageUp': () => stepMoment(-10),
    'move.pageDown': () => stepMoment(10),
    'move.first': () => goToFrame(cull.getState().photos[0] ?? 0),
    'move.last': () => goToFrame(cull.getState().photos.at(-1) ?? 0),
    'look.zoom': zoom,
    'view.loupe': ({ event }) => {
      if (event?.key === ' ') zoom();
      else if (event?.key === 'Enter') void acceptSuggestion();
      else {
        const { at } = cull.getState();
        if (at !== null) selectExactly(new Set([at]), at);
        showView('loupe');
      }
    },
    'view.compare': () => lookAt('compare'),
    'view.survey': () => lookAt('survey'),
    'view.back': () => {
      if (!isZoomed) return false;
      onPlacement(FIT);
    },
    'look.versus': () => {
      if (chooseMoment()) versus();
    },
    'look.why': () => {
      const { at } = cull.getState();
      if (at !== null) selectExactly(new Set([at]), at);
      return false;
    },
    'cull.accept': () => void acceptSuggestion(),
    'cull.advance': nextAdvance,
    'answer.meant': () => void answerReason('meant'),
    'answer.otherwise': () => void answerReason('otherwise'),
    'history.undo': () => void cullUndo('undo'),
    'history.redo': () => void cullUndo('redo'),
    'select.all': 'In cull mode one decides frame by frame: a proposal marks many at once.',
    'select.none': 'In cull mode one decides frame by frame.',
    'grid.larger': () => surface.current?.stepZoom('in'),
    'grid.smaller': () => surface.current?.stepZoom('out'),
  });
}

/** Milliseconds on a frame after which its own pixels are made ready for a closer look. */
const REST = 400;
/** Frames whose own pixels are made ready while one looks at 100 %. */
const CLOSE_AHEAD = 2;

/** The next frames of the moment, then the best one of the next moment, in the order in which keys lead to them. */
function comingFrames(at: number): number[] {
  const { photos, moments, momentOf } = cull.getState();
  const index = photos.indexOf(at);
  const next = moments[(momentOf.get(at) ?? 0) + 1];
  return [...new Set([...photos.slice(index + 1, index + 5), ...(next ? [next.top] : [])])];
}

/** Originals are decoded beforehand: of this frame after a rest, of the next ones too while one looks at 100 %. */
function useCloseAhead(at: number | null, isZoomed: boolean): void {
  useEffect(() => {
    if (at === null) return;
    const own = new AbortController();
    const timer = setTimeout(
      () => {
        const ids = isZoomed ? comingFrames(at).slice(0, CLOSE_AHEAD) : [at];
        rowsOf(ids, own.signal)
          .then((rows) => {
            if (own.signal.aborted) return;
            for (const row of rows) {
              const isSmall = Math.max(row.width, row.height) <= PREVIEW_EDGES.screen;
              if (!isUnshown(row) && !isSmall) fullPictures.load(pictureUrl('full', row)).catch(() => undefined);
            }
          })
          .catch(() => undefined);
      },
      isZoomed ? 0 : REST,
    );
    return () => {
      clearTimeout(timer);
      own.abort();
    };
  }, [at, isZoomed]);
}

/** Where to look closer on a frame: its eye, else its subject; null before it is known. */
function placeToLook(id: number): Point | null {
  const { cards, momentOf } = cull.getState();
  return cards.get(momentOf.get(id) ?? -1)?.frames.find((one) => one.id === id)?.at ?? null;
}

/** At 100 % the next frame shows the same part of its own eye or subject, wherever that has moved to. */
function useFollowedEye(at: number | null, setPlacement: (change: (before: Placement) => Placement) => void): void {
  const last = useRef<number | null>(null);
  useLayoutEffect(() => {
    const before = last.current;
    last.current = at;
    if (before === null || at === null || before === at) return;
    const [from, to] = [placeToLook(before), placeToLook(at)];
    if (from === null || to === null) return;
    setPlacement((now) =>
      now.scale === null ? now : { scale: now.scale, x: now.x + to.x - from.x, y: now.y + to.y - from.y },
    );
  }, [at, setPlacement]);
}

/** Frames that come next are decoded beforehand, so that a key has only to put one on screen. */
function useAhead(at: number | null): void {
  useEffect(() => {
    if (at === null) return;
    const { photos } = cull.getState();
    const index = photos.indexOf(at);
    const ids = [...new Set([...comingFrames(at), ...photos.slice(Math.max(0, index - 2), index)])];
    const own = new AbortController();
    sayVisible([at, ...ids]);
    rowsOf(ids, own.signal)
      .then((rows) => {
        if (own.signal.aborted) return;
        for (const row of rows) {
          if (!isUnshown(row)) screenPictures.load(pictureUrl('screen', row)).catch(() => undefined);
        }
      })
      .catch(() => undefined);
    return () => own.abort();
  }, [at]);
}

function Picture({
  at,
  surface,
  placement,
  onPlacement,
}: {
  at: number;
  surface: React.Ref<SurfaceHandle>;
  placement: Placement;
  onPlacement: (next: Placement) => void;
}) {
  const row = useRow(at);
  const lit = useLit(at);
  if (row === undefined) return <div className="cull-picture" />;
  return (
    <div className="cull-picture" data-photos data-flag={row.flag}>
      {isUnshown(row) ? (
        <Unshown row={row} />
      ) : (
        <PhotoSurface photo={row} placement={placement} onPlacement={onPlacement} handle={surface} lit={lit} />
      )}
    </div>
  );
}

export function Cull() {
  const state = useCull((now) => now.state);
  const problem = useCull((now) => now.problem);
  const at = useCull((now) => now.at);
  const surface = useRef<SurfaceHandle>(null);
  // Kept from frame to frame: who looks at the eye at 100 % wants the next frame's eye.
  const [placement, setPlacement] = useState<Placement>(FIT);
  const onPlacement = useCallback((next: Placement) => setPlacement(next), []);
  useCullActions(surface, placement, onPlacement);
  useAhead(at);
  useCloseAhead(at, placement.scale !== null);
  useFollowedEye(at, setPlacement);
  useEffect(() => {
    const { state: now, shoot } = cull.getState();
    // From a comparison or a proposal the same shoot goes on; from the grid the place that is shown is opened.
    if (now !== 'opening') void openShoot(now === 'ready' && shoot !== null ? shoot : undefined);
  }, []);

  if (state === 'failed') {
    return (
      <State
        title="Nothing to cull"
        actions={
          <Button tone="raised" onClick={() => showView('grid')}>
            Back to the grid
          </Button>
        }
      >
        {problem ?? 'This place shows no photo.'}
      </State>
    );
  }
  return (
    <div className="cull">
      <CullBar onLeave={() => showView('grid')} />
      {at === null ? (
        <div className="cull-picture" />
      ) : (
        <Picture at={at} surface={surface} placement={placement} onPlacement={onPlacement} />
      )}
      <Side />
      <MomentStrip />
      <ShootStrip />
    </div>
  );
}
