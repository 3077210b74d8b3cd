/**
 * What the page must know of the shell around it, and nothing more: how it reaches the core, where pictures are, and
 * the few native verbs that a desktop window has. In a browser `window.keeplight` does not exist.
 */
import type { ActionName } from './actions.ts';

/** Path of the WebSocket to the core, on the page's own origin (browser shell). */
export const SOCKET_PATH = '/socket';

/** Protocol of that socket. A browser sends it with the token beside it, which no other page can know. */
export const SOCKET_PROTOCOL = 'keeplight';
/** What the page offers when it opens the socket. @param token of the address: letters, digits, and . _ ~ - */
export const socketProtocols = (token: string): [string, string] => [SOCKET_PROTOCOL, `keeplight.${token}`];

/** Name of the token in the printed address, and in the page's session storage afterwards. */
export const TOKEN_NAME = 'token';
/** Where the page shows its token in a header and gets the key of the pictures: text, to be put behind their base. */
export const SESSION_PATH = '/session';

/** What is put before a `pictureAddress` (shared/addresses.ts) in each shell; in a browser the key of the pictures comes between. */
export const PICTURE_BASES = { desktop: 'photo://library', browser: '/photo' } as const;

/**
 * `data` of the window message by which the desktop shell hands the page its port to the core; the port is
 * `event.ports[0]` and `event.source` is the window itself. A new one comes whenever the core was restarted.
 */
export const PORT_MESSAGE = 'keeplight:port';

/** Largest message from the page, in bytes: a million ids in decimal need 8 MB. */
export const MESSAGE_LIMIT = 16 * 1024 * 1024;

/** `window.keeplight` in the desktop shell. Tokens are those of `disk.list`: the page never names a path. */
export interface DesktopShell {
  /** Node's name of the operating system: linux, darwin, win32. */
  platform: string;
  /** Asks for a port to the core; it arrives as PORT_MESSAGE. Listen first. */
  connect(): void;
  /** The system's folder dialog; null when it was dismissed. */
  chooseFolder(): Promise<string | null>;
  /** The system's file dialog for a `.gguf` file; null when it was dismissed. */
  chooseModel(): Promise<string | null>;
  /** Token of a file or folder that was dropped on the window; null when it is not one of this computer's. */
  dropped(file: object): Promise<string | null>;
  /** Shows the photo's file in the system's file manager. */
  reveal(id: number): Promise<void>;
  /** Opens the window that shows the picture of this one, or brings it to the front. */
  openPicture(): void;
  /** Hands the files of these photos to whatever program the pointer goes to, while it is held down. */
  dragOut(ids: readonly number[]): void;
  /** Opens a web page in the system's browser; https only. */
  openExternal(url: string): Promise<void>;
  /** Calls back for every action chosen in the menu, until the returned function is called. */
  onMenu(listener: (action: ActionName) => void): () => void;
}
