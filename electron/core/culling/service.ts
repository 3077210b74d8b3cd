/** What can be asked of moments and done to them: for the contract's calls and the verbs of the command line. */

import type { WouldBe } from '../../../shared/contract-culling.ts';
import type { Moment, MomentKind } from '../../../shared/moments.ts';
import type { Settings } from '../../../shared/settings.ts';
import { CoreError } from '../base/core-error.ts';
import type { Changes } from '../base/events.ts';
import { allMoments, momentsOfPhotos } from '../catalog/moments.ts';
import type { Catalog } from '../catalog/open.ts';
import type { History } from '../history/history.ts';
import { planSplit, planStack, planTop, planUnstack } from './by-hand.ts';
import { previewMoments, regroupMoments } from './moments.ts';

export type MomentsOptions = {
  catalog: Catalog;
  changes: Changes;
  history: History;
  settings: { readonly current: Settings; set(settings: Settings): Settings };
};

/** How many moments there would be. */
export type MomentCount = {
  moments: number;
  photos: number;
  kinds: Partial<Record<MomentKind, number>>;
  shown?: WouldBe[];
};

function wouldBe(moments: readonly Moment[], asked: ReadonlySet<number>): WouldBe[] {
  return moments.flatMap(({ id, kind, photos, top }) =>
    photos
      .filter((photo) => asked.has(photo))
      .map((photo) => ({ photo, moment: id, kind, size: photos.length, top: photo === top })),
  );
}

export class Moments {
  readonly #options: MomentsOptions;
  /** The finding under way: a newer question ends it. */
  #finding = new AbortController();

  constructor(options: MomentsOptions) {
    this.#options = options;
  }

  /** All moments as they stand. */
  all(): Moment[] {
    return allMoments(this.#options.catalog);
  }

  /** The moments that these photos are in. */
  of(photos: readonly number[]): Moment[] {
    return momentsOfPhotos(this.#options.catalog, photos);
  }

  /** The moments that another threshold would find. @param threshold likeness 0–1 @throws the signal's reason. */
  preview(threshold: number, signal: AbortSignal = new AbortController().signal): Promise<Moment[]> {
    return previewMoments(this.#options.catalog, threshold, signal);
  }

  /**
   * How many another threshold would find; ends what was asked before. @param of photos of which it is said in which moment
   * they would be. @throws CoreError CONFLICT when asked again meanwhile.
   */
  async count(threshold: number, of?: readonly number[]): Promise<MomentCount> {
    const moments = await this.#latest((signal) => this.preview(threshold, signal));
    const kinds: Partial<Record<MomentKind, number>> = {};
    for (const { kind } of moments) kinds[kind] = (kinds[kind] ?? 0) + 1;
    const count = {
      moments: moments.length,
      photos: moments.reduce((sum, { photos }) => sum + photos.length, 0),
      kinds,
    };
    return of === undefined ? count : { ...count, shown: wouldBe(moments, new Set(of)) };
  }

  /** Finds the moments of the library again by another threshold, which is kept. */
  async regroup(threshold: number): Promise<void> {
    const { settings, catalog, changes } = this.#options;
    settings.set({ ...settings.current, moments: { ...settings.current.moments, likeness: threshold } });
    await this.#latest((signal) => regroupMoments(catalog, changes, threshold, signal));
  }

  /** @returns the moment that was made. @throws CoreError NOT_FOUND, INVALID; then nothing changes. */
  stack(photos: readonly number[]): Moment {
    const { catalog, history } = this.#options;
    history.arrangeMoments(() => planStack(catalog, photos));
    return this.of(photos)[0]!;
  }

  unstack(photos: readonly number[]): void {
    const { catalog, history } = this.#options;
    history.arrangeMoments(() => planUnstack(catalog, photos));
  }

  split(photos: readonly number[]): void {
    const { catalog, history } = this.#options;
    history.arrangeMoments(() => planSplit(catalog, photos));
  }

  putOnTop(photo: number): void {
    const { catalog, history } = this.#options;
    history.arrangeMoments(() => planTop(catalog, photo));
  }

  async #latest<Result>(find: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    this.#finding.abort();
    const own = new AbortController();
    this.#finding = own;
    try {
      return await find(own.signal);
    } catch (error) {
      if (own.signal.aborted) throw new CoreError('CONFLICT', 'Another likeness was asked for meanwhile.');
      throw error;
    }
  }
}
