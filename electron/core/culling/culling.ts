/**
 * Culling as the page and the command line use it: the moments of a shoot, a proposal of what to keep, what Enter would
 * do in a moment, answers to reasons. Nothing is marked unless a person accepts it, and then in one step.
 */
import {
  type Answer,
  type CullFrame,
  type CullMoment,
  type Genre,
  type Proposal,
  type ProposalPart,
  type Proposed,
  REJECT_KIND_NAMES,
  type Shoot,
  type SuggestionPlan,
  type Wish,
} from '../../../shared/culling.ts';
import { reasonFacts } from '../../../shared/reasons.ts';
import { CoreError } from '../base/core-error.ts';
import type { Changes } from '../base/events.ts';
import { answersOf } from '../catalog/answers.ts';
import type { PhotoColumns } from '../catalog/columns.ts';
import { lastShoot, opticsOf, rememberShoot, shootState, timedPhotos } from '../catalog/culling.ts';
import type { Catalog } from '../catalog/open.ts';
import type { History } from '../history/history.ts';
import type { FrameMoment } from './frames.ts';
import { genreOf } from './genre.ts';
import { frameCards, planOf } from './moment-cards.ts';
import {
  decide,
  isWhole,
  type RankedShoot,
  rankShoot,
  scoreOf,
  type Unit,
  type Verdict,
  verdictsOf,
} from './proposal.ts';
import { type Stretch, shootsByPauses } from './scenes.ts';
import { type FindFaces, Shoots } from './shoot.ts';
import { signLabel } from './signs.ts';

export type CullingOptions = {
  catalog: Catalog;
  columns: PhotoColumns;
  changes: Changes;
  history: History;
  faces?: FindFaces | null;
};

export type OpenedShoot = {
  moments: CullMoment[];
  /** Photos with a decision, in order of capture. */
  decided: number[];
  picked: number[];
  rejected: number[];
  /** The photo that one was at; null at the first visit. */
  place: number | null;
  genre: Genre;
  genreProposed: Genre;
};

/** Frames of a proposal that are shown on either side of the border. */
const BESIDE_THE_BORDER = 8;
/** Ranked shoots that are kept. */
const KEPT_RANKINGS = 4;

type Ranked = { moments: FrameMoment[]; ranked: RankedShoot; genre: Genre; genreProposed: Genre };

export class Culling {
  readonly #options: CullingOptions;
  readonly #shoots: Shoots;
  readonly #rankings = new Map<string, { revision: number; ranked: Ranked }>();
  readonly #genres = new Map<string, Genre>();
  /** Counts changes that the columns do not know of. */
  #revision = 0;

  constructor(options: CullingOptions) {
    this.#options = options;
    const { catalog, columns, changes, faces = null } = options;
    this.#shoots = new Shoots(catalog, columns, faces);
    changes.subscribe((event) => {
      if (event.kind !== 'photos') return;
      this.#revision++;
      const seen =
        event.columns === null ||
        event.columns.some((one) => ['grade', 'measures', 'presence', 'place', 'metadata', 'faces'].includes(one));
      if (!seen) return;
      this.#shoots.forget(event.ids);
      // What was found since may propose another one.
      this.#genres.clear();
    });
  }

