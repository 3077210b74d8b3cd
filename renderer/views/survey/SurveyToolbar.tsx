/** The toolbar of the survey: how many are left, the marks of the chosen one, and taking it out. */

import { ActionButton } from '../../app/ActionButton.tsx';
import { MarkBar } from '../../panels/photo/MarkBar.tsx';
import { countTitle, PhotoTitle } from '../../panels/photo/PhotoTitle.tsx';
import { useComparison, useLibrary, useRow, useSelection } from '../../store/hooks.ts';

export function SurveyTitle() {
  const count = useComparison((state) => state.ids.length);
  const isEmpty = useLibrary((state) => state.order.total === 0);
  return <PhotoTitle title={countTitle(isEmpty ? 0 : count)} />;
}

export function SurveyTools() {
  const chosen = useRow(useSelection((state) => state.focus));
  const isEmpty = useLibrary((state) => state.order.total === 0);
  if (isEmpty) return null;
  return (
    <>
      {chosen !== undefined && <MarkBar row={chosen} />}
      <ActionButton action="comparison.takeOut" />
    </>
  );
}
