/** What exiftool says of a photo's file and does to a copy of it, for words and marks that go into the file itself. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '../../../../shared/error-message.ts';
import { CoreError } from '../../base/core-error.ts';
import { extensionOf } from '../../formats/identify.ts';

const SECONDS = 90;
const MOST_BYTES = 64 * 2 ** 20;

const EMBEDDABLE: ReadonlySet<string> = new Set(['jpg', 'jpeg', 'jpe', 'heic', 'heif', 'hif', 'tif', 'tiff', 'dng']);
export const canEmbed = (path: string): boolean => EMBEDDABLE.has(extensionOf(path));

/** @throws CoreError UNAVAILABLE with what exiftool said. */
async function exiftool(parameters: readonly string[]): Promise<Buffer> {
  const { exiftoolPath } = await import('exiftool-vendored');
  try {
    // The first argument: no configuration of the user's own, which could run any Perl.
    const { stdout } = await promisify(execFile)(await exiftoolPath(), ['-config', '', '-q', '-q', ...parameters], {
      timeout: SECONDS * 1000,
      maxBuffer: MOST_BYTES,
      encoding: 'buffer',
    });
    return stdout;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n')[0] : '';
    throw new CoreError('UNAVAILABLE', `exiftool: ${said || messageOf(error)}`, { cause: error });
  }
}

/** The XMP packet in a file; null where there is none. */
export async function packetOf(path: string): Promise<Buffer | null> {
  const packet = await exiftool(['-b', '-XMP', path]);
  return packet.length === 0 ? null : packet;
}

export type Standing = {
  /** Content credentials (C2PA): whatever changes the file makes their signature void. */
  isSigned: boolean;
  /** Its XMP goes on in a second packet, which is not written here. */
  isExtended: boolean;
};

/** Of many files with one question; those that cannot be read are left out. */
export async function standingsOf(paths: readonly string[]): Promise<Map<string, Standing>> {
  if (paths.length === 0) return new Map();
  const names = ['-JUMBF:JUMDLabel', '-JUMBF:JUMDType', '-XMP-xmpNote:HasExtendedXMP'];
  const said = await exiftool(['-j', '-a', '-G3', '-m', ...names, ...paths]).catch(() => Buffer.from('[]'));
  const list = JSON.parse(said.length === 0 ? '[]' : said.toString('utf8')) as Record<string, unknown>[];
  return new Map(
    list.map((tags) => {
      const texts = Object.entries(tags);
      return [
        String(tags.SourceFile),
        {
          isSigned: texts.some(([name, value]) => /JUMD/.test(name) && /c2pa/i.test(String(value))),
          isExtended: texts.some(([name]) => /HasExtendedXMP/.test(name)),
        },
      ];
    }),
  );
}

/** What must be the same afterwards: every tag beside XMP and beside what the file system says, and the picture's data. */
async function restOf(path: string): Promise<string> {
  const tags = ['-j', '-a', '-G1', '-u', '-n', '-all', '-api', 'ImageHashType=SHA256', '-ImageDataHash'];
  const without = ['--System:all', '--ExifTool:all', '--XMP:all', '--Composite:all'];
  const [said] = JSON.parse((await exiftool([...tags, ...without, path])).toString('utf8')) as [
    Record<string, unknown>,
  ];
  const rest = Object.entries(said).filter(
    ([name]) =>
      name !== 'SourceFile' && !MOVES.test(name) && (!name.startsWith('File:') || name === 'File:ImageDataHash'),
  );
  if (!rest.some(([name]) => name === 'File:ImageDataHash')) {
    throw new CoreError('UNAVAILABLE', 'Nobody here can compare its picture data, so it was left as it is.');
  }
  return JSON.stringify(rest.sort(([one], [other]) => (one < other ? -1 : 1)));
}
/** Where things lie in a file: other places once a packet grew, without anything being lost. */
const MOVES = /(Offsets?|Start|MediaData|MediaDataSize|Pointer)$/;

/**
 * Writes a copy of a photo with another packet, and compares everything else in it.
 * @throws CoreError UNAVAILABLE when anything beside the packet came out differently.
 */
export async function copyWithPacket(source: string, copy: string, packet: Buffer): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'keeplight-packet-'));
  try {
    const file = join(folder, 'packet.xmp');
    await writeFile(file, packet, { mode: 0o600 });
    await exiftool(['-m', `-XMP<=${file}`, '-o', copy, source]);
    if ((await restOf(source)) !== (await restOf(copy))) {
      throw new CoreError(
        'UNAVAILABLE',
        'exiftool would have changed more than what was asked for, so it was left as it is.',
      );
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
