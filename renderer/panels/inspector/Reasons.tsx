import { useEffect, useRef } from 'react';
import type { Reason } from '../../../shared/critique.ts';
import type { EvidenceKind } from '../../../shared/evidence.ts';
import { evidenceOf, reasonFacts } from '../../../shared/reasons.ts';
import { answered } from '../../store/stores.ts';
import { usePointing } from '../photo/pointing.ts';

/** What only describes has no points. */
const points = (weight: number): string =>
  weight === 0 ? '·' : `${weight < 0 ? '−' : '+'}${Math.abs(weight).toFixed(weight % 1 === 0 ? 0 : 1)}`;

type Kind = 'fault' | 'merit' | 'note' | 'warning';
const kindOf = ({ name, weight }: Reason): Kind =>
  weight !== 0 ? (weight < 0 ? 'fault' : 'merit') : reasonFacts(name).kind === 'warning' ? 'warning' : 'note';
const POINTS: Readonly<Record<Kind, string>> = {
  fault: 'Points of the grade',
  merit: 'Points of the grade',
  note: 'A description: it costs no points',
  warning: 'A warning: it costs no points',
};

const ANSWERS = [{ background: 'color-mix(in srgb, var(--accent) 20%, transparent)' }, { background: 'transparent' }];

/** One reason; pointed at, it lights up where on the photo it was measured. */
function ReasonRow({
  photo,
  reason,
  also,
}: {
  photo: number;
  reason: Reason;
  also: readonly EvidenceKind[];
}): React.JSX.Element {
  const pointing = usePointing(photo, evidenceOf(reason.name), also);
  return (
    <li data-kind={kindOf(reason)} data-reason={reason.name} {...pointing}>
      <span className="reason-weight" title={POINTS[kindOf(reason)]}>
        {kindOf(reason) === 'warning' ? '!' : points(reason.weight)}
      </span>
      <span className="selectable" title={reasonFacts(reason.name).label}>
        {reason.text}
      </span>
    </li>
  );
}

/** What costs and what earns, heaviest first, with the points of each. @param isAsked whether to lead the person here */
export function Reasons({
  photo,
  reasons,
  isMeasured,
  middle,
  isAsked,
}: {
  photo: number;
  reasons: readonly Reason[];
  isMeasured: boolean;
  /** Where the grade starts, before the points of the reasons; null where they do not add up to it. */
  middle: number | null;
  isAsked: boolean;
}) {
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!isAsked) return;
    head.current?.parentElement?.scrollIntoView({ block: 'nearest' });
    head.current?.focus({ preventScroll: true });
    // Where the answer stood there already, the question would seem to be unheard.
    head.current?.parentElement?.animate(ANSWERS, matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 900);
    answered();
  }, [isAsked]);
  const ranked = reasons.toSorted((one, other) => Math.abs(other.weight) - Math.abs(one.weight));
  const located = ranked.flatMap(({ name }) => evidenceOf(name));
  return (
    <section className="critique-section" aria-labelledby="reasons-head">
      <h3 ref={head} id="reasons-head" className="section-head" tabIndex={-1}>
        Why{isMeasured ? ', from the pixels' : ''}
      </h3>
      {middle !== null && <p className="meta">A plain photo has {middle}; to that come:</p>}
      {ranked.length === 0 ? (
        <p className="meta">Nothing stands out, for good or bad.</p>
      ) : (
        <ul className="reasons">
          {ranked.map((reason) => (
            <ReasonRow key={reason.name} photo={photo} reason={reason} also={located} />
          ))}
        </ul>
      )}
    </section>
  );
}
