/** The end of a round: how far one agrees with the critics, with taste and with oneself, and one more if one likes. */
import { photosText } from '../../../shared/photo.ts';
import { useFeedback } from '../../store/hooks.ts';
import { askRound, closeView } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Agreement } from './Agreement.tsx';

export function RoundOver() {
  const round = useFeedback((state) => state.round);
  const agreement = useFeedback((state) => state.agreement);
  const viewed = round?.photos.filter(({ done }) => done).length ?? 0;
  return (
    <Dialog
      title="That was all of this round"
      className="round-over"
      onClose={closeView}
      actions={
        <>
          <Button tone="raised" onClick={() => void askRound(true)}>
            Another round
          </Button>
          <Button tone="accent" data-first onClick={closeView}>
            Done
          </Button>
        </>
      }
    >
      <p className="meta">{`${photosText(viewed)} ${viewed === 1 ? 'has' : 'have'} your view now.`}</p>
      {agreement !== null && <Agreement agreement={agreement} />}
    </Dialog>
  );
}
