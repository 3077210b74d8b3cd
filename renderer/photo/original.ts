/** The picture of a photo at its own size: the original, or of a RAW its embedded preview until it is developed. */

import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { PREVIEW_ENOUGH } from '../../shared/addresses.ts';
import type { PhotoRow } from '../../shared/photo.ts';
import type { Size } from '../picture/geometry.ts';
import { connection, pictureUrl } from '../store/stores.ts';
import { developments, fullPictures, type Pictures } from './pictures.ts';

/** `preview`: the small one of the library. `embedded`: the RAW's own. `draft`, `developed`: the RAW at half and at whole size. */
export type PictureStage = 'preview' | 'original' | 'embedded' | 'draft' | 'developed';

export interface Original {
  readonly image: HTMLImageElement | null;
  readonly stage: PictureStage;
  /** A better one is on its way. */
  readonly isWorking: boolean;
  /** The original could not be read at all. */
  readonly failed: boolean;
}

/** The decoded picture of an address, null until it is there; the one asked for before stays no longer. */
export function usePicture(
  pictures: Pictures,
  address: string | null,
): { image: HTMLImageElement | null; failed: boolean } {
  const [late, setLate] = useState<{ address: string; image: HTMLImageElement | null }>();
  // What failed while the core was away is asked for again when it is back.
  const generation = useStore(connection, (state) => state.generation);
  const ready = address === null ? null : pictures.ready(address);
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (address === null || pictures.ready(address) !== null) {
      return;
    }
    let isWanted = true;
    pictures.load(address).then(
      (image) => isWanted && setLate({ address, image }),
      () => isWanted && setLate({ address, image: null }),
    );
    return () => {
      isWanted = false;
    };
  }, [pictures, address, generation]);
  const own = late?.address === address ? late : undefined;
  return { image: ready ?? own?.image ?? null, failed: ready === null && own?.image === null };
}

const longEdge = ({ width, height }: Size): number => Math.max(width, height);

/** @param size of the photo, pixels. @param isWanted whether more is to be seen than the library's preview has */
export function useOriginal(photo: PhotoRow, size: Size, isWanted: boolean): Original {
  const isRaw = photo.kind === 'raw' || photo.kind === 'raw+jpeg';
  const full = usePicture(fullPictures, isWanted ? pictureUrl('full', photo) : null);
  const known =
    full.image === null
      ? 1
      : longEdge({ width: full.image.naturalWidth, height: full.image.naturalHeight }) / longEdge(size);
  const develops = isWanted && isRaw && full.image !== null && known < PREVIEW_ENOUGH;
  // Half of the sensor's size is worth seeing first only where the preview has less.
  const wantsDraft = develops && known < 0.5;
  const draft = usePicture(developments, wantsDraft ? pictureUrl('draft', photo) : null);
  const wantsWhole = develops && (!wantsDraft || draft.image !== null);
  const whole = usePicture(developments, wantsWhole ? pictureUrl('developed', photo) : null);
  if (whole.image !== null) return { image: whole.image, stage: 'developed', isWorking: false, failed: false };
  const isDeveloping = develops && !draft.failed && !whole.failed;
  if (draft.image !== null) return { image: draft.image, stage: 'draft', isWorking: isDeveloping, failed: false };
  if (full.image === null)
    return { image: null, stage: 'preview', isWorking: isWanted && !full.failed, failed: full.failed };
  return { image: full.image, stage: develops ? 'embedded' : 'original', isWorking: isDeveloping, failed: false };
}
