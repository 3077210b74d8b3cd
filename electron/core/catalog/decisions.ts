/** What a person decided, and what every critic said of the same photos. */
import type { Decided } from '../../../models/evaluate/own.ts';
import { type Catalog, query } from './open.ts';

const DECIDED = `FROM photo p LEFT JOIN mark m ON m.photo_id = p.id
     LEFT JOIN (SELECT content, grade FROM feedback WHERE id IN
         (SELECT max(id) FROM feedback WHERE withdrawn = 0 AND grade IS NOT NULL GROUP BY content)) v
       ON v.content = p.content
     WHERE m.flag <> 'none' OR m.stars > 0 OR v.grade IS NOT NULL`;

/** Photos with a flag, stars or a grade in words that are in the library now; of both, what was marked counts. */
export function decidedPhotos(catalog: Catalog): Decided[] {
  return query<Decided>(
    catalog,
    `SELECT p.id AS photo, p.stack_id AS moment,
       CASE WHEN m.flag = 'reject' THEN 0 WHEN m.stars > 0 THEN m.stars WHEN m.flag = 'pick' THEN 4
         ELSE CASE v.grade WHEN 'excellent' THEN 5 WHEN 'good' THEN 4 WHEN 'fair' THEN 3 WHEN 'poor' THEN 2 ELSE 1 END
       END AS decision
     ${DECIDED} ORDER BY p.id`,
  ).all();
}

/** Grades of decided photos by each critic as it is now, the newest of each photo's present content. */
export function gradesOfDecided(catalog: Catalog): Map<string, Map<number, number>> {
  const grades = new Map<string, Map<number, number>>();
  const rows = query<[number, string, number]>(
    catalog,
    `SELECT c.photo_id, c.critic, c.value
     FROM (SELECT p.id, p.content ${DECIDED}) p
     JOIN critique c ON c.photo_id = p.id AND c.content = p.content
     LEFT JOIN model o ON o.name = c.critic WHERE o.name IS NULL OR o.hash = c.model_hash ORDER BY c.created_at, c.id`,
  ).raw();
  for (const [photo, critic, value] of rows.iterate()) {
    const known = grades.get(critic) ?? new Map<number, number>();
    grades.set(critic, known.set(photo, value));
  }
  return grades;
}

/** By critic and `taste`, what each says now of pixels that somebody gave a grade in words. */
export function gradesOfViewed(catalog: Catalog): Map<string, Map<string, number>> {
  const grades = new Map<string, Map<string, number>>();
  const rows = query<[string, string, number]>(
    catalog,
    `WITH viewed AS (SELECT DISTINCT content FROM feedback WHERE withdrawn = 0 AND grade IS NOT NULL)
     SELECT c.content, c.critic, c.value FROM viewed v JOIN critique c ON c.content = v.content
       LEFT JOIN model o ON o.name = c.critic WHERE o.name IS NULL OR o.hash = c.model_hash
     UNION ALL
     SELECT p.content, 'taste', p.taste FROM viewed v JOIN photo p ON p.content = v.content WHERE p.taste IS NOT NULL`,
  ).raw();
  for (const [content, critic, value] of rows.iterate()) {
    const known = grades.get(critic) ?? new Map<string, number>();
    grades.set(critic, known.set(content, value));
  }
  return grades;
}

/** One frame over another of the same moment. */
export type Choice = { better: number; worse: number };

/** Of a moment no more is kept: hundreds of frames would be tens of thousands of pairs. */
const MOST_CHOICES = 60;
/** Of a library: each brings two pictures along. */
const MOST_IN_ALL = 2000;

/**
 * What people chose between frames of one moment, in culling and comparing: by flags, stars or a grade in words, and by
 * what they put on top themselves, unless their marks say otherwise.
 */
export function choicesWithinMoments(catalog: Catalog): Choice[] {
  const decided = decidedPhotos(catalog).filter(({ moment }) => moment !== null);
  const decisions = new Map(decided.map(({ photo, decision }) => [photo, decision]));
  const choices: Choice[] = [];
  const put = (moment: readonly Choice[]) => choices.push(...moment.slice(0, MOST_CHOICES));
  const tops = query<{ stack: number; photo: number; top: number }>(
    catalog,
    `SELECT s.id AS stack, p.id AS photo, p.stack_top AS top FROM stack s JOIN photo p ON p.stack_id = s.id
     WHERE s.top_by_person = 1 ORDER BY s.id, p.id`,
  ).all();
  const byHand = Map.groupBy(tops, ({ stack }) => stack);
  for (const frames of byHand.values()) {
    const top = frames.find((frame) => frame.top === 1)?.photo;
    if (top === undefined) continue;
    const ofTop = decisions.get(top);
    const isBelow = (photo: number) => ofTop === undefined || (decisions.get(photo) ?? ofTop) <= ofTop;
    put(frames.flatMap(({ photo }) => (photo !== top && isBelow(photo) ? [{ better: top, worse: photo }] : [])));
  }
  const isSaid = new Set(choices.map(({ better, worse }) => `${better} ${worse}`));
  for (const frames of Map.groupBy(decided, ({ moment }) => moment).values()) {
    put(
      frames.flatMap(({ photo: better, decision }) =>
        frames.flatMap(({ photo: worse, decision: other }) =>
          decision > other && !isSaid.has(`${better} ${worse}`) ? [{ better, worse }] : [],
        ),
      ),
    );
  }
  return choices.slice(0, MOST_IN_ALL);
}
