#!/usr/bin/env node
/** `keeplight <verb>`: finds the right Node, makes what the verb needs, and hands over to electron/cli.ts. */
import { join } from 'node:path';
import { foreground, main, prepare, ROOT } from './setup.mjs';

/** Verbs that need more than the packages. */
const PAGE = ['serve'];
const BRIDGE = ['grade', 'explain', 'convert', 'evaluate'];

await main(async () => {
  const parameters = process.argv.slice(2);
  const verb = parameters[0] ?? '';
  const helps = parameters.includes('--help');
  const { runtime, env } = await prepare({
    page: !helps && PAGE.includes(verb),
    bridge: !helps && (BRIDGE.includes(verb) || (verb === 'models' && parameters[1] === 'add')),
  });
  // npm runs this in the repository, wherever it was called; paths are meant from there.
  const called = process.env.npm_lifecycle_event === 'keeplight' ? process.env.INIT_CWD : undefined;
  return foreground(runtime, [join(ROOT, 'electron', 'cli.ts'), ...parameters], {
    cwd: called ?? process.cwd(),
    env,
    document: true,
  });
});
