/** What the tests of culling kill: the core behind its address, in a process of its own. Prints the address when it is open. */
import { pathToFileURL } from 'node:url';
import { openCore } from '../../electron/core/core.ts';
import { serve } from '../../electron/serve.ts';

const [dataDirectory, page, port, token] = process.argv.slice(2) as [string, string, string, string];
const core = await openCore({ dataDirectory, shell: 'browser', log: () => {}, background: false });
const served = await serve({ core, token, port: Number(port), page: pathToFileURL(`${page}/`) });
process.stdout.write(`${JSON.stringify({ address: served.address, port: served.port })}\n`);
