/** Models on this machine, and the photos that they could not bear. */
import type { PromptFamily } from '../../../models/model-api.ts';
import type { CriticId } from '../../../shared/critique.ts';
import { type Catalog, query } from './open.ts';

export type KnownModel = {
  name: string;
  title: string;
  origin: 'builtin' | 'local';
  modelPath: string;
  mmprojPath: string;
  family: PromptFamily | null;
  /** What fetched files were checked against: the registry's hash, the server's, nothing; null for a person's own. */
  verified: 'given' | 'server' | 'none' | null;
  stamp: string;
  hash: string;
  bytes: number;
  promptVersion: string | null;
  addedAt: number;
  /** Name of the model that its adapter is added to; null for a model without one. */
  base: string | null;
  adapterPath: string | null;
  adapterHash: string | null;
  adapterScale: number | null;
  adapterSource: string | null;
};

/** Of a model without an adapter. */
export const NO_ADAPTER = {
  base: null,
  adapterPath: null,
  adapterHash: null,
  adapterScale: null,
  adapterSource: null,
} as const;

const ROWS = `
  SELECT name, title, origin, model_path AS modelPath, mmproj_path AS mmprojPath, family, verified, stamp, hash, bytes,
    prompt_version AS promptVersion, added_at AS addedAt, base, adapter_path AS adapterPath,
    adapter_hash AS adapterHash, adapter_scale AS adapterScale, adapter_source AS adapterSource
  FROM model`;

export function knownModels(catalog: Catalog): KnownModel[] {
  return query<KnownModel>(catalog, `${ROWS} ORDER BY added_at, name`).all();
}

export function knownModel(catalog: Catalog, name: string): KnownModel | null {
  return query<KnownModel>(catalog, `${ROWS} WHERE name = ?`).get(name) ?? null;
}

/** Adds a model or replaces the one of the same name. */
export function saveModel(catalog: Catalog, model: KnownModel): void {
  query(
    catalog,
    `INSERT INTO model (name, title, origin, model_path, mmproj_path, family, verified, stamp, hash, bytes,
       prompt_version, added_at, base, adapter_path, adapter_hash, adapter_scale, adapter_source)
     VALUES (@name, @title, @origin, @modelPath, @mmprojPath, @family, @verified, @stamp, @hash, @bytes, @promptVersion, @addedAt,
       @base, @adapterPath, @adapterHash, @adapterScale, @adapterSource)
     ON CONFLICT (name) DO UPDATE SET title = excluded.title, origin = excluded.origin,
       model_path = excluded.model_path, mmproj_path = excluded.mmproj_path, family = excluded.family,
       verified = excluded.verified,
       stamp = excluded.stamp, hash = excluded.hash, bytes = excluded.bytes, prompt_version = excluded.prompt_version,
       base = excluded.base, adapter_path = excluded.adapter_path, adapter_hash = excluded.adapter_hash,
       adapter_scale = excluded.adapter_scale, adapter_source = excluded.adapter_source`,
  ).run(model);
}

/** Critiques of the model stay: they say which model made them. */
export function forgetModel(catalog: Catalog, name: string): void {
  query(catalog, 'DELETE FROM model WHERE name = ?').run(name);
}

/** Deaths of the model at this content that make a photo one to be left out. */
export const MOST_STRIKES = 2;

type Strike = { photo: number; content: string; critic: CriticId; reason: string };

/** @returns how often the model has died at this content now. */
export function addStrike(catalog: Catalog, { photo, content, critic, reason }: Strike): number {
  return (
    query<number>(
      catalog,
      `INSERT INTO strike (photo_id, content, critic, model_hash, count, reason) VALUES (?, ?, ?, ?, 1, ?)
       ON CONFLICT DO UPDATE SET count = count + 1, reason = excluded.reason RETURNING count`,
    )
      .pluck()
      .get(photo, content, critic.critic, critic.modelHash, reason) ?? 1
  );
}

/** Why the model leaves this photo out, or null. */
export function strikeOf(catalog: Catalog, photo: number, critic: CriticId): string | null {
  return (
    query<string>(
      catalog,
      `SELECT s.reason FROM strike s JOIN photo p ON p.id = s.photo_id AND p.content = s.content
       WHERE s.photo_id = ? AND s.critic = ? AND s.model_hash = ? AND s.count >= ${MOST_STRIKES}`,
    )
      .pluck()
      .get(photo, critic.critic, critic.modelHash) ?? null
  );
}

export type PhotoToJudge = {
  id: number;
  folder: number;
  /** How good it is, as far as is known: estimated, else by taste, else its technical quality, 0–100. */
  promise: number | null;
  /** How uncertain the estimate is, in points; null without one. */
  spread: number | null;
  /** Whether the critic's vision tower has looked at it. */
  glimpsed: boolean;
};

/**
 * Photos with pixels to judge that have no critique by exactly this critic and were not left out: its queue, newest
 * first.
 */
export function photosToJudge(catalog: Catalog, critic: CriticId): PhotoToJudge[] {
  return query<Omit<PhotoToJudge, 'glimpsed'> & { glimpsed: number }>(
    catalog,
    `SELECT p.id, p.folder_id AS folder, coalesce(e.value, p.taste, p.technical) AS promise, e.spread,
       g.photo_id IS NOT NULL AS glimpsed
     FROM photo p
     LEFT JOIN estimator x ON x.critic = @critic AND x.model_hash = @modelHash AND x.prompt_version = @promptVersion
     LEFT JOIN estimate e ON e.estimator_id = x.id AND e.photo_id = p.id AND e.content = p.content
     LEFT JOIN glimpse g ON g.photo_id = p.id AND g.critic = @critic AND g.model_hash = @modelHash AND g.content = p.content
     WHERE p.state = 'ready' AND p.content IS NOT NULL
       AND NOT EXISTS (
         SELECT 1 FROM critique c WHERE c.photo_id = p.id AND c.content = p.content
           AND c.critic = @critic AND c.model_hash = @modelHash AND c.prompt_version = @promptVersion)
       AND NOT EXISTS (
         SELECT 1 FROM strike s WHERE s.photo_id = p.id AND s.content = p.content
           AND s.critic = @critic AND s.model_hash = @modelHash AND s.count >= ${MOST_STRIKES})
     ORDER BY p.taken_at DESC, p.id`,
  )
    .all({ critic: critic.critic, modelHash: critic.modelHash, promptVersion: critic.promptVersion })
    .map((row) => ({ ...row, glimpsed: row.glimpsed === 1 }));
}
