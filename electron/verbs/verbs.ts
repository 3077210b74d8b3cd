/** All verbs of the command line, each loaded only when it is called. */
import type { Verb } from '../shell/verb.ts';

export const VERBS: Readonly<Record<string, { summary: string; load: () => Promise<{ default: Verb }> }>> = {
  index: { summary: 'Add folders and look at every photo in them', load: () => import('./index.ts') },
  list: { summary: 'List photos, sorted and filtered', load: () => import('./list.ts') },
  show: { summary: 'Show everything about one photo', load: () => import('./show.ts') },
  mark: { summary: 'Flag, rate or label photos', load: () => import('./mark.ts') },
  serve: { summary: 'Open the library in a browser', load: () => import('./serve.ts') },
  demo: { summary: 'Render the demo shoot into a folder', load: () => import('./demo.ts') },
  doctor: { summary: 'Say what works on this machine', load: () => import('./doctor.ts') },
};
