/** How well each critic knows this person: every one that graded what was decided, the best first. */
import { ownAgreement } from '../../../models/evaluate/own.ts';
import type { OwnEvaluation } from '../../../shared/own-evaluation.ts';
import { MEASURED } from '../catalog/critiques.ts';
import { decidedPhotos, gradesOfDecided } from '../catalog/decisions.ts';
import { knownModel } from '../catalog/models.ts';
import type { Catalog } from '../catalog/open.ts';

export function evaluateOwn(catalog: Catalog): OwnEvaluation {
  const decided = decidedPhotos(catalog);
  const critics = [...gradesOfDecided(catalog)].map(([critic, grades]) => ({
    critic,
    title: critic === MEASURED ? 'Technical quality, measured' : (knownModel(catalog, critic)?.title ?? critic),
    ...ownAgreement(decided, grades),
  }));
  critics.sort((a, b) => (b.srcc?.value ?? -2) - (a.srcc?.value ?? -2) || (a.critic < b.critic ? -1 : 1));
  return { decided: decided.length, critics };
}
