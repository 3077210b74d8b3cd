import type { FolderNode } from '../../../shared/contract.ts';
import { api } from '../../state/client.ts';
import { inTurn, undo } from '../../state/history.ts';
import { library, showSource } from '../../state/library.ts';
import { notify, notifyProblem } from '../../state/notices.ts';
import { Confirm } from '../../ui/Dialog.tsx';

/** Asks before a root leaves the library, with what that means. */
export function RemoveRoot({ root, onClose }: { root: FolderNode; onClose: () => void }) {
  const { rootId } = root;
  const photos = root.count === 1 ? '1 photo' : `${root.count.toLocaleString('en')} photos`;
  return (
    <Confirm
      title={`Remove ${root.name} from the library?`}
      verb={`Remove ${photos}`}
      danger
      onClose={onClose}
      onConfirm={() => {
        if (rootId === null) return;
        inTurn(() => api.roots.remove({ id: rootId }))
          .then(() => {
            if (library.getState().query.source.kind === 'folder') showSource({ kind: 'all' });
            notify(`${root.name} is no longer in the library. Its files are untouched.`, {
              label: 'Undo',
              run: () => void undo(),
            });
          })
          .catch(notifyProblem);
      }}
    >
      <p>
        {photos} leave the library together with their marks and critiques; undo brings all of it back. The files stay
        where they are, untouched.
      </p>
    </Confirm>
  );
}
