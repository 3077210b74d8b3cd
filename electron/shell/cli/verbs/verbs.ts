/** All verbs of the command line, each loaded only when it is called. */
import type { Verb } from './verb.ts';

export const VERBS: Readonly<Record<string, { summary: string; load: () => Promise<{ default: Verb }> }>> = {
  index: { summary: 'Add folders and look at every photo in them', load: () => import('./index.ts') },
  list: { summary: 'List photos, sorted and filtered', load: () => import('./list.ts') },
  show: { summary: 'Show everything about one photo', load: () => import('./show.ts') },
  critiques: { summary: 'Show every judgement of one photo', load: () => import('./critiques.ts') },
  mark: { summary: 'Flag, rate or label photos', load: () => import('./mark.ts') },
  tag: { summary: 'Give keywords to photos and take them', load: () => import('./tag.ts') },
  caption: { summary: 'Set the caption of a photo', load: () => import('./caption.ts') },
  sidecars: { summary: 'Write marks into XMP sidecars, or read them', load: () => import('./sidecars.ts') },
  export: { summary: 'Copy, move or convert photos into a tree of folders', load: () => import('./export.ts') },
  import: { summary: 'Copy photos from a card into the library, compared', load: () => import('./import.ts') },
  trash: { summary: 'Move photos with all their files to the trash', load: () => import('./trash.ts') },
  restore: { summary: 'Bring back what was moved to the trash last', load: () => import('./restore.ts') },
  report: { summary: 'Write the critique of a shoot as one file', load: () => import('./report.ts') },
  sheet: { summary: 'Write a contact sheet, or all that is known, as one file', load: () => import('./sheet.ts') },
  undo: { summary: 'Take back the last change', load: () => import('./undo.ts') },
  redo: { summary: 'Do the last change that was taken back again', load: () => import('./redo.ts') },
  cull: { summary: 'Propose or mark what to keep of a folder', load: () => import('./cull.ts') },
  taste: { summary: 'Say what was learned of your taste', load: () => import('./taste.ts') },
  stacks: { summary: 'List bursts, brackets and other moments', load: () => import('./stacks.ts') },
  grade: { summary: 'Grade photos with a model', load: () => import('./grade.ts') },
  explain: {
    summary: 'Say why a photo is strong or weak, or answer a question about it',
    load: () => import('./explain.ts'),
  },
  models: { summary: 'List, add, remove and choose models', load: () => import('./models.ts') },
  engines: { summary: 'List, add, remove and test engines on other computers', load: () => import('./engines.ts') },
  convert: { summary: 'Make a GGUF pair of a LLaVA-1.5 checkpoint', load: () => import('./convert.ts') },
  evaluate: {
    summary: 'Measure a model on AesBench, on scored photos, or on your own stars',
    load: () => import('./evaluate.ts'),
  },
  serve: { summary: 'Open the library in a browser', load: () => import('./serve.ts') },
  demo: { summary: 'Render the demo shoot into a folder', load: () => import('./demo.ts') },
  doctor: { summary: 'Say what works on this machine', load: () => import('./doctor.ts') },
};
