/** The dialogs of what leaves the library, whichever is open. */
import './outward.css';
import { useOutward } from '../../store/hooks.ts';
import { EmbedDialog } from './EmbedDialog.tsx';
import { ExportDialog } from './ExportDialog.tsx';
import { ListDialog } from './ListDialog.tsx';
import { TrashDialog } from './TrashDialog.tsx';

export function Outward() {
  const dialog = useOutward((state) => state.dialog);
  if (dialog === null) return null;
  if (dialog.kind === 'embed') return <EmbedDialog ids={dialog.ids} />;
  if (dialog.kind === 'list') return <ListDialog ids={dialog.ids} />;
  return dialog.kind === 'export' ? <ExportDialog ids={dialog.ids} /> : <TrashDialog {...dialog} />;
}
