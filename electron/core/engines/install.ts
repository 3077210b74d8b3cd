/**
 * Puts a model of the registry on the shelf: fetched (each file resumes where it broke off), converted when it comes as
 * a checkpoint, tried on three pictures, registered. Every step finds what an earlier run left, so a restart or a pause
 * costs nothing that was done.
 */
import { rm, stat, statfs } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { convertCheckpoint, estimateConversion } from '../../../models/convert/convert.ts';
import { ConversionError } from '../../../models/convert/failure.ts';
import { verifyModel } from '../../../models/convert/verify.ts';
import { type Downloaded, type DownloadFile, downloadFile } from '../../../models/download.ts';
import {
  ggufFiles,
  listRepository,
  newestCommit,
  type RegistryEntry,
  registryEntry,
} from '../../../models/registry.ts';
import type { Settings } from '../../../shared/settings.ts';
import { CoreError } from '../base/core-error.ts';
import { checkpointFolder, modelFolder, visionFolder } from '../base/data-places.ts';
import type { JobContext, JobRunner } from '../base/jobs.ts';
import { forgetModel, type KnownModel, saveModel } from '../catalog/models.ts';
import type { Catalog } from '../catalog/open.ts';
import { modelNamed } from './chosen-model.ts';
import type { LanguageModels } from './language-models.ts';
import { addModel } from './local-models.ts';
import { type Pinned, pin, pinnedOf } from './pinned-files.ts';

export interface InstallRoom {
  catalog: Catalog;
  dataDirectory: string;
  jobs: JobRunner;
  engine: LanguageModels;
  settings: () => Settings;
  /** The model is ready to be chosen. */
  installed: (name: string) => Promise<void>;
}

const payloadSchema = z.object({ name: z.string() });
const MEGA = 1e6;
/** Share of a conversion job that is fetching, then converting; the rest is trying it. */
const FETCHING = 70;
const CONVERTING = 27;

export function defineInstallJobs(room: InstallRoom): void {
  room.jobs.define('download', {
    unit: 'MB',
    canPause: true,
    run: async (job) => {
      await installGguf(room, entryOf(job), job);
      return undefined;
    },
  });
  room.jobs.define('convert', {
    unit: '%',
    canPause: true,
    run: async (job) => {
      await installCheckpoint(room, entryOf(job), job);
      return undefined;
    },
  });
}

/** @returns the job. @throws CoreError: unknown, not agreed to, installed or under way already. */
export function startInstall(room: InstallRoom, name: string, licence: string | null): number {
  const entry = registryEntry(name);
  if (!entry) throw new CoreError('NOT_FOUND', `The registry has no model "${name}".`);
  if (modelNamed(room.catalog, name)) throw new CoreError('CONFLICT', `${entry.title} is installed already.`);
  if (licence !== entry.licence) {
    throw new CoreError('INVALID', `${entry.title} comes under the ${entry.licence}: agree to it first.`);
  }
  const underWay = installing(room.jobs, name);
  if (underWay !== null) return underWay;
  const kind = entry.source.kind === 'gguf' ? 'download' : 'convert';
  return room.jobs.start(kind, `Installing ${entry.title}`, { name });
}

/** The job that installs a model of this name, or null. */
export function installing(jobs: JobRunner, name: string): number | null {
  const all = [...jobs.unfinished('download'), ...jobs.unfinished('convert')];
  return all.find(({ payload }) => payloadSchema.safeParse(payload).data?.name === name)?.id ?? null;
}

function entryOf(job: JobContext): RegistryEntry {
  const { name } = payloadSchema.parse(job.payload);
  const entry = registryEntry(name);
  if (!entry) throw new CoreError('NOT_FOUND', `The registry no longer has a model "${name}".`);
  return entry;
}

async function installGguf(room: InstallRoom, entry: RegistryEntry, job: JobContext): Promise<void> {
  const { mirror } = room.settings().models;
  if (entry.source.kind !== 'gguf') throw new Error(`${entry.name} has no GGUF files.`);
  const { repository } = entry.source;
  const commit = await commitFor(room, entry.source, job);
  const listed = ggufFiles(entry, commit, modelFolder(room.dataDirectory, entry.name), mirror);
  const files = await withPins(room, repository, listed);
  const expected = entry.approximate.downloadBytes;
  await requireSpace(room, expected - (await bytesThere(files)));
  const verified = await fetchPinned(room, { repository, commit }, files, job.signal, ({ bytes, total, name }) =>
    job.report({
      done: Math.round(bytes / MEGA),
      total: Math.round(Math.max(total ?? expected, bytes) / MEGA),
      description: `Fetching ${name}`,
    }),
  );
  const [model, mmproj] = files;
  if (!model || !mmproj) throw new Error(`${entry.name} names no files.`);
  job.report({ description: 'Checking the files' });
  await register(room, entry, { model: model.path, mmproj: mmproj.path, verified }, job);
}

