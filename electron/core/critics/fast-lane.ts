/**
 * The fast lane of a slow grader: its vision tower alone looks at everything first, a small part of a grade's work, and
 * what it would say is estimated from that as soon as enough photos are graded to learn from. Estimates stand beside
 * grades, never for them, and only where they agree with the grader on photos held out.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ModelSession } from '../../../models/model-api.ts';
import type { CriticId } from '../../../shared/critique.ts';
import { LEAST_AGREEMENT } from '../../../shared/estimate.ts';
import {
  countGradedFeatures,
  forgetEstimator,
  glimpsesAfter,
  gradedFeatures,
  saveEstimates,
  saveEstimator,
  saveGlimpse,
} from '../catalog/estimates.ts';
import { type Estimator, LEAST_LESSONS, learnEstimator, MOST_LESSONS } from './estimator.ts';
import { type GradingContext, imageOf } from './grading.ts';
import type { Waiting } from './queue-order.ts';

/** Photos that the tower looks at before some are graded again, so that grades don't wait for the end of a library. */
const LOOKS = 1000;
/** Photos graded in between. */
const GRADES = 20;
/** How many times as many graded photos as before are worth learning anew. */
const WORTH_LEARNING = 1.2;
/** Photos estimated at once, with room for other work in between. */
const PAGE = 500;

export class FastLane {
  readonly #room: GradingContext;
  readonly #identity: CriticId;
  readonly #session: ModelSession;
  #estimator: Estimator | null = null;
  #estimatorId = 0;
  /** Graded photos when it was tried last to learn from them. */
  #tried = 0;
  #graded: number;
  #looks = 0;
  #gradesDue = 0;

  constructor(room: GradingContext, identity: CriticId, session: ModelSession) {
    this.#room = room;
    this.#identity = identity;
    this.#session = session;
    this.#graded = countGradedFeatures(room.catalog, identity);
  }

  /** Whether a grader can be looked ahead with, and is slow enough for it to be worth it. */
  get isOpen(): boolean {
    return this.#session.glimpse !== undefined && this.#room.isSlow(this.#identity.critic);
  }

  /** Whether what is graded next shall be spread evenly: nothing can be estimated yet. */
  get isLearning(): boolean {
    return this.isOpen && this.#estimator === null;
  }

  /** The photo that the tower looks at next; null when it is a photo's turn to be graded. */
  next(waiting: Waiting): number | null {
    if (!this.isOpen || this.#gradesDue > 0) return null;
    if (this.#looks >= LOOKS) {
      this.#looks = 0;
      this.#gradesDue = this.#estimator ? GRADES : Math.max(GRADES, LEAST_LESSONS - this.#graded);
      return null;
    }
    return waiting.nextUnseen();
  }

  /** Lets the tower look at a photo. @throws as a grading does. */
  async look(photo: number, signal: AbortSignal): Promise<void> {
    const { catalog } = this.#room;
    const { image, content } = imageOf(this.#room, photo);
    const { features } = await this.#session.glimpse!(image, signal);
    this.#looks += 1;
    catalog.transaction(() => {
      saveGlimpse(catalog, photo, content, this.#identity, features);
      if (this.#estimator) this.#keep([{ id: photo, content, ...this.#estimator.estimate(features) }]);
    })();
  }

  /** A photo was graded. */
  graded(): void {
    this.#graded += 1;
    this.#gradesDue = Math.max(0, this.#gradesDue - 1);
  }

  /** Learns anew where enough more is graded. @returns whether what waits is to be ordered again. */
  async learn(signal: AbortSignal): Promise<boolean> {
    const enough = this.#tried === 0 ? LEAST_LESSONS : this.#tried * WORTH_LEARNING;
    if (!this.isOpen || this.#graded < Math.max(LEAST_LESSONS, enough)) return false;
    const { catalog, judged, now } = this.#room;
    const identity = this.#identity;
    const lessons = gradedFeatures(catalog, identity, MOST_LESSONS);
    this.#tried = this.#graded;
    const learned = learnEstimator(lessons);
    if (learned === null || learned.agreement < LEAST_AGREEMENT) {
      this.#estimator = null;
      catalog.transaction(() => judged(forgetEstimator(catalog, identity)))();
      return true;
    }
    this.#estimator = learned;
    const { agreement, graded } = learned;
    this.#estimatorId = saveEstimator(catalog, identity, { agreement, graded, learnedAt: now() });
    for (let after = 0; ; ) {
      signal.throwIfAborted();
      const page = glimpsesAfter(catalog, identity, after, PAGE);
      const last = page.at(-1);
      if (last === undefined) break;
      after = last.id;
      const estimates = page.map(({ id, content, features }) => ({ id, content, ...learned.estimate(features) }));
      catalog.transaction(() => this.#keep(estimates))();
      await nextTurn();
    }
    return true;
  }

  /** Part of the caller's transaction. */
  #keep(estimates: Parameters<typeof saveEstimates>[2]): void {
    saveEstimates(this.#room.catalog, this.#estimatorId, estimates);
    this.#room.judged(estimates.map(({ id }) => id));
  }
}
