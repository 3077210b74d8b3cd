/** One photo judged by a model: pixels from the original, probabilities from the model, a critique in the catalog. */
import {
  type GradeTrace,
  ModelError,
  type ModelImage,
  type ModelSession,
  type Pixels,
} from '../../../models/model-api.ts';
import type { CriticId, Critique } from '../../../shared/critique.ts';
import { CoreError } from '../base/core-error.ts';
import { critiqueBy, critiquesOf, MEASURED, saveCritique } from '../catalog/critiques.ts';
import { forgetGlimpse } from '../catalog/estimates.ts';
import { addStrike, knownModel, MOST_STRIKES, saveModel } from '../catalog/models.ts';
import type { Catalog } from '../catalog/open.ts';
import { pathsOf, standingOf } from '../catalog/photos.ts';
import type { ActiveModel } from '../engines/chosen-model.ts';
import { critiqueOfGrade } from './model-critique.ts';

export interface GradingContext {
  catalog: Catalog;
  /** Grades of these photos changed: works out which critique counts, search text, views. Inside a transaction. */
  judged: (photos: readonly number[]) => void;
  /** A model's prompt version was learned or has changed: other critiques may count now. */
  identified: () => void;
  /** A picture file as models are given it. @throws UnreadablePhoto with a sentence. */
  readPixels: (path: string, signal?: AbortSignal) => Promise<Pixels>;
  now: () => number;
  /** Whether a photo takes this critic so long that what it would say is worth estimating. */
  isSlow: (critic: string) => boolean;
  /** A photo was graded by this critic in so many milliseconds, without waiting. */
  took: (critic: string, milliseconds: number) => void;
}

/**
 * Long edge that photos are decoded to for a model, in pixels: about three times what vision towers look at, so that
 * their own resampling decides, while a 24-megapixel JPEG costs a shrunken decode only. Smaller photos stay as they are.
 */
export const DECODE_EDGE = 1024;

/** What the model is given for a photo; pixels are read only when the model does not hold them yet. */
export function imageOf(
  { catalog, readPixels }: Pick<GradingContext, 'catalog' | 'readPixels'>,
  photo: number,
): { image: ModelImage; content: string } {
  const content = contentOf(catalog, photo);
  const [path] = pathsOf(catalog, [photo]).get(photo) ?? [];
  if (!path) throw new CoreError('NOT_FOUND', 'This photo has no file.');
  return {
    content,
    image: {
      key: content,
      read: (signal) => readPixels(path, signal),
    },
  };
}

function contentOf(catalog: Catalog, photo: number): string {
  const row = standingOf(catalog, photo);
  if (!row) throw new CoreError('NOT_FOUND', 'This photo is no longer in the library.');
  if (row.state === 'missing') {
    throw new CoreError('UNAVAILABLE', 'The file is not there now: connect its drive or put it back, then ask again.');
  }
  if (row.content === null || row.state === 'pending') {
    throw new CoreError('UNAVAILABLE', row.error ?? 'This photo has not been looked at yet.');
  }
  return row.content;
}

/** The measured critique of the photo's present content. */
export function measuredCritique(catalog: Catalog, photo: number): Critique | null {
  return critiquesOf(catalog, photo).find(({ critic }) => critic === MEASURED) ?? null;
}

/** Identity of an opened model; its prompt version is remembered so that the queue knows it without opening it. */
export function identify(
  room: Pick<GradingContext, 'catalog' | 'identified'>,
  known: ActiveModel['known'],
  session: ModelSession,
): CriticId {
  const { promptVersion } = session.info;
  if ('modelPath' in known && knownModel(room.catalog, known.name)?.promptVersion !== promptVersion) {
    saveModel(room.catalog, { ...known, promptVersion });
    room.identified();
  }
  return { critic: known.name, modelHash: known.hash, promptVersion };
}

/**
 * Grades one photo and keeps the critique.
 * @throws ModelError, CoreError or an UnreadablePhoto: each a sentence about this photo.
 */
export async function gradePhoto(
  room: GradingContext,
  session: ModelSession,
  identity: CriticId,
  photo: number,
  options: { trace?: boolean; signal?: AbortSignal } = {},
): Promise<{ critique: Critique; trace: GradeTrace | null }> {
  const { catalog } = room;
  const { image, content } = imageOf(room, photo);
  const result = await session.grade(image, options);
  const { preprocess, encode, prefill, questions } = result.milliseconds;
  if (encode > 0) room.took(identity.critic, preprocess + encode + prefill + questions);
  const critique = critiqueOfGrade(result, identity, measuredCritique(catalog, photo), room.now());
  catalog.transaction(() => {
    saveCritique(catalog, photo, content, critique, result.features);
    forgetGlimpse(catalog, photo, identity);
    room.judged([photo]);
  })();
  return { critique, trace: result.trace };
}

/** The model's critique of the photo, graded now when it has none. */
export async function ensureCritique(
  room: GradingContext,
  session: ModelSession,
  identity: CriticId,
  photo: number,
  signal?: AbortSignal,
): Promise<Critique> {
  return (
    critiqueBy(room.catalog, photo, identity) ?? (await gradePhoto(room, session, identity, photo, { signal })).critique
  );
}

/**
 * A death of the process, or a photo that the model cannot take, is held against the photo: a death twice, a refusal
 * at once leave it out of the queue with the reason.
 */
export function countStrike(
  room: Pick<GradingContext, 'catalog'>,
  photo: number,
  identity: CriticId,
  error: unknown,
): void {
  if (!(error instanceof ModelError)) return;
  const content = contentOf(room.catalog, photo);
  const strikes = error.code === 'bad-input' ? MOST_STRIKES : error.code === 'died' ? 1 : 0;
  for (let strike = 0; strike < strikes; strike += 1) {
    addStrike(room.catalog, { photo, content, critic: identity, reason: error.message });
  }
}
