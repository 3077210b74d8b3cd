/** The frames of the moment with why each falls, and what Enter would do. */

import { useEffect, useRef } from 'react';
import type { CullFrame } from '../../../shared/culling.ts';
import type { MomentKind } from '../../../shared/moments.ts';
import { useCull, useRow } from '../../store/hooks.ts';
import { acceptSuggestion, goToFrame, pictureUrl } from '../../store/stores.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Kbd } from '../../ui/Kbd.tsx';

const KIND_TITLES: Readonly<Record<MomentKind, string>> = {
  burst: 'Burst',
  repeat: 'Repeat',
  duplicate: 'The same picture',
  bracket: 'Exposure bracket',
  'focus-bracket': 'Focus bracket',
  panorama: 'Panorama',
  manual: 'Stack',
};

function Frame({ id, index, count, card }: { id: number; index: number; count: number; card: CullFrame | undefined }) {
  const row = useRow(id);
  const isCurrent = useCull((state) => state.at === id);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isCurrent) button.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [isCurrent]);
  const ratio = row !== undefined && row.width > 0 && row.height > 0 ? row.width / row.height : 1.5;
  const badge =
    card === undefined ? '' : [card.fault ? '' : card.score?.toFixed(0), card.badge].filter(Boolean).join(' · ');
  const flag = row?.flag ?? 'none';
  const said = flag === 'pick' ? ', picked' : flag === 'reject' ? ', rejected' : '';
  return (
    <button
      ref={button}
      type="button"
      className="cull-frame"
      aria-current={isCurrent || undefined}
      aria-label={`Frame ${index + 1} of ${count}${said}${badge === '' ? '' : `, ${badge}`}`}
      data-flag={flag}
      data-fault={card?.fault || undefined}
      data-id={id}
      tabIndex={isCurrent ? 0 : -1}
      style={{ aspectRatio: String(Math.max(0.6, Math.min(2.4, ratio))) }}
      onClick={() => goToFrame(id)}
    >
      {row !== undefined && row.placeholder !== null && row.state !== 'failed' && (
        <img src={pictureUrl('thumb', row)} alt="" decoding="async" draggable={false} />
      )}
      {flag !== 'none' && (
        <span className="cull-flag">
          <Icon name={flag === 'pick' ? 'flag' : 'reject'} size={12} />
        </span>
      )}
      {row !== undefined && row.stars > 0 && <span className="cull-stars">{'★'.repeat(row.stars)}</span>}
      {row !== undefined && row.color !== 'none' && <span className={`cull-color dot ${row.color}`} />}
      {badge !== '' && <span className="cull-badge">{badge}</span>}
    </button>
  );
}

/** `1.8 s`, `2 min`. */
function lengthInWords(milliseconds: number): string {
  if (milliseconds < 10_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return milliseconds < 90_000 ? `${Math.round(milliseconds / 1000)} s` : `${Math.round(milliseconds / 60_000)} min`;
}

export function MomentStrip() {
  const index = useCull((state) => (state.at === null ? null : (state.momentOf.get(state.at) ?? null)));
  const moment = useCull((state) => (index === null ? undefined : state.moments[index]));
  const cards = useCull((state) => (index === null ? undefined : state.cards.get(index)));
  const first = useRow(moment?.photos[0] ?? null);
  const last = useRow(moment?.photos.at(-1) ?? null);
  if (moment === undefined) return <div className="cull-strip" />;
  const count = moment.photos.length;
  const length = first?.takenAt != null && last?.takenAt != null && count > 1 ? last.takenAt - first.takenAt : null;
  const time = first?.takenAt == null ? '' : new Date(first.takenAt).toISOString().slice(11, 19);
  return (
    <section className="cull-strip" aria-label="Frames of this moment" data-region="frames">
      <div className="cull-moment">
        <h2>{moment.kind === null ? 'Single' : KIND_TITLES[moment.kind]}</h2>
        <p>
          {count === 1 ? '1 frame' : `${count} frames`}
          {length !== null && `, ${lengthInWords(length)}`}
        </p>
        <p className="muted">{time}</p>
      </div>
      <div className="cull-frames">
        {moment.photos.map((id, at) => (
          <Frame key={id} id={id} index={at} count={count} card={cards?.frames.find((one) => one.id === id)} />
        ))}
      </div>
      <div className="cull-keys">
        <button type="button" className="cull-enter" onClick={() => void acceptSuggestion()}>
          <Kbd>Enter</Kbd> {cards?.plan.words ?? 'next'}
        </button>
        <p>
          <Kbd>P</Kbd> <Kbd>X</Kbd> <Kbd>U</Kbd> <Kbd>C</Kbd> compare <Kbd>Z</Kbd> closer
        </p>
      </div>
    </section>
  );
}
