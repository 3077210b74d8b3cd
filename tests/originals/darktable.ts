/** darktable as a witness of what sidecars say. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exiftoolPath } from 'exiftool-vendored';

/** Its version; null where it is not installed. */
export const DARKTABLE: string | null = (() => {
  try {
    return (
      /darktable(?:-cli)? ([\d.]+)/.exec(execFileSync('darktable-cli', ['--version'], { encoding: 'utf8' }))?.[1] ??
      'here'
    );
  } catch {
    return null;
  }
})();
if (DARKTABLE === null) console.warn('darktable as a witness is skipped: darktable-cli is not here.');

/**
 * Has it take in a photo with the sidecar beside it (`photo.jpg.xmp`), as when a folder is added, and export it.
 * @param folder for its own settings and the export. @returns path of the JPEG that it made.
 */
export async function exportByDarktable(photo: string, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const out = join(folder, 'out.jpg');
  await promisify(execFile)('darktable-cli', [
    photo,
    out,
    '--core',
    '--configdir',
    join(folder, 'config'),
    '--library',
    ':memory:',
    '--conf',
    'write_sidecar_files=never',
    '--conf',
    'plugins/lighttable/export/metadata_flags=ffff',
  ]);
  return out;
}

/** XMP of a file by exiftool. @param groups names carry theirs: `XMP-dc:Title`. */
export async function xmpTags(path: string, groups: boolean): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)(await exiftoolPath(), [
    '-config',
    '',
    '-j',
    ...(groups ? ['-G1'] : []),
    '-struct',
    '-n',
    '-XMP:all',
    path,
  ]);
  const [tags] = JSON.parse(stdout) as [Record<string, unknown>];
  return tags;
}

/** What it read of the sidecar, by the file that it makes then. */
export async function readByDarktable(photo: string, folder: string): Promise<Record<string, unknown>> {
  return xmpTags(await exportByDarktable(photo, folder), false);
}
