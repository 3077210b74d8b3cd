/**
 * Instruction data for whoever tunes a model on a person's own views: LLaVA's form, pictures of 336 pixels without
 * metadata, whole shoots held out. Written into a new folder; nothing is sent anywhere and nothing is trained here.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { instructionsOf, type PictureWithPairs } from '../../../../models/instruct/instructions.ts';
import { saysNothingNew } from '../../../../models/instruct/nothing-new.ts';
import { type Pair, pairsOf, type Remarks } from '../../../../models/instruct/rules.ts';
import { heldOut } from '../../../../models/instruct/split.ts';
import type { DatasetOptions, DatasetReport, Instruction } from '../../../../shared/dataset.ts';
import { ATTRIBUTE_NAMES, ATTRIBUTES, viewText } from '../../../../shared/feedback.ts';
import { reasonFacts } from '../../../../shared/reasons.ts';
import { CoreError } from '../../base/core-error.ts';
import { previewPath } from '../../base/data-places.ts';
import { isDiskFull } from '../../base/failure.ts';
import type { JobContext, JobRunner } from '../../base/jobs.ts';
import { breathing } from '../../base/pauses.ts';
import { answersOf } from '../../catalog/answers.ts';
import { choicesWithinMoments } from '../../catalog/decisions.ts';
import { allViews, type KeptView, keepHeldOut, viewedPhotos } from '../../catalog/feedback.ts';
import type { Catalog } from '../../catalog/open.ts';
import { pathsOf } from '../../catalog/photos.ts';
import type { Decode } from '../export/render.ts';
import { cardOf } from './card.ts';

type DatasetRequest = {
  /** Absolute; must not be there yet, or be empty. */
  folder: string;
  options: DatasetOptions;
  /** Into a new folder below that one, called after the day. */
  inside?: boolean;
};

/** Words an answer anew. @returns null where it could not. */
export type WordAnew = (
  photo: number,
  pair: { question: string; answer: string },
  signal?: AbortSignal,
) => Promise<string | null>;

type DatasetContext = {
  signal: AbortSignal;
  /** Pictures are made first, then what was said of each is asked about: each counts as half. */
  onProgress: (done: number, total: number, description: string) => void;
};

type Payload = DatasetRequest & {
  /** Ends the name of the folder while it is made: nobody has it, and the next start finds what a kill left. */
  part: string;
};

/** LLaVA-1.5's tower looks at so many pixels. */
const EDGE = 336;
const QUALITY = 92;
const AT_ONCE = 4;
const DAY = 86_400_000;
const KEPT_REPORTS = 4;

type Picture = { content: string; photo: number; version: number; views: KeptView[]; image: string };

export class DatasetExporter {
  readonly #catalog: Catalog;
  readonly #dataDirectory: string;
  readonly #decode: Decode;
  readonly #jobs: JobRunner;
  readonly #wordAnew: WordAnew;
  readonly #reports = new Map<number, DatasetReport>();

