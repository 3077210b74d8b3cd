/**
 * The desktop shell: one window, the menu, the dialogs, the addresses of page and photos. The core runs in a process of
 * its own and talks to the page directly; nothing of the library passes through here but pictures.
 */

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import {
  app,
  BrowserWindow,
  dialog,
  type IpcMainEvent,
  type IpcMainInvokeEvent,
  ipcMain,
  Menu,
  MessageChannelMain,
  type MessagePortMain,
  nativeImage,
  nativeTheme,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  utilityProcess,
} from 'electron';
import type { ActionName } from '../shared/actions.ts';
import { messageOf } from '../shared/error-message.ts';
import { PICTURE_BASES, PORT_MESSAGE } from '../shared/shell.ts';
import type { MendingChoice } from './core/base/core-error.ts';
import { defaultDataDirectory } from './shell/data-directory.ts';
import { CoreLink, CoreRefusal } from './shell/desktop/core-link.ts';
import type { UndoState } from './shell/desktop/core-messages.ts';
import { menuTemplate } from './shell/desktop/menu.ts';
import { MINIMUM, readWindowState, writeWindowState } from './shell/desktop/window-state.ts';
import { contentPolicy, PAGE_DIRECTORY, readPage } from './shell/page-files.ts';
import { readPicturePath } from './shell/picture-path.ts';

const PAGE_ORIGIN = 'keeplight://app';
const dataDirectory = process.env.KEEPLIGHT_DATA ?? defaultDataDirectory();
const windowStateFile = join(dataDirectory, 'window', 'state.json');

let window: BrowserWindow | null = null;
/** Shows the picture of the first one, on another screen. */
let pictureWindow: BrowserWindow | null = null;
let core: CoreLink<MessagePortMain> | null = null;
/** Folders of the command line that wait for the core. */
const folders = foldersIn(process.argv.slice(app.isPackaged ? 1 : 2));

