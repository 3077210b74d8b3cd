/** One photo as large as it can be. */
import { defineView } from '../../app/view.ts';
import { Inspector } from '../../panels/inspector/Inspector.tsx';
import { Loupe } from './Loupe.tsx';
import { LoupeTitle, LoupeTools } from './LoupeToolbar.tsx';

export const view = defineView('loupe', {
  Stage: Loupe,
  Title: LoupeTitle,
  Tools: LoupeTools,
  Status: null,
  Inspector,
});
