/** A number, a slider, who judges, what would be lost; beside it the border: the frames that would change first. */

import { useEffect } from 'react';
import type { Proposal, ProposalPart, Proposed } from '../../../shared/culling.ts';
import { REJECT_KINDS } from '../../../shared/culling.ts';
import { useActions } from '../../app/dispatch.ts';
import { useCull, useProposal, useRow } from '../../store/hooks.ts';
import {
  applyProposal,
  askProposal,
  cull,
  goToFrame,
  leaveOut,
  openShoot,
  pictureUrl,
  showView,
} from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Kbd } from '../../ui/Kbd.tsx';
import { State } from '../../ui/State.tsx';
import { Controls } from './Controls.tsx';
import './propose.css';

const many = (count: number): string => count.toLocaleString('en');

function Tile({ proposed, isLeftOut }: { proposed: Proposed; isLeftOut: boolean }) {
  const row = useRow(proposed.id);
  const { kept, score, reason } = proposed;
  const words = kept ? `kept · ${score.toFixed(0)} · ${lower(reason)}` : `rejected · ${lower(reason)}`;
  return (
    <li className="proposed" data-kept={kept || undefined} data-out={isLeftOut || undefined}>
      <button
        type="button"
        className="proposed-picture"
        aria-label={`${row?.name ?? ''}, ${words}`}
        onClick={() => {
          goToFrame(proposed.id);
          showView('cull');
        }}
      >
        {row !== undefined && row.placeholder !== null && row.state !== 'failed' && (
          <img src={pictureUrl('thumb', row)} alt="" decoding="async" draggable={false} />
        )}
        {proposed.better !== null && <Better id={proposed.better} />}
      </button>
      <p className="proposed-words">
        <span>{words}</span>
        <button type="button" aria-pressed={isLeftOut} onClick={() => leaveOut(proposed.id)}>
          {isLeftOut ? 'left as it is' : 'leave'}
        </button>
      </p>
    </li>
  );
}

/** The kept frame that is better, small in the corner of the one that falls. */
function Better({ id }: { id: number }) {
  const row = useRow(id);
  if (row === undefined || row.placeholder === null) return null;
  return <img className="proposed-better" src={pictureUrl('thumb', row)} alt="" decoding="async" draggable={false} />;
}

const lower = (text: string): string =>
  (text.charAt(0).toLowerCase() + text.slice(1)).replace(/\.$/, '').replace('the kept frame has', 'the kept one');

const PART_TITLES: Readonly<Record<string, string>> = {
  border: 'At the border: the next eight to fall, and the next eight to be kept',
  lost: 'Moments that would keep no frame, their best ones',
  kept: 'Everything that is kept, best first',
};

function partTitle(part: ProposalPart, proposal: Proposal): string {
  const title = PART_TITLES[part] ?? `Rejected: ${REJECT_KINDS[part as keyof typeof REJECT_KINDS].label}`;
  const { shown, shownTotal } = proposal;
  return part === 'border' || shownTotal <= shown.length ? title : `${title} · ${shown.length} of ${many(shownTotal)}`;
}

function Foot({ proposal }: { proposal: Proposal }) {
  const part = useProposal((state) => state.part);
  const out = useProposal((state) => state.except.size);
  const isNothing = proposal.keep + proposal.reject === 0;
  return (
    <footer className="propose-foot">
      <span className="muted">
        {partTitle(part, proposal)}
        {out > 0 && ` · ${many(out)} left as they are`}
      </span>
      <Button tone="raised" disabled={proposal.keep === 0} onClick={() => void applyProposal('picks')}>
        Reject none, only pick
      </Button>
      <Button tone="accent" disabled={isNothing} onClick={() => void applyProposal('both')} aria-keyshortcuts="Enter">
        Apply: pick {many(proposal.keep)}, reject {many(proposal.reject)} <Kbd>Enter</Kbd>
      </Button>
    </footer>
  );
}

export function Propose() {
  const shoot = useCull((state) => state.state);
  const name = useCull((state) => state.name);
  const proposal = useProposal((state) => state.proposal);
  const problem = useProposal((state) => state.problem);
  const except = useProposal((state) => state.except);
  useEffect(() => {
    if (cull.getState().state === 'none') void openShoot().then(askProposal);
    else void askProposal();
  }, []);
  useActions({
    'view.loupe': ({ event }) => {
      if (event?.key === 'Enter') void applyProposal('both');
    },
    'cull.accept': () => void applyProposal('both'),
    'view.back': () => showView('cull'),
  });
  if (shoot === 'failed' || problem !== null) {
    return (
      <State
        title="Nothing to propose"
        actions={
          <Button tone="raised" onClick={() => showView('grid')}>
            Back to the grid
          </Button>
        }
      >
        {problem ?? 'This place shows no photo.'}
      </State>
    );
  }
  return (
    <div className="propose">
      <header className="bare-bar" data-region="toolbar">
        <Button icon="left" label="Back to cull mode" onClick={() => showView('cull')} />
        <h1 className="toolbar-title cut">{name}</h1>
        <span className="muted">Proposal, nothing is marked yet</span>
      </header>
      {proposal !== null && (
        <>
          <Controls proposal={proposal} />
          <ul className="propose-tiles" data-photos aria-label="Frames of the proposal">
            {proposal.shown.map((one) => (
              <Tile key={one.id} proposed={one} isLeftOut={except.has(one.id)} />
            ))}
            {proposal.shown.length === 0 && <li className="muted">Nothing here.</li>}
          </ul>
          <Foot proposal={proposal} />
        </>
      )}
    </div>
  );
}
