/** Who judges, and what runs it. */
import { BackTitle } from '../../app/BackTitle.tsx';
import { defineView } from '../../app/view.ts';
import { ModelsView } from './ModelsView.tsx';

export const view = defineView('models', {
  Stage: ModelsView,
  Title: BackTitle,
  Tools: null,
  Status: null,
  Inspector: null,
});
