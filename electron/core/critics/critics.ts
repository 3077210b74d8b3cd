/** The service of judging: whose grades count, the queue, what is written about a photo. */
import { z } from 'zod';
import {
  type ChatRequest,
  type GradeTrace,
  ModelError,
  type ModelSession,
  type Pixels,
} from '../../../models/model-api.ts';
import type { CoreEvent, Message, Settling, Verdict, Writing } from '../../../shared/contract.ts';
import type { CriticId, Critique } from '../../../shared/critique.ts';
import { messageOf } from '../../../shared/error-message.ts';
import type { Engine, PromptName } from '../../../shared/model.ts';
import type { PhotoId } from '../../../shared/photo.ts';
import type { PhotoColumn } from '../../../shared/photo-columns.ts';
import { type Query, querySchema } from '../../../shared/query.ts';
import type { Settings } from '../../../shared/settings.ts';
import { CoreError } from '../base/core-error.ts';
import type { JobRunner } from '../base/jobs.ts';
import type { PhotoColumns } from '../catalog/columns.ts';
import { forgetMessages, messagesOf } from '../catalog/conversations.ts';
import { countGrades, critiqueBy } from '../catalog/critiques.ts';
import { photosToJudge, strikeOf } from '../catalog/models.ts';
import type { Catalog } from '../catalog/open.ts';
import { pagesOfPhotos, photoDetail } from '../catalog/photos.ts';
import { writeText } from '../catalog/text.ts';
import { type ActiveModel, modelNamed, writerOf } from '../engines/chosen-model.ts';
import type { LanguageModels } from '../engines/language-models.ts';
import { checked, knownOf } from './checked.ts';
import { type Contender, compareContenders } from './comparison.ts';
import {
  countStrike,
  DECODE_EDGE,
  type GradingContext,
  gradePhoto,
  identify,
  imageOf,
  measuredCritique,
} from './grading.ts';
import { type QueueContext, requireGrades, runQueue } from './queue.ts';
import { type SettlingRoom, settle } from './settling.ts';
import { wordedBy } from './wording.ts';
import { ask, explain, type WritingContext } from './writing.ts';

export interface CriticsOptions {
  catalog: Catalog;
  columns: PhotoColumns;
  jobs: JobRunner;
  engine: LanguageModels;
  settings: () => Settings;
  /** Ids of a view, in its order. */
  order: (view: Query) => number[];
  visible: QueueContext['visible'];
  indexing: QueueContext['indexing'];
  /** Decodes a file in a worker thread, its long edge at most `longEdge` pixels. */
  decode: (path: string, longEdge: number, signal: AbortSignal | undefined) => Promise<Pixels>;
  tell: (event: CoreEvent) => void;
  photosChanged: (ids: readonly number[], columns: readonly PhotoColumn[]) => void;
  allPhotosChanged: (columns: readonly PhotoColumn[]) => void;
  log: (text: string) => void;
  took: GradingContext['took'];
  isSlow: GradingContext['isSlow'];
}

