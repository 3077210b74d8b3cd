/** What the measured critic concluded from facts and said of it, and which photos it has yet to judge again. */
import { type AboutPhoto, type Judgement, MEASURED_CRITIC } from '../../../models/measured/critic.ts';
import { MEASURES_ANALYSER } from '../../../shared/facts.ts';
import { MEASURED, saveCritique } from './critiques.ts';
import { type Catalog, query } from './open.ts';
import { OWN_SIZE } from './turned.ts';

/** Part of the caller's transaction; `countGrades` and `writeText` come after it. */
export function saveJudgement(catalog: Catalog, photo: number, content: string, judgement: Judgement): void {
  query(
    catalog,
    'INSERT INTO concluded (photo_id, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  ).run(photo, JSON.stringify(judgement.concluded));
  saveCritique(catalog, photo, content, judgement.critique);
}

/** A photo whose facts hold and which this version of the measured critic has not judged. */
export type Unjudged = {
  photo: number;
  content: string;
  /** What the measured critic said last, see `saidBy`; null when it said nothing of this content. */
  said: string | null;
  /** As facts.ts reads them. */
  value: string;
  numbers: Buffer | null;
} & AboutPhoto;

const UNJUDGED = `
  FROM photo p JOIN facts x ON x.photo_id = p.id AND x.analyser = ? AND x.version = ?
  WHERE p.content IS NOT NULL AND p.id > ? AND NOT EXISTS (
    SELECT 1 FROM critique c WHERE c.photo_id = p.id AND c.content = p.content
      AND c.critic = ? AND c.model_hash = ? AND c.prompt_version = ?)`;

/** Its sentences in a fixed order: what the text search finds of it. */
export function saidBy({ critique }: Judgement): string | null {
  const texts = critique.reasons.map(({ text }) => text);
  return texts.length === 0 ? null : texts.sort().join('\n');
}

const SAID = `(SELECT group_concat(text, char(10) ORDER BY text) FROM reason WHERE critique_id =
  (SELECT max(c.id) FROM critique c WHERE c.photo_id = p.id AND c.content = p.content AND c.critic = '${MEASURED}'))`;

const asked = (after: number) => {
  const { name, version } = MEASURES_ANALYSER;
  const { critic, modelHash, promptVersion } = MEASURED_CRITIC;
  return [name, version, after, critic, modelHash, promptVersion];
};

/** The next ones by id. */
export function unjudgedPhotos(catalog: Catalog, after: number, limit: number): Unjudged[] {
  return query<Unjudged>(
    catalog,
    `SELECT p.id AS photo, p.content, ${SAID} AS said, x.value, x.numbers, ${OWN_SIZE}, p.iso, p.shutter AS exposureSeconds,
       p.focal_length AS focalLength ${UNJUDGED} ORDER BY p.id LIMIT ?`,
  ).all(...asked(after), limit);
}

export function countUnjudged(catalog: Catalog): number {
  return (
    query<number>(catalog, `SELECT count(*) ${UNJUDGED}`)
      .pluck()
      .get(...asked(0)) ?? 0
  );
}
