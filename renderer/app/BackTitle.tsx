import { viewFacts } from '../../shared/views.ts';
import { useView } from '../store/hooks.ts';
import { ActionButton } from './ActionButton.tsx';

/** The way back and the title of a place of the app that shows no photos. */
export function BackTitle() {
  const view = useView((state) => state.view);
  return (
    <>
      <ActionButton action="view.back" />
      <h1 className="toolbar-title">{viewFacts(view).title}</h1>
    </>
  );
}
