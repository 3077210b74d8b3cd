/** The dialogs of what leaves the library, whichever is open. */
import './outward.css';
import { useOutward } from '../../store/hooks.ts';
import { ExportDialog } from './ExportDialog.tsx';
import { TrashDialog } from './TrashDialog.tsx';

export function Outward() {
  const dialog = useOutward((state) => state.dialog);
  if (dialog === null) return null;
  return dialog.kind === 'export' ? <ExportDialog ids={dialog.ids} /> : <TrashDialog {...dialog} />;
}
