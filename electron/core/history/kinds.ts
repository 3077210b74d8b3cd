/** All kinds of commands: what is in this table can be undone. A new kind is its file and a row here. */

import { CoreError } from '../base/core-error.ts';
import type { StoredCommand } from '../catalog/history.ts';
import type { Catalog } from '../catalog/open.ts';
import { album } from './kinds/album.ts';
import { albumArrangement } from './kinds/album-arrangement.ts';
import { albumPhotos } from './kinds/album-photos.ts';
import { answer } from './kinds/answer.ts';
import type { BesideFile, Command, Kind, Outcome } from './kinds/command.ts';
import { embedded } from './kinds/embedded.ts';
import { feedback } from './kinds/feedback.ts';
import { keyword } from './kinds/keyword.ts';
import { marks } from './kinds/marks.ts';
import { moments } from './kinds/moments.ts';
import { movedFiles } from './kinds/moved-files.ts';
import { root } from './kinds/root.ts';
import { rotation } from './kinds/rotation.ts';
import { sidecar } from './kinds/sidecar.ts';
import { word } from './kinds/word.ts';

/** A kind whose commands are read from the catalog: their shape is checked first. */
type StoredKind = {
  apply(catalog: Catalog, command: StoredCommand, now: number): Outcome;
  revert(catalog: Catalog, command: StoredCommand, now: number): Outcome;
  label(commands: readonly StoredCommand[]): string;
  leavingRoot(command: StoredCommand): number | null;
  beside(command: StoredCommand): BesideFile | null;
  moving(command: StoredCommand, way: 'undo' | 'redo'): { batch: number; to: 'here' | 'away' } | null;
};

function stored<Target, State>(kind: Kind<Target, State>): [name: string, StoredKind] {
  const read = ({ target, before, after }: StoredCommand): Command<Target, State> => ({
    kind: kind.name,
    target: kind.target.parse(JSON.parse(target)),
    before: kind.state.parse(JSON.parse(before)),
    after: kind.state.parse(JSON.parse(after)),
  });
  return [
    kind.name,
    {
      apply: (catalog, command, now) => kind.apply(catalog, read(command), now),
      revert: (catalog, command, now) => kind.revert(catalog, read(command), now),
      label: (commands) => kind.label(commands.map(read)),
      leavingRoot: (command) => kind.leavingRoot?.(read(command).target) ?? null,
      beside: (command) => kind.beside?.(read(command)) ?? null,
      moving(command, way) {
        const { target, before, after } = read(command);
        return kind.moving?.(target, way === 'undo' ? before : after) ?? null;
      },
    },
  ];
}

const KINDS = new Map([
  stored(marks),
  stored(keyword),
  stored(word),
  stored(rotation),
  stored(sidecar),
  stored(embedded),
  stored(album),
  stored(albumPhotos),
  stored(albumArrangement),
  stored(answer),
  stored(feedback),
  stored(moments),
  stored(root),
  stored(movedFiles),
]);

/** @throws CoreError CONFLICT for a kind of another version of Keeplight. */
export function kindOf({ kind }: StoredCommand): StoredKind {
  const found = KINDS.get(kind);
  if (found) return found;
  throw new CoreError(
    'CONFLICT',
    'This step was made by another version of Keeplight. Update Keeplight to undo or redo it.',
  );
}
