/**
 * What a command is: one thing that a person changed, with how it was before and after. A kind of command is one file
 * in kinds/ and a row in kinds.ts; whatever is a command can be undone and redone, also after a restart.
 */
import type { z } from 'zod';
import type { PhotoColumn } from '../../../../shared/photo-columns.ts';
import type { Catalog } from '../../catalog/open.ts';

export type Command<Target = unknown, State = unknown> = {
  kind: string;
  target: Target;
  before: State;
  after: State;
};

/** What a command did, for those who show the library, and what it could not do. */
export type Outcome = {
  /** Photos whose rows changed; `all`: too many things to say. */
  photos: number[] | 'all';
  /** What of those photos is another now. */
  columns: readonly PhotoColumn[];
  /** Albums that have other photos, or the same in another order; empty: only their names or places. Null: no album changed. */
  albums: readonly number[] | null;
  /** Folders came or went. */
  folders: boolean;
  /** Photos that are no longer in the library, and those left alone because something else changed them since. */
  vanished: number;
  changedSince: number;
  /** Sentences on what else could not be done. */
  notes: string[];
  /** A root that left the library, with the previews it had, or the root in which one came back. */
  root: { left: { id: number; version: number }[] } | { returned: number } | null;
};

export function outcome(part: Partial<Outcome> = {}): Outcome {
  return {
    photos: [],
    columns: [],
    albums: null,
    folders: false,
    vanished: 0,
    changedSince: 0,
    notes: [],
    root: null,
    ...part,
  };
}

export type Kind<Target, State> = {
  readonly name: string;
  readonly target: z.ZodType<Target>;
  readonly state: z.ZodType<State>;
  /** Does it, at first and when it is done again. Part of the caller's transaction; never throws for what has gone. */
  apply(catalog: Catalog, command: Command<Target, State>, now: number): Outcome;
  /** Takes it back, as far as that is still right. */
  revert(catalog: Catalog, command: Command<Target, State>, now: number): Outcome;
  /** Names a step of such commands for people: `Pick 312 photos`. */
  label(commands: readonly Command<Target, State>[]): string;
  /** The root that must be let go of before this is applied: no job may work in it. */
  leavingRoot?(target: Target): number;
  /** The file beside the photos that is another before and after: originals/ brings it there first. */
  beside?(command: Command<Target, State>): BesideFile;
  /** Files that must be moved before this state can be reached. */
  moving?(target: Target, state: State): { batch: number; to: 'here' | 'away' };
};

/**
 * A file of a root with the hashes of its bytes, which the catalog keeps; null: no file. `backup`: they are not kept
 * there, but in a file of this name beside it.
 */
export type BesideFile = {
  photo: number;
  root: number;
  path: string;
  before: string | null;
  after: string | null;
  backup?: string;
};

/** A kind of which any state can be reached from any other: to revert is to apply with before and after exchanged. */
export function reversible<Target, State>(
  kind: Omit<Kind<Target, State>, 'apply' | 'revert'> & {
    bring(catalog: Catalog, target: Target, from: State, to: State, now: number): Outcome;
  },
): Kind<Target, State> {
  const { bring, ...rest } = kind;
  return {
    ...rest,
    apply: (catalog, { target, before, after }, now) => bring(catalog, target, before, after, now),
    revert: (catalog, { target, before, after }, now) => bring(catalog, target, after, before, now),
  };
}
