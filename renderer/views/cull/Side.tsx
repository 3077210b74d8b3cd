/** The suggestion in words, the same place of every frame at the preview's own pixels, the facts that decide, and how to answer back. */

import { useState } from 'react';
import type { CullFrame } from '../../../shared/culling.ts';
import { evidenceOf } from '../../../shared/reasons.ts';
import { usePointing } from '../../panels/photo/pointing.ts';
import { FaceCrops } from '../../photo/FaceCrops.tsx';
import { letterOf } from '../../store/comparison.ts';
import type { MomentCards } from '../../store/cull.ts';
import { useCull, useDetail, useRow, useSettings } from '../../store/hooks.ts';
import { answerReason, answerSimilar, chordText, goToFrame, pictureUrl } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { TextField } from '../../ui/Field.tsx';
import { Kbd } from '../../ui/Kbd.tsx';

/** Crops side by side; of more frames those beside the current one. */
const CROPS = 4;
/** Long edge of the picture that is cropped, in CSS pixels: the preview's own. */
const EDGE = 2048;
const CROP = { width: 150, height: 104 };

function Crop({ card, letter, isCurrent }: { card: CullFrame; letter: string; isCurrent: boolean }) {
  const row = useRow(card.id);
  const at = card.at ?? { x: 0.5, y: 0.5 };
  const ratio = row !== undefined && row.width > 0 && row.height > 0 ? row.width / row.height : 1.5;
  const share = Math.min(1, Math.max(row?.width ?? EDGE, row?.height ?? EDGE) / EDGE);
  const width = (ratio >= 1 ? EDGE : EDGE * ratio) * share;
  const height = width / ratio;
  const place = (size: number, room: number, share_: number) =>
    Math.round(Math.min(0, Math.max(room - size, room / 2 - share_ * size)));
  return (
    <button
      type="button"
      className="cull-crop"
      aria-current={isCurrent || undefined}
      aria-label={`Frame ${letter}, closer`}
      style={CROP}
      tabIndex={-1}
      onClick={() => goToFrame(card.id)}
    >
      {row !== undefined && row.placeholder !== null && row.state !== 'failed' && (
        <img
          src={pictureUrl('screen', row)}
          alt=""
          decoding="async"
          draggable={false}
          style={{ width, height, left: place(width, CROP.width, at.x), top: place(height, CROP.height, at.y) }}
        />
      )}
      <span className="cull-crop-words" data-fault={card.fault || undefined}>
        {letter}
        {card.badge === '' ? '' : ` · ${card.badge}`}
      </span>
    </button>
  );
}

function Crops({ cards, at }: { cards: MomentCards; at: number }) {
  const { frames } = cards;
  if (frames.length < 2) return null;
  const index = frames.findIndex(({ id }) => id === at);
  const from = Math.max(0, Math.min(frames.length - CROPS, index - 1));
  return (
    <section>
      <h2>The same place in every frame</h2>
      <div className="cull-crops">
        {frames.slice(from, from + CROPS).map((card, place) => (
          <Crop
            key={card.id}
            card={card}
            letter={from + place < 4 ? letterOf(from + place) : String(from + place + 1)}
            isCurrent={card.id === at}
          />
        ))}
      </div>
    </section>
  );
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;

/** A word that a person adds to an answer; kept with it, undone with it. */
function Word({ reason }: { reason: CullFrame['reasons'][number] }) {
  const [text, setText] = useState(reason.word);
  const keep = () => {
    const word = text.trim();
    if (word !== reason.word && word !== '') void answerReason(reason.answered!, reason.name, word);
  };
  return (
    <TextField
      className="cull-word"
      label={`A word on: ${reason.text}`}
      placeholder="A word on it, if you like"
      maxLength={200}
      value={text}
      onChange={setText}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        if (event.key === 'Escape') setText(reason.word);
      }}
    />
  );
}

/** Every face of the photo, as large as the side has room for; none where none was found. */
function Faces({ at }: { at: number }) {
  const row = useRow(at);
  const { detail } = useDetail(at);
  const faces = detail?.seenFaces?.faces ?? [];
  if (row === undefined || faces.length === 0) return null;
  return (
    <section>
      <h2>Faces</h2>
      <FaceCrops row={row} faces={faces} edge={88} />
    </section>
  );
}

/** A reason in words; pointed at, it lights up where on the photo it was measured. */
function Words({ photo, reason: { name, text } }: { photo: number; reason: CullFrame['reasons'][number] }) {
  const pointing = usePointing(photo, evidenceOf(name));
  return <span {...pointing}>{text}</span>;
}

function Answers({ card }: { card: CullFrame }) {
  const keys = useSettings((state) => state.keys);
  const similar = useCull((state) => state.similar);
  const open = card.reasons.find(({ answered }) => answered === null);
  return (
    <section className="cull-answers">
      {card.reasons.length > 0 && (
        <ul className="cull-reasons">
          {card.reasons.map((reason) => (
            <li key={reason.name} data-answered={reason.answered ?? undefined}>
              <Words photo={card.id} reason={reason} />
              {reason.answered !== null && (
                <>
                  <Button onClick={() => void answerReason(reason.answered!, reason.name)}>
                    {reason.answered === 'meant' ? 'It was meant' : 'You see it otherwise'} · take back
                  </Button>
                  <Word key={`${card.id} ${reason.name} ${reason.word}`} reason={reason} />
                </>
              )}
            </li>
          ))}
        </ul>
      )}
      {open !== undefined && (
        <p className="meta">
          Wrong about this?{' '}
          <button type="button" onClick={() => void answerReason('meant')}>
            <Kbd>{chordText('answer.meant', keys)}</Kbd> it was meant
          </button>{' '}
          ·{' '}
          <button type="button" onClick={() => void answerReason('otherwise')}>
            <Kbd>{chordText('answer.otherwise', keys)}</Kbd> I see it otherwise
          </button>
        </p>
      )}
      {similar !== null && (
        <Button tone="raised" onClick={() => void answerSimilar()}>
          Say the same of {similar.photos.length.toLocaleString('en')} more of this shoot
        </Button>
      )}
    </section>
  );
}

export function Side() {
  const at = useCull((state) => state.at);
  const index = useCull((state) => (state.at === null ? null : (state.momentOf.get(state.at) ?? null)));
  const cards = useCull((state) => (index === null ? undefined : state.cards.get(index)));
  const card = cards?.frames.find(({ id }) => id === at);
  if (cards === undefined || card === undefined || at === null)
    return <aside className="cull-side" aria-label="Suggestion" />;
  const { frames, plan } = cards;
  const place = frames.indexOf(card);
  const isBest = plan.pick.includes(at) || (card.rank === 1 && frames.length > 1);
  return (
    <aside className="cull-side" aria-label="Suggestion" data-region="inspector">
      <section aria-live="polite">
        <h2>
          This frame · {place + 1} of {frames.length}
        </h2>
        <p className="cull-title">{isBest || frames.length === 1 ? plan.title : `${card.text}`}</p>
        {(isBest || frames.length === 1) && plan.reason.text !== '' && (
          <p className="meta">{sentence(plan.reason.text)}</p>
        )}
      </section>
      <Crops cards={cards} at={at} />
      <Faces at={at} />
      <section>
        <h2>Facts</h2>
        <dl className="cull-facts">
          {card.facts.map(({ label, value, aside }) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>
                {value}
                {aside !== null && <span className="muted"> {aside}</span>}
              </dd>
            </div>
          ))}
        </dl>
      </section>
      <Answers card={card} />
    </aside>
  );
}
