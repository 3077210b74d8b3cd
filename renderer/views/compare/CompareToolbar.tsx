/** The toolbar of a comparison: how many stand in it, who comes in, how close one looks, and what the critic says. */

import { ActionButton } from '../../app/ActionButton.tsx';
import { countTitle, PhotoTitle } from '../../panels/photo/PhotoTitle.tsx';
import { useComparison, useLibrary } from '../../store/hooks.ts';

export function CompareTitle() {
  const count = useComparison((state) => state.ids.length);
  const total = useLibrary((state) => state.order.total);
  return <PhotoTitle title={countTitle(total < 2 ? total : count)} />;
}

export function CompareTools() {
  const isZoomed = useComparison((state) => state.placement.scale !== null);
  const total = useLibrary((state) => state.order.total);
  if (total < 2) return null;
  return (
    <>
      <ActionButton action="comparison.swap" />
      <ActionButton action="comparison.add" iconOnly />
      <ActionButton action="look.zoom" showChord aria-pressed={isZoomed} />
      <ActionButton action="look.versus" showChord />
    </>
  );
}
