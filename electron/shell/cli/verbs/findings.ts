/** What the shells need of this machine: Node, a browser, Electron, a screen. */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { findNode } from '../../../core/base/find-node.ts';
import type { Finding } from '../../../core/base/records.ts';
import { hasDisplay } from '../../browser/open-browser.ts';
import { PAGE_DIRECTORY } from '../../page-files.ts';

const BROWSERS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ['xdg-open', 'chromium', 'chromium-browser', 'google-chrome', 'firefox', 'microsoft-edge'],
  darwin: ['open'],
  win32: ['rundll32.exe'],
};

function onPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return directory !== '';
    } catch {
      return false;
    }
  });
}

function electronProgram(): string | null {
  try {
    const directory = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
    const path = join(directory, 'dist', readFileSync(join(directory, 'path.txt'), 'utf8').trim());
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

export async function findShell(): Promise<Finding[]> {
  const browser = (BROWSERS[process.platform] ?? []).find(onPath);
  const electron = process.versions.electron ?? electronProgram();
  return [
    findNode(),
    {
      name: 'Browser',
      state: browser ? (hasDisplay() ? 'works' : 'limited') : 'missing',
      text: browser
        ? `${browser}${hasDisplay() ? '' : ', but this machine has no display'}`
        : 'No browser was found on the PATH.',
      remedy: browser ? null : 'Install Chromium or Firefox (Debian: apt-get install chromium).',
    },
    {
      name: 'Electron',
      state: electron ? 'works' : 'missing',
      text: electron ? `${electron}` : 'Its program is not here; the browser shell is used.',
      remedy: electron ? null : 'npm start fetches it where GitHub or ELECTRON_MIRROR can be reached.',
    },
    {
      name: 'Page',
      state: existsSync(new URL('index.html', PAGE_DIRECTORY)) ? 'works' : 'missing',
      text: existsSync(new URL('index.html', PAGE_DIRECTORY)) ? 'bundled' : 'not bundled yet',
      remedy: existsSync(new URL('index.html', PAGE_DIRECTORY)) ? null : 'npm start bundles it.',
    },
  ];
}
