/** What lights up on the photo while the pointer or the keyboard is on something that was measured there. */
import { useEffect, useMemo } from 'react';
import type { EvidenceKind } from '../../../shared/evidence.ts';
import { pointAt, pointAway } from '../../store/stores.ts';

export type Pointing = Pick<
  React.HTMLAttributes<HTMLElement>,
  'onPointerEnter' | 'onPointerLeave' | 'onFocus' | 'onBlur' | 'tabIndex'
> & { 'data-evidence'?: string };

const NOTHING: Pointing = {};

/**
 * Attributes of the element that is pointed at; none where it was measured nowhere.
 * @param also kinds of its neighbors. @param ownFocus it has the keyboard's focus by itself
 */
export function usePointing(
  photo: number | null,
  kinds: readonly EvidenceKind[],
  also: readonly EvidenceKind[] = kinds,
  ownFocus = false,
): Pointing {
  const names = kinds.join(' ');
  const others = also.join(' ');
  const pointed = useMemo(
    () => (photo === null || names === '' ? null : { photo, kinds: names.split(' ') as EvidenceKind[] }),
    [photo, names],
  );
  useEffect(() => (pointed === null ? undefined : () => pointAway(pointed)), [pointed]);
  return useMemo(() => {
    if (pointed === null) return NOTHING;
    const enter = () => pointAt(pointed, others === '' ? [] : (others.split(' ') as EvidenceKind[]));
    const leave = () => pointAway(pointed);
    return {
      onPointerEnter: enter,
      onPointerLeave: leave,
      onFocus: enter,
      onBlur: leave,
      'data-evidence': names,
      ...(ownFocus ? {} : { tabIndex: 0 }),
    };
  }, [pointed, names, others, ownFocus]);
}
