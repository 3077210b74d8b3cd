/** What a RAW that was measured on its preview may claim of crispness. */
import { PREVIEW_ENOUGH } from '../../shared/addresses.ts';
import type { Seen } from '../../shared/facts.ts';
import { NUMBERS as N } from './numbers.ts';

/**
 * No crispness is claimed beyond what the measured pixels can show of the photo's own.
 * @param photo upright size of the photo itself, pixels.
 */
export function asFarAsSeen(seen: Seen, photo: { readonly width: number; readonly height: number }): Seen {
  const { measuredOn, focus, subjectFocus, backgroundFocus } = seen;
  if (measuredOn === undefined) return seen;
  const share = Math.max(measuredOn.width, measuredOn.height) / Math.max(1, photo.width, photo.height);
  const claimed = N.percent - N.unseenOctave * Math.log2(Math.max(1, PREVIEW_ENOUGH / share));
  const most = Math.min(N.percent, Math.max(0, claimed));
  return {
    ...seen,
    focus: Math.min(focus, most),
    subjectFocus: Math.min(subjectFocus, most),
    backgroundFocus: Math.min(backgroundFocus, most),
  };
}
