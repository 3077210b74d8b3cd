/**
 * Marks and words into photos themselves: only where a person asks for it, by exiftool on a copy that is compared, with
 * the original kept beside it (`IMG.JPG_original`). One step of the history a run; undo puts the originals back.
 */
import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { copyFile, link, lstat, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CoreError } from '../../base/core-error.ts';
import type { JobContext, JobRunner } from '../../base/jobs.ts';
import { ourStatement } from '../../catalog/agreed.ts';
import { rootById } from '../../catalog/folders.ts';
import type { Catalog } from '../../catalog/open.ts';
import { type SidecarPlace, sidecarPlaces } from '../../catalog/sidecars.ts';
import { fileWords, keywordEdits } from '../../catalog/words.ts';
import { annotationsOfXmp, NO_ANNOTATIONS } from '../../formats/annotations.ts';
import { readXmp } from '../../formats/xmp.ts';
import type { BesideFile } from '../../history/kinds/command.ts';
import type { EmbeddedCommand } from '../../history/kinds/embedded.ts';
import { packIds, unpackIds } from '../../history/kinds/packed-ids.ts';
import { record, strike, type Way } from '../../history/steps.ts';
import { codeOf, fileProblem, hashOfFile, isTaken, settleFolder } from '../files/place-file.ts';
import { realTarget, sweepTemporary } from '../files/safe-write.ts';
import { type ComposeOptions, compose, SidecarRefusal, type Wish } from '../sidecars/compose.ts';
import { canEmbed, copyWithPacket, packetOf, standingsOf } from './photo-file.ts';

export type EmbedReport = {
  /** Photos that were written, or in a dry run would be looked into. */
  written: string[];
  unchanged: number;
  /** Photos with content credentials, left alone: writing would make their signature void. */
  signed: string[];
  failed: { path: string; reason: string }[];
};

export type EmbedderOptions = {
  catalog: Catalog;
  jobs: JobRunner;
  options: () => ComposeOptions;
  stepped: () => void;
  /** Files of a folder are others now. */
  changed: (folder: string) => void;
};

/** Photos asked about at once. */
const ASKED = 60;
const KEPT_REPORTS = 4;
type Payload = { photos: string; signed: boolean };

export class Embedder {
  readonly #room: EmbedderOptions;
  readonly #reports = new Map<number, EmbedReport>();

  constructor(room: EmbedderOptions) {
    this.#room = room;
    room.jobs.define('embed', { unit: 'photos', canPause: true, run: (job) => this.#run(job) });
  }

  /** Which photos could be written. Nothing is touched. */
  async plan(photos: readonly number[]): Promise<EmbedReport> {
    const report: EmbedReport = { written: [], unchanged: 0, signed: [], failed: [] };
    const places = this.#sortOut(photos, report);
    for (let start = 0; start < places.length; start += ASKED) {
      const paths = places.slice(start, start + ASKED).map(pathOf);
      const standings = await standingsOf(paths);
      for (const path of paths) (standings.get(path)?.isSigned ? report.signed : report.written).push(path);
    }
    return report;
  }

  /** @param signed also photos whose signature becomes void by it. @returns the job. */
  start(photos: readonly number[], signed: boolean): number {
    const payload: Payload = { photos: packIds(photos), signed };
    return this.#room.jobs.start('embed', 'Writing into photos', payload);
  }

  /** What a job of this run did; null while it works, and of an earlier run. */
  reportOf(job: number): EmbedReport | null {
    return this.#reports.get(job) ?? null;
  }

  async #run(job: JobContext): Promise<undefined> {
    const { photos, signed } = job.payload as Payload;
    const report: EmbedReport = { written: [], unchanged: 0, signed: [], failed: [] };
    const places = this.#sortOut(unpackIds(photos), report);
    const folders = new Set(places.map((place) => dirname(pathOf(place))));
    for (const folder of folders) sweepQuietly(folder);
    let step: number | null = null;
    let done = 0;
    for (const place of places) {
      job.signal.throwIfAborted();
      const path = pathOf(place);
      job.report({ done, total: places.length, failed: report.failed.length, description: basename(path) });
      try {
        const outcome = await this.#embed(place, path, signed, step);
        if (outcome === 'signed') report.signed.push(path);
        else if (outcome === 'unchanged') report.unchanged++;
        else {
          report.written.push(path);
          step = outcome;
        }
      } catch (error) {
        const refused = error instanceof SidecarRefusal ? error.message.replaceAll('sidecar', 'metadata') : null;
        report.failed.push({ path, reason: refused ?? fileProblem(error, path) });
      }
      done++;
    }
    job.report({ done, total: places.length, failed: report.failed.length });
    this.#reports.set(job.id, report);
    for (const oldest of this.#reports.keys()) {
      if (this.#reports.size <= KEPT_REPORTS) break;
      this.#reports.delete(oldest);
    }
    this.#room.stepped();
    for (const folder of folders) this.#room.changed(folder);
  }

  #sortOut(photos: readonly number[], report: EmbedReport): SidecarPlace[] {
    return sidecarPlaces(this.#room.catalog, photos).filter((place) => {
      if (canEmbed(place.name)) return true;
      const reason = 'Only JPEG, HEIC, TIFF and DNG files are written; everything else has a sidecar.';
      report.failed.push({ path: pathOf(place), reason });
      return false;
    });
  }

