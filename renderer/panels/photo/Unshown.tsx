/** What stands in place of a photo that cannot be shown: why, and what to do. */

import type { PhotoRow } from '../../../shared/photo.ts';
import { lookAgain, rescan } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { State } from '../../ui/State.tsx';

/** A photo that failed is tried once more; one that is not here may have come back anywhere. */
const tryAgain = ({ id, name, state }: PhotoRow): Promise<void> =>
  state === 'failed' ? lookAgain([id], `Looking at ${name} again`) : rescan(null, 'Looking at the folders again');

/** True when there is no picture of the photo to put on screen. */
export function isUnshown(row: PhotoRow): boolean {
  return row.state === 'failed' || row.placeholder === null;
}

export function Unshown({ row }: { row: PhotoRow }) {
  const again = (
    <Button tone="raised" onClick={() => void tryAgain(row)}>
      Try again
    </Button>
  );
  if (row.state === 'failed') {
    return (
      <State title={`${row.name} cannot be shown`} actions={again}>
        {row.error ?? 'The file could not be read.'} The file was not touched. Copy it from the card or a backup again,
        or open it in the program that made it.
      </State>
    );
  }
  if (row.state === 'missing') {
    return (
      <State title={`${row.name} is not here now`} actions={again}>
        {row.error ?? 'The file has gone, or its drive is not connected.'} Its marks are kept. Connect the drive or put
        the file back, then try again.
      </State>
    );
  }
  return (
    <State title={`${row.name} has not been looked at yet`} live>
      It comes next, because you are looking at it.
    </State>
  );
}
