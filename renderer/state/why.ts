/** The question why: opens the critique beside the photo that the keyboard is on, and has it explained. */
import { explain } from './critique.ts';
import { loupe, showPage } from './loupe.ts';
import { selection } from './selection.ts';
import { settings } from './settings.ts';
import { isPhotoView, setPanels, showView, viewState } from './view.ts';

/** Explains in words where a model is in use, else leads to the measured reasons. @returns false where no photo is */
export function why(): boolean {
  const { focus } = selection.getState();
  if (focus === null || !isPhotoView(viewState.getState().view)) return false;
  showView('loupe');
  setPanels({ inspectorElsewhere: true });
  showPage('critique');
  loupe.setState({ asked: focus });
  if (settings.getState().models.active !== null) void explain(focus);
  return true;
}

/** The page has led to the answer. */
export function answered(): void {
  loupe.setState({ asked: null });
}
