/** Judgements with what made them, and which of them counts for each photo. */
import { type CriticId, type Critique, critiqueSchema, type Reason } from '../../../shared/critique.ts';
import type { GradeEstimate } from '../../../shared/estimate.ts';
import { TIERS } from './column-parts.ts';
import { estimateOf } from './estimates.ts';
import { type Catalog, query } from './open.ts';

/** Name of the critic that needs no model. */
export const MEASURED = 'measured';

type Row = {
  id: number;
  photoId: number;
  content: string;
  critic: string;
  modelHash: string;
  promptVersion: string;
  value: number;
  level: string;
  confidence: number;
  technical: number | null;
  probabilities: string | null;
  dimensions: string;
  suggestions: string;
  text: string | null;
  writer: string | null;
  createdAt: number;
};

const ROWS = `
  SELECT id, photo_id AS photoId, content, critic, model_hash AS modelHash, prompt_version AS promptVersion, value,
    level, confidence, technical, probabilities, dimensions, suggestions, text, writer, created_at AS createdAt
  FROM critique`;

/** Reasons of a critique, heaviest first. */
export function reasonsOf(catalog: Catalog, critique: number): Reason[] {
  return query<Reason>(catalog, 'SELECT name, weight, text FROM reason WHERE critique_id = ? ORDER BY position').all(
    critique,
  );
}

/** The same of many critiques at once, by their ids; one without reasons is not in it. */
export function reasonsOfEach(catalog: Catalog, critiques: readonly number[]): Map<number, Reason[]> {
  const reasons = new Map<number, Reason[]>();
  const rows = query<[number, string, number, string]>(
    catalog,
    `SELECT r.critique_id, r.name, r.weight, r.text FROM json_each(?) j CROSS JOIN reason r
     WHERE r.critique_id = j.value ORDER BY r.critique_id, r.position`,
  ).raw();
  for (const [critique, name, weight, text] of rows.all(JSON.stringify(critiques))) {
    const known = reasons.get(critique);
    if (known) known.push({ name, weight, text });
    else reasons.set(critique, [{ name, weight, text }]);
  }
  return reasons;
}

function critiqueOf(catalog: Catalog, row: Row): Critique {
  return critiqueSchema.parse({
    ...row,
    probabilities: row.probabilities === null ? null : JSON.parse(row.probabilities),
    dimensions: JSON.parse(row.dimensions),
    suggestions: JSON.parse(row.suggestions),
    reasons: reasonsOf(catalog, row.id),
  });
}

/**
 * One critique of each critic for the photo's present content, newest first: the one that counts, else the critic's
 * newest. What the same model said when asked in another way stands aside.
 */
export function critiquesOf(catalog: Catalog, photo: number): Critique[] {
  const seen = new Set<string>();
  return query<Row>(
    catalog,
    `${ROWS} WHERE photo_id = ? AND content = (SELECT content FROM photo WHERE id = photo_id)
     ORDER BY id IS (SELECT critique_id FROM photo WHERE id = photo_id) DESC, created_at DESC, id DESC`,
  )
    .all(photo)
    .filter((row) => !seen.has(row.critic) && seen.add(row.critic))
    .sort((a, b) => b.createdAt - a.createdAt || b.id - a.id)
    .map((row) => critiqueOf(catalog, row));
}

/**
 * Every critique of the photo, of earlier content and models too, newest first, and whether it is the one that counts.
 * `estimate`: beside that one, what the chosen grader would say where it has not graded the photo.
 */
export function allCritiquesOf(
  catalog: Catalog,
  photo: number,
): (Critique & { counts: boolean; isOfThisContent: boolean; estimate: GradeEstimate | null })[] {
  const estimate = estimateOf(catalog, photo);
  return query<Row & { counts: number; isOfThisContent: number }>(
    catalog,
    `SELECT c.*, c.id = p.critique_id AS counts, c.content = p.content AS isOfThisContent
     FROM (${ROWS} WHERE photo_id = ?) c JOIN photo p ON p.id = c.photoId ORDER BY c.createdAt DESC, c.id DESC`,
  )
    .all(photo)
    .map((row) => ({
      ...critiqueOf(catalog, row),
      counts: row.counts === 1,
      isOfThisContent: row.isOfThisContent === 1,
      estimate: row.counts === 1 ? estimate : null,
    }));
}

/** The photo's critique by exactly this critic, or null. */
export function critiqueBy(catalog: Catalog, photo: number, critic: CriticId): Critique | null {
  const row = query<Row>(
    catalog,
    `${ROWS} WHERE photo_id = ? AND content = (SELECT content FROM photo WHERE id = photo_id)
     AND critic = ? AND model_hash = ? AND prompt_version = ?`,
  ).get(photo, critic.critic, critic.modelHash, critic.promptVersion);
  return row ? critiqueOf(catalog, row) : null;
}

/**
 * Writes a critique of this content; one by the same critic is replaced, others stay. A written text is kept when the
 * new critique has none. Part of the caller's transaction; `countGrades` and `writeText` come after it.
 * @param features pooled image features of the model.
 */
