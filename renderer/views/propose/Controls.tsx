/** What is asked for and what it would mean, in numbers. */

import { useState } from 'react';
import { GENRE_NAMES, GENRES, JUDGE_NAMES, JUDGES, type Proposal, REJECT_KINDS } from '../../../shared/culling.ts';
import { photosText } from '../../../shared/photo.ts';
import { useProposal } from '../../store/hooks.ts';
import { setGenre, setWish, showPart } from '../../store/stores.ts';
import { Segmented } from '../../ui/Segmented.tsx';

const many = (count: number): string => count.toLocaleString('en');
const UNITS = [
  { value: 'percent', label: 'Best %' },
  { value: 'photos', label: 'Best so many' },
  { value: 'above', label: 'Above a score' },
] as const;
type Unit = (typeof UNITS)[number]['value'];

function HowMany({ proposal }: { proposal: Proposal }) {
  const wish = useProposal((state) => state.wish);
  const unit: Unit = wish.keep?.unit ?? 'above';
  const amount = wish.keep?.amount ?? wish.above ?? 60;
  const most = unit === 'photos' ? Math.max(1, proposal.undecided) : 100;
  const choose = (next: Unit) => {
    if (next === 'above') setWish({ keep: null, above: 60 });
    else {
      const kept =
        next === 'percent' ? Math.round((100 * proposal.keep) / Math.max(1, proposal.undecided)) : proposal.keep;
      setWish({ keep: { unit: next, amount: kept }, above: null });
    }
  };
  const move = (value: number) => setWish(unit === 'above' ? { above: value } : { keep: { unit, amount: value } });
  const words =
    unit === 'above'
      ? `Keep everything above ${amount}`
      : unit === 'percent'
        ? `Keep the best ${amount} %`
        : `Keep the best ${many(amount)}`;
  return (
    <section>
      <p className="propose-number">
        <strong>{many(proposal.keep)}</strong>{' '}
        <span className="muted">of {many(proposal.undecided)} undecided kept</span>
      </p>
      <input
        type="range"
        className="slider propose-slider"
        min={0}
        max={most}
        value={amount}
        aria-label="How much is kept"
        aria-valuetext={words}
        style={{ '--share': `${(100 * amount) / most}%` } as React.CSSProperties}
        onChange={(event) => move(Number(event.target.value))}
      />
      <p className="muted">
        {words}
        {wish.perMoment !== null && ` · at most ${wish.perMoment} a moment`}
      </p>
      <Segmented label="What is asked for" options={UNITS} value={unit} onChange={choose} />
      <PerMoment />
    </section>
  );
}

function PerMoment() {
  const perMoment = useProposal((state) => state.wish.perMoment);
  return (
    <Segmented
      label="Frames of one moment"
      options={[
        { value: '1', label: '1 a moment' },
        { value: '2', label: '2' },
        { value: '3', label: '3' },
        { value: 'any', label: 'Any' },
      ]}
      value={perMoment === null ? 'any' : String(perMoment)}
      onChange={(value) => setWish({ perMoment: value === 'any' ? null : Number(value) })}
    />
  );
}

function Why({ proposal }: { proposal: Proposal }) {
  const part = useProposal((state) => state.part);
  const most = Math.max(1, ...proposal.why.map(({ count }) => count));
  const rows = proposal.why.toSorted((a, b) => b.count - a.count);
  if (rows.length === 0) return null;
  return (
    <section>
      <h2>Why the rejects</h2>
      <ul className="propose-why">
        {rows.map(({ kind, count }) => (
          <li key={kind}>
            <button
              type="button"
              aria-pressed={part === kind}
              onClick={() => showPart(part === kind ? 'border' : kind)}
            >
              <span>{REJECT_KINDS[kind].label}</span>
              <span className="why-bar" aria-hidden="true">
                <span style={{ width: `${(100 * count) / most}%` }} />
              </span>
              <span className="why-count">{many(count)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Controls({ proposal }: { proposal: Proposal }) {
  const by = useProposal((state) => state.wish.by);
  const part = useProposal((state) => state.part);
  const [isAsked, setAsked] = useState(false);
  const lost = proposal.moments - proposal.momentsKept;
  return (
    <div className="propose-controls" data-region="inspector">
      <HowMany proposal={proposal} />
      <section>
        <h2>Judged by</h2>
        <Segmented
          label="Judged by"
          options={JUDGE_NAMES.map((name) => ({
            value: name,
            label: JUDGES[name].label,
            disabled: name === 'taste' && !proposal.tasteReady,
          }))}
          value={by}
          onChange={(value) => setWish({ by: value })}
        />
        <p className="muted">
          {JUDGES[by].meaning}
          {!proposal.tasteReady && ' Taste is not learned yet.'}
        </p>
      </section>
      <section>
        <h2>Kind of shoot</h2>
        <Segmented
          label="Kind of shoot"
          options={GENRE_NAMES.map((name) => ({ value: name, label: GENRES[name].label }))}
          value={proposal.genre}
          onChange={(genre) => {
            setAsked(true);
            void setGenre(genre).then(() => setWish({}));
          }}
        />
        <p className="muted">
          {GENRES[proposal.genre].note}
          {!isAsked && proposal.genre === proposal.genreProposed && ' Proposed from faces, lens and lines.'}
        </p>
      </section>
      <section>
        <h2>Coverage</h2>
        <p>
          {many(proposal.momentsKept)} of {many(proposal.moments)} moments keep a frame
        </p>
        {lost > 0 && (
          <button
            type="button"
            className="propose-link"
            aria-pressed={part === 'lost'}
            onClick={() => showPart(part === 'lost' ? 'border' : 'lost')}
          >
            {lost === 1 ? '1 moment would be lost: see it' : `${many(lost)} moments would be lost: see them`}
          </button>
        )}
      </section>
      <section>
        <h2>Left alone</h2>
        <p>
          {photosText(proposal.decided)} that you marked
          {proposal.whole > 0 &&
            ` · ${many(proposal.whole)} ${proposal.whole === 1 ? 'bracket or panorama' : 'brackets and panoramas'} kept whole`}
          {proposal.unjudged > 0 && ` · ${many(proposal.unjudged)} not judged yet`}
        </p>
      </section>
      <Why proposal={proposal} />
    </div>
  );
}
