/** What a grader's tower saw of photos that it has not graded, and what is estimated from it. */
import type { CriticId } from '../../../shared/critique.ts';
import type { GradeEstimate } from '../../../shared/estimate.ts';
import { levelOf } from '../../../shared/grade.ts';
import { type Catalog, query } from './open.ts';

/** Features of a photo that the grader has graded. `shoot`: its folder and day. */
export type GradedFeatures = {
  value: number;
  features: Float32Array;
  shoot: string;
  moment: number | null;
};

const DAY = 86_400_000;

/** Keeps what the tower saw of a photo. */
export function saveGlimpse(
  catalog: Catalog,
  photo: number,
  content: string,
  { critic, modelHash }: CriticId,
  features: Float32Array,
): void {
  const half = new Float16Array(features);
  query(
    catalog,
    `INSERT INTO glimpse (photo_id, content, critic, model_hash, features) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (photo_id, critic) DO UPDATE SET content = excluded.content, model_hash = excluded.model_hash,
       features = excluded.features`,
  ).run(photo, content, critic, modelHash, Buffer.from(half.buffer));
}

/** Of a photo that has been graded: its critique holds the features. */
export function forgetGlimpse(catalog: Catalog, photo: number, { critic }: CriticId): void {
  query(catalog, 'DELETE FROM glimpse WHERE photo_id = ? AND critic = ?').run(photo, critic);
}

/** How many photos the critic has graded in their present form, with features. */
export function countGradedFeatures(catalog: Catalog, { critic, modelHash, promptVersion }: CriticId): number {
  return (
    query<number>(
      catalog,
      `SELECT count(*) FROM critique c JOIN photo p ON p.id = c.photo_id AND p.content = c.content
       WHERE c.critic = ? AND c.model_hash = ? AND c.prompt_version = ? AND c.features IS NOT NULL`,
    )
      .pluck()
      .get(critic, modelHash, promptVersion) ?? 0
  );
}

/** The newest of them. */
export function gradedFeatures(
  catalog: Catalog,
  { critic, modelHash, promptVersion }: CriticId,
  most: number,
): GradedFeatures[] {
  return query<{ value: number; features: Buffer; folder: number; takenAt: number | null; moment: number | null }>(
    catalog,
    `SELECT c.value, c.features, p.folder_id AS folder, p.taken_at AS takenAt, p.stack_id AS moment
     FROM critique c JOIN photo p ON p.id = c.photo_id AND p.content = c.content
     WHERE c.critic = ? AND c.model_hash = ? AND c.prompt_version = ? AND c.features IS NOT NULL
     ORDER BY c.created_at DESC, c.id DESC LIMIT ?`,
  )
    .all(critic, modelHash, promptVersion, most)
    .map(({ value, features, folder, takenAt, moment }) => ({
      value,
      features: new Float32Array(new Uint8Array(features).buffer),
      shoot: `${folder} ${takenAt === null ? 'none' : Math.floor(takenAt / DAY)}`,
      moment,
    }));
}

/** Glimpses of photos as they are now, by id, a page at a time. @param ids only of these; null: of all. */
export function glimpsesAfter(
  catalog: Catalog,
  { critic, modelHash }: CriticId,
  after: number,
  limit: number,
): { id: number; content: string; features: Float16Array }[] {
  return query<{ id: number; content: string; features: Buffer }>(
    catalog,
    `SELECT g.photo_id AS id, g.content, g.features FROM glimpse g JOIN photo p ON p.id = g.photo_id AND p.content = g.content
     WHERE g.photo_id > ? AND g.critic = ? AND g.model_hash = ? ORDER BY g.photo_id LIMIT ?`,
  )
    .all(after, critic, modelHash, limit)
    .map(({ features, ...rest }) => ({ ...rest, features: new Float16Array(new Uint8Array(features).buffer) }));
}

/** @returns the id of the estimator. */
export function saveEstimator(
  catalog: Catalog,
  { critic, modelHash, promptVersion }: CriticId,
  { agreement, graded, learnedAt }: { agreement: number; graded: number; learnedAt: number },
): number {
  return query<number>(
    catalog,
    `INSERT INTO estimator (critic, model_hash, prompt_version, agreement, graded, learned_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (critic, model_hash, prompt_version) DO UPDATE SET agreement = excluded.agreement,
       graded = excluded.graded, learned_at = excluded.learned_at RETURNING id`,
  )
    .pluck()
    .get(critic, modelHash, promptVersion, agreement, graded, learnedAt)!;
}

/** Forgets what was learned, with all estimates of it. @returns the photos that had one. */
export function forgetEstimator(catalog: Catalog, { critic, modelHash, promptVersion }: CriticId): number[] {
  const id = query<number>(
    catalog,
    'SELECT id FROM estimator WHERE critic = ? AND model_hash = ? AND prompt_version = ?',
  )
    .pluck()
    .get(critic, modelHash, promptVersion);
  if (id === undefined) return [];
  const photos = query<number>(catalog, 'SELECT photo_id FROM estimate WHERE estimator_id = ?').pluck().all(id);
  query(catalog, 'DELETE FROM estimator WHERE id = ?').run(id);
  return photos;
}

export function saveEstimates(
  catalog: Catalog,
  estimator: number,
  estimates: readonly { id: number; content: string; value: number; spread: number }[],
): void {
  const insert = query(
    catalog,
    `INSERT INTO estimate (estimator_id, photo_id, content, value, spread) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET content = excluded.content, value = excluded.value, spread = excluded.spread`,
  );
  for (const { id, content, value, spread } of estimates) insert.run(estimator, id, content, value, spread);
}

/** The estimate that a photo shows; null without one. */
export function estimateOf(catalog: Catalog, photo: number): GradeEstimate | null {
  const found = query<Omit<GradeEstimate, 'level'>>(
    catalog,
    `SELECT p.estimate AS value, e.critic, e.agreement, e.graded FROM photo p
     JOIN estimator e ON e.id = p.estimator_id WHERE p.id = ? AND p.estimate IS NOT NULL`,
  ).get(photo);
  return found ? { ...found, level: levelOf(found.value) } : null;
}
