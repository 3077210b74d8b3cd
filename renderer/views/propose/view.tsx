/** A proposal before anything is marked. */
import { defineView } from '../../app/view.ts';
import { Propose } from './Propose.tsx';

const Nothing = () => null;

export const view = defineView('propose', {
  Stage: Propose,
  Title: Nothing,
  Tools: null,
  Status: null,
  Inspector: null,
});
