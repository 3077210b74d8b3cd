/** Photos in other programs of this computer: shown in the file manager, opened in what the system has for their kind. */
import { spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CoreError } from '../base/core-error.ts';

export type How = 'reveal' | 'open';
export type Call = readonly [program: string, ...parameters: string[]];

/** Milliseconds after which a program that has not failed is believed to be at work. */
const BELIEVED = 1500;

/** Programs that do it, each tried when the one before it is not there or refuses. No shell reads the path. */
export function callsFor(platform: NodeJS.Platform, path: string, how: How): Call[] {
  if (platform === 'darwin') return [how === 'reveal' ? ['open', '-R', path] : ['open', path]];
  // Explorer answers with 1 when it has done it.
  if (platform === 'win32') return [how === 'reveal' ? ['explorer.exe', `/select,${path}`] : ['explorer.exe', path]];
  if (how === 'open') return [['xdg-open', path]];
  return [
    [
      'gdbus',
      'call',
      '--session',
      '--dest=org.freedesktop.FileManager1',
      '--object-path=/org/freedesktop/FileManager1',
      '--method=org.freedesktop.FileManager1.ShowItems',
      // A literal of GVariant: what stands in an address cannot end it.
      `['${pathToFileURL(path).href.replaceAll("'", '%27')}']`,
      '',
    ],
    ['xdg-open', dirname(path)],
  ];
}

/** @throws CoreError NOT_FOUND when the file is not there, UNAVAILABLE where no program does it. */
export async function showToOthers(
  path: string,
  how: How,
  platform: NodeJS.Platform = process.platform,
): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new CoreError('NOT_FOUND', `${path} is not there: its drive may be away.`);
  for (const call of callsFor(platform, path, how)) if (await runs(call, platform)) return;
  throw new CoreError(
    'UNAVAILABLE',
    how === 'reveal' ? 'No file manager answers on this computer.' : 'No program of this computer opens it.',
  );
}

function runs([program, ...parameters]: Call, platform: NodeJS.Platform): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, parameters, { stdio: 'ignore', detached: true });
    child.unref();
    const timer = setTimeout(() => resolve(true), BELIEVED);
    timer.unref();
    child.once('error', () => {
      clearTimeout(timer);
      resolve(false);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      resolve(code === 0 || platform === 'win32');
    });
  });
}