protocol.registerSchemesAsPrivileged([
  { scheme: 'keeplight', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  {
    scheme: 'photo',
    privileges: { standard: true, secure: true, stream: true, supportFetchAPI: true, corsEnabled: true },
  },
]);
app.enableSandbox();
app.setName('Keeplight');
app.setPath('userData', join(dataDirectory, 'window'));

if (!app.requestSingleInstanceLock()) app.quit();
else {
  app.on('second-instance', (_event, parameters, directory) => {
    for (const folder of foldersIn(parameters.slice(app.isPackaged ? 1 : 2), directory)) void addFolder(folder);
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
  app.on('web-contents-created', (_event, contents) => {
    // The page stays what it is; only web pages, and only by the system's browser.
    // Nothing here speaks to other computers: WebRTC gets no way around what the policy of the page closes.
    contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      openExternal(url);
      return { action: 'deny' };
    });
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('activate', () => {
    if (app.isReady() && !window) openWindow();
  });
  app.on('before-quit', (event) => {
    if (!core) return;
    event.preventDefault();
    const closing = core;
    core = null;
    void closing.close().then(() => app.quit());
  });
  void app.whenReady().then(start, fail);
}

async function start(): Promise<void> {
  const deny = session.defaultSession;
  deny.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  deny.setPermissionCheckHandler(() => false);
  deny.setDevicePermissionHandler(() => false);
  await servePage();
  protocol.handle('photo', answerPicture);
  listenToPage();
  showMenu({ undo: null, redo: null });
  core = new CoreLink<MessagePortMain>({
    dataDirectory,
    fork() {
      const child = utilityProcess.fork(fileURLToPath(new URL('./core-process.js', import.meta.url)), [], {
        serviceName: 'Keeplight core',
        // Decoding runs on libuv's threads, four if nothing is said before the process begins.
        env: { UV_THREADPOOL_SIZE: String(availableParallelism() + 4), ...process.env },
      });
      return {
        postMessage: (message, ports) => child.postMessage(message, ports),
        onMessage: (listener) => void child.on('message', listener),
        onExit: (listener) => void child.on('exit', listener),
        kill: () => child.kill(),
      };
    },
    onReady() {
      for (const page of [window, pictureWindow]) if (page) connectPage(page);
      for (const folder of folders.splice(0)) void addFolder(folder);
    },
    onHistory: showMenu,
    keychain,
    onFailed: (sentence, choices) => void choose(sentence, choices),
  });
  openWindow();
}

/** Keys of engines elsewhere: the keychain of the system, unless all that it has is a password that everybody knows. */
function keychain(what: 'seal' | 'open', text: string): string | null {
  try {
    const isPlain = process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text';
    if (isPlain || !safeStorage.isEncryptionAvailable()) return null;
    return what === 'seal'
      ? safeStorage.encryptString(text).toString('base64')
      : safeStorage.decryptString(Buffer.from(text, 'base64'));
  } catch {
    return null;
  }
}

/** A library that does not open: the person says what is to be done. */
async function choose(sentence: string, choices: readonly MendingChoice[]): Promise<void> {
  if (choices.length === 0) return fail(sentence);
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    message: 'The library cannot be opened',
    detail: sentence,
    buttons: [...choices.map(({ text }) => text), 'Quit'],
    defaultId: 0,
    cancelId: choices.length,
    noLink: true,
  });
  const choice = choices[response];
  if (choice) core?.mend(choice);
  else {
    core = null;
    app.exit(1);
  }
}

function fail(reason: unknown): void {
  dialog.showErrorBox('Keeplight cannot go on', messageOf(reason));
  core = null;
  app.exit(1);
}

async function servePage(): Promise<void> {
  const files = await readPage(PAGE_DIRECTORY);
  const headers = {
    'Content-Security-Policy': contentPolicy([PICTURE_BASES.desktop], []),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
  };
  protocol.handle('keeplight', (request) => {
    const { host, pathname } = new URL(request.url);
    const file = host === 'app' && request.method === 'GET' ? files.get(pathname) : undefined;
    if (!file) return new Response('There is nothing here.\n', { status: 404, headers });
    return new Response(new Uint8Array(file.bytes), { headers: { ...headers, 'Content-Type': file.type } });
  });
}

async function answerPicture(request: Request): Promise<Response> {
  const { host, pathname, searchParams } = new URL(request.url);
  const named = host === 'library' && request.method === 'GET' ? readPicturePath(pathname) : null;
  if (!named || !core) return new Response('There is no such picture.\n', { status: 404 });
  try {
    const picture = await core.ask('picture', named, request.signal);
    const length = 'path' in picture ? (await stat(picture.path)).size : picture.bytes.byteLength;
    const body =
      'path' in picture
        ? (Readable.toWeb(createReadStream(picture.path)) as ReadableStream<Uint8Array>)
        : new Uint8Array(picture.bytes);
    return new Response(body, {
      headers: {
        'Content-Type': picture.type,
        'Content-Length': String(length),
        'Cache-Control':
          searchParams.has('v') && !picture.passing ? 'private, max-age=31536000, immutable' : 'no-store',
        'X-Content-Type-Options': 'nosniff',
        // The page draws pictures on canvases, for overlays and adjustments.
        'Access-Control-Allow-Origin': PAGE_ORIGIN,
        'Cross-Origin-Resource-Policy': 'cross-origin',
      },
    });
  } catch (error) {
    const status = error instanceof CoreRefusal && error.notFound ? 404 : 503;
    return new Response(`${error instanceof Error ? error.message : 'No picture.'}\n`, { status });
  }
}

function showMenu(history: UndoState): void {
  const template = menuTemplate(process.platform === 'darwin', sendAction, app.name, history);
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

function openWindow(): void {
  const screens = screen.getAllDisplays().map((display) => display.workArea);
  const state = readWindowState(windowStateFile, screens);
  const opened = new BrowserWindow({
    width: 1440,
    height: 900,
    ...state.bounds,
    minWidth: MINIMUM.width,
    minHeight: MINIMUM.height,
    show: false,
    title: 'Keeplight',
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#101011' : '#f4f4f3',
    webPreferences: pagePreferences(),
  });
  window = opened;
  if (state.maximized) opened.maximize();
  opened.once('ready-to-show', () => opened.show());
  opened.on('close', () =>
    writeWindowState(windowStateFile, { bounds: opened.getNormalBounds(), maximized: opened.isMaximized() }),
  );
  opened.on('closed', () => {
    window = null;
    // Alone it would show what nobody can leave.
    pictureWindow?.close();
  });
  let crashes = 0;
  opened.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return;
    crashes += 1;
    if (crashes > 3) fail(`The window's page ended unexpectedly (${reason}).`);
    else opened.reload();
  });
  void opened.loadURL(`${PAGE_ORIGIN}/`);
}

const pagePreferences = (): Electron.WebPreferences => ({
  preload: fileURLToPath(new URL('./preload.cjs', import.meta.url)),
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  webviewTag: false,
  spellcheck: false,
});

