/** How far a person's views agree with who grades, with taste, and with themselves. */
import { agreementOf } from '../../../models/evaluate/statistics.ts';
import { type FeedbackAgreement, valueOfLevel } from '../../../shared/feedback.ts';
import { LEVELS, type Level, levelOf } from '../../../shared/grade.ts';
import { MEASURED } from '../catalog/critiques.ts';
import { gradesOfViewed } from '../catalog/decisions.ts';
import { allViews } from '../catalog/feedback.ts';
import { knownModel } from '../catalog/models.ts';
import type { Catalog } from '../catalog/open.ts';

/** Photos under which a correlation says nothing. */
const LEAST = 20;

export function agreementWith(catalog: Catalog): FeedbackAgreement {
  const views = allViews(catalog).filter(({ grade }) => grade !== null);
  const last = new Map(views.map((view) => [view.content, view.grade!]));
  const grades = gradesOfViewed(catalog);
  const others = [...grades].map(([who, values]) => {
    const both = [...last].flatMap(([content, level]) => {
      const value = values.get(content);
      return value === undefined ? [] : [{ level, value }];
    });
    return {
      who,
      title: titleOf(catalog, who),
      photos: both.length,
      ...levelsAlike(both.map(({ level, value }) => [level, levelOf(value)])),
      srcc: correlation(both),
    };
  });
  const twice = [...Map.groupBy(views, ({ content, person }) => `${content}\n${person}`).values()].filter(
    (some) => some.length > 1,
  );
  return {
    views: views.length,
    photos: last.size,
    with: others
      .filter(({ photos }) => photos > 0)
      .sort((a, b) => (b.near ?? 0) - (a.near ?? 0) || (a.who < b.who ? -1 : 1)),
    oneself: { photos: twice.length, ...levelsAlike(twice.map((some) => [some[0]!.grade!, some.at(-1)!.grade!])) },
  };
}

function titleOf(catalog: Catalog, who: string): string {
  if (who === 'taste') return 'Your taste, as learned';
  return who === MEASURED ? 'Technical quality, measured' : (knownModel(catalog, who)?.title ?? who);
}

function levelsAlike(pairs: readonly (readonly [Level, Level])[]): { same: number | null; near: number | null } {
  if (pairs.length === 0) return { same: null, near: null };
  const apart = pairs.map(([a, b]) => Math.abs(LEVELS.indexOf(a) - LEVELS.indexOf(b)));
  const share = (most: number) => apart.filter((steps) => steps <= most).length / pairs.length;
  return { same: share(0), near: share(1) };
}

function correlation(both: readonly { level: Level; value: number }[]): FeedbackAgreement['with'][number]['srcc'] {
  if (both.length < LEAST || new Set(both.map(({ level }) => level)).size < 2) return null;
  const { srcc } = agreementOf(
    both.map(({ value }) => value),
    both.map(({ level }) => valueOfLevel(level)),
  );
  return Number.isNaN(srcc.value) ? null : srcc;
}