export interface Critics {
  /** The model whose grades count, once its identity is known; null while the measured critic's count. */
  activeCritic(): CriticId | null;
  /** Photos are ready that were not before: a model that grades in the background has work. */
  photosReady(): void;
  /** Works out for all photos which critique counts now: after the active critic changed. */
  recount(): Promise<void>;
  /** Starts a job that grades a view. @returns the job. */
  grade(query: Query): number;
  explain(photo: PhotoId, options: { again: boolean }, signal: AbortSignal | undefined): AsyncIterable<Writing>;
  messages(photo: PhotoId): Message[];
  ask(
    photo: PhotoId,
    question: { question: string; retry: boolean },
    signal: AbortSignal | undefined,
  ): AsyncIterable<Writing>;
  /** What the model that writes says to a question about a photo, outside of its conversation. @throws CoreError UNAVAILABLE. */
  say(photo: PhotoId, request: ChatRequest, signal: AbortSignal | undefined): Promise<{ text: string; by: string }>;
  /** Deletes one message with its answer, or all of the photo's. */
  forget(photo: PhotoId, message: number | null): void;
  compare(photos: readonly PhotoId[]): Verdict;
  /** The same after judging what the grader had not judged, and then in the writer's words. */
  settle(photos: readonly PhotoId[], signal: AbortSignal | undefined): AsyncIterable<Settling>;
  /**
   * Judges one photo again, by another model or asked in another way; the judgements before stay. The one that counts
   * stays the grader's. @throws CoreError for a model that is not here or does not grade.
   */
  judgeAgain(photo: PhotoId, how: { model?: string; prompt?: PromptName }, signal?: AbortSignal): Promise<Critique>;
  engine(): Engine;
  close(): void;
  /** Words an answer about a photo anew with the model that writes. @returns null where it could not. @throws CoreError UNAVAILABLE. */
  wordAnew(
    photo: number,
    pair: { question: string; answer: string },
    signal: AbortSignal | undefined,
  ): Promise<string | null>;
  /** Grades these photos now, one after the other: for the command line. Failures are reported, not thrown. */
  gradeNow(
    photos: readonly number[],
    options: {
      trace: boolean;
      signal: AbortSignal;
      onProgress: (done: number, total: number) => void;
      onFailure: (photo: number, reason: string) => void;
    },
  ): Promise<Map<number, { critique: Critique; trace: GradeTrace | null }>>;
  /** Runs the queue over these photos in this order, taking turns with indexing. */
  gradeQueue(photos: readonly number[], signal: AbortSignal): Promise<void>;
  /** A picture file as models are given it. @throws UnreadablePhoto with a sentence. */
  readPixels: GradingContext['readPixels'];
  /** Runs a task on the chosen model, for evaluations. @throws CoreError UNAVAILABLE without a model. */
  withModel<T>(task: (session: ModelSession, modelHash: string) => Promise<T>, signal?: AbortSignal): Promise<T>;
}

const isDeath = (error: unknown): boolean => error instanceof ModelError && error.code === 'died';

const payloadSchema = z.object({ model: z.string(), view: querySchema.nullable() });

/** A view of every photo. */
const isWhole = ({ source, filter, stacks }: Query): boolean =>
  source.kind === 'all' && Object.keys(filter).length === 0 && stacks !== 'collapsed';

const COUNTED_AT_ONCE = 2000;

