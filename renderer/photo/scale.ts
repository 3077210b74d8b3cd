/** What is on screen of a photo, in words: a percentage speaks of the photo's own pixels, so it stands only beside those. */
import type { PictureStage } from './original.ts';

export interface ShownScale {
  /** Device pixels for a hundred of the photo's own. */
  readonly percent: number;
  readonly stage: PictureStage;
  /** A better picture is on its way. */
  readonly isWorking: boolean;
  readonly isRaw: boolean;
  /** Of the picture on screen, pixels; 0 before there is one. */
  readonly width: number;
  readonly height: number;
  /** How much larger than its own size that picture is drawn; below 1 it is drawn smaller. */
  readonly enlarged: number;
}

export const NOTHING_SHOWN: ShownScale = {
  percent: 0,
  stage: 'preview',
  isWorking: false,
  isRaw: false,
  width: 0,
  height: 0,
  enlarged: 0,
};

/** Rounding of a fitted picture is no enlargement. */
const ENLARGED = 1.02;

export function scaleWords({ percent, stage, isWorking, isRaw, width, height, enlarged }: ShownScale): string {
  const share = `${Math.round(percent)} %`;
  const size = `${width.toLocaleString('en')} × ${height.toLocaleString('en')}`;
  const times = `, enlarged ${enlarged.toFixed(1)}×`;
  const isStandIn = isRaw && width > 0 && enlarged > ENLARGED;
  switch (stage) {
    case 'developed':
      return `${share} · developed from the RAW`;
    case 'draft':
      return `Developed at ${size}${isStandIn ? times : ''}${isWorking ? ' · developing the rest' : ''}`;
    case 'embedded':
      return `Embedded preview ${size}${isStandIn ? times : ''}${isWorking ? ' · developing the RAW' : ' · the RAW cannot be developed'}`;
    default:
      if (isStandIn && stage === 'preview')
        return `Preview ${size}${times}${isWorking ? ' · reading the original' : ''}`;
      return `${share}${isWorking ? ' · reading the original' : ''}`;
  }
}
