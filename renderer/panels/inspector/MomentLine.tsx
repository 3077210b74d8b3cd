import { useEffect } from 'react';
import { MOMENT_LABELS } from '../../../shared/labels.ts';
import type { Moment } from '../../../shared/moments.ts';
import { useLibrary, useMoments, useRow } from '../../store/hooks.ts';
import { followMoment, moveTo, staysWhole } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';

/** The moment that a photo is in: its kind, its place in it, why the top is on top and what comes next. */
export function MomentLine({ photo }: { photo: number }) {
  const row = useRow(photo);
  const stack = row?.stack ?? null;
  const moment = useMoments((state) => state.of.get(photo) ?? null);
  const isStacked = stack !== null;
  useEffect(() => (isStacked ? followMoment(photo) : undefined), [photo, isStacked]);
  if (stack === null || moment === null) return null;
  const place = moment.photos.indexOf(photo) + 1;
  return (
    <section className="moment" aria-label="Stack">
      <p>
        <strong>{MOMENT_LABELS[moment.kind]}</strong>{' '}
        <span className="meta">
          {place} of {moment.photos.length}
          {moment.top === photo ? ', on top' : moment.second === photo ? ', second choice' : ''}
        </span>
      </p>
      <Reason moment={moment} />
      <p className="moment-choices">
        {moment.top !== photo && <Choice photo={moment.top} what="On top" />}
        {moment.second !== null && moment.second !== photo && <Choice photo={moment.second} what="Second choice" />}
      </p>
    </section>
  );
}

function Reason({ moment: { kind, reason } }: { moment: Moment }) {
  if (reason.text === '') return null;
  return (
    <p className="moment-reason">
      <span className="selectable">{reason.text.charAt(0).toUpperCase() + reason.text.slice(1)}</span>
      {reason.margin !== null && !staysWhole(kind) && (
        <meter
          className="moment-margin"
          aria-label="Margin"
          min={0}
          max={1}
          value={reason.margin}
          data-close={reason.tooClose || undefined}
          title={`Margin ${Math.round(reason.margin * 100)} of 100`}
        />
      )}
    </p>
  );
}

function Choice({ photo, what }: { photo: number; what: string }) {
  const row = useRow(photo);
  const index = useLibrary((state) => state.order.indexOf(photo));
  if (row === undefined) return null;
  return (
    <Button tone="plain" disabled={index < 0} hint={`Go to ${row.name}`} onClick={() => moveTo(index)}>
      <span className="meta">{what}</span> <bdi className="cut">{row.name}</bdi>
    </Button>
  );
}
