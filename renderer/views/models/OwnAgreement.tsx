/** How well the critics know the person who looks at this: their grades against what was decided in this library. */
import { decisionText, type OwnEvaluation } from '../../../shared/own-evaluation.ts';
import { photosText } from '../../../shared/photo.ts';
import { useModels } from '../../store/hooks.ts';
import { showHeldOut } from '../../store/stores.ts';
import { Segmented } from '../../ui/Segmented.tsx';

/** Photos that must be decided before an agreement is shown; the core gives none for fewer. */
const LEAST = 20;

export function OwnAgreement() {
  const { own, onHeldOut } = useModels();
  if (own === null) return null;
  return (
    <section className="own" aria-labelledby="own-head">
      <h2 id="own-head">How well do the critics know you?</h2>
      {own.heldOut > 0 && (
        <Segmented
          label="On which photos"
          value={onHeldOut ? 'held' : 'all'}
          options={[
            { value: 'all', label: 'All that you decided' },
            { value: 'held', label: `Held-out shoots (${own.heldOut})` },
          ]}
          onChange={(value) => void showHeldOut(value === 'held')}
        />
      )}
      {own.decided < LEAST && !onHeldOut ? (
        <p className="meta">
          Flag, rate or grade {LEAST} photos in words, and this shows how far each critic agrees with you
          {own.decided > 0 ? `; ${photosText(own.decided)} so far` : ''}.
        </p>
      ) : (
        <>
          <p className="meta">
            From {photosText(own.decided)} that you flagged, rated or graded in words. A rejected photo counts as 0, a
            pick without stars as 4 stars. 50 % of pairs is what a coin gets.
          </p>
          {own.critics.map((critic) => (
            <Critic key={critic.critic} critic={critic} />
          ))}
        </>
      )}
    </section>
  );
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

function Critic({ critic }: { critic: OwnEvaluation['critics'][number] }) {
  const { title, photos, srcc, pairs, momentPairs, calibration } = critic;
  return (
    <article className="own-critic">
      <h3>{title}</h3>
      {pairs === null || srcc === null ? (
        <p className="meta">It graded {photosText(photos)} of them: too few, or all decided alike.</p>
      ) : (
        <p>
          Puts {percent(pairs.value)} of pairs in your order{' '}
          <span className="meta">
            ({percent(pairs.low)} to {percent(pairs.high)}, {photosText(photos)}, rank correlation{' '}
            {srcc.value.toFixed(2)})
          </span>
          {momentPairs.share !== null && (
            <>
              ; within one moment {percent(momentPairs.share.value)}{' '}
              <span className="meta">
                ({percent(momentPairs.share.low)} to {percent(momentPairs.share.high)}, {momentPairs.count} pairs)
              </span>
            </>
          )}
          .
        </p>
      )}
      <dl className="own-calibration">
        {calibration.map(({ decision, photos: count, mean, low, high }) => (
          <div key={decision}>
            <dt>{decisionText(decision)}</dt>
            <dd>
              <span className="own-scale" aria-hidden="true">
                <span className="own-half" style={{ left: `${low}%`, width: `${Math.max(0.5, high - low)}%` }} />
                <span className="own-mean" style={{ left: `${mean}%` }} />
              </span>
              <span className="own-number">
                {Math.round(mean)} <span className="meta">{photosText(count)}</span>
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </article>
  );
}