  /** @returns the step of the history, or why nothing was written. */
  async #embed(
    place: SidecarPlace,
    path: string,
    signed: boolean,
    step: number | null,
  ): Promise<number | 'signed' | 'unchanged'> {
    realTarget(place.rootPath, path);
    if ((await lstat(path)).isSymbolicLink()) throw new CoreError('INVALID', 'It is a link, so it was left as it is.');
    const seen = await stat(path, { bigint: true });
    const standing = (await standingsOf([path])).get(path);
    if (standing === undefined) throw new CoreError('UNAVAILABLE', 'exiftool cannot read it, so it was left as it is.');
    if (standing.isExtended)
      throw new CoreError('UNAVAILABLE', 'Its XMP is in two parts, which cannot be written safely: use a sidecar.');
    if (standing.isSigned && !signed) return 'signed';
    const packet = await packetOf(path);
    const made = compose(packet, this.#wishFor(place.photo, packet), this.#room.options());
    if (made === null) return 'unchanged';
    // Hidden, and swept away with what kills leave beside sidecars.
    const copy = join(dirname(path), `.${basename(path)}.keeplight-${randomBytes(6).toString('hex')}`);
    try {
      await copyWithPacket(path, copy, made.bytes);
      await using handle = await open(copy, 'r+');
      await handle.sync();
      const [before, after] = [await hashOfFile(path), await hashOfFile(copy)];
      const backup = await this.#keepOriginal(path, before);
      const command: EmbeddedCommand = {
        kind: 'embedded',
        target: { photo: place.photo, root: place.root, path: belowRoot(place), backup: basename(backup) },
        before: { hash: before },
        after: { hash: after },
      };
      // Written down before it is done: a kill in between leaves the original under its name, and a step that undo passes.
      const current = record(this.#room.catalog, step, [command]);
      const now = await stat(path, { bigint: true });
      if (now.mtimeNs !== seen.mtimeNs || now.size !== seen.size) {
        strike(this.#room.catalog, current, ({ target }) => target === JSON.stringify(command.target));
        throw new CoreError('CONFLICT', 'Another program changed it at the same moment; nothing was written.');
      }
      await rename(copy, path);
      await settleFolder(dirname(path));
      return current;
    } finally {
      await rm(copy, { force: true });
    }
  }

  /** The original stays under a name of its own: `IMG.JPG_original`, with a number where that is another one's. */
  async #keepOriginal(path: string, hash: string): Promise<string> {
    for (let number = 1; ; number++) {
      const backup = `${path}_original${number === 1 ? '' : number}`;
      if (await isTaken(backup)) {
        // A kill left it here before anything was changed.
        if ((await hashOfFile(backup)) === hash) return backup;
        continue;
      }
      try {
        await link(path, backup);
      } catch (error) {
        if (codeOf(error) === 'EEXIST') continue;
        // Drives without hard links get a copy of it.
        await copyFile(path, backup);
        if ((await hashOfFile(backup)) !== hash)
          throw new CoreError('UNAVAILABLE', 'Its original could not be kept beside it.');
      }
      return backup;
    }
  }

  /** What the library says and the packet does not. */
  #wishFor(photo: number, packet: Buffer | null): Wish {
    const { catalog } = this.#room;
    const ours = ourStatement(catalog, photo);
    const said = packet === null ? NO_ANNOTATIONS : annotationsOfXmp(readXmp(packet)?.properties ?? new Map(), null);
    const flag = said.rating === -1 ? 'reject' : (said.pick ?? 'none');
    const there = new Set([...said.keywords, ...said.hierarchicalKeywords.flatMap((path) => path.split('|'))]);
    const edits = keywordEdits(catalog, photo);
    const removed = edits.filter(({ present, name }) => !present && name.split('|').some((level) => there.has(level)));
    const gone = new Set(edits.filter(({ present }) => !present).flatMap(({ name }) => name.split('|')));
    const known = fileWords(catalog, photo);
    const added = [
      ...known.paths,
      ...known.keywords,
      ...edits.filter(({ present }) => present).map(({ name }) => name),
    ];
    const missing = [...new Set(added)].filter(
      (name) =>
        !name.split('|').every((level) => there.has(level)) && !name.split('|').some((level) => gone.has(level)),
    );
    return {
      ...(ours.flag !== flag ? { flag: ours.flag } : {}),
      ...(ours.stars !== Math.max(0, said.rating ?? 0) ? { stars: ours.stars } : {}),
      ...(ours.color !== (said.labelColor ?? 'none') ? { color: ours.color } : {}),
      ...(ours.title !== said.title ? { title: ours.title } : {}),
      ...(ours.caption !== said.caption ? { caption: ours.caption } : {}),
      ...(missing.length > 0 ? { addKeywords: missing } : {}),
      ...(removed.length > 0 ? { removeKeywords: removed.map(({ name }) => name) } : {}),
    };
  }

  /** Puts originals back under their names, where nobody changed the photo since. */
  async bring(files: readonly BesideFile[], way: Way): Promise<Map<BesideFile, string>> {
    const held = new Map<BesideFile, string>();
    for (const file of files) {
      try {
        if (way === 'redo') throw new CoreError('INVALID', 'Write into the photo again to have it done once more.');
        await this.#bringBack(file);
      } catch (error) {
        held.set(file, fileProblem(error, file.path));
      }
    }
    return held;
  }

  async #bringBack({ root, path: below, backup, before, after }: BesideFile): Promise<void> {
    const found = rootById(this.#room.catalog, root);
    if (found === undefined) throw new CoreError('NOT_FOUND', 'Its folder is no longer in the library.');
    const path = join(found.path, below);
    const hash = await hashOfFile(path);
    if (hash === before) return;
    const original = join(dirname(path), backup!);
    if (hash !== after) throw new CoreError('CONFLICT', 'It was changed since and stays as it is.');
    if ((await hashOfFile(original)) !== before) throw new CoreError('CONFLICT', `${backup} is another file by now.`);
    await rename(original, path);
    await settleFolder(dirname(path));
    this.#room.changed(dirname(path));
  }
}

const belowRoot = ({ folder, name }: SidecarPlace): string => (folder === '' ? name : `${folder}/${name}`);
const pathOf = (place: SidecarPlace): string => join(place.rootPath, belowRoot(place));

function sweepQuietly(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) sweepTemporary(folder);
}
