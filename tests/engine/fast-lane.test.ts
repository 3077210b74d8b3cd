/** The queue of a slow grader: its tower looks at everything first, what it would say is estimated, grades stay grades. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { query } from '../../electron/core/catalog/open.ts';
import { photoRows } from '../../electron/core/catalog/photos.ts';
import { spearman } from '../../models/evaluate/statistics.ts';
import { LEAST_AGREEMENT } from '../../shared/estimate.ts';
import { BUILD_TIMEOUT, ready } from './setting.ts';
import { openSlowGrader } from './slow-grader.ts';

const PHOTOS = 160;
let library: Awaited<ReturnType<typeof openSlowGrader>>;
let grades: Map<number, number>;

beforeAll(async () => {
  await ready();
  library = await openSlowGrader({ photos: PHOTOS, seed: 45 });
}, BUILD_TIMEOUT);
afterAll(() => library.close());

const readGrades = () =>
  new Map(
    query<[number, number]>(library.catalog, "SELECT photo_id, value FROM critique WHERE critic = 'slow'").raw().all(),
  );
const countOf = (table: 'glimpse' | 'estimate') =>
  query<number>(library.catalog, `SELECT count(*) FROM ${table}`).pluck().get();

test('a quick grader grades what is on screen, then the likely best, and nothing is estimated', async () => {
  const { catalog, ids, identity } = library;
  const visible = [ids[100]!, ids[7]!];
  const { events } = await library.run({ isSlow: false, visible });
  const graded = events.map(({ photo }) => photo);
  expect(graded.toSorted((a, b) => a - b)).toEqual(ids);
  expect(new Set(graded.slice(0, 2))).toEqual(new Set(visible));
  expect([countOf('glimpse'), countOf('estimate')]).toEqual([0, 0]);
  // A tenth by technical quality comes next; two are in hand, so that neighbors may have changed places.
  const technical = query<number>(
    catalog,
    'SELECT id FROM photo WHERE technical IS NOT NULL ORDER BY technical DESC, id',
  )
    .pluck()
    .all()
    .filter((id) => !visible.includes(id));
  const best = technical.slice(0, 12);
  expect(best.filter((id) => graded.slice(0, 2 + 12 + 2).includes(id))).toEqual(best);
  expect(identity().critic).toBe('slow');
  grades = readGrades();
  query(catalog, "DELETE FROM critique WHERE critic = 'slow'").run();
});

test('a slow one looks at everything first, and what it has not graded is estimated beside its grades', async () => {
  const { catalog, ids } = library;
  const visible = [ids[30]!];
  const { events, told } = await library.run({ isSlow: true, visible, until: 80, broken: ids[3]! });
  expect(told.findIndex((text) => text.startsWith('Grading'))).toBeGreaterThanOrEqual(PHOTOS - 1);
  expect(told.find((text) => text.startsWith('Looking ahead with Slow Grader'))).toContain(`${PHOTOS} more photos`);
  expect(events[0]).toEqual({ kind: 'graded', photo: visible[0]! });
  expect(events.slice(0, 40).every(({ kind }) => kind === 'graded')).toBe(true);

  const rows = photoRows(catalog, ids);
  const graded = rows.filter(({ grade }) => grade?.critic === 'slow');
  const estimated = rows.filter(({ estimate }) => estimate !== null);
  expect(graded.length).toBeGreaterThanOrEqual(79);
  for (const { id, grade, estimate } of graded) {
    expect(grade!.value).toBeCloseTo(grades.get(id)!, 6);
    expect(estimate).toBeNull();
  }
  // All others but the broken one, which nobody saw.
  expect(estimated).toHaveLength(PHOTOS - graded.length - 1);
  const said = estimated.map(({ estimate }) => estimate!.value);
  const truth = estimated.map(({ id }) => grades.get(id)!);
  const { agreement, graded: taught } = estimated[0]!.estimate!;
  console.log(
    `Tiny model, ${taught} of ${PHOTOS} graded: estimates agree ${agreement.toFixed(2)} as they say, ${spearman(said, truth).toFixed(2)} in truth`,
  );
  expect(agreement).toBeGreaterThanOrEqual(LEAST_AGREEMENT);
  expect(spearman(said, truth)).toBeGreaterThan(LEAST_AGREEMENT);
  for (const { grade, estimate } of estimated) {
    expect(grade?.critic ?? 'measured').toBe('measured');
    expect(estimate!.critic).toBe('slow');
  }
});

test('it goes on where it was, and in the end all is graded and nothing estimated', async () => {
  const { catalog, ids } = library;
  const { events, told } = await library.run({ isSlow: true });
  // All that can be read were looked at.
  expect(told.filter((text) => text.startsWith('Looking ahead'))).toEqual([]);
  expect(events.some(({ kind }) => kind === 'estimated')).toBe(true);
  const rows = photoRows(catalog, ids);
  expect(rows.filter(({ grade }) => grade?.critic !== 'slow').map(({ id }) => id)).toEqual([ids[3]]);
  expect(rows.filter(({ estimate }) => estimate !== null)).toEqual([]);
  for (const [id, value] of readGrades()) expect(value).toBeCloseTo(grades.get(id)!, 6);
  expect(countOf('glimpse')).toBe(0);
});
