/**
 * Compares what a scan found with what the catalog knows: which photos are new, unchanged, edited, moved, renamed or
 * gone. Content decides what moved, by fingerprint; a file is read only when something of its size is missed,
 * or when its times or inode are new (unchanged.ts).
 */
import { join } from 'node:path';
import type { Kind } from '../../../shared/photo.ts';
import { breathing } from '../base/pauses.ts';
import {
  type Carried,
  type DiskFile,
  filesOfSizes,
  folderOf,
  isBelow,
  type KnownFile,
  keeperOf,
  knownFiles,
  NOTHING_KNOWN,
  nameOf,
  type Placement,
  type ScannedPhoto,
  sidecarsOf,
} from '../catalog/files.ts';
import { roots } from '../catalog/folders.ts';
import type { Catalog } from '../catalog/open.ts';
import { extensionOf, RAW_EXTENSIONS } from '../formats/identify.ts';
import { type PairedPhoto, pairFiles } from './companions.ts';
import type { DiskReader } from './disk-reader.ts';
import { type AsItWas, asItWas, hasSameContent, hasSameSizeAndTime } from './unchanged.ts';

export type Scan = {
  root: { id: number; path: string };
  /** Folders that were walked, relative to the root; null for all of it. */
  folders: readonly string[] | null;
  files: readonly DiskFile[];
  /** Paths whose contents could not be seen. */
  hidden: readonly string[];
};

export type Reconciled = {
  added: ScannedPhoto[];
  /** Photos that move into places which others leave: written in one go. */
  entangled: Placement[];
  /** Photos that moved, changed, or whose files were paired anew: each can be written by itself. */
  placed: Placement[];
  /** Same content, other time or inode. */
  touched: { photo: number; files: DiskFile[] }[];
  /** There again, as they were. */
  restored: number[];
  gone: number[];
  merged: { into: number; from: number[] }[];
  unchanged: number;
};

/** A photo on the disk with the photos of the catalog that its paths belong to. */
type Candidate = { scanned: ScannedPhoto; owners: number[]; owner: number | null };

function guessKind(pictures: readonly DiskFile[], isRawFile: (file: DiskFile) => boolean): Kind {
  const raw = pictures.filter(isRawFile).length;
  if (raw > 0) return raw < pictures.length ? 'raw+jpeg' : 'raw';
  const extension = extensionOf(nameOf(pictures[0]!.relativePath));
  const kinds: Readonly<Record<string, Kind>> = {
    jpg: 'jpeg',
    jpeg: 'jpeg',
    heic: 'heic',
    heif: 'heic',
    hif: 'heic',
    avif: 'avif',
    png: 'png',
    tif: 'tiff',
    tiff: 'tiff',
    webp: 'webp',
    gif: 'gif',
    bmp: 'bmp',
  };
  return kinds[extension] ?? 'other';
}

