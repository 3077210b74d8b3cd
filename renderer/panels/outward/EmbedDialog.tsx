/** Before marks and words go into photos themselves: which, what stays beside them, and what becomes void by it. */
import { useEffect, useState } from 'react';
import type { EmbedPlanView } from '../../../shared/outward.ts';
import { photosText } from '../../../shared/photo.ts';
import { closeOutward, planEmbed, sentenceOf, startEmbed } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Checkbox } from '../../ui/Field.tsx';

/** Names that are shown. */
const SHOWN = 4;

export function EmbedDialog({ ids }: { ids: readonly number[] }) {
  const [plan, setPlan] = useState<EmbedPlanView | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [signed, setSigned] = useState(false);
  useEffect(() => {
    let isOpen = true;
    planEmbed(ids).then(
      (found) => isOpen && setPlan(found),
      (error: unknown) => isOpen && setProblem(sentenceOf(error)),
    );
    return () => {
      isOpen = false;
    };
  }, [ids]);
  const count = plan === null ? 0 : plan.photos + (signed ? plan.signed.length : 0);
  return (
    <Dialog
      title="Write into the photos themselves"
      onClose={closeOutward}
      className="embed-dialog"
      actions={
        <>
          <Button tone="raised" data-first onClick={closeOutward}>
            Cancel
          </Button>
          <Button
            tone="accent"
            disabled={count === 0}
            onClick={() => {
              closeOutward();
              void startEmbed(ids, signed);
            }}
          >
            {`Write into ${photosText(count)}`}
          </Button>
        </>
      }
    >
      {problem !== null && <p role="alert">{problem}</p>}
      {plan === null && problem === null && <p className="meta">Looking at the files…</p>}
      {plan !== null && (
        <>
          <p>
            Marks, keywords, title and caption are written by exiftool into a copy, everything else in it is compared,
            and only then it takes the place of the photo. The original stays beside it as <b>IMG.JPG_original</b>; undo
            puts it back.
          </p>
          {plan.signed.length > 0 && (
            <div className="embed-signed">
              <p>
                {`${photosText(plan.signed.length)} ${plan.signed.length === 1 ? 'has' : 'have'} content credentials (C2PA): ${plan.signed.slice(0, SHOWN).join(', ')}${plan.signed.length > SHOWN ? ' …' : ''}. Writing makes their signature void, and nobody can tell any more that the photo is as it was taken.`}
              </p>
              <Checkbox checked={signed} onChange={setSigned}>
                Write into them all the same
              </Checkbox>
            </div>
          )}
          {plan.failed.length > 0 && (
            <p className="meta">
              {`${photosText(plan.failed.length)} ${plan.failed.length === 1 ? 'is' : 'are'} left out. ${plan.failed[0]!.reason}`}
            </p>
          )}
        </>
      )}
    </Dialog>
  );
}