async function installCheckpoint(room: InstallRoom, entry: RegistryEntry, job: JobContext): Promise<void> {
  if (entry.source.kind !== 'checkpoint') throw new Error(`${entry.name} is no checkpoint.`);
  const { source } = entry;
  const { signal } = job;
  const folder = modelFolder(room.dataDirectory, entry.name);
  const checkpoint = checkpointFolder(room.dataDirectory, entry.name);
  const visionPlace = visionFolder(room.dataDirectory, entry.name);
  const { mirror } = room.settings().models;
  const { quantization } = source;

  job.report({ done: 0, total: 100, description: 'Asking for the list of files' });
  const commit = await commitFor(room, source, job);
  const listed = await listRepository({ ...source, revision: commit }, checkpoint, mirror, mostOf(entry), signal);
  const files = await withPins(room, source.repository, listed);
  const bytes = files.reduce((sum, file) => sum + (file.bytes ?? 0), 0);
  if (bytes > mostOf(entry))
    throw new CoreError('INVALID', `${entry.title} has become far larger than the registry says; nothing was fetched.`);
  await requireSpace(room, bytes - (await bytesThere(files)) + entry.approximate.bytes);
  const origin = { repository: source.repository, commit };
  let verified = await fetchPinned(room, origin, files, signal, ({ bytes: done, total, name }) =>
    job.report({
      done: (FETCHING * done) / Math.max(1, total ?? bytes),
      description: `Fetching ${name}, ${Math.round(done / MEGA).toLocaleString('en')} of ${Math.round((total ?? bytes) / MEGA).toLocaleString('en')} MB`,
    }),
  );
  const vision = await visionFor(checkpoint);
  const conversion = await convertCheckpoint({
    checkpoint,
    ...(vision === null ? {} : { vision }),
    output: folder,
    name: entry.name,
    source: source.repository,
    quantization,
    signal,
    onProgress: ({ phase, fraction }) =>
      job.report({ done: FETCHING + CONVERTING * fraction, description: CONVERTING_PHASES[phase] }),
  });
  job.report({ done: FETCHING + CONVERTING, description: 'Trying it on three pictures' });
  await register(room, entry, { model: conversion.model, mmproj: conversion.mmproj, verified }, job);
  // Five times the size of what was made of it, and it can be fetched again.
  await rm(checkpoint, { recursive: true, force: true });
  await rm(visionPlace, { recursive: true, force: true });
  job.report({ done: 100 });

  /** Folder of the vision tower, fetched when the checkpoint has none inside; null when it has. */
  async function visionFor(of: string): Promise<string | null> {
    try {
      await estimateConversion({ checkpoint: of, quantization });
      return null;
    } catch (error) {
      if (!(error instanceof ConversionError) || source.vision === null) throw error;
      const { repository } = source.vision;
      const commit = await commitFor(room, source.vision, job);
      const listed = await listRepository(
        { ...source.vision, revision: commit },
        visionPlace,
        mirror,
        mostOf(entry),
        signal,
      );
      const tower = await withPins(room, repository, listed);
      const checked = await fetchPinned(room, { repository, commit }, tower, signal, ({ name }) =>
        job.report({ description: `Fetching ${name}` }),
      );
      if (checked === 'none') verified = 'none';
      // With the tower beside it a checkpoint that is wrong otherwise says so now.
      await estimateConversion({ checkpoint: of, vision: visionPlace, quantization });
      return visionPlace;
    }
  }
}

/** Bytes that are fetched of a model at most: what the registry says, and a tenth. */
function mostOf({ approximate }: RegistryEntry): number {
  return Math.ceil(approximate.downloadBytes * 1.1);
}

const CONVERTING_PHASES = {
  check: 'Checking the checkpoint',
  projector: 'Writing the projector',
  model: 'Writing the language model',
  quantize: 'Quantizing',
} as const;

