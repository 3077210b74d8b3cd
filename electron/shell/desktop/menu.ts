/**
 * The menu of the desktop window, as data: words and shortcuts come from the table of actions, and the page does what
 * is chosen. Shortcuts are shown but stay the page's: its keys can be changed by the person, and they work the same in
 * the browser.
 */
import { type ActionName, actionFacts, historyTitle } from '../../../shared/actions.ts';
import { showsPhotos, VIEW_NAMES } from '../../../shared/views.ts';
import type { UndoState } from './core-messages.ts';

type Item = Electron.MenuItemConstructorOptions;

/** Chords without a modifier are left out: macOS would take them away from what a person types. */
function acceleratorOf(action: ActionName): string | undefined {
  return actionFacts(action)
    .chords.find((chord) => chord.startsWith('Mod+'))
    ?.replace('Mod', 'CmdOrCtrl');
}

/**
 * @param send hands the chosen action to the page
 * @param name of the program, on a Mac
 * @param history what undo and redo would do
 */
export function menuTemplate(
  mac: boolean,
  send: (action: ActionName) => void,
  name: string,
  history: UndoState = { undo: null, redo: null },
): Item[] {
  const item = (action: ActionName, ending = ''): Item => ({
    label: actionFacts(action).label + ending,
    accelerator: acceleratorOf(action),
    registerAccelerator: false,
    click: () => send(action),
  });
  // An ampersand, as an album's name may have one, would underline the letter after it.
  const travel = (action: 'history.undo' | 'history.redo', step: string | null): Item => ({
    ...item(action),
    label: historyTitle(action, step).replaceAll('&', '&&'),
  });
  const settings = item('view.settings', '…');
  const application: Item = {
    label: name,
    submenu: [
      { role: 'about' },
      { type: 'separator' },
      settings,
      { type: 'separator' },
      { role: 'hide' },
      { role: 'hideOthers' },
      { type: 'separator' },
      { role: 'quit' },
    ],
  };
  return [
    ...(mac ? [application] : []),
    {
      label: 'File',
      submenu: [
        item('app.addFolder', '…'),
        { type: 'separator' },
        item('files.export', '…'),
        item('app.reveal'),
        item('view.report'),
        { type: 'separator' },
        item('files.trash', '…'),
        item('files.trashRejected', '…'),
        ...(mac ? [] : [{ type: 'separator' } as const, settings]),
        { type: 'separator' },
        mac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    {
      label: 'Edit',
      submenu: [
        travel('history.undo', history.undo),
        travel('history.redo', history.redo),
        { type: 'separator' },
        // Texts are cut and pasted by the system's own commands.
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        item('select.all'),
        { type: 'separator' },
        item('photo.rotateLeft'),
        item('photo.rotateRight'),
      ],
    },
    {
      label: 'View',
      submenu: [
        ...VIEW_NAMES.filter(showsPhotos).map((view) => item(`view.${view}`)),
        { type: 'separator' },
        { role: 'togglefullscreen' },
        { type: 'separator' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'resetZoom' },
      ],
    },
    { role: 'windowMenu' },
    { label: 'Help', submenu: [item('app.shortcuts')] },
  ];
}
