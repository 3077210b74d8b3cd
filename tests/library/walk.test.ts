/** A made tree: twins of Unicode, loops, long names, folders that nobody may read, files that are no photos. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FoundFile, type WalkProblem, walkRoot } from '../../electron/core/files/walk.ts';

const base = mkdtempSync(join(tmpdir(), 'keeplight-walk-'));
const root = join(base, 'root');
afterAll(() => rmSync(base, { recursive: true, force: true }));

async function walk(path = root, below?: string): Promise<{ files: FoundFile[]; problems: WalkProblem[] }> {
  const files: FoundFile[] = [];
  const problems: WalkProblem[] = [];
  for await (const found of walkRoot(path, { below })) {
    if (found.type === 'file') files.push(found);
    else problems.push(found);
  }
  return { files, problems };
}
const paths = (files: FoundFile[]) => files.map(({ relativePath }) => relativePath).sort();

const JPEG = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9000000000000', 'hex');
const put = (path: string, bytes: Buffer | string = JPEG) => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), bytes);
};

const COMPOSED = 'caf\u00e9.jpg';
const DECOMPOSED = 'cafe\u0301.jpg';
const LONG = `${'ü'.repeat(83)}.jpg`;

describe('walking a root', () => {
  beforeAll(() => {
    put('a/IMG_1.JPG');
    put('a/IMG_1.xmp', '<x/>');
    put('a/IMG_1.AAE', 'x');
    put(`names/${COMPOSED}`);
    put(`names/${DECOMPOSED}`);
    put(`names/${LONG}`);
    put('names/日本 – ☀️ (копия).jpg');
    put('odd/no-extension');
    put('odd/renamed.photo');
    put('odd/notes.photo', 'not a picture at all, whatever it is called');
    put('odd/film.mp4');
    put('odd/text-named.jpg', 'plain text');
    put('odd/empty.jpg', '');
    put('.hidden/x.jpg');
    put('@eaDir/x.jpg');
    put('Catalog Previews.lrdata/x.jpg');
    put('a/._IMG_1.JPG');
    symlinkSync(root, join(root, 'a', 'loop'));
    symlinkSync('self', join(root, 'a', 'self'));
    symlinkSync(join(root, 'a', 'IMG_1.JPG'), join(root, 'odd', 'link-inside.jpg'));
    mkdirSync(join(base, 'elsewhere', 'deep'), { recursive: true });
    writeFileSync(join(base, 'elsewhere', 'deep', 'far.jpg'), JPEG);
    writeFileSync(join(base, 'elsewhere', 'single.jpg'), JPEG);
    symlinkSync(join(base, 'elsewhere', 'deep'), join(root, 'linked'));
    symlinkSync(join(base, 'elsewhere', 'single.jpg'), join(root, 'single.jpg'));
    utimesSync(join(root, 'a', 'IMG_1.JPG'), 1_700_000_000.25, 1_700_000_000.25);
  });

  it('finds every picture and sidecar once, by its name exactly as it is on disk', async () => {
    const { files, problems } = await walk();
    expect(paths(files)).toEqual(
      [
        'a/IMG_1.AAE',
        'a/IMG_1.JPG',
        'a/IMG_1.xmp',
        `names/${COMPOSED}`,
        `names/${DECOMPOSED}`,
        `names/${LONG}`,
        'names/日本 – ☀️ (копия).jpg',
        'odd/empty.jpg',
        'odd/no-extension',
        'odd/renamed.photo',
        'odd/text-named.jpg',
        'linked/far.jpg',
        'single.jpg',
      ].sort(),
    );
    expect(problems.map(({ relativePath, reason }) => [relativePath, reason])).toEqual([
      ['a/self', 'The link leads in a circle.'],
    ]);
    const photo = files.find(({ relativePath }) => relativePath === 'a/IMG_1.JPG')!;
    expect(photo).toMatchObject({ role: 'picture', size: JPEG.length });
    expect(photo.mtimeMs).toBeCloseTo(1_700_000_000_250, 2);
    expect(photo.inode).toMatch(/^\d+$/);
    expect(files.filter(({ role }) => role === 'sidecar')).toHaveLength(2);
  });

  it('walks one folder of it when only that is asked for', async () => {
    expect(paths((await walk(root, 'a')).files)).toContain('a/IMG_1.JPG');
    expect(paths((await walk(root, 'a')).files)).not.toContain('single.jpg');
    expect(await walk(root, 'vanished')).toMatchObject({
      files: [],
      problems: [{ hidesContents: false, rootGone: false }],
    });
  });

  it('says that a missing root is gone, so that nobody takes its photos for deleted', async () => {
    expect((await walk(join(base, 'unplugged'))).problems).toMatchObject([
      { relativePath: '', rootGone: true, hidesContents: true },
    ]);
  });

  it('says which folder it may not read', async (context) => {
    const closed = join(base, 'closed');
    mkdirSync(join(closed, 'secret'), { recursive: true });
    writeFileSync(join(closed, 'open.jpg'), JPEG);
    chmodSync(base, 0o755);
    chmodSync(join(closed, 'secret'), 0);
    // The superuser may read everything: then nobody walks.
    const isRoot = process.getuid?.() === 0;
    const child = fileURLToPath(new URL('./walk-child.ts', import.meta.url));
    const result = spawnSync(process.execPath, [child, closed], {
      encoding: 'utf8',
      ...(isRoot ? { uid: 65534, gid: 65534 } : {}),
    });
    chmodSync(join(closed, 'secret'), 0o755);
    if (isRoot && result.status !== 0) {
      console.warn('Skipped: no other user can run Node here, and the superuser may read every folder.');
      context.skip();
    }
    const found: (FoundFile | WalkProblem)[] = JSON.parse(result.stdout);
    expect(found.filter(({ type }) => type === 'file')).toMatchObject([{ relativePath: 'open.jpg' }]);
    expect(found.filter(({ type }) => type === 'problem')).toMatchObject([
      { relativePath: 'secret', reason: 'You have no permission to read it.', hidesContents: true, rootGone: false },
    ]);
  });

  it('says which name is no Unicode, on systems that allow one', async (context) => {
    const odd = join(base, 'bytes');
    mkdirSync(odd);
    try {
      execFileSync('sh', ['-c', `printf x > "$(printf '${odd}/bad\\377.jpg')"`]);
    } catch {
      context.skip();
    }
    const { files, problems } = await walk(odd);
    expect(files).toEqual([]);
    expect(problems[0]?.reason).toMatch(/not valid Unicode/);
  });

  it('counts hard links as the files that they are, and stops when told', async () => {
    const many = join(base, 'many');
    mkdirSync(many);
    writeFileSync(join(many, '0.jpg'), JPEG);
    for (let index = 1; index < 300; index++) linkSync(join(many, '0.jpg'), join(many, `${index}.jpg`));
    expect((await walk(many)).files).toHaveLength(300);
    const controller = new AbortController();
    let count = 0;
    const stopped = (async () => {
      for await (const _ of walkRoot(many, { signal: controller.signal })) if (++count === 60) controller.abort();
    })();
    await expect(stopped).rejects.toThrow(/abort/i);
    expect(count).toBeLessThan(300);
  });
});