/** The registry's commit, that of the first download, or the newest, which is kept from now on. */
async function commitFor(
  room: InstallRoom,
  { repository, revision }: { repository: string; revision: string | null },
  job: JobContext,
): Promise<string> {
  if (revision !== null) return revision;
  const pinned = await pinnedOf(room.dataDirectory, repository);
  if (pinned) return pinned.revision;
  const commit = await newestCommit(repository, room.settings().models.mirror, job.signal);
  job.report({ description: `Taking ${repository} as it is now (version ${commit.slice(0, 12)})` });
  await pin(room.dataDirectory, repository, { revision: commit, files: {} });
  return commit;
}

/** Files must be what the registry says, or else what came the first time. */
async function withPins(
  room: InstallRoom,
  repository: string,
  files: readonly DownloadFile[],
): Promise<DownloadFile[]> {
  const known = (await pinnedOf(room.dataDirectory, repository))?.files ?? {};
  return files.map((file) => {
    const pinned = known[basename(file.path)];
    return pinned ? { ...file, bytes: file.bytes ?? pinned.bytes, sha256: pinned.sha256 } : file;
  });
}

async function fetchPinned(
  room: InstallRoom,
  { repository, commit }: { repository: string; commit: string },
  files: readonly DownloadFile[],
  ...rest: [signal: AbortSignal, onProgress: Parameters<typeof fetchAll>[2]]
): Promise<Downloaded['verified']> {
  const { weakest, came } = await fetchAll(files, ...rest);
  await pin(room.dataDirectory, repository, { revision: commit, files: came });
  return weakest;
}

/** One file after the other. @returns what came, and the weakest check that any of them had. */
async function fetchAll(
  files: readonly DownloadFile[],
  signal: AbortSignal,
  onProgress: (progress: { bytes: number; total: number | null; name: string }) => void,
): Promise<{ weakest: Downloaded['verified']; came: Pinned['files'] }> {
  const known = files.every(({ bytes }) => bytes !== null);
  const total = known ? files.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0) : null;
  let before = 0;
  let weakest: Downloaded['verified'] = 'given';
  const came: Pinned['files'] = {};
  for (const file of files) {
    const name = basename(file.path);
    const { bytes, sha256, verified } = await downloadFile(file, {
      signal,
      onProgress: (progress) => onProgress({ bytes: before + progress.bytes, total, name }),
    });
    before += bytes;
    came[name] = { bytes, sha256 };
    const strength = ['none', 'server', 'given'] as const;
    if (strength.indexOf(verified) < strength.indexOf(weakest)) weakest = verified;
  }
  return { weakest, came };
}

async function bytesThere(files: readonly DownloadFile[]): Promise<number> {
  let sum = 0;
  for (const { path } of files) {
    for (const place of [path, `${path}.partial`]) sum += (await stat(place).catch(() => null))?.size ?? 0;
  }
  return sum;
}

async function requireSpace(room: InstallRoom, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(room.dataDirectory);
  const free = bavail * bsize;
  if (free >= bytes) return;
  const gigabytes = (value: number) => (value / 1e9).toFixed(1);
  throw new CoreError(
    'DISK_FULL',
    `${gigabytes(bytes)} GB must be free where Keeplight keeps its data, and ${gigabytes(free)} GB are.`,
  );
}

async function register(
  room: InstallRoom,
  entry: RegistryEntry,
  files: { model: string; mmproj: string; verified: KnownModel['verified'] },
  job: JobContext,
): Promise<void> {
  const known = await addModel(
    room.catalog,
    { ...files, name: entry.name, title: entry.title, origin: 'builtin', family: entry.family },
    job.signal,
  );
  const chosen = modelNamed(room.catalog, known.name);
  if (!chosen) throw new Error(`${known.name} was not kept.`);
  try {
    const { works, problems } = await room.engine.use(
      chosen.openable,
      async (session) => {
        saveModel(room.catalog, { ...known, promptVersion: session.info.promptVersion });
        return verifyModel(session, job.signal);
      },
      job.signal,
    );
    if (!works) throw new CoreError('MODEL_FAILED', problems.join(' '));
  } catch (error) {
    forgetModel(room.catalog, known.name);
    throw error;
  }
  await room.installed(known.name);
}