export function saveCritique(
  catalog: Catalog,
  photo: number,
  content: string,
  critique: Critique,
  features: Float32Array | null = null,
): void {
  const id = query<number>(
    catalog,
    `INSERT INTO critique (photo_id, content, critic, model_hash, prompt_version, value, level, confidence, technical,
       probabilities, dimensions, suggestions, text, writer, features, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (photo_id, content, critic, model_hash, prompt_version) DO UPDATE SET
       value = excluded.value, level = excluded.level, confidence = excluded.confidence,
       technical = excluded.technical, probabilities = excluded.probabilities, dimensions = excluded.dimensions,
       suggestions = excluded.suggestions, text = coalesce(excluded.text, text),
       writer = CASE WHEN excluded.text IS NULL THEN writer ELSE excluded.writer END,
       features = coalesce(excluded.features, features), created_at = excluded.created_at
     RETURNING id`,
  )
    .pluck()
    .get(
      photo,
      content,
      critique.critic,
      critique.modelHash,
      critique.promptVersion,
      critique.value,
      critique.level,
      critique.confidence,
      critique.technical,
      critique.probabilities === null ? null : JSON.stringify(critique.probabilities),
      JSON.stringify(critique.dimensions),
      JSON.stringify(critique.suggestions),
      critique.text,
      critique.writer,
      features === null ? null : Buffer.from(features.buffer, features.byteOffset, features.byteLength),
      critique.createdAt,
    );
  query(catalog, 'DELETE FROM reason WHERE critique_id = ?').run(id);
  const insert = query(
    catalog,
    'INSERT INTO reason (critique_id, position, name, weight, text) VALUES (?, ?, ?, ?, ?)',
  );
  for (const [position, reason] of critique.reasons.entries()) {
    insert.run(id, position, reason.name, reason.weight, reason.text);
  }
}

/**
 * Works out again which critique counts for these photos: the active critic's, else the measured one's, which then
 * stands in a tier behind (or in front, when no model is active), with the estimate of what the active critic would say
 * where there is one. Part of the caller's transaction.
 */
export function countGrades(catalog: Catalog, ids: readonly number[], active: CriticId | null): void {
  const counting = query<{ id: number; value: number; technical: number | null }>(
    catalog,
    `SELECT c.id, c.value, c.technical FROM critique c JOIN photo p ON p.id = c.photo_id AND c.content = p.content
     WHERE c.photo_id = ? AND c.critic = ? AND c.model_hash = ? AND c.prompt_version = ?`,
  );
  const measured = query<{ id: number; value: number; technical: number | null }>(
    catalog,
    `SELECT c.id, c.value, c.technical FROM critique c JOIN photo p ON p.id = c.photo_id AND c.content = p.content
     WHERE c.photo_id = ? AND c.critic = '${MEASURED}' ORDER BY c.created_at DESC, c.id DESC LIMIT 1`,
  );
  const estimated = query<{ estimate: number; estimator: number }>(
    catalog,
    `SELECT e.value AS estimate, e.estimator_id AS estimator FROM estimate e
     JOIN photo p ON p.id = e.photo_id AND p.content = e.content JOIN estimator x ON x.id = e.estimator_id
     WHERE e.photo_id = ? AND x.critic = ? AND x.model_hash = ? AND x.prompt_version = ?`,
  );
  const update = query(
    catalog,
    `UPDATE photo SET critique_id = @critique, grade_tier = @tier, grade = @grade, technical = @technical,
       estimate = @estimate, estimator_id = @estimator, reasons = coalesce(
       (SELECT group_concat(name, ',') FROM (SELECT name FROM reason WHERE critique_id = @critique ORDER BY position)), '')
     WHERE id = @id`,
  );
  for (const id of ids) {
    const first = active ? counting.get(id, active.critic, active.modelHash, active.promptVersion) : undefined;
    const second = measured.get(id);
    const counts = first ?? second;
    const guess =
      active && !first ? estimated.get(id, active.critic, active.modelHash, active.promptVersion) : undefined;
    const tier = guess ? TIERS.estimated : !counts ? null : first || !active ? TIERS.graded : TIERS.measured;
    update.run({
      id,
      critique: counts?.id ?? null,
      tier,
      grade: counts?.value ?? null,
      estimate: guess?.estimate ?? null,
      estimator: guess?.estimator ?? null,
      technical: second?.technical ?? null,
    });
  }
}

/** Photos that have a critique by exactly this critic for their present content. */
export function photosJudgedBy(catalog: Catalog, critic: CriticId): number {
  return (
    query<number>(
      catalog,
      `SELECT count(*) FROM critique c JOIN photo p ON p.id = c.photo_id AND p.content = c.content
       WHERE c.critic = ? AND c.model_hash = ? AND c.prompt_version = ?`,
    )
      .pluck()
      .get(critic.critic, critic.modelHash, critic.promptVersion) ?? 0
  );
}
