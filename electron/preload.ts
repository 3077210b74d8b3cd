/** Hands the page its port to the core and the native verbs; bundled to one CommonJS file for the sandbox. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { type DesktopShell, PORT_MESSAGE } from '../shared/shell.ts';

/** The page's window, as much of it as is used here. */
declare const window: {
  location: { origin: string };
  postMessage(message: string, origin: string, transfer: readonly object[]): void;
};

// A port cannot cross the bridge; it reaches the page as a message of its own window.
ipcRenderer.on(PORT_MESSAGE, (event) => window.postMessage(PORT_MESSAGE, window.location.origin, [...event.ports]));

const shell: DesktopShell = {
  platform: process.platform,
  connect: () => ipcRenderer.send('connect'),
  chooseFolder: () => ipcRenderer.invoke('choose-folder'),
  chooseModel: () => ipcRenderer.invoke('choose-model'),
  async dropped(file) {
    const path = webUtils.getPathForFile(file as Parameters<typeof webUtils.getPathForFile>[0]);
    return path ? ipcRenderer.invoke('dropped', path) : null;
  },
  reveal: (id) => ipcRenderer.invoke('reveal', id),
  openPicture: () => ipcRenderer.send('open-picture'),
  dragOut: (ids) => ipcRenderer.send('drag-out', [...ids]),
  openExternal: (url) => ipcRenderer.invoke('open-external', url),
  onMenu(listener) {
    const receive = (_event: unknown, action: Parameters<typeof listener>[0]) => listener(action);
    ipcRenderer.on('menu', receive);
    return () => ipcRenderer.off('menu', receive);
  },
};

contextBridge.exposeInMainWorld('keeplight', shell);
