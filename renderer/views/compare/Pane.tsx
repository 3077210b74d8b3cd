/** One photo of a comparison: the picture, its marks, and its scores beside those of the others. */

import { useCallback, useEffect, useMemo } from 'react';
import type { Critique } from '../../../shared/critique.ts';
import { DIMENSIONS, type Dimension, dimensionLabel } from '../../../shared/grade.ts';
import { MEASURE_FACTS } from '../../../shared/measures.ts';
import type { PhotoDetail, PhotoRow } from '../../../shared/photo.ts';
import { leadingCritique } from '../../panels/inspector/Critique.tsx';
import { MarkBar } from '../../panels/photo/MarkBar.tsx';
import { isUnshown, Unshown } from '../../panels/photo/Unshown.tsx';
import { missingPart } from '../../photo/Missing.tsx';
import { PhotoSurface, type SurfaceHandle } from '../../photo/PhotoSurface.tsx';
import { FIT, type Placement, placementWithOffset } from '../../picture/geometry.ts';
import { letterOf } from '../../store/comparison.ts';
import { useComparison, useDetail, useRow, useSelection } from '../../store/hooks.ts';
import { comparison, selectExactly, selection, setOffset, setPlacement, takeOut } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { type BarRow, Bars } from '../../ui/plots/Bars.tsx';

/** Surfaces by photo, for the keys that zoom the focused one. */
export const panes = new Map<number, SurfaceHandle>();

const NO_OFFSET = { x: 0, y: 0 };

/** What one looks for between frames of one scene; the others are in the table of numbers. */
const SHOWN_DIMENSIONS = ['technical', 'light', 'composition', 'content'] as const satisfies readonly Dimension[];

/** Rows that can be compared at a glance: focus from the pixels, then what the critic perceived. */
function scoreRows(detail: PhotoDetail, critique: Critique | null, favoured: ReadonlySet<string>): BarRow[] {
  const rows: BarRow[] = [];
  const focus = detail.measures?.subjectFocus;
  if (typeof focus === 'number') {
    rows.push({
      key: 'subjectFocus',
      label: MEASURE_FACTS.subjectFocus.label,
      share: focus / 100,
      text: String(Math.round(focus)),
      title: MEASURE_FACTS.subjectFocus.meaning,
      muted: !favoured.has('subjectFocus'),
    });
  }
  if (critique === null) return rows;
  for (const name of SHOWN_DIMENSIONS) {
    const score = critique.dimensions[name];
    if (score === undefined) continue;
    rows.push({
      key: name,
      label: dimensionLabel(name, critique.critic),
      share: score.value / 100,
      text: String(Math.round(score.value)),
      muted: !favoured.has(name),
    });
  }
  return rows;
}

/** What the verdict found in favour of this photo; everything while there is no verdict. */
function useFavoured(id: number): { favoured: ReadonlySet<string>; isSuggested: boolean } {
  const verdict = useComparison((state) => state.verdict);
  return useMemo(() => {
    if (verdict === null) {
      return { favoured: new Set(['subjectFocus', ...DIMENSIONS]), isSuggested: false };
    }
    const names = verdict.points.filter((point) => point.favours === id).map((point) => point.name);
    return { favoured: new Set(names), isSuggested: verdict.winner === id };
  }, [verdict, id]);
}

function Scores({
  row,
  isSuggested,
  favoured,
}: {
  row: PhotoRow;
  isSuggested: boolean;
  favoured: ReadonlySet<string>;
}) {
  const { detail } = useDetail(row.id);
  const critique = useMemo(() => (detail === null ? null : leadingCritique(detail)), [detail]);
  const isMeasured = row.grade?.critic === 'measured';
  return (
    <div className="pane-scores">
      <p className="pane-grade" data-measured={isMeasured || undefined}>
        {row.grade === null ? (
          <span className="meta">{row.state === 'failed' ? 'Cannot be judged' : 'Not judged yet'}</span>
        ) : (
          <>
            <strong>
              {isMeasured && <span aria-hidden="true">~</span>}
              {Math.round(row.grade.value)}
            </strong>
            <span>
              {row.grade.level[0]!.toUpperCase() + row.grade.level.slice(1)}
              {isMeasured && <span className="meta"> technical quality</span>}
            </span>
          </>
        )}
        {isSuggested && <span className="meta pane-suggested">Suggested</span>}
      </p>
      {detail !== null && <Bars label={`Scores of ${row.name}`} rows={scoreRows(detail, critique, favoured)} />}
    </div>
  );
}

function Picture({ row }: { row: PhotoRow }) {
  const common = useComparison((state) => state.placement);
  const offset = useComparison((state) => state.offsets.get(row.id)) ?? NO_OFFSET;
  const placement = useMemo(() => placementWithOffset(common, offset), [common, offset]);
  const { id } = row;
  const onPlacement = useCallback(
    (next: Placement) => {
      const { placement: now, offsets } = comparison.getState();
      const own = offsets.get(id) ?? NO_OFFSET;
      if (isShiftHeld() && next.scale !== null && next.scale === now.scale) {
        // With Shift this photo moves alone, to line it up with the others.
        setOffset(id, { x: next.x - now.x, y: next.y - now.y });
      } else {
        setPlacement(next.scale === null ? FIT : { scale: next.scale, x: next.x - own.x, y: next.y - own.y });
      }
    },
    [id],
  );
  const handle = useCallback(
    (surface: SurfaceHandle | null) => {
      if (surface === null) panes.delete(id);
      else panes.set(id, surface);
    },
    [id],
  );
  const { detail } = useDetail(id);
  const missing = useMemo(() => missingPart(detail?.measures ?? null), [detail]);
  return <PhotoSurface photo={row} placement={placement} onPlacement={onPlacement} handle={handle} missing={missing} />;
}

let shiftHeld = false;
const isShiftHeld = (): boolean => shiftHeld;

/** Follows the Shift key of pointer events: a drag has no key events of its own. */
function followShift(event: PointerEvent): void {
  shiftHeld = event.shiftKey;
}

export function Pane({ id, index, count }: { id: number; index: number; count: number }) {
  const row = useRow(id);
  const isFocused = useSelection((state) => state.focus === id);
  const { favoured, isSuggested } = useFavoured(id);
  useEffect(() => {
    window.addEventListener('pointermove', followShift, { capture: true, passive: true });
    return () => window.removeEventListener('pointermove', followShift, { capture: true });
  }, []);
  const letter = letterOf(index);
  const focus = (): void => {
    const { ids } = selection.getState();
    selectExactly(ids, id);
  };
  if (row === undefined) return <section className="pane" aria-label={`${letter}`} />;
  return (
    <section
      className="pane"
      aria-label={`${letter}: ${row.name}`}
      aria-current={isFocused || undefined}
      data-letter={letter}
      data-id={id}
      onPointerDownCapture={focus}
      onFocusCapture={focus}
    >
      <div className="pane-picture" data-flag={row.flag}>
        {isUnshown(row) ? <Unshown row={row} /> : <Picture row={row} />}
      </div>
      <div className="pane-line">
        <strong>{letter}</strong>
        <span className="cut meta">{row.name}</span>
        <MarkBar row={row} showKeys={isFocused} />
        <Button
          icon="minus"
          label={`Take ${letter} out of the comparison`}
          disabled={count <= 2}
          onClick={() => takeOut(id, false)}
        />
      </div>
      <Scores row={row} favoured={favoured} isSuggested={isSuggested} />
    </section>
  );
}
