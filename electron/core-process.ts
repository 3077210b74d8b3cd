/**
 * Entry of Electron's utility process: opens the core, gives every page that comes its own port to it, and answers the
 * few questions of the shell. Runs nowhere else; the browser shell and the command line open the core themselves.
 */
import { messageOf } from '../shared/error-message.ts';
import { CoreError, type Mending } from './core/base/core-error.ts';
import { mendCatalog } from './core/catalog/mend.ts';
import { type Core, openCore } from './core/core.ts';
import type { FromCore, ToCore } from './shell/desktop/core-messages.ts';
import { askKeychain } from './shell/desktop/keychain.ts';
import { createConnector } from './shell/page-connection.ts';

const shell = process.parentPort;
const say = (message: FromCore) => shell.postMessage(message);
/** Questions under way. */
const asked = new Map<number, AbortController>();
const keychain = askKeychain((question) => say({ kind: 'keychain', ...question }));
let core: Core | null = null;
let connect: ReturnType<typeof createConnector> | null = null;

shell.on('message', ({ data, ports }) => {
  const message = data as ToCore;
  switch (message.kind) {
    case 'start':
      void start(message.dataDirectory, message.mend);
      break;
    case 'connect':
      if (ports[0]) connectPage(ports[0]);
      break;
    case 'ask':
      void answer(message);
      break;
    case 'cancel':
      asked.get(message.id)?.abort();
      break;
    case 'keychain':
      keychain.answer(message.id, message.text);
      break;
    case 'close':
      void close();
      break;
  }
});

async function start(dataDirectory: string, mend: Mending | undefined): Promise<void> {
  try {
    if (mend) console.warn(mendCatalog(dataDirectory, mend));
    core = await openCore({
      dataDirectory,
      shell: 'desktop',
      keychain: keychain.keychain,
      log: ({ level, text }) => console[level === 'error' ? 'error' : 'warn'](text),
    });
    connect = createConnector(core.router);
    core.subscribe((event) => {
      if (event.kind === 'history') say({ kind: 'history', undo: event.undo, redo: event.redo });
    });
    say({ kind: 'history', ...core.undoState() });
    say({ kind: 'ready' });
  } catch (error) {
    say({ kind: 'failed', sentence: messageOf(error), choices: error instanceof CoreError ? error.choices : [] });
  }
}

function connectPage(port: Electron.MessagePortMain): void {
  if (!connect) {
    port.close();
    return;
  }
  const connection = connect({
    send: (message) => port.postMessage(message),
    refuse(reason) {
      console.warn(`A page was disconnected: ${reason}`);
      connection.close();
      port.close();
    },
  });
  port.on('message', ({ data }) => connection.receive(data));
  port.on('close', () => connection.close());
  port.start();
}

async function answer(message: Extract<ToCore, { kind: 'ask' }>): Promise<void> {
  const controller = new AbortController();
  asked.set(message.id, controller);
  try {
    if (!core) throw new CoreError('UNAVAILABLE', 'The library is not open.');
    say({ kind: 'answer', id: message.id, answer: await find(core, message, controller.signal) });
  } catch (error) {
    const sentence = messageOf(error);
    const notFound = error instanceof CoreError && error.code === 'NOT_FOUND';
    say({ kind: 'refusal', id: message.id, sentence, notFound });
  } finally {
    asked.delete(message.id);
  }
}

function find(open: Core, message: Extract<ToCore, { kind: 'ask' }>, signal: AbortSignal): unknown {
  switch (message.name) {
    case 'picture': {
      const { size, id, quarters } = message.ask;
      return open.picture(size, id, { signal, ...(quarters !== undefined && { quarters }) });
    }
    case 'token':
      return open.diskToken(message.ask.path);
    case 'reveal':
      return open.revealPath(message.ask.id);
    case 'paths': {
      const paths = open.paths(message.ask.ids);
      return message.ask.ids.flatMap((id) => paths.get(id) ?? []);
    }
    case 'addRoot':
      return open.addRoot(message.ask.path);
  }
}

async function close(): Promise<void> {
  try {
    await core?.close();
  } finally {
    say({ kind: 'closed' });
  }
}