  constructor(room: {
    catalog: Catalog;
    dataDirectory: string;
    decode: Decode;
    jobs: JobRunner;
    wordAnew: WordAnew;
  }) {
    this.#catalog = room.catalog;
    this.#dataDirectory = room.dataDirectory;
    this.#decode = room.decode;
    this.#jobs = room.jobs;
    this.#wordAnew = room.wordAnew;
    room.jobs.define('dataset', { unit: 'pictures', canPause: false, run: (job) => this.#run(job) });
  }

  /** @returns the job. @throws CoreError INVALID without views, CONFLICT where the folder is taken. */
  async start({ folder, options, inside = false }: DatasetRequest): Promise<number> {
    const day = new Date().toISOString().slice(0, 10);
    const own = inside ? await freeFolder(join(folder, `keeplight-dataset-${day}`)) : folder;
    if (await stat(own).catch(() => null))
      throw new CoreError('CONFLICT', `${own} is there already: choose another name.`);
    if (!this.#pictures([]).pictures.some(({ views }) => views.length > 0))
      throw new CoreError('INVALID', 'Nobody has given a view of a photo that is in the library now.');
    const payload: Payload = { folder: own, options, part: randomBytes(6).toString('hex') };
    return this.#jobs.start('dataset', 'Making training data', payload);
  }

  /** What a job of this run made; null while it works, and of an earlier run. */
  reportOf(job: number): DatasetReport | null {
    return this.#reports.get(job) ?? null;
  }

  async #run(job: JobContext): Promise<undefined> {
    const { folder, options, part } = job.payload as Payload;
    const report = await this.#export(folder, options, `${folder}.${part}.partial`, {
      signal: job.signal,
      onProgress: (done, total, description) => job.report({ done, total, description }),
    });
    this.#reports.set(job.id, report);
    for (const oldest of this.#reports.keys()) {
      if (this.#reports.size <= KEPT_REPORTS) break;
      this.#reports.delete(oldest);
    }
  }

  /** @throws CoreError INVALID without views, DISK_FULL; the signal's reason. Then nothing stays. */
  async #export(
    folder: string,
    options: DatasetOptions,
    part: string,
    context: DatasetContext,
  ): Promise<DatasetReport> {
    const begun = performance.now();
    const day = new Date().toISOString().slice(0, 10);
    await rm(part, { recursive: true, force: true });
    const left: DatasetReport['left'] = [];
    const { pictures, members, choices } = this.#pictures(left);
    if (!pictures.some(({ views }) => views.length > 0))
      throw new CoreError('INVALID', 'Nobody has given a view of a photo that is in the library now.');

    try {
      await mkdir(join(part, 'images'), { recursive: true });
      const made = await this.#writePictures(part, pictures, left, context);
      const held = options.split === 'none' ? new Set<string>() : heldOut(members, options.seed);
      const counts = { kept: 0, refused: 0 };
      const meant = this.#meant(made);
      const entries = new Map<'train' | 'validation', Instruction[]>();
      const breathe = breathing(context.signal);
      let asked = 0;
      for (const split of ['train', 'validation'] as const) {
        const own = made.filter(({ content }) => held.has(content) === (split === 'validation'));
        const withPairs: PictureWithPairs[] = [];
        for (const picture of own) {
          context.onProgress(made.length + asked++, 2 * made.length, 'Questions and answers');
          for (const view of picture.views) {
            await breathe();
            const remarks: Remarks = { ...view, meant: meant.get(picture.photo) ?? [] };
            const pairs = pairsOf(remarks);
            const worded =
              options.qa === 'model'
                ? await this.#wordedAnew(pairs, remarks, picture.photo, counts, context.signal)
                : pairs;
            withPairs.push({
              key: `${picture.image.replace('.jpg', '')}-${view.id}`,
              image: picture.image,
              pairs: worded,
            });
          }
        }
        entries.set(split, instructionsOf(withPairs, options.seed));
      }
      const [train, validation] = [entries.get('train')!, entries.get('validation')!];
      const shootsOf = (isHeld: boolean) =>
        new Set(members.filter(({ content }) => held.has(content) === isHeld).map(({ shoot }) => shoot)).size;
      const all = [...train, ...validation];
      const images = new Map(made.map(({ content, image }) => [content, image]));
      const preferences = choices.flatMap(({ better, worse }) => {
        const [ours, theirs] = [images.get(better), images.get(worse)];
        if (ours === undefined || theirs === undefined || ours === theirs) return [];
        return [{ better: ours, worse: theirs, split: held.has(better) ? 'validation' : 'train' }];
      });
      const files = [
        'train.json',
        ...(validation.length > 0 ? ['validation.json'] : []),
        ...(preferences.length > 0 ? ['preferences.json'] : []),
        'card.md',
      ];
      const report: DatasetReport = {
        folder,
        views: made.reduce((sum, { views }) => sum + views.length, 0),
        pictures: made.filter(({ views }) => views.length > 0).length,
        train: train.length,
        validation: validation.length,
        shoots: { train: shootsOf(false), validation: shootsOf(true) },
        byType: Object.fromEntries(
          [...Map.groupBy(all, ({ qtype }) => qtype)].map(([qtype, some]) => [qtype, some.length]),
        ),
        yes: all.filter(({ qtype, conversations }) => qtype === 'yes-no' && conversations[1]!.value === 'Yes.').length,
        no: all.filter(({ qtype, conversations }) => qtype === 'yes-no' && conversations[1]!.value === 'No.').length,
        worded: counts,
        left,
        files: files.map((file) => join(folder, file)),
        milliseconds: 0,
      };
      await writeFile(join(part, 'train.json'), JSON.stringify(train, null, 1));
      if (validation.length > 0) await writeFile(join(part, 'validation.json'), JSON.stringify(validation, null, 1));
      if (preferences.length > 0) await writeFile(join(part, 'preferences.json'), JSON.stringify(preferences, null, 1));
      const people = [...new Set(made.flatMap(({ views }) => views.map(({ person }) => person)))].sort();
      await writeFile(join(part, 'card.md'), cardOf(report, options, { people, day, preferences: preferences.length }));
      await rename(part, folder);
      keepHeldOut(this.#catalog, held);
      return { ...report, milliseconds: Math.round(performance.now() - begun) };
    } catch (error) {
      await rm(part, { recursive: true, force: true });
      if (isDiskFull(error))
        throw new CoreError('DISK_FULL', `The disk that holds ${folder} is full.`, { cause: error });
      throw error;
    }
  }

  /** Newest view of each person of each picture, and choices between pictures, by content; copies of a picture are one. */
  #pictures(left: DatasetReport['left']) {
    const chosen = choicesWithinMoments(this.#catalog);
    const places = viewedPhotos(
      this.#catalog,
      chosen.flatMap(({ better, worse }) => [better, worse]),
    );
    const contents = new Map(places.map(({ photo, content }) => [photo, content]));
    const choices = chosen.flatMap(({ better, worse }) => {
      const [ours, theirs] = [contents.get(better), contents.get(worse)];
      return ours === undefined || theirs === undefined ? [] : [{ better: ours, worse: theirs }];
    });
    const members = places.map(({ content, folder, takenAt, stack }) => ({
      content,
      shoot: `${folder} ${takenAt === null ? 'none' : Math.floor(takenAt / DAY)}`,
      moment: stack,
    }));
    const first = new Map(places.toReversed().map((place) => [place.content, place]));
    const views = new Map<string, Map<string, KeptView>>();
    for (const view of allViews(this.#catalog)) {
      if (!first.has(view.content)) {
        left.push({ photo: view.photo, reason: 'The pixels that the view was given of are no longer in the library.' });
        continue;
      }
      const people = views.get(view.content) ?? new Map<string, KeptView>();
      views.set(view.content, people.set(view.person, view));
    }
    const pictures: Picture[] = [...first].map(([content, { photo, version }]) => {
      const name = createHash('sha256').update(content).digest('hex').slice(0, 20);
      return { content, photo, version, views: [...(views.get(content)?.values() ?? [])], image: `${name}.jpg` };
    });
    pictures.sort((a, b) => (a.image < b.image ? -1 : 1));
    return { pictures, members, choices };
  }

  /** Reasons that were answered with "it was meant", by photo. */
  #meant(pictures: readonly Picture[]): Map<number, Remarks['meant'][number][]> {
    const ids = pictures.map(({ photo }) => photo);
    const answers = answersOf(this.#catalog, ids).filter(({ answer }) => answer === 'meant');
    const byPhoto = Map.groupBy(
      answers.sort((a, b) => (a.reason < b.reason ? -1 : 1)),
      ({ photo }) => photo,
    );
    return new Map(
      [...byPhoto].map(([photo, some]) => [
        photo,
        some.map(({ reason, word }) => ({ label: reasonFacts(reason).label, word })),
      ]),
    );
  }

  async #writePictures(
    part: string,
    pictures: readonly Picture[],
    left: DatasetReport['left'],
    context: DatasetContext,
  ): Promise<Picture[]> {
    const made: Picture[] = [];
    let next = 0;
    let done = 0;
    const lane = async () => {
      while (next < pictures.length) {
        const picture = pictures[next++]!;
        context.signal.throwIfAborted();
        try {
          await writeFile(join(part, 'images', picture.image), await this.#preview(picture, context.signal));
          made.push(picture);
        } catch (error) {
          context.signal.throwIfAborted();
          if (isDiskFull(error)) throw error;
          left.push({ photo: picture.photo, reason: `Its picture cannot be made: ${(error as Error).message}` });
        }
        done += 1;
        context.onProgress(done, 2 * pictures.length, 'Pictures');
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    return made.sort((a, b) => (a.image < b.image ? -1 : 1));
  }

  /** From the preview, which is upright sRGB; from the file where there is none. sharp writes no metadata unless asked. */
  async #preview({ photo, version }: Picture, signal: AbortSignal): Promise<Buffer> {
    const preview = previewPath(this.#dataDirectory, photo, version, 'screen');
    const source = (await stat(preview).catch(() => null)) ? sharp(preview) : await this.#fromFile(photo, signal);
    return source.resize(EDGE, EDGE, { fit: 'inside', withoutEnlargement: true }).jpeg({ quality: QUALITY }).toBuffer();
  }

  async #fromFile(photo: number, signal: AbortSignal) {
    const [path] = pathsOf(this.#catalog, [photo]).get(photo) ?? [];
    if (!path) throw new CoreError('NOT_FOUND', 'This photo has no file.');
    const { data, width, height } = await this.#decode(path, 2 * EDGE, false, signal);
    return sharp(data, { raw: { width, height, channels: 3 } });
  }

  /** Descriptions and reasons in the writer's words, where those say nothing that the person did not; else as they are. */
  async #wordedAnew(
    pairs: readonly Pair[],
    remarks: Remarks,
    photo: number,
    counts: { kept: number; refused: number },
    signal: AbortSignal,
  ): Promise<Pair[]> {
    const names = ATTRIBUTE_NAMES.filter((name) => remarks.attributes[name]).map((name) => ATTRIBUTES[name].label);
    const worded: Pair[] = [];
    for (const pair of pairs) {
      if (pair.qtype !== 'description' && pair.qtype !== 'why') {
        worded.push(pair);
        continue;
      }
      const answer = await this.#wordAnew(photo, pair, signal);
      const said = pair.qtype === 'description' ? [viewText(remarks)] : [pair.answer];
      const isFine =
        answer !== null &&
        saysNothingNew(
          answer,
          [...said, ...names, remarks.grade ?? '', 'helps hurts'].filter((one) => one !== ''),
        );
      if (isFine) counts.kept += 1;
      else counts.refused += 1;
      worded.push(isFine ? { ...pair, answer } : pair);
    }
    return worded;
  }
}

async function freeFolder(wanted: string): Promise<string> {
  for (let number = 1; ; number++) {
    const folder = number === 1 ? wanted : `${wanted}-${number}`;
    if (!(await stat(folder).catch(() => null))) return folder;
  }
}
