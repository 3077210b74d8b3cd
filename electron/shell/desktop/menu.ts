/**
 * The menu of the desktop window, as data. Shortcuts of the page are shown in it but stay the page's: its keys can be
 * changed by the person, and they work the same in the browser.
 */
import type { MenuCommand } from '../../../shared/shell.ts';

type Item = Electron.MenuItemConstructorOptions;

export function menuTemplate(mac: boolean, send: (command: MenuCommand) => void, name: string): Item[] {
  const command = (label: string, action: MenuCommand, accelerator?: string): Item => ({
    label,
    accelerator,
    registerAccelerator: false,
    click: () => send(action),
  });
  const settings = command('Settings…', 'settings', 'CmdOrCtrl+,');
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
        command('Add Folder…', 'add-folder'),
        ...(mac ? [] : [{ type: 'separator' } as const, settings]),
        { type: 'separator' },
        mac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    {
      label: 'Edit',
      submenu: [
        command('Undo', 'undo', 'CmdOrCtrl+Z'),
        command('Redo', 'redo', 'CmdOrCtrl+Shift+Z'),
        { type: 'separator' },
        // Texts are cut and pasted by the system's own commands.
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        command('Select All', 'select-all', 'CmdOrCtrl+A'),
      ],
    },
    {
      label: 'View',
      submenu: [
        { role: 'togglefullscreen' },
        { type: 'separator' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'resetZoom' },
      ],
    },
    { role: 'windowMenu' },
    { label: 'Help', submenu: [command('Keyboard Shortcuts', 'shortcuts')] },
  ];
}
