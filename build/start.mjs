/**
 * `npm start [-- <folder>…]`: sets up what is missing, then opens the app: in Electron's window where its program is
 * here or can be had, else in the browser.
 */
import { resolve } from 'node:path';
import { buildDesktop } from './desktop.mjs';
import { ensureElectron, noWindowReason } from './electron-binary.mjs';
import { foreground, main, prepare, ROOT, say } from './setup.mjs';

await main(async () => {
  // npm runs this in the repository, wherever it was called.
  const calledIn = process.env.npm_lifecycle_event === 'start' ? (process.env.INIT_CWD ?? ROOT) : process.cwd();
  const parameters = process.argv.slice(2);
  const browserWanted = parameters.includes('--browser');
  const folders = parameters.filter((text) => !text.startsWith('--')).map((folder) => resolve(calledIn, folder));
  const { runtime, env } = await prepare({ page: true, bridge: true });

  const reason = browserWanted ? 'As asked for.' : noWindowReason();
  const electron = reason ? null : await ensureElectron(runtime);
  if (electron) {
    await buildDesktop(runtime);
    return foreground(electron, [ROOT, ...folders], { env });
  }
  say(`${reason ? `${reason} ` : ''}Opening Keeplight in the browser.`);
  return foreground(runtime, ['electron/cli.ts', 'serve', '--open', ...folders], { env, document: true });
});
