/** Rejected but high, picked but low, side by side: nothing is changed here by itself. */

import { useEffect } from 'react';
import type { Proposed } from '../../../shared/culling.ts';
import { useActions } from '../../app/dispatch.ts';
import { useCull, useRow, useSecondLook } from '../../store/hooks.ts';
import { cull, goToFrame, openShoot, pictureUrl, readSecondLook, setMarks, showView } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import './secondlook.css';

function Photo({ one }: { one: Proposed }) {
  const row = useRow(one.id);
  if (row === undefined) return null;
  return (
    <li className="second-photo">
      <button
        type="button"
        aria-label={`${row.name}. ${one.reason}`}
        onClick={() => {
          goToFrame(one.id);
          showView('cull');
        }}
      >
        {row.placeholder !== null && row.state !== 'failed' && (
          <img src={pictureUrl('screen', row)} alt="" decoding="async" draggable={false} />
        )}
      </button>
      <p>{one.reason}</p>
      <Button tone="raised" onClick={() => void setMarks([one.id], { flag: row.flag === 'pick' ? 'reject' : 'pick' })}>
        {row.flag === 'pick' ? 'Reject it' : 'Pick it'}
      </Button>
      {row.flag !== 'none' && (
        <Button onClick={() => void setMarks([one.id], { flag: 'none' })}>Back to undecided</Button>
      )}
    </li>
  );
}

function Column({ title, photos, none }: { title: string; photos: readonly Proposed[]; none: string }) {
  return (
    <section>
      <h2>
        {title} · {photos.length}
      </h2>
      {photos.length === 0 ? (
        <p className="muted">{none}</p>
      ) : (
        <ul>
          {photos.map((one) => (
            <Photo key={one.id} one={one} />
          ))}
        </ul>
      )}
    </section>
  );
}

export function SecondLook() {
  const name = useCull((state) => state.name);
  const { state, problem, rejectedHigh, pickedLow } = useSecondLook((now) => now);
  useEffect(() => {
    if (cull.getState().state === 'none') void openShoot().then(readSecondLook);
    else void readSecondLook();
  }, []);
  useActions({ 'view.back': () => showView('cull') });
  return (
    <div className="secondlook">
      <header className="bare-bar" data-region="toolbar">
        <Button icon="left" label="Back to cull mode" onClick={() => showView('cull')} />
        <h1 className="toolbar-title cut">{name}</h1>
        <span className="muted">Second look: where your marks and the scores disagree</span>
      </header>
      {state === 'failed' && <p className="problem">{problem}</p>}
      {state === 'ready' && (
        <div className="second-columns">
          <Column
            title="Rejected, but high"
            photos={rejectedHigh}
            none="No rejected photo has more than your picks usually have."
          />
          <Column
            title="Picked, but low"
            photos={pickedLow}
            none="No picked photo has less than your rejects usually have."
          />
        </div>
      )}
    </div>
  );
}
