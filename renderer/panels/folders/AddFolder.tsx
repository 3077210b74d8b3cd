/** Adds a root. */
import { addRootAndSay } from '../../store/stores.ts';
import { ChooseFolder } from './ChooseFolder.tsx';

export function AddFolder({ onClose }: { onClose: () => void }) {
  return (
    <ChooseFolder
      title="Add a folder"
      verb="Add"
      words={(pictures) => `${pictures} Your files stay where they are and are only read.`}
      onChoose={(token) => void addRootAndSay(token)}
      onClose={onClose}
    />
  );
}
