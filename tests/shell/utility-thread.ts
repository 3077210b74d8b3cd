/**
 * Runs electron/core-process.ts in a worker thread that looks like Electron's utility process: messages come with their
 * ports on `process.parentPort`.
 */
import { type MessagePort, parentPort } from 'node:worker_threads';

type Listener = (event: { data: unknown; ports: MessagePort[] }) => void;

/** A port of Node as Electron hands it over: `data` in an event, and `start`. */
function asElectronPort(port: MessagePort): unknown {
  return {
    on(event: 'message' | 'close', listener: (event: { data: unknown }) => void) {
      if (event === 'message') port.on('message', (data) => listener({ data }));
      else port.on('close', () => listener({ data: undefined }));
    },
    postMessage: (data: unknown) => port.postMessage(data),
    start: () => port.start(),
    close: () => port.close(),
  };
}

Object.defineProperty(process, 'parentPort', {
  value: {
    on(_event: 'message', listener: Listener) {
      parentPort!.on('message', ({ message, ports }: { message: unknown; ports: MessagePort[] }) =>
        listener({ data: message, ports: ports.map(asElectronPort) as MessagePort[] }),
      );
    },
    postMessage: (message: unknown) => parentPort!.postMessage(message),
  },
});

await import('../../electron/core-process.ts');
