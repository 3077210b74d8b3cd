/** Doing, undoing and redoing whole steps: each is one transaction that is on the disk when it returns. */
import { photosText } from '../../../shared/photo.ts';
import {
  addCommands,
  addStep,
  commandsOf,
  durably,
  firstUndone,
  labelStep,
  lastDone,
  removeCommands,
  type StoredCommand,
  setUndone,
} from '../catalog/history.ts';
import type { Catalog } from '../catalog/open.ts';
import { type BesideFile, type Command, type Outcome, outcome } from './kinds/command.ts';
import { kindOf } from './kinds.ts';

/** What undo and redo would do, for people; null when there is nothing. */
export function state(catalog: Catalog): { undo: string | null; redo: string | null } {
  return { undo: lastDone(catalog)?.label ?? null, redo: firstUndone(catalog)?.label ?? null };
}

const storedOf = ({ kind, target, before, after }: Command): StoredCommand => ({
  kind,
  target: JSON.stringify(target),
  before: JSON.stringify(before),
  after: JSON.stringify(after),
});

/**
 * Does commands of one kind as one step. No command, no step: then what could be redone still can.
 * @param plan reads the catalog and says what is to be done; what it throws leaves everything as it was.
 */
export function perform(catalog: Catalog, plan: () => readonly Command[], now = Date.now()): Outcome {
  return durably(catalog, () => {
    const commands = plan().map(storedOf);
    const [first] = commands;
    if (!first) return outcome();
    const label = kindOf(first).label(commands.filter(({ kind }) => kind === first.kind));
    addStep(catalog, label, commands, now);
    return joined(commands.map((command) => kindOf(command).apply(catalog, command, now)));
  });
}

/**
 * Writes commands down before the files that they are about are written: a kill in between leaves a step of which some
 * is not done yet, and what was not done is not undone either.
 * @param step goes on with this step while it is still the last one; null begins one.
 * @returns the step.
 */
export function record(catalog: Catalog, step: number | null, commands: readonly Command[], now = Date.now()): number {
  return durably(catalog, () => {
    const stored = commands.map(storedOf);
    const [first] = stored;
    const last = lastDone(catalog)?.id ?? null;
    if (!first) return step ?? last ?? 0;
    if (step === null || step !== last) return addStep(catalog, kindOf(first).label(stored), stored, now);
    addCommands(catalog, step, stored);
    labelStep(catalog, step, kindOf(first).label(commandsOf(catalog, step)));
    return step;
  });
}

/** Takes commands out of a step of which nothing came; the step goes with its last command. */
export function strike(catalog: Catalog, step: number, isStruck: (command: StoredCommand) => boolean): void {
  durably(catalog, () => {
    const left = removeCommands(catalog, step, isStruck);
    const [first] = left;
    if (first) labelStep(catalog, step, kindOf(first).label(left));
  });
}

export type Way = 'undo' | 'redo';

type Next = {
  id: number;
  leaving: number[];
  beside: BesideFile[];
  moving: { batch: number; to: 'here' | 'away' }[];
};

/** The step that is next on this way, with the roots that must be let go of and the files that are brought before. */
export function next(catalog: Catalog, way: Way): Next | null {
  const step = way === 'undo' ? lastDone(catalog) : firstUndone(catalog);
  if (!step) return null;
  const commands = commandsOf(catalog, step.id);
  const beside = commands.flatMap((command) => kindOf(command).beside(command) ?? []);
  const moving = commands.flatMap((command) => kindOf(command).moving(command, way) ?? []);
  if (way === 'undo') return { id: step.id, leaving: [], beside, moving };
  const leaving = commands.flatMap((command) => kindOf(command).leavingRoot(command) ?? []);
  return { id: step.id, leaving, beside, moving };
}

export type Travelled = {
  /** Of the step; null when there was nothing to do. */
  label: string | null;
  outcome: Outcome;
  /** A sentence on what could not be done; null when all was. */
  note: string | null;
};

/** @param held files beside photos, by root and path, that could not be brought: their commands are passed over. */
export function travel(
  catalog: Catalog,
  way: Way,
  now = Date.now(),
  held: (file: BesideFile) => boolean = () => false,
): Travelled {
  return durably(catalog, () => {
    const step = way === 'undo' ? lastDone(catalog) : firstUndone(catalog);
    if (!step) return { label: null, outcome: outcome(), note: null };
    const commands = commandsOf(catalog, step.id).filter((command) => {
      const file = kindOf(command).beside(command);
      return file === null || !held(file);
    });
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
