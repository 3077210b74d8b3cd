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
import { breathing } from '../base/pauses.ts';
import {
  type Askable,
  addRound,
  askable,
  doneInRound,
  endRound,
  openRound,
  type StoredRound,
  sampledPhotos,
  seenPhotos,
  viewsOf,
} from '../catalog/feedback.ts';
import type { Catalog } from '../catalog/open.ts';
import { existingPhotos, standingOf } from '../catalog/photos.ts';
import type { History } from '../history/history.ts';
import { agreementWith } from './agreement.ts';
import { chooseRound } from './rounds.ts';

/** Photos that a round is chosen from: among so many the ten that teach most teach about as much as among all. */
const MOST_ASKABLE = 20_000;
/** Photos with a view of this person that may be asked about again. */
const MOST_SEEN = 500;
/** Photos read at once. */
const PAGE = 500;

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
  async round(fresh: boolean, signal = new AbortController().signal): Promise<Round | null> {
    const open = fresh ? null : this.#read(openRound(this.#catalog));
    if (open?.photos.some(({ done }) => !done)) return open;
    const now = this.#now();
    const photos = chooseRound(await this.#askable(now, signal), now);
    if (photos.length === 0) return null;
    const id = addRound(this.#catalog, JSON.stringify(photos), now);
    return { id, photos: photos.map((photo) => ({ ...photo, done: false })) };
  }

  /** All photos of a small library; of a large one a sample that is another one each time, and what was seen before. */
  async #askable(now: number, signal: AbortSignal): Promise<Askable[]> {
    const person = this.#settings().person.name;
    const breathe = breathing(signal);
    const ids = [
      ...new Set([...seenPhotos(this.#catalog, person, MOST_SEEN), ...sampledPhotos(this.#catalog, MOST_ASKABLE, now)]),
    ];
    const found: Askable[] = [];
    for (let start = 0; start < ids.length; start += PAGE) {
      await breathe();
      found.push(...askable(this.#catalog, ids.slice(start, start + PAGE), person));
    }
    return found;
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
