/** The core process's way to the system's keychain, which only Electron's main process can open. */
import { CoreError } from '../../core/base/core-error.ts';
import type { Keychain } from '../../core/engines/engine-keys.ts';

type Question = { id: number; what: 'seal' | 'open'; text: string };

/** @param ask sends a question to the main process. `answer` is called with what comes back. */
export function askKeychain(ask: (question: Question) => void): {
  keychain: Keychain;
  answer: (id: number, text: string | null) => void;
} {
  const waiting = new Map<number, (text: string | null) => void>();
  let next = 1;
  const send = (what: Question['what'], text: string) =>
    new Promise<string | null>((resolve) => {
      const id = next++;
      waiting.set(id, resolve);
      ask({ id, what, text });
    });
  return {
    keychain: {
      seal: (text) => send('seal', text),
      async open(sealed) {
        const text = await send('open', sealed);
        if (text === null) {
          const sentence =
            'The system’s keychain does not give the key of this engine: add the engine again with its key.';
          throw new CoreError('UNAVAILABLE', sentence);
        }
        return text;
      },
    },
    answer(id, text) {
      waiting.get(id)?.(text);
      waiting.delete(id);
    },
  };
}
