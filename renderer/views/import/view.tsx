/** A card or folder into the library: looked at first, copied and compared, known photos passed over. */
import { BackTitle } from '../../app/BackTitle.tsx';
import { defineView } from '../../app/view.ts';
import { ImportTools } from './ImportTools.tsx';
import { ImportView } from './ImportView.tsx';

export const view = defineView('import', {
  Stage: ImportView,
  Title: BackTitle,
  Tools: ImportTools,
  Status: null,
  Inspector: null,
});
