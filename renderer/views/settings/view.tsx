/** What the person set. */
import { BackTitle } from '../../app/BackTitle.tsx';
import { defineView } from '../../app/view.ts';
import { SettingsView } from './SettingsView.tsx';

export const view = defineView('settings', {
  Stage: SettingsView,
  Title: BackTitle,
  Tools: null,
  Status: null,
  Inspector: null,
});
