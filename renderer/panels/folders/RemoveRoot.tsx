import type { FolderNode } from '../../../shared/contract.ts';
import { photosText } from '../../../shared/photo.ts';
import { removeRoot } from '../../store/stores.ts';
import { Confirm } from '../../ui/Dialog.tsx';

/** Asks before a root leaves the library, with what that means. */
export function RemoveRoot({ root, onClose }: { root: FolderNode; onClose: () => void }) {
  const { rootId } = root;
  const photos = photosText(root.count);
  return (
    <Confirm
      title={`Remove ${root.name} from the library?`}
      verb={`Remove ${photos}`}
      danger
      onClose={onClose}
      onConfirm={() => {
        if (rootId !== null) void removeRoot(rootId, root.name);
      }}
    >
      <p>
        {photos} leave the library together with their marks and critiques; undo brings all of it back. The files stay
        where they are, untouched.
      </p>
    </Confirm>
  );
}
