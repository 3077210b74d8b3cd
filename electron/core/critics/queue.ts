/**
 * Which photo the model judges next. The queue is a query over the catalog (photos without a critique for this content,
 * model and prompt version), so a kill loses nothing, and what was added meanwhile is found by asking again.
 */
import { ModelError, type ModelSession } from '../../../models/model-api.ts';
import type { CriticId } from '../../../shared/critique.ts';
import { CoreError } from '../base/core-error.ts';
import { strikeOf } from '../catalog/models.ts';
import { type ActiveModel, modelNamed } from '../engines/chosen-model.ts';
import type { LanguageModels } from '../engines/language-models.ts';
import { FastLane } from './fast-lane.ts';
import { countStrike, type GradingContext, gradePhoto, identify } from './grading.ts';
import { openWaiting } from './queue-order.ts';

export interface QueueContext extends GradingContext {
  engine: LanguageModels;
  /** What the person sees now, first to last. */
  visible: () => readonly number[];
  /** Indexing stands still from `pause` (which waits for the photos in hand) to `resume`. */
  indexing: { busy: () => boolean; pause: () => Promise<void>; resume: () => void };
}

export interface QueueReport {
  progress: (progress: { done: number; total?: number; failed: number; description: string }) => void;
  /** Photos that the same job judged before it was paused or left: they count as done. */
  before?: number;
  /** One photo could not be judged; the sentence says why. */
  failed: (photo: number, reason: string) => void;
  signal: AbortSignal;
}

/**
 * Share of a photo's grading time that indexing gets afterwards while both have work: on a CPU the model's threads wait
 * for each other in a busy loop, so anything that runs beside them makes them many times slower; taking turns costs
 * exactly this share.
 */
const TURN_OF_INDEXING = 0.35;
/**
 * A model that takes less than this for a photo is handed two of them, so that the pixels of the next are read
 * and prepared while it computes. A slower one waits for nothing that counts, and what comes on screen goes first.
 */
const QUICK_MILLISECONDS = 2000;
/** Deaths of the model's process in a row, without a photo graded in between, after which the job gives up. */
const MOST_DEATHS = 3;

