import { resolve } from 'node:path';
import { serve as serveCore } from '../../../serve.ts';
import { openInBrowser } from '../../browser/open-browser.ts';
import type { Verb } from './verb.ts';

const serve: Verb = {
  usage: 'serve [<folder>…] [--port <n>] [--token <text>] [--open] [--data <dir>] [--json]',
  about:
    'Opens the library behind an address of this computer only and prints it, with its token. Folders are added first. ' +
    'Ends with Ctrl+C.',
  options: {
    port: { type: 'string', value: 'n', help: 'default: any free one' },
    token: {
      type: 'string',
      value: 'text',
      help: 'part of the address, at least 16 characters; lists of programs show it (default: made up)',
    },
    open: { type: 'boolean', help: "open the address in the system's browser, where there is a display" },
  },
  words: { least: 0, most: Number.POSITIVE_INFINITY },
  async run(call) {
    const port = call.number('port', { least: 0, most: 65535 });
    const core = await call.openCore();
    try {
      for (const folder of call.words) await core.addRoot(resolve(folder));
      const served = await serveCore({ core, port, token: call.text('token'), log: call.say });
      try {
        const document = { address: served.address, port: served.port, token: served.token, pid: process.pid };
        await call.print(document, () => [`Keeplight is open at ${served.address}`, 'Ctrl+C ends it.']);
        const remove = call.flag('open') ? await openInBrowser(served.address, call.dataDirectory) : null;
        if (remove) void served.admitted.then(remove);
        await new Promise<void>((stopped) => {
          if (call.signal.aborted) stopped();
          else call.signal.addEventListener('abort', () => stopped(), { once: true });
        });
        await remove?.();
      } finally {
        await served.close();
      }
    } finally {
      await core.close();
    }
  },
};
export default serve;