/** On another screen than the first window where there is one, and filling it. */
function openPictureWindow(first: BrowserWindow): void {
  if (pictureWindow) {
    pictureWindow.focus();
    return;
  }
  const here = screen.getDisplayMatching(first.getBounds()).id;
  const other = screen.getAllDisplays().find(({ id }) => id !== here);
  const opened = new BrowserWindow({
    width: 1280,
    height: 860,
    ...other?.workArea,
    title: 'Keeplight',
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#101011' : '#f4f4f3',
    webPreferences: pagePreferences(),
  });
  pictureWindow = opened;
  opened.on('closed', () => {
    pictureWindow = null;
  });
  void opened.loadURL(`${PAGE_ORIGIN}/#picture`);
}

/** Gives the page its way to the core; while the core is being opened, it comes when that is done. */
function connectPage(target: BrowserWindow): void {
  core?.connect(() => {
    const { port1, port2 } = new MessageChannelMain();
    target.webContents.postMessage(PORT_MESSAGE, null, [port2]);
    return port1;
  });
}

function listenToPage(): void {
  const fromPage = (event: IpcMainEvent | IpcMainInvokeEvent, of: BrowserWindow | null = window) =>
    event.senderFrame !== null &&
    event.senderFrame === of?.webContents.mainFrame &&
    event.senderFrame.origin === PAGE_ORIGIN;
  const answer = (name: string, work: (target: BrowserWindow, value: unknown) => Promise<unknown>) =>
    ipcMain.handle(name, (event, value: unknown) => {
      if (!window || !fromPage(event)) throw new Error('Only the page may ask this.');
      return work(window, value);
    });

  ipcMain.on('connect', (event) => {
    for (const page of [window, pictureWindow]) if (page && fromPage(event, page)) connectPage(page);
  });
  ipcMain.on('open-picture', (event) => {
    if (window && fromPage(event)) openPictureWindow(window);
  });
  answer('choose-folder', async (target) => {
    const { filePaths } = await dialog.showOpenDialog(target, { properties: ['openDirectory', 'createDirectory'] });
    return filePaths[0] === undefined ? null : core?.ask('token', { path: filePaths[0] });
  });
  answer('choose-model', async (target) => {
    const filters = [{ name: 'GGUF models', extensions: ['gguf'] }];
    const { filePaths } = await dialog.showOpenDialog(target, { properties: ['openFile'], filters });
    return filePaths[0] === undefined ? null : core?.ask('token', { path: filePaths[0] });
  });
  // The path comes from the preload script, which had it from the system for a file that a person dropped.
  answer('dropped', async (_target, path) => (typeof path === 'string' ? core?.ask('token', { path }) : null));
  answer('reveal', async (_target, id) => {
    if (typeof id === 'number' && core) shell.showItemInFolder(await core.ask('reveal', { id }));
  });
  ipcMain.on('drag-out', (event, ids: unknown) => {
    if (window && fromPage(event) && isIds(ids)) void dragOut(window, ids).catch(() => undefined);
  });
  answer('open-external', async (_target, url) => openExternal(url));
}

/** Files that are dragged out at once: other programs take each by itself. */
const MOST_DRAGGED = 1000;
const isIds = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 0 && value.length <= MOST_DRAGGED && value.every((id) => Number.isInteger(id));

async function dragOut(target: BrowserWindow, ids: number[]): Promise<void> {
  const [first] = ids;
  if (!core || first === undefined) return;
  const [files, thumb] = await Promise.all([
    core.ask('paths', { ids }),
    core.ask('picture', { size: 'thumb', id: first }),
  ]);
  const [file] = files;
  if (file === undefined) return;
  const picture =
    'path' in thumb ? nativeImage.createFromPath(thumb.path) : nativeImage.createFromBuffer(Buffer.from(thumb.bytes));
  target.webContents.startDrag({ file, files, icon: picture.resize({ height: 96 }) });
}

function openExternal(url: unknown): void {
  if (typeof url === 'string' && URL.canParse(url) && new URL(url).protocol === 'https:') void shell.openExternal(url);
}

function sendAction(action: ActionName): void {
  window?.webContents.send('menu', action);
}

async function addFolder(path: string): Promise<void> {
  try {
    await core?.ask('addRoot', { path });
  } catch (error) {
    dialog.showErrorBox('This folder cannot be added', error instanceof Error ? error.message : path);
  }
}

function foldersIn(parameters: string[], directory = process.cwd()): string[] {
  return parameters.filter((text) => !text.startsWith('-')).map((folder) => resolve(directory, folder));
}