export async function reconcile(
  catalog: Catalog,
  scan: Scan,
  reader: DiskReader,
  signal: AbortSignal,
): Promise<Reconciled> {
  const breathe = breathing(signal);
  const knownAt = new Map<string, KnownFile>();
  const filesOf = new Map<number, KnownFile[]>();
  for (const page of knownFiles(catalog, scan.root.id, scan.folders)) {
    for (const file of page) {
      knownAt.set(file.relativePath, file);
      const others = filesOf.get(file.photo);
      if (others) others.push(file);
      else filesOf.set(file.photo, [file]);
    }
    await breathe();
  }
  const result: Reconciled = {
    added: [],
    entangled: [],
    placed: [],
    touched: [],
    restored: [],
    gone: [],
    merged: [],
    unchanged: 0,
  };

  const rawByContent = (file: DiskFile): boolean | undefined => {
    const kind = knownAt.get(file.relativePath)?.kind;
    return kind == null ? undefined : kind.startsWith('raw:');
  };
  const isRawFile = (file: DiskFile) =>
    rawByContent(file) ?? RAW_EXTENSIONS.has(extensionOf(nameOf(file.relativePath)));
  const isUnchanged = asItWas(scan.files, knownAt);
  const changed: Candidate[] = [];
  const arrived: Candidate[] = [];
  const seen = new Set<number>();
  // Files pair within their folder only.
  for (const files of Map.groupBy(scan.files, (file) => folderOf(file.relativePath)).values()) {
    await breathe();
    for (const pair of await paired(files, rawByContent, scan, reader)) {
      const scanned: ScannedPhoto = { ...pair, kind: guessKind(pair.pictures, isRawFile) };
      const owners = [...new Set(pair.pictures.flatMap((file) => knownAt.get(file.relativePath)?.photo ?? []))];
      for (const owner of owners) seen.add(owner);
      const owner = owners.length > 1 ? keeperOf(catalog, owners) : (owners[0] ?? null);
      if (owner === null) arrived.push({ scanned, owners, owner });
      else if (isAsKnown(scanned, owners, filesOf.get(owner) ?? [], knownAt, isUnchanged)) {
        result.unchanged++;
        if (lacksTimes(scanned, knownAt)) result.touched.push({ photo: owner, files: filesIn(scanned) });
        if (filesOf.get(owner)?.[0]?.state === 'missing') result.restored.push(owner);
      } else changed.push({ scanned, owners, owner });
    }
  }

  const gone = [...filesOf.keys()].filter((photo) => !seen.has(photo) && !isHidden(filesOf.get(photo)!, scan.hidden));
  const moves = await findMoves(catalog, scan, reader, { arrived, changed, gone, knownAt, isUnchanged }, signal);

  const claimed = new Set([...moves.values()].map(({ photo }) => photo));
  const taken = new Set(changed.flatMap(({ scanned }) => scanned.pictures.map(({ relativePath }) => relativePath)));
  for (const candidate of [...changed, ...arrived]) {
    const move = moves.get(candidate);
    if (move) {
      const placement = {
        photo: move.photo,
        scanned: candidate.scanned,
        analyzeAgain: move.analyzeAgain,
        carried: move.carried,
      };
      const entangled =
        candidate.owner !== null || move.oldPaths.some((path) => taken.has(path)) ? result.entangled : result.placed;
      entangled.push(placement);
    } else if (candidate.owner === null || claimed.has(candidate.owner)) {
      // Its place belonged to a photo that has moved elsewhere: this is another one.
      result.added.push(candidate.scanned);
    } else
      await placeChanged(scan, candidate, candidate.owner, { filesOf, knownAt, isUnchanged, reader }, result, signal);
  }
  // Photos whose last file was paired to another photo, or whose place was taken by a photo that moved there.
  const replaced = changed.flatMap((candidate) =>
    moves.has(candidate) ? candidate.owners.filter((owner) => !claimed.has(owner)) : [],
  );
  result.gone.push(...[...gone, ...replaced].filter((photo) => !claimed.has(photo)));
  return result;
}

function isHidden(files: readonly KnownFile[], hidden: readonly string[]): boolean {
  return files.some((file) => hidden.some((path) => isBelow(file.relativePath, path)));
}

const filesIn = ({ pictures, sidecars }: ScannedPhoto): DiskFile[] => [...pictures, ...sidecars];

/** Whether an earlier Keeplight, which stored no ctime, saw one of the files last. */
function lacksTimes(scanned: ScannedPhoto, knownAt: ReadonlyMap<string, KnownFile>): boolean {
  return filesIn(scanned).some((file) => file.ctimeMs !== null && knownAt.get(file.relativePath)?.ctime === null);
}

function isAsKnown(
  scanned: ScannedPhoto,
  owners: readonly number[],
  files: readonly KnownFile[],
  knownAt: ReadonlyMap<string, KnownFile>,
  isUnchanged: AsItWas,
): boolean {
  const found = filesIn(scanned);
  return (
    owners.length === 1 &&
    found.length === files.length &&
    found.every((file) => {
      const known = knownAt.get(file.relativePath);
      return known !== undefined && known.photo === owners[0] && isUnchanged(file, known);
    })
  );
}

type Known = {
  filesOf: ReadonlyMap<number, KnownFile[]>;
  knownAt: ReadonlyMap<string, KnownFile>;
  isUnchanged: AsItWas;
  reader: DiskReader;
};

