/** Marks that deserve a second look. */
import { defineView } from '../../app/view.ts';
import { SecondLook } from './SecondLook.tsx';

const Nothing = () => null;

export const view = defineView('secondlook', {
  Stage: SecondLook,
  Title: Nothing,
  Tools: null,
  Status: null,
  Inspector: null,
});
