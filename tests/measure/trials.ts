/** Damages real photos and has the intact and the damaged copies judged. */
import { join } from 'node:path';
import { measurePicture } from '../../electron/core/analysis/measures/measure.ts';
import { judgeFacts } from '../../models/measured/critic.ts';
import type { Critique } from '../../shared/critique.ts';
import { type Damage, damaged, NAMES_OF, openRaw, pictureOf } from './degrade.ts';
import type { Trial } from './rates.ts';
import { PHOTOS, UPRIGHT } from './real-photos.ts';
import { expectSum } from './sums.ts';

async function judged(file: string | Buffer): Promise<Critique> {
  const picture = await pictureOf(file);
  const about = { width: picture.sourceWidth, height: picture.sourceHeight };
  const { critique } = judgeFacts(measurePicture(picture), about);
  expectSum(critique);
  return critique;
}

/** @param edge photos are made at most this long before they are damaged, to save time. */
export async function tryPhotos(
  photos: readonly string[],
  damages: readonly Damage[],
  edge: number,
): Promise<{ trials: Trial[]; intact: Map<string, Critique> }> {
  const trials: Trial[] = [];
  const intact = new Map<string, Critique>();
  for (const photo of photos) {
    const file = join(PHOTOS, photo);
    const sound = await judged(file);
    intact.set(photo, sound);
    const raw = await openRaw(file, edge);
    for (const damage of damages) {
      if (damage.kind === 'tilt' && !UPRIGHT.has(photo)) continue;
      trials.push({
        kind: damage.kind,
        what: `${photo}, ${damage.kind} ${damage.strength}${damage.variant ? `/${damage.variant}` : ''}`,
        intact: sound,
        damaged: await judged(await damaged(raw, damage)),
        names: NAMES_OF[damage.kind],
      });
    }
  }
  return { trials, intact };
}
