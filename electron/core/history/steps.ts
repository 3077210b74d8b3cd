/** Doing, undoing and redoing whole steps: each is one transaction that is on the disk when it returns. */
import {
  addStep,
  commandsOf,
  durably,
  firstUndone,
  lastDone,
  type StoredCommand,
  setUndone,
} from '../catalog/history.ts';
import type { Catalog } from '../catalog/open.ts';
import { type Command, type Outcome, outcome, photosText } from './kinds/command.ts';
import { kindOf } from './kinds.ts';

/** What undo and redo would do, for people; null when there is nothing. */
export function state(catalog: Catalog): { undo: string | null; redo: string | null } {
  return { undo: lastDone(catalog)?.label ?? null, redo: firstUndone(catalog)?.label ?? null };
}

/**
 * Does commands of one kind as one step. No command, no step: then what could be redone still can.
 * @param plan reads the catalog and says what is to be done; what it throws leaves everything as it was.
 */
export function perform(catalog: Catalog, plan: () => readonly Command[], now = Date.now()): Outcome {
  return durably(catalog, () => {
    const commands = plan().map(
      ({ kind, target, before, after }): StoredCommand => ({
        kind,
        target: JSON.stringify(target),
        before: JSON.stringify(before),
        after: JSON.stringify(after),
      }),
    );
    const [first] = commands;
    if (!first) return outcome();
    const label = kindOf(first).label(commands.filter(({ kind }) => kind === first.kind));
    addStep(catalog, label, commands, now);
    return joined(commands.map((command) => kindOf(command).apply(catalog, command, now)));
  });
}

export type Way = 'undo' | 'redo';

type Next = { id: number; leaving: number[]; moving: { batch: number; to: 'here' | 'away' }[] };

/** The step that is next on this way, with the roots that must be let go of and the files that must be moved before. */
export function next(catalog: Catalog, way: Way): Next | null {
  const step = way === 'undo' ? lastDone(catalog) : firstUndone(catalog);
  if (!step) return null;
  const commands = commandsOf(catalog, step.id);
  const moving = commands.flatMap((command) => kindOf(command).moving(command, way) ?? []);
  if (way === 'undo') return { id: step.id, leaving: [], moving };
  return { id: step.id, leaving: commands.flatMap((command) => kindOf(command).leavingRoot(command) ?? []), moving };
}

export type Travelled = {
  /** Of the step; null when there was nothing to do. */
  label: string | null;
  outcome: Outcome;
  /** A sentence on what could not be done; null when all was. */
  note: string | null;
};

export function travel(catalog: Catalog, way: Way, now = Date.now()): Travelled {
  return durably(catalog, () => {
    const step = way === 'undo' ? lastDone(catalog) : firstUndone(catalog);
    if (!step) return { label: null, outcome: outcome(), note: null };
    const commands = commandsOf(catalog, step.id);
    setUndone(catalog, step.id, way === 'undo');
    const done = joined(
      way === 'undo'
        ? commands.toReversed().map((command) => kindOf(command).revert(catalog, command, now))
        : commands.map((command) => kindOf(command).apply(catalog, command, now)),
    );
    return { label: step.label, outcome: done, note: noteOf(done) };
  });
}

/** @internal for tests */
export const undo = (catalog: Catalog, now?: number): Travelled => travel(catalog, 'undo', now);
/** @internal for tests */
export const redo = (catalog: Catalog, now?: number): Travelled => travel(catalog, 'redo', now);

function joined(outcomes: readonly Outcome[]): Outcome {
  const [only] = outcomes;
  if (only && outcomes.length === 1) return only;
  const all = outcomes.some(({ photos }) => photos === 'all');
  return {
    photos: all ? 'all' : [...new Set(outcomes.flatMap(({ photos }) => (photos === 'all' ? [] : photos)))],
    columns: [...new Set(outcomes.flatMap(({ columns }) => columns))],
    albums: outcomes.every(({ albums }) => albums === null)
      ? null
      : [...new Set(outcomes.flatMap(({ albums }) => albums ?? []))],
    folders: outcomes.some(({ folders }) => folders),
    vanished: outcomes.reduce((sum, { vanished }) => sum + vanished, 0),
    changedSince: outcomes.reduce((sum, { changedSince }) => sum + changedSince, 0),
    notes: outcomes.flatMap(({ notes }) => notes),
    root: outcomes.find(({ root }) => root !== null)?.root ?? null,
  };
}

function noteOf({ vanished, changedSince, notes }: Outcome): string | null {
  const sentences = [...notes];
  const one = (count: number) => count === 1;
  if (vanished > 0) {
    sentences.push(`${photosText(vanished)} ${one(vanished) ? 'is' : 'are'} no longer in the library.`);
  }
  if (changedSince > 0) {
    const stay = one(changedSince) ? 'was changed since and stays as it is' : 'were changed since and stay as they are';
    sentences.push(`${photosText(changedSince)} ${stay}.`);
  }
  return sentences.length > 0 ? sentences.join(' ') : null;
}