  /** @throws CoreError NOT_FOUND when nothing is in it. */
  open(shoot: Shoot): OpenedShoot {
    const ids = this.#idsOf(shoot);
    const moments = this.#shoots.momentsOf(ids);
    const { photo } = shootState(this.#options.catalog, keyOf(shoot));
    const all = ids.map((id) => ({ id, decision: this.#shoots.decisionOf(id) }));
    return {
      moments: moments.map(({ id, kind, frames, top }) => ({
        id,
        kind,
        photos: frames.map((frame) => frame.id),
        top: top ?? frames[0]!.id,
      })),
      decided: all.filter(({ decision }) => decision !== null).map(({ id }) => id),
      picked: all.filter(({ decision }) => decision === 'pick').map(({ id }) => id),
      rejected: all.filter(({ decision }) => decision === 'reject').map(({ id }) => id),
      place: photo !== null && ids.includes(photo) ? photo : null,
      ...this.#genreOf(shoot, ids),
    };
  }

  /** Remembers where a person is, so that they are there again after a restart. */
  stay(shoot: Shoot, photo: number): void {
    rememberShoot(this.#options.catalog, keyOf(shoot), { photo });
  }

  /** The shoot that was open last, as JSON of `Shoot`; null when none was. */
  last(): string | null {
    return lastShoot(this.#options.catalog);
  }

  /** @param genre null: what is proposed */
  setGenre(shoot: Shoot, genre: Genre | null): void {
    rememberShoot(this.#options.catalog, keyOf(shoot), { genre });
    this.#revision++;
  }

  /** Stretches of time between long pauses. */
  stretches(): Stretch[] {
    return shootsByPauses(timedPhotos(this.#options.columns));
  }

  /** The frames of one moment with what speaks for and against each, and what Enter would do. */
  moment(shoot: Shoot, photos: readonly number[]): { frames: CullFrame[]; plan: SuggestionPlan } {
    const [moment] = this.#shoots.momentsOf(photos).sort((a, b) => b.frames.length - a.frames.length);
    if (!moment) throw new CoreError('NOT_FOUND', 'These photos are no longer in the library.');
    const { genre } = this.#genreOf(shoot, photos);
    const answers = answersOf(this.#options.catalog, photos);
    return { frames: frameCards(moment, genre, answers), plan: planOf(moment, genre) };
  }

  /** What would be kept. @param part which of its frames are listed @param limit at most so many of them */
  propose(shoot: Shoot, wish: Wish, part: ProposalPart, limit: number): Proposal {
    const began = performance.now();
    const { ranked, genre, genreProposed, moments } = this.#ranked(shoot, wish);
    const decided = decide(ranked, wish);
    const verdicts = verdictsOf(ranked.units, decided, wish.by, genre);
    const counts = new Map<string, number>();
    for (const { kind } of verdicts) if (kind !== null) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    const keptMoments = new Set(decided.kept.map(({ moment }) => moment));
    const isSaved = (moment: FrameMoment) =>
      keptMoments.has(moment) || moment.frames.some(({ decision }) => decision === 'pick' || decision === 'marked');
    const lost = new Set(decided.fallen.map(({ moment }) => moment).filter((moment) => !isSaved(moment)));
    const shown = shownOf(part, ranked.units, decided, verdicts, lost);
    const keep = decided.kept.reduce((sum, { frames }) => sum + frames.length, 0);
    const undecided = ranked.units.reduce((sum, { frames }) => sum + frames.length, 0);
    return {
      photos: ranked.frames,
      decided: ranked.decided.length + ranked.partly.length,
      unjudged: ranked.unjudged.length,
      undecided,
      keep,
      reject: undecided - keep,
      line: decided.line,
      moments: moments.length,
      momentsKept: moments.length - lost.size,
      whole: moments.filter(isWhole).length,
      genre,
      genreProposed,
      tasteReady: this.#tasteReady(),
      why: REJECT_KIND_NAMES.map((kind) => ({ kind, count: counts.get(kind) ?? 0 })).filter(({ count }) => count > 0),
      shown: shown.slice(0, limit).map(proposedOf),
      shownTotal: shown.length,
      milliseconds: performance.now() - began,
    };
  }

  /** Everything of a proposal, frame by frame: what the command line prints. */
  proposeAll(
    shoot: Shoot,
    wish: Wish,
  ): { photos: number; decided: number; keep: Proposed[]; reject: Proposed[]; untouched: number[] } {
    const { ranked, genre } = this.#ranked(shoot, wish);
    const verdicts = verdictsOf(ranked.units, decide(ranked, wish), wish.by, genre).map(proposedOf);
    const untouched = [...ranked.decided, ...ranked.unjudged, ...ranked.partly].map(({ id }) => id);
    return {
      photos: ranked.frames,
      decided: ranked.decided.length,
      keep: verdicts.filter(({ kept }) => kept),
      reject: verdicts.filter(({ kept }) => !kept),
      untouched,
    };
  }

  /**
   * Marks what is proposed, as one step of the history.
   * @param only picks alone leave what falls undecided @param except photos that are left as they are
   */
  apply(
    shoot: Shoot,
    wish: Wish,
    only: 'both' | 'picks',
    except: readonly number[],
  ): { picked: number; rejected: number } {
    const { keep, reject } = this.proposeAll(shoot, wish);
    const left = new Set(except);
    const ids = (all: readonly Proposed[]) => all.map(({ id }) => id).filter((id) => !left.has(id));
    const picked = ids(keep);
    const rejected = only === 'picks' ? [] : ids(reject);
    const assignments = [
      { ids: picked, flag: 'pick' as const },
      { ids: rejected, flag: 'reject' as const },
    ].filter((one) => one.ids.length > 0);
    if (assignments.length > 0) this.#options.history.mark(assignments);
    return { picked: picked.length, rejected: rejected.length };
  }

  /**
   * Keeps what a person says to a reason; it no longer counts for this photo.
   * @param answer null takes it back
   * @returns photos of the shoot for which the same reason was given and not answered
   */
  answer(
    shoot: Shoot | null,
    photos: readonly number[],
    reason: string,
    answer: Answer | null,
    word: string,
  ): { changed: number; similar: number[] } {
    const frames = this.#shoots.framesOf(photos);
    const evidence = new Map(frames.map((frame) => [frame.id, evidenceFor(frame, reason)]));
    const changed = this.#options.history.answer({
      photos: frames.map(({ id }) => ({ id, evidence: JSON.stringify(evidence.get(id)) })),
      reason,
      label: signLabel(reason) ?? reasonFacts(reason).label,
      answer,
      word,
    });
    this.#revision++;
    const similar =
      shoot === null || answer === null
        ? []
        : this.#shoots
            .framesOf(this.#idsOf(shoot))
            .filter(({ faults, answered }) => !answered.has(reason) && faults.some(({ name }) => name === reason))
            .map(({ id }) => id);
    return { changed: changed.length, similar };
  }

  /** Rejected but high, picked but low: side by side, farthest apart first. */
  secondLook(shoot: Shoot, limit: number): { rejectedHigh: Proposed[]; pickedLow: Proposed[] } {
    const scored = this.#shoots.framesOf(this.#idsOf(shoot)).flatMap((frame) => {
      const score = scoreOf(frame, 'blend');
      return score === null ? [] : [{ frame, score }];
    });
    const middle = (decision: 'pick' | 'reject') => {
      const scores = scored.filter(({ frame }) => frame.decision === decision).map(({ score }) => score);
      scores.sort((a, b) => a - b);
      return scores[scores.length >> 1] ?? null;
    };
    const [picks, rejects] = [middle('pick'), middle('reject')];
    const item = ({ frame, score }: (typeof scored)[number], reason: string): Proposed => ({
      id: frame.id,
      kept: frame.decision === 'pick',
      score,
      reason,
      kind: null,
      better: null,
    });
    return {
      rejectedHigh: scored
        .filter(({ frame, score }) => frame.decision === 'reject' && picks !== null && score >= picks)
        .sort((a, b) => b.score - a.score)
        .slice(0, limit)
        .map((one) =>
          item(one, `Rejected at ${one.score.toFixed(0)}; half of your picks have less than ${picks!.toFixed(0)}.`),
        ),
      pickedLow: scored
        .filter(({ frame, score }) => frame.decision === 'pick' && rejects !== null && score <= rejects)
        .sort((a, b) => a.score - b.score)
        .slice(0, limit)
        .map((one) =>
          item(one, `Picked at ${one.score.toFixed(0)}; half of your rejects have more than ${rejects!.toFixed(0)}.`),
        ),
    };
  }

  #tasteReady(): boolean {
    const { taste } = this.#options.columns.numbers;
    const { alive } = this.#options.columns.smalls;
    for (let slot = 0; slot < this.#options.columns.length; slot++)
      if (alive[slot] === 1 && !Number.isNaN(taste[slot]!)) return true;
    return false;
  }

  #idsOf(shoot: Shoot): number[] {
    const ids = this.#shoots.idsOf(shoot);
    if (ids.length === 0) throw new CoreError('NOT_FOUND', 'There are no photos in this shoot.');
    return ids;
  }

  #genreOf(shoot: Shoot, ids: readonly number[]): { genre: Genre; genreProposed: Genre } {
    const key = keyOf(shoot);
    let genreProposed = this.#genres.get(key);
    if (genreProposed === undefined) {
      const frames = this.#shoots.framesOf(ids);
      const shareOf = (looked: typeof frames, is: (frame: (typeof frames)[number]) => boolean) =>
        looked.length === 0 ? null : looked.filter(is).length / looked.length;
      genreProposed = genreOf(opticsOf(this.#options.catalog, ids), {
        faces: shareOf(
          frames.filter(({ faces }) => faces !== null),
          ({ faces }) => faces!.count > 0,
        ),
        lines: shareOf(
          frames.filter(({ signs }) => signs !== null),
          ({ signs }) => signs!.tilt !== null,
        ),
      });
      this.#genres.set(key, genreProposed);
    }
    return { genre: shootState(this.#options.catalog, key).genre ?? genreProposed, genreProposed };
  }

  #ranked(shoot: Shoot, { by, genre: wanted }: Wish): Ranked {
    const key = JSON.stringify([shoot, by, wanted]);
    const revision = this.#revision + this.#options.columns.revision;
    const known = this.#rankings.get(key);
    if (known?.revision === revision) return known.ranked;
    const ids = this.#idsOf(shoot);
    const moments = this.#shoots.momentsOf(ids);
    const own = this.#genreOf(shoot, ids);
    const genre = wanted ?? own.genre;
    const ranked: Ranked = { moments, ranked: rankShoot(moments, by, genre), genre, genreProposed: own.genreProposed };
    this.#rankings.delete(key);
    this.#rankings.set(key, { revision, ranked });
    for (const oldest of this.#rankings.keys()) {
      if (this.#rankings.size <= KEPT_RANKINGS) break;
      this.#rankings.delete(oldest);
    }
    return ranked;
  }
}

const keyOf = (shoot: Shoot): string => JSON.stringify(shoot);

const proposedOf = ({ frame, kept, score, reason, kind, better }: Verdict): Proposed => ({
  id: frame.id,
  kept,
  score,
  reason,
  kind,
  better,
});

function evidenceFor(
  {
    faults,
    signs,
    faces,
  }: { faults: readonly { name: string; text: string; weight: number }[]; signs: unknown; faces: unknown },
  reason: string,
) {
  const said = faults.find(({ name }) => name === reason) ?? null;
  return { said: said?.text ?? null, weight: said?.weight ?? null, signs, faces };
}

function shownOf(
  part: ProposalPart,
  units: readonly Unit[],
  decided: { kept: readonly Unit[]; fallen: readonly Unit[] },
  verdicts: readonly Verdict[],
  lost: ReadonlySet<FrameMoment>,
): Verdict[] {
  if (part === 'kept') return verdicts.filter(({ kept }) => kept);
  if (part === 'border') {
    const falls = decided.kept.slice(-BESIDE_THE_BORDER).toReversed();
    const comes = decided.fallen.slice(0, BESIDE_THE_BORDER);
    const of = firstVerdicts(units, verdicts);
    return Array.from({ length: BESIDE_THE_BORDER }, (_, index) => [falls[index], comes[index]])
      .flat()
      .flatMap((unit) => (unit === undefined ? [] : (of.get(unit) ?? [])));
  }
  if (part === 'lost') {
    const of = firstVerdicts(units, verdicts);
    const seen = new Set<FrameMoment>();
    return decided.fallen.flatMap((unit) => {
      if (!lost.has(unit.moment) || seen.has(unit.moment)) return [];
      seen.add(unit.moment);
      return of.get(unit) ?? [];
    });
  }
  return verdicts.filter(({ kind }) => kind === part);
}

/** Verdicts stand as their units do: of each unit the one of its first frame. */
function firstVerdicts(units: readonly Unit[], verdicts: readonly Verdict[]): Map<Unit, Verdict> {
  const first = new Map<Unit, Verdict>();
  let at = 0;
  for (const unit of units) {
    first.set(unit, verdicts[at]!);
    at += unit.frames.length;
  }
  return first;
}
