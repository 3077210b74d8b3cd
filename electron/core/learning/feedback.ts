/** What people say of photos as a service: given as steps of the history, asked for in rounds, held against critics. */
import {
  type FeedbackAgreement,
  type GivenView,
  isEmptyView,
  type PersonView,
  type Round,
} from '../../../shared/feedback.ts';
import type { Settings } from '../../../shared/settings.ts';
import { CoreError } from '../base/core-error.ts';
import { addRound, askable, doneInRound, endRound, openRound, type StoredRound, viewsOf } from '../catalog/feedback.ts';
import type { Catalog } from '../catalog/open.ts';
import { existingPhotos, standingOf } from '../catalog/photos.ts';
import type { History } from '../history/history.ts';
import { agreementWith } from './agreement.ts';
import { chooseRound } from './rounds.ts';

export class Feedback {
  readonly #catalog: Catalog;
  readonly #history: History;
  readonly #settings: () => Settings;
  readonly #now: () => number;

  constructor(options: { catalog: Catalog; history: History; settings: () => Settings; now?: () => number }) {
    this.#catalog = options.catalog;
    this.#history = options.history;
    this.#settings = options.settings;
    this.#now = options.now ?? Date.now;
  }

  /** @throws CoreError NOT_FOUND, UNAVAILABLE for a photo that was not looked at, INVALID for an empty view. */
  give(
    photo: number,
    view: PersonView,
    { round = null, person }: { round?: number | null; person?: string | undefined } = {},
  ): GivenView {
    if (isEmptyView(view)) throw new CoreError('INVALID', 'Say something: a grade, a line, what helps or what hurts.');
    const standing = standingOf(this.#catalog, photo);
    if (!standing) throw new CoreError('NOT_FOUND', 'This photo is no longer in the library.');
    if (standing.content === null)
      throw new CoreError('UNAVAILABLE', standing.error ?? 'This photo has not been looked at yet.');
    const who = person ?? this.#settings().person.name;
    this.#history.giveView({ photo, content: standing.content, person: who, view, round }, this.#now());
    const open = round === null ? null : this.#read(openRound(this.#catalog));
    if (open?.id === round && open.photos.every(({ done }) => done)) endRound(this.#catalog, open.id, this.#now());
    return viewsOf(this.#catalog, photo)[0]!;
  }

  of(photo: number): GivenView[] {
    return viewsOf(this.#catalog, photo);
  }

  /** @param fresh ends an open one. @returns null where there is nothing to ask. */
  round(fresh: boolean): Round | null {
    const open = fresh ? null : this.#read(openRound(this.#catalog));
    if (open?.photos.some(({ done }) => !done)) return open;
    const photos = chooseRound(askable(this.#catalog, this.#settings().person.name), this.#now());
    if (photos.length === 0) return null;
    const id = addRound(this.#catalog, JSON.stringify(photos), this.#now());
    return { id, photos: photos.map((photo) => ({ ...photo, done: false })) };
  }

  agreement(): FeedbackAgreement {
    return agreementWith(this.#catalog);
  }

  #read(stored: StoredRound | null): Round | null {
    if (!stored) return null;
    const photos = JSON.parse(stored.photos) as Omit<Round['photos'][number], 'done'>[];
    const here = new Set(
      existingPhotos(
        this.#catalog,
        photos.map(({ photo }) => photo),
      ),
    );
    const done = doneInRound(this.#catalog, stored.id);
    return {
      id: stored.id,
      photos: photos.filter(({ photo }) => here.has(photo)).map((one) => ({ ...one, done: done.has(one.photo) })),
    };
  }
}
