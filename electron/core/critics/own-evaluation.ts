/** How well each critic knows this person: every one that graded what was decided, the best first. */
import { ownAgreement } from '../../../models/evaluate/own.ts';
import type { OwnEvaluation } from '../../../shared/own-evaluation.ts';
import { MEASURED } from '../catalog/critiques.ts';
import { decidedPhotos, gradesOfDecided } from '../catalog/decisions.ts';
import { heldOutPhotos } from '../catalog/feedback.ts';
import { knownModel } from '../catalog/models.ts';
import type { Catalog } from '../catalog/open.ts';

/** @param onHeldOut only on what the last export of training data held out: there an adapter shows what it learned. */
export function evaluateOwn(catalog: Catalog, onHeldOut = false): OwnEvaluation {
  const all = decidedPhotos(catalog);
  const held = heldOutPhotos(catalog);
  const decided = onHeldOut ? all.filter(({ photo }) => held.has(photo)) : all;
  const critics = [...gradesOfDecided(catalog)].map(([critic, grades]) => ({
    critic,
    title: critic === MEASURED ? 'Technical quality, measured' : (knownModel(catalog, critic)?.title ?? critic),
    ...ownAgreement(decided, grades),
  }));
  critics.sort((a, b) => (b.srcc?.value ?? -2) - (a.srcc?.value ?? -2) || (a.critic < b.critic ? -1 : 1));
  return { decided: decided.length, heldOut: all.filter(({ photo }) => held.has(photo)).length, critics };
}
