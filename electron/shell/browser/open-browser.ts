/** The system's browser. */
import { spawn } from 'node:child_process';

/** False on a Linux machine without a screen. */
export function hasDisplay(environment: NodeJS.ProcessEnv = process.env): boolean {
  return process.platform !== 'linux' || Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY);
}

/** Opens an address of ours; where it cannot, nothing happens, for the address has been printed. */
export async function openInBrowser(address: string): Promise<void> {
  if (!hasDisplay()) return;
  const [program, ...parameters] =
    process.platform === 'darwin'
      ? ['open', address]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', address]
        : ['xdg-open', address];
  const child = spawn(program!, parameters, { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