/** Writes down a photo that stays where it is and whose files changed: only in time, in content, or in number. */
async function placeChanged(
  scan: Scan,
  { scanned, owners }: Candidate,
  owner: number,
  { filesOf, knownAt, isUnchanged, reader }: Known,
  result: Reconciled,
  signal: AbortSignal,
): Promise<void> {
  const others = owners.filter((other) => other !== owner);
  if (others.length > 0) result.merged.push({ into: owner, from: others });
  const found = filesIn(scanned);
  const sameFiles =
    others.length === 0 &&
    found.length === filesOf.get(owner)?.length &&
    found.every((file) => knownAt.has(file.relativePath));
  const same = new Set<DiskFile>();
  for (const file of found) {
    const known = knownAt.get(file.relativePath);
    if (
      known &&
      (isUnchanged(file, known) || (await hasSameContent(reader, pathOf(scan, file), file, known, signal)))
    ) {
      same.add(file);
    }
  }
  if (sameFiles && same.size === found.length) {
    result.touched.push({ photo: owner, files: found });
    result.unchanged++;
    if (filesOf.get(owner)?.[0]?.state === 'missing') result.restored.push(owner);
    return;
  }
  result.placed.push({
    photo: owner,
    scanned,
    analyzeAgain: true,
    carried: (file) => (same.has(file) ? (knownAt.get(file.relativePath) ?? NOTHING_KNOWN) : NOTHING_KNOWN),
  });
}

const pathOf = (scan: Scan, file: DiskFile): string => join(scan.root.path, file.relativePath);

/** Sidecars are asked whose they are only where it is in doubt, which pairing finds out. */
async function paired(
  files: readonly DiskFile[],
  rawByContent: (file: DiskFile) => boolean | undefined,
  scan: Scan,
  reader: DiskReader,
): Promise<PairedPhoto<DiskFile>[]> {
  const named = new Map<DiskFile, string | null>();
  for (;;) {
    const inDoubt = new Set<DiskFile>();
    const { photos } = pairFiles(files, rawByContent, (sidecar) => {
      if (!named.has(sidecar)) inDoubt.add(sidecar);
      return named.get(sidecar) ?? null;
    });
    if (inDoubt.size === 0) return photos;
    for (const sidecar of inDoubt) named.set(sidecar, await reader.extensionOfSidecar(pathOf(scan, sidecar)));
  }
}

type Move = { photo: number; oldPaths: string[]; analyzeAgain: boolean; carried: (file: DiskFile) => Carried };

/** Finds for photos at new places, and for those whose content changed, the known photo that has come there. */
async function findMoves(
  catalog: Catalog,
  scan: Scan,
  reader: DiskReader,
  found: {
    arrived: readonly Candidate[];
    changed: readonly Candidate[];
    gone: readonly number[];
    knownAt: ReadonlyMap<string, KnownFile>;
    isUnchanged: AsItWas;
  },
  signal: AbortSignal,
): Promise<Map<Candidate, Move>> {
  // What still has a file as it was is no arrival from elsewhere, whatever else of it changed.
  const edited = found.changed.filter(({ scanned }) =>
    scanned.pictures.every((file) => {
      const known = found.knownAt.get(file.relativePath);
      return known === undefined || !found.isUnchanged(file, known);
    }),
  );
  const candidates = [...edited, ...found.arrived];
  const missed = await missedFiles(catalog, scan, reader, candidates, found, signal);
  const moves = new Map<Candidate, Move>();
  if (missed.size === 0) return moves;
  const claimed = new Set<number>();
  const prints = new Map<DiskFile, Promise<string | null>>();
  const printOf = (file: DiskFile) => {
    const known = prints.get(file) ?? reader.fingerprint(pathOf(scan, file)).catch(() => null);
    prints.set(file, known);
    return known;
  };
  const isStill = async (file: DiskFile, known: KnownFile) =>
    found.isUnchanged(file, known) || (await hasSameContent(reader, pathOf(scan, file), file, known, signal));
  // Same name first: of several copies of one picture each is followed to where its name went.
  for (const sameName of [true, false]) {
    for (const candidate of candidates) {
      if (moves.has(candidate)) continue;
      signal.throwIfAborted();
      const match = await matchOf(candidate, missed, claimed, printOf, sameName);
      if (!match || match.photo === candidate.owner) {
        // Its own content, only touched: nobody else may take it.
        if (match) claimed.add(match.photo);
        continue;
      }
      claimed.add(match.photo);
      moves.set(candidate, await moveOf(candidate, match, missed, sidecarsOf(catalog, match.photo), printOf, isStill));
    }
  }
  return moves;
}

