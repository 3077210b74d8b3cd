/** Photos that are culled together, as frames and moments. What marks do not change of a frame is read once. */
import type { Shoot } from '../../../shared/culling.ts';
import { COLORS, FLAGS } from '../../../shared/photo.ts';
import { ALL_PHOTOS } from '../../../shared/query.ts';
import { answersOf } from '../catalog/answers.ts';
import type { PhotoColumns } from '../catalog/columns.ts';
import { type CullFacts, cullFacts, stackRows } from '../catalog/culling.ts';
import type { Catalog } from '../catalog/open.ts';
import { orderedIds } from '../catalog/order.ts';
import { byCapture, type Decision, type Frame, type FrameFaces, type FrameMoment } from './frames.ts';

/** Faces of photos, from whoever looks for them; photos that were not looked at are not in it. */
export type FindFaces = (ids: readonly number[]) => ReadonlyMap<number, FrameFaces>;

/** Facts kept of at most so many photos. */
const KEPT = 60_000;

const NO_ANSWERS: ReadonlySet<string> = new Set();
const number = (value: number): number | null => (Number.isNaN(value) ? null : value);

/** Agreement, in per cent, from which the lines of a picture tell its tilt. */
const AGREED = 50;

export class Shoots {
  readonly #catalog: Catalog;
  readonly #columns: PhotoColumns;
  readonly #faces: FindFaces | null;
  readonly #facts = new Map<number, CullFacts>();

  constructor(catalog: Catalog, columns: PhotoColumns, faces: FindFaces | null) {
    this.#catalog = catalog;
    this.#columns = columns;
    this.#faces = faces;
  }

  /** These photos were looked at or judged again; null: any of them. */
  forget(ids: readonly number[] | null): void {
    if (ids === null) this.#facts.clear();
    else for (const id of ids) this.#facts.delete(id);
  }

  /** In order of capture. @throws CoreError NOT_FOUND for an album that is gone. */
  idsOf(shoot: Shoot): number[] {
    const columns = this.#columns;
    const view = { ...ALL_PHOTOS, sort: { key: 'date', order: 'asc' } } as const;
    if (shoot.kind === 'view')
      return orderedIds(this.#catalog, columns, { ...view, source: shoot.source, filter: shoot.filter });
    const { date } = columns.numbers;
    if (shoot.kind === 'time') {
      return orderedIds(this.#catalog, columns, view).filter((id) => {
        const at = date[columns.slotOf(id)!]!;
        return at >= shoot.from && at <= shoot.to;
      });
    }
    const wanted = [...new Set(shoot.ids)].filter((id) => columns.slotOf(id) !== undefined);
    return wanted
      .map((id) => ({ id, takenAt: number(date[columns.slotOf(id)!]!) }))
      .sort(byCapture)
      .map(({ id }) => id);
  }

  /** The moments of these photos, each in order of capture. @param ids in order of capture */
  momentsOf(ids: readonly number[]): FrameMoment[] {
    const frames = this.framesOf(ids);
    const { stack } = this.#columns.references;
    const { stackTop } = this.#columns.smalls;
    const groups = new Map<number, { frames: Frame[]; top: number | null }>();
    const moments: { stack: number | null; frames: Frame[] }[] = [];
    for (const frame of frames) {
      const slot = this.#columns.slotOf(frame.id)!;
      const id = stack[slot]!;
      if (id === 0) {
        moments.push({ stack: null, frames: [frame] });
        continue;
      }
      let group = groups.get(id);
      if (!group) {
        group = { frames: [], top: null };
        groups.set(id, group);
        moments.push({ stack: id, frames: group.frames });
      }
      group.frames.push(frame);
      if (stackTop[slot] === 1) group.top = frame.id;
    }
    const rows = stackRows(this.#catalog, [...groups.keys()]);
    return moments.map(({ stack: id, frames: own }) => {
      const row = id === null ? undefined : rows.get(id);
      if (id === null || row === undefined || own.length < 2)
        return { id: null, kind: null, frames: own, top: own[0]!.id, second: null, reason: null };
      const inside = (photo: number | null): number | null => (own.some((frame) => frame.id === photo) ? photo : null);
      return {
        id,
        kind: row.kind,
        frames: own,
        top: inside(groups.get(id)!.top),
        second: inside(row.second),
        reason: { text: row.text, margin: row.margin, tooClose: row.tooClose === 1 },
      };
    });
  }

  /** Frames of these photos, in the order given, so far as they exist. */
  framesOf(ids: readonly number[]): Frame[] {
    this.#read(ids.filter((id) => !this.#facts.has(id)));
    const answered = new Map<number, Set<string>>();
    for (const { photo, reason } of answersOf(this.#catalog, ids)) {
      const known = answered.get(photo);
      if (known) known.add(reason);
      else answered.set(photo, new Set([reason]));
    }
    const faces = this.#faces?.(ids) ?? null;
    return ids.flatMap((id) => this.#frame(id, answered.get(id) ?? NO_ANSWERS, faces?.get(id) ?? null) ?? []);
  }

  /** Marks of a photo, as a decision. */
  decisionOf(id: number): Decision {
    const slot = this.#columns.slotOf(id);
    if (slot === undefined) return null;
    const { flag, stars, color } = this.#columns.smalls;
    const flagged = FLAGS[flag[slot]!];
    if (flagged === 'pick' || flagged === 'reject') return flagged;
    return stars[slot]! > 0 || COLORS[color[slot]!] !== 'none' ? 'marked' : null;
  }

  #read(ids: readonly number[]): void {
    if (ids.length === 0) return;
    for (const facts of cullFacts(this.#catalog, ids)) this.#facts.set(facts.id, facts);
    for (const oldest of this.#facts.keys()) {
      if (this.#facts.size <= Math.max(KEPT, ids.length)) break;
      this.#facts.delete(oldest);
    }
  }

  #frame(id: number, answered: ReadonlySet<string>, faces: FrameFaces | null): Frame | null {
    const slot = this.#columns.slotOf(id);
    const facts = this.#facts.get(id);
    if (slot === undefined || facts === undefined) return null;
    const { numbers } = this.#columns;
    const { subjectFocus, motion, clippedHighlights, blockedShadows, tilt, tiltAgreement, subjectX, subjectY } = facts;
    const isLooked = subjectFocus !== null && motion !== null && clippedHighlights !== null && blockedShadows !== null;
    return {
      id,
      takenAt: number(numbers.date[slot]!),
      folder: facts.folder,
      decision: this.decisionOf(id),
      technical: number(numbers.technical[slot]!),
      grade: number(numbers.grade[slot]!),
      taste: number(numbers.taste[slot]!),
      signs: isLooked
        ? {
            subjectFocus,
            motion,
            clippedHighlights,
            blockedShadows,
            tilt: tilt !== null && (tiltAgreement ?? 0) >= AGREED ? Math.abs(tilt) : null,
          }
        : null,
      faces,
      subject: subjectX === null || subjectY === null ? null : { x: subjectX / 100, y: subjectY / 100 },
      faults: facts.faults,
      answered,
    };
  }
}
