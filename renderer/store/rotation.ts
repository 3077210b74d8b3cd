/** Turning photos by quarters of a circle: in the library, never in their files. */
import { photosText } from '../../shared/photo.ts';
import type { Api } from './connection.ts';
import type { HistoryStore } from './history.ts';
import type { NoticesStore } from './notices.ts';

export interface RotationStore {
  /** @param by quarters to the right, 1–3. Resolves when it is written; never rejects. */
  rotate(ids: readonly number[], by: number): Promise<void>;
}

export function createRotationStore({
  api,
  inTurn,
  undo,
  notify,
  notifyProblem,
}: { api: Api } & Pick<HistoryStore, 'inTurn' | 'undo'> &
  Pick<NoticesStore, 'notify' | 'notifyProblem'>): RotationStore {
  return {
    async rotate(ids, by) {
      if (ids.length === 0) return;
      try {
        await inTurn(() => api.rotation.turn({ ids: [...ids], by }));
        const words = `${photosText(ids.length)} rotated ${by === 1 ? 'right' : by === 3 ? 'left' : 'upside down'}`;
        if (ids.length > 1) notify(words, { label: 'Undo', run: () => void undo() });
      } catch (error) {
        notifyProblem(error);
      }
    },
  };
}
