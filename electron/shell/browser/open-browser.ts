/** The system's browser. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** False on a Linux machine without a screen. */
export function hasDisplay(environment: NodeJS.ProcessEnv = process.env): boolean {
  return process.platform !== 'linux' || Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY);
}

/**
 * Opens an address of ours. Every user of the computer can read what programs are started with, so the browser is given
 * the name of a file that only its owner can read, which leads on to the address.
 * @param directory the data folder.
 * @returns removes the file: to be called once a page came, and when the program ends. Where no browser can be opened
 *   nothing happens, for the address has been printed.
 */
export async function openInBrowser(address: string, directory: string): Promise<() => Promise<void>> {
  if (!hasDisplay()) return async () => {};
  for (const name of await readdir(directory)) {
    if (/^open-[\w-]+\.html$/.test(name)) await rm(join(directory, name), { force: true });
  }
  const path = join(directory, `open-${randomBytes(12).toString('base64url')}.html`);
  await writeFile(path, redirectTo(address), { mode: 0o600, flag: 'wx' });
  const file = pathToFileURL(path).href;
  const [program, ...parameters] =
    process.platform === 'darwin'
      ? ['open', file]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', file]
        : ['xdg-open', file];
  const child = spawn(program!, parameters, { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
  return () => rm(path, { force: true });
}

/** @param address holds nothing that HTML would read as its own: token and port are checked where they are taken. */
function redirectTo(address: string): string {
  return `<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${address}">
<title>Keeplight</title>
<a href="${address}">Open Keeplight</a>
`;
}