/** Judges what is in scope, what is on screen first. @param scope ids in the order of the view; null: the library. */
export async function runQueue(
  room: QueueContext,
  active: ActiveModel,
  scope: readonly number[] | null,
  report: QueueReport,
): Promise<void> {
  const { signal, before = 0 } = report;
  requireGrades(active);
  let done = 0;
  let failed = 0;
  // A job that goes on knows its total from before.
  const total = before > 0 ? {} : { total: scope?.length ?? 0 };
  report.progress({ done: before, ...total, failed, description: `Loading ${active.known.title}` });

  /** Photos that failed in this run for a reason that may pass: asked again at the next run only. */
  const skipped = new Set<number>();
  let deaths = 0;
  /** Photos that were graded, failed or were looked at: the model gets on. */
  let steps = 0;
  let stepsAtDeath = 0;
  for (;;) {
    // Engines elsewhere may have come and gone since the last time.
    const chosen = modelNamed(room.catalog, active.known.name);
    if (!chosen) throw new CoreError('NOT_FOUND', `${active.known.title} is no longer there.`);
    const borrowed = await room.engine.borrow(chosen.openable, signal);
    try {
      const identity = identify(room, active.known, borrowed.session);
      if (await drain(borrowed.session, identity)) return;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      // The process died or was closed for other settings: it is opened again. A photo that killed it twice is left out
      // by its strikes; a model that dies without getting anywhere is given up.
      if (!(error instanceof ModelError) || (error.code !== 'died' && error.code !== 'closed')) throw error;
      deaths = steps > stepsAtDeath ? 1 : deaths + 1;
      stepsAtDeath = steps;
      if (deaths > MOST_DEATHS) throw error;
    } finally {
      borrowed.release();
      room.indexing.resume();
    }
  }

  /** @returns true when nothing is left. */
  async function drain(session: ModelSession, identity: CriticId): Promise<boolean> {
    const waiting = openWaiting(room, identity, scope, skipped);
    const lane = new FastLane(room, identity, session);
    if (await lane.learn(signal)) waiting.reorder();
    const sharesCores = session.info.backend === 'cpu';
    const inHand = new Map<number, Promise<void>>();
    /** Photos that came out of hand, in the order in which they did. */
    const finished: { photo: number; error: Error | null }[] = [];
    let wake: () => void = () => {};
    /** Milliseconds that the last photo took; what follows a slow one may still change with what is on screen. */
    let last = Number.POSITIVE_INFINITY;

    function take(): boolean {
      // While photos are in hand the catalog still counts them as waiting: it is asked again when they are done.
      const photo = inHand.size > 0 && waiting.size() === 0 ? null : waiting.next(lane.isLearning);
      if (photo === null) return false;
      const finish = (error: Error | null) => {
        finished.push({ photo, error });
        wake();
      };
      inHand.set(
        photo,
        gradePhoto(room, session, identity, photo, { signal }).then(() => finish(null), finish),
      );
      return true;
    }
    /** @returns false when it is a photo's turn to be graded. */
    async function lookAhead(): Promise<boolean> {
      const photo = lane.next(waiting);
      if (photo === null) return false;
      const ahead = `Looking ahead with ${active.known.title}: ${waiting.unseen() + 1} more photos until all are estimated`;
      tell(ahead);
      try {
        await lane.look(photo, signal);
        steps += 1;
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (error instanceof ModelError && error.code === 'died') countStrike(room, photo, identity, error);
        // What is wrong with the photo is said when its turn to be graded comes.
        if (error instanceof ModelError && error.code !== 'bad-input') throw error;
      }
      return true;
    }
    function tell(what = `Grading with ${active.known.title}`): void {
      const pace = session.pace?.() ?? null;
      const description = `${what}${pace === null ? '' : ` (${pace})`}`;
      const total = before + done + inHand.size + waiting.size();
      report.progress({ done: before + done, total, failed, description });
    }

    /** Indexing gets its turn after so many milliseconds of the model's. */
    async function letIndex(milliseconds: number): Promise<void> {
      if (!sharesCores || !room.indexing.busy()) return;
      room.indexing.resume();
      await turn(milliseconds * TURN_OF_INDEXING, signal);
    }

    try {
      for (;;) {
        signal.throwIfAborted();
        if (sharesCores) await room.indexing.pause();
        const start = performance.now();
        if (inHand.size === 0) {
          // The first asks the catalog for what waits.
          if (waiting.size() === 0) waiting.reorder();
          if (await lookAhead()) {
            await letIndex(performance.now() - start);
            continue;
          }
        }
        const alone = last > QUICK_MILLISECONDS || lane.isOpen || (sharesCores && room.indexing.busy());
        const most = session.info.atOnce ?? (alone ? 1 : 2);
        while (inHand.size < most && take());
        if (inHand.size === 0) return true;
        tell();
        while (finished.length === 0) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        const first = finished.shift()!;
        const { error } = first;
        inHand.delete(first.photo);
        if (error) {
          if (signal.aborted) throw signal.reason;
          countStrike(room, first.photo, identity, error);
          const leftOut = strikeOf(room.catalog, first.photo, identity);
          if (error instanceof ModelError && error.code !== 'refused' && leftOut === null) throw error;
          failed += 1;
          skipped.add(first.photo);
          report.failed(first.photo, leftOut ?? error.message);
        }
        done += 1;
        steps += 1;
        if (!error) lane.graded();
        if (error instanceof ModelError && error.code === 'died') throw error;
        tell();
        last = performance.now() - start;
        if (inHand.size === 0) {
          await letIndex(last);
          if (await lane.learn(signal)) waiting.reorder();
        }
      }
    } finally {
      if (sharesCores) room.indexing.resume();
      await Promise.all(inHand.values());
    }
  }
}

/** @throws CoreError UNAVAILABLE for a model that writes only. */
export function requireGrades(active: ActiveModel): void {
  if (!active.slots.includes('grader')) {
    const text = `${active.known.title} writes about photos and does not grade them: choose a model that does under Models.`;
    throw new CoreError('UNAVAILABLE', text);
  }
}

async function turn(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
}