export function openCritics(options: CriticsOptions): Critics {
  const { catalog, engine } = options;
  const active = (): ActiveModel | null => modelNamed(catalog, options.settings().models.active);
  const identityOfActive = (): CriticId | null => active()?.identity ?? null;

  const grading: GradingContext = {
    catalog,
    now: Date.now,
    took: options.took,
    isSlow: options.isSlow,
    readPixels: (path, signal) => options.decode(path, DECODE_EDGE, signal),
    judged(photos) {
      countGrades(catalog, photos, identityOfActive());
      writeText(catalog, photos);
      options.photosChanged(photos, ['grade']);
    },
    identified: () => void recount(),
  };
  const queueContext: QueueContext = { ...grading, engine, visible: options.visible, indexing: options.indexing };
  const reportFailure = (photo: number, reason: string) => options.log(`Photo ${photo} could not be graded: ${reason}`);
  const writer = (): ActiveModel | null => writerOf(catalog, options.settings().models);
  const writing: WritingContext = { ...grading, engine, active, writer };

  let recounting = 0;
  let closed = false;
  async function recount(): Promise<void> {
    recounting += 1;
    const turn = recounting;
    for (const some of pagesOfPhotos(catalog, COUNTED_AT_ONCE)) {
      catalog.transaction(() => countGrades(catalog, some, identityOfActive()))();
      await new Promise((resolve) => setImmediate(resolve));
      if (turn !== recounting || closed) return;
    }
    options.allPhotosChanged(['grade']);
    options.tell({ kind: 'models' });
  }

  options.jobs.define('grade', {
    unit: 'photos',
    canPause: true,
    async run({ payload, before, signal, report }) {
      const { model, view } = payloadSchema.parse(payload);
      const chosen = modelNamed(catalog, model);
      if (!chosen) throw new CoreError('NOT_FOUND', `The model "${model}" is no longer installed.`);
      await runQueue(queueContext, chosen, view === null ? null : options.order(view), {
        signal,
        before,
        progress: report,
        failed: reportFailure,
      });
      options.tell({ kind: 'models' });
      return undefined;
    },
  });

  function requireActive(): ActiveModel {
    const chosen = active();
    if (!chosen) throw new CoreError('UNAVAILABLE', 'No model is chosen: install or choose one under Models.');
    return chosen;
  }

  function requireWriter(): ActiveModel {
    const chosen = writer();
    if (!chosen)
      throw new CoreError('UNAVAILABLE', 'No model that writes is chosen: install or choose one under Models.');
    return chosen;
  }

  /** The model's job over the whole library that has not ended. */
  function gradingAll(model: string) {
    return options.jobs.unfinished('grade').find(({ payload }) => {
      const asked = payloadSchema.safeParse(payload);
      return asked.success && asked.data.model === model && asked.data.view === null;
    });
  }

  /** A job over the whole library has all photos of another: it is gone on with instead. */
  function startGrading(asked: Query | null): number {
    const chosen = requireActive();
    requireGrades(chosen);
    const view = asked !== null && isWhole(asked) ? null : asked;
    const running = view === null ? gradingAll(chosen.known.name) : undefined;
    if (running) {
      options.jobs.resume(running.id);
      return running.id;
    }
    return options.jobs.start('grade', `Grading with ${chosen.known.title}`, { model: chosen.known.name, view });
  }

  /** Jobs after which is looked whether photos came too late for them. */
  const watched = new Set<number>();
  function photosReady(): void {
    const chosen = active();
    if (closed || !options.settings().models.gradeInBackground || !chosen?.slots.includes('grader')) return;
    const running = gradingAll(chosen.known.name);
    if (!running) startGrading(null);
    // What a person paused stays so.
    if (!running || running.state === 'paused' || watched.has(running.id)) return;
    watched.add(running.id);
    void options.jobs.settled(running.id).then(({ state }) => {
      watched.delete(running.id);
      const identity = identityOfActive();
      if (state === 'done' && !closed && identity && photosToJudge(catalog, identity).length > 0) photosReady();
    });
  }

  return {
    activeCritic: identityOfActive,
    photosReady,
    recount,
    grade: (view) => startGrading(view),
    async gradeNow(photos, { trace, signal, onProgress, onFailure }) {
      const chosen = requireActive();
      requireGrades(chosen);
      const results = new Map<number, { critique: Critique; trace: GradeTrace | null }>();
      const waiting = [...photos];
      let done = 0;
      /** One after the other; several of these work at once where the model is on other computers. */
      async function work(): Promise<void> {
        for (let photo = waiting.shift(); photo !== undefined; photo = waiting.shift()) {
          signal.throwIfAborted();
          const own = photo;
          try {
            results.set(own, await patiently(own, () => gradeOne(chosen, own, trace, signal)));
          } catch (error) {
            if (signal.aborted) throw signal.reason;
            const isOver = results.size === 0 && engine.state().state === 'failed' && !isDeath(error);
            if (isOver || (error instanceof ModelError && error.code === 'unreachable')) throw error;
            onFailure(own, messageOf(error));
          }
          done += 1;
          onProgress(done, photos.length);
        }
      }
      const atOnce = await engine.use(chosen.openable, async ({ info }) => info.atOnce, signal).catch(() => null);
      const workers = Array.from({ length: Math.max(1, Math.min(atOnce ?? 1, photos.length)) }, work);
      const ends = await Promise.allSettled(workers);
      const failure = ends.find((end) => end.status === 'rejected');
      if (failure) throw failure.reason;
      return results;
    },
    explain: (photo, { again }, signal) =>
      checked(
        explain(writing, photo, again, signal),
        writing.writer() === null ? null : knownOf(writing.catalog, photo),
      ),
    ask: (photo, { question, retry }, signal) => ask(writing, photo, question, retry, signal),
    messages: (photo) => messagesOf(catalog, photo),
    forget: (photo, message) => forgetMessages(catalog, photo, message),
    async say(photo, request, signal) {
      const { known, openable } = requireWriter();
      const { image } = imageOf(grading, photo);
      const text: string[] = [];
      await engine.use(
        openable,
        async (session) => {
          for await (const event of session.chat(image, request, signal)) {
            if (event.kind === 'token') text.push(event.text);
          }
        },
        signal,
      );
      return { text: text.join('').trim(), by: known.title };
    },
    settle(photos, signal = new AbortController().signal) {
      if (new Set(photos).size !== photos.length) throw new CoreError('INVALID', 'Choose photos that differ.');
      const grader = active();
      const isKept = (photo: number) => {
        const identity = identityOfActive();
        return identity !== null && critiqueBy(catalog, photo, identity) !== null;
      };
      const room: SettlingRoom = {
        grader: grader?.slots.includes('grader') ? grader : null,
        writer: writer(),
        isGraded: isKept,
        grade: (photo, given) => patiently(photo, () => gradeOne(requireActive(), photo, false, given)),
        compare: (all) => compareContenders(...contendersOf(all)),
        say: (photo, request, given) => sayInPieces(photo, request, given),
      };
      return settle(room, photos, signal);
    },
    compare(photos) {
      if (new Set(photos).size !== photos.length) throw new CoreError('INVALID', 'Choose photos that differ.');
      return compareContenders(...contendersOf(photos));
    },
    async judgeAgain(photo, { model, prompt }, signal) {
      const chosen = model === undefined ? requireActive() : modelNamed(catalog, model);
      if (!chosen) throw new CoreError('NOT_FOUND', `The model "${model}" is not installed.`);
      if (!chosen.slots.includes('grader'))
        throw new CoreError('INVALID', `${chosen.known.title} was not made to judge, so it does not grade.`);
      const openable = prompt === undefined ? chosen.openable : { ...chosen.openable, prompt };
      return engine.use(
        openable,
        async (session) => {
          const { known } = chosen;
          // Another way of asking is a judgement beside the grader's: what counts is not changed by it.
          const identity: CriticId =
            prompt === undefined
              ? identify(grading, known, session)
              : { critic: known.name, modelHash: known.hash, promptVersion: session.info.promptVersion };
          return (await gradePhoto(grading, session, identity, photo, { signal })).critique;
        },
        signal,
      );
    },
    engine: engine.state,
    gradeQueue: (photos, signal) =>
      runQueue(queueContext, requireActive(), photos, { signal, progress: () => {}, failed: reportFailure }),
    readPixels: grading.readPixels,
    withModel(task, signal) {
      const { known, openable } = requireActive();
      return engine.use(openable, (session) => task(session, known.hash), signal);
    },
    async wordAnew(photo, { question, answer }, signal) {
      const { openable } = requireWriter();
      return engine.use(
        openable,
        async (session) => {
          const { image } = imageOf(grading, photo);
          return wordedBy(session, image, { question, answer }, signal);
        },
        signal,
      );
    },
    close() {
      closed = true;
    },
  };

  async function* sayInPieces(photo: number, request: ChatRequest, signal: AbortSignal) {
    const { session, release } = await engine.borrow(requireWriter().openable, signal);
    try {
      yield* session.chat(imageOf(grading, photo).image, request, signal);
    } finally {
      release();
    }
  }

  async function gradeOne(chosen: ActiveModel, photo: number, trace: boolean, signal: AbortSignal) {
    const { session, release } = await engine.borrow(chosen.openable, signal);
    try {
      const identity = identify(grading, chosen.known, session);
      const kept = trace ? null : critiqueBy(catalog, photo, identity);
      return kept
        ? { critique: kept, trace: null }
        : await gradePhoto(grading, session, identity, photo, { trace, signal });
    } finally {
      release();
    }
  }

  /** A death of the process may not be the photo's fault: it gets as many tries as strikes. */
  async function patiently<T>(photo: number, task: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await task();
      } catch (error) {
        const identity = identityOfActive();
        if (!identity || !isDeath(error)) throw error;
        countStrike(grading, photo, identity, error);
        if (strikeOf(catalog, photo, identity)) throw error;
      }
    }
  }

  /** The one critic that judged all of them, the active model before the measured one. */
  function contendersOf(photos: readonly number[]): [Contender[], string] {
    const identity = identityOfActive();
    const byModel = identity ? photos.map((photo) => critiqueBy(catalog, photo, identity)) : [];
    const allByModel = identity !== null && byModel.every((critique) => critique !== null);
    const contenders = photos.map((id, index): Contender => {
      const detail = photoDetail(catalog, options.columns, id);
      return {
        id,
        critique: allByModel ? (byModel[index] ?? null) : measuredCritique(catalog, id),
        measures: detail.measures as Contender['measures'],
        stack: detail.stack?.id ?? null,
      };
    });
    return [contenders, allByModel && identity ? identity.critic : 'measured'];
  }
}