/** Known files that are not where the catalog says, by size. */
async function missedFiles(
  catalog: Catalog,
  scan: Scan,
  reader: DiskReader,
  candidates: readonly Candidate[],
  found: { changed: readonly Candidate[]; gone: readonly number[]; isUnchanged: AsItWas },
  signal: AbortSignal,
): Promise<Map<number, KnownFile[]>> {
  const missed = new Map<number, KnownFile[]>();
  const sizes = new Set(candidates.flatMap(({ scanned }) => scanned.pictures.map(({ size }) => size)));
  if (sizes.size === 0) return missed;
  const rootPaths = new Map(roots(catalog).map(({ id, path }) => [id, path]));
  const onDisk = new Map(scan.files.map((file) => [file.relativePath, file]));
  const goneIds = new Set(found.gone);
  const changedIds = new Set(found.changed.flatMap(({ owners }) => owners));
  for (const file of filesOfSizes(catalog, sizes)) {
    signal.throwIfAborted();
    const there = file.root === scan.root.id ? onDisk.get(file.relativePath) : undefined;
    let isMissed = goneIds.has(file.photo) || (there === undefined && file.state === 'missing');
    if (!isMissed && changedIds.has(file.photo)) isMissed = there === undefined || !found.isUnchanged(there, file);
    else if (!isMissed && there === undefined) {
      const walked =
        file.root === scan.root.id &&
        (scan.folders === null || scan.folders.some((folder) => isBelow(file.relativePath, folder)));
      // Beyond what was walked: only what really is no longer there can have moved here.
      if (!walked) isMissed = await reader.isAbsent(join(rootPaths.get(file.root) ?? '', file.relativePath));
    }
    if (isMissed) missed.set(file.size, [...(missed.get(file.size) ?? []), file]);
  }
  return missed;
}

async function matchOf(
  candidate: Candidate,
  missed: ReadonlyMap<number, KnownFile[]>,
  claimed: ReadonlySet<number>,
  printOf: (file: DiskFile) => Promise<string | null>,
  sameName: boolean,
): Promise<KnownFile | null> {
  const { pictures, primary } = candidate.scanned;
  for (const file of [primary, ...pictures.filter((picture) => picture !== primary)]) {
    const possible = (missed.get(file.size) ?? []).filter(
      (known) => !claimed.has(known.photo) && (!sameName || nameOf(known.relativePath) === nameOf(file.relativePath)),
    );
    if (possible.length === 0) continue;
    const print = possible.some((known) => known.fingerprint !== null) ? await printOf(file) : null;
    const matches = possible.filter((known) =>
      known.fingerprint === null ? isSameInode(file, known) : known.fingerprint === print,
    );
    // A photo that only lies where it always did is itself before it is another of the same content.
    const match = matches.find((known) => known.photo === candidate.owner) ?? matches[0];
    if (match) return match;
  }
  return null;
}

/** For files that nobody has read yet: the system's own name of the file, with its time. */
function isSameInode(file: DiskFile, known: KnownFile): boolean {
  return (
    known.inode !== '0' && known.inode === file.inode && known.device === file.device && hasSameSizeAndTime(file, known)
  );
}

async function moveOf(
  { scanned }: Candidate,
  match: KnownFile,
  missed: ReadonlyMap<number, KnownFile[]>,
  oldSidecars: readonly KnownFile[],
  printOf: (file: DiskFile) => Promise<string | null>,
  isStill: (file: DiskFile, known: KnownFile) => Promise<boolean>,
): Promise<Move> {
  const carried = new Map<DiskFile, KnownFile>();
  const oldFiles = [...missed.values()].flat().filter((known) => known.photo === match.photo);
  for (const file of scanned.pictures) {
    const candidates = oldFiles.filter((known) => known.size === file.size);
    if (candidates.length === 0) continue;
    const print = await printOf(file);
    const known = candidates.find((old) =>
      old.fingerprint === null ? isSameInode(file, old) : old.fingerprint === print,
    );
    // It is the same photo; whether it was also edited on its way only all of it can tell.
    if (known && (known.fingerprint === null || (await isStill(file, known)))) carried.set(file, known);
  }
  const pictures = carried.size;
  // Sidecars come along, stay behind, or lie at the new place already.
  for (const [index, sidecar] of scanned.sidecars.entries()) {
    const old = oldSidecars[index];
    if (old && (await isStill(sidecar, old))) carried.set(sidecar, old);
  }
  const looked = [...carried.values()].every((known) => known.role === 'sidecar' || known.fingerprint !== null);
  const isAllThere =
    pictures === scanned.pictures.length &&
    pictures === oldFiles.length &&
    carried.size === pictures + Math.max(scanned.sidecars.length, oldSidecars.length);
  return {
    photo: match.photo,
    oldPaths: oldFiles.map((known) => known.relativePath),
    analyzeAgain: !looked || !isAllThere,
    carried: (file) => carried.get(file) ?? NOTHING_KNOWN,
  };
}
