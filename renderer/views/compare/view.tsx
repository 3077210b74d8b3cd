/** Two to four photos side by side. */
import { defineView } from '../../app/view.ts';
import { Inspector } from '../../panels/inspector/Inspector.tsx';
import { Compare } from './Compare.tsx';
import { CompareTitle, CompareTools } from './CompareToolbar.tsx';

export const view = defineView('compare', {
  Stage: Compare,
  Title: CompareTitle,
  Tools: CompareTools,
  Status: null,
  Inspector,
});
