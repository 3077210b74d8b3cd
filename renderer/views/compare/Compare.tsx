/** Two to four photos side by side: zoomed and moved together, marked, judged against each other in words. */

import { useEffect, useLayoutEffect } from 'react';
import { useActions } from '../../app/dispatch.ts';
import { TooFewPhotos } from '../../panels/photo/TooFewPhotos.tsx';
import { FIT } from '../../picture/geometry.ts';
import { prominentEyes, sameEye, sharpestOfSubject } from '../../picture/places.ts';
import { challengerIndex } from '../../store/comparison.ts';
import { useComparison, useLibrary, useSelection } from '../../store/hooks.ts';
import {
  askVerdict,
  challenge,
  comparison,
  details,
  focusNext,
  nextChallenger,
  notify,
  selection,
  setOffset,
  setPlacement,
  showView,
  startComparison,
  turnPage,
} from '../../store/stores.ts';
import { Pane, panes } from './Pane.tsx';
import { decide, Verdict } from './Verdict.tsx';
import './compare.css';

/** Share of the pane that Shift with an arrow key moves the photos. */
const PAN = 0.25;

const ONE_BY_ONE = 'Challengers come one by one: the left and right arrow keys bring them in.';

/** The surface of the focused photo: zoom keys act on it, and all follow. */
function focusedSurface() {
  const { ids } = comparison.getState();
  const { focus } = selection.getState();
  return panes.get(focus !== null && ids.includes(focus) ? focus : (ids[0] ?? -1)) ?? null;
}

/** More frames of a moment than fit are paged through. */
function turn(by: 1 | -1): void {
  if (!turnPage(by)) notify(ONE_BY_ONE);
}

/** 100 % at the eye that is meant on the focused photo, and at the same face's on the others; without faces at the subject. */
function zoomToFace(): void {
  const { ids } = comparison.getState();
  const { focus } = selection.getState();
  const own = focus !== null && ids.includes(focus) ? focus : ids[0];
  const facesOf = (id: number) => details.getState().known.get(id)?.seenFaces?.faces ?? [];
  if (own === undefined) return;
  const subject = sharpestOfSubject(details.getState().known.get(own)?.measures);
  const eye = focusedSurface()?.toggleZoom(subject, prominentEyes(facesOf(own))) ?? null;
  if (eye === null) return;
  for (const id of ids) {
    const same = id === own ? null : sameEye(facesOf(own), eye, facesOf(id));
    if (same !== null) setOffset(id, { x: same.x - eye.x, y: same.y - eye.y });
  }
}

function useCompareActions(): void {
  const isZoomed = () => comparison.getState().placement.scale !== null;
  const pan = (x: number, y: number) => focusedSurface()?.pan({ x, y });
  useActions({
    'move.left': ({ extend }) => (extend && isZoomed() ? pan(-PAN, 0) : nextChallenger(-1)),
    'move.right': ({ extend }) => (extend && isZoomed() ? pan(PAN, 0) : nextChallenger(1)),
    'move.up': ({ extend }) => (extend && isZoomed() ? pan(0, -PAN) : focusNext(-1, false)),
    'move.down': ({ extend }) => (extend && isZoomed() ? pan(0, PAN) : focusNext(1, false)),
    'move.first': ONE_BY_ONE,
    'move.last': ONE_BY_ONE,
    'move.pageUp': () => turn(-1),
    'move.pageDown': () => turn(1),
    'grid.larger': () => focusedSurface()?.stepZoom('in'),
    'grid.smaller': () => focusedSurface()?.stepZoom('out'),
    'look.zoom': zoomToFace,
    'look.versus': () => void askVerdict(),
    'view.loupe': ({ event }) => {
      if (event?.key === ' ') zoomToFace();
      else if (event?.key === 'Enter' && comparison.getState().verdict?.winner != null) decide();
      else showView('loupe');
    },
    'view.back': () => {
      if (!isZoomed()) return false;
      setPlacement(FIT);
    },
  });
}

/** A photo that the keyboard was led to from elsewhere (a mark that advances, an undo) comes in as challenger. */
function useFollowFocus(): void {
  const focus = useSelection((state) => state.focus);
  useEffect(() => {
    const { ids, pool } = comparison.getState();
    if (focus !== null && ids.length >= 2 && !ids.includes(focus) && pool === null)
      challenge(focus, challengerIndex(ids, null));
  }, [focus]);
}

export function Compare() {
  const ids = useComparison((state) => state.ids);
  const total = useLibrary((state) => state.order.total);
  const isLoading = useLibrary((state) => state.state === 'loading');
  useCompareActions();
  useFollowFocus();
  // Before the first paint: the last comparison must not flash, nor take a key press.
  useLayoutEffect(startComparison, []);
  const waits = ids.length < 2 && total >= 2;
  useEffect(() => {
    // Opened before the view was read: begins as soon as there are photos, and never over one that has begun.
    if (waits && !isLoading && comparison.getState().ids.length < 2) startComparison();
  }, [waits, isLoading]);

  if (total < 2) {
    return isLoading ? null : (
      <TooFewPhotos title="Nothing to compare">
        Comparing takes at least two photos, and this place shows fewer.
      </TooFewPhotos>
    );
  }
  return (
    <div className="compare" data-photos>
      <div
        className="compare-panes"
        style={{ gridTemplateColumns: `repeat(${Math.max(2, ids.length)}, minmax(0, 1fr))` }}
      >
        {ids.map((id, index) => (
          <Pane key={id} id={id} index={index} count={ids.length} />
        ))}
      </div>
      <Verdict />
    </div>
  );
}
