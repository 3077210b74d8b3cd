/** What would be kept of the shoot that is open: asked while a slider moves, marked when a person says so. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Proposal, ProposalPart, Wish } from '../../shared/culling.ts';
import type { PhotoColumn } from '../../shared/photo-columns.ts';
import { type ConnectionStore, wasAborted } from './connection.ts';
import type { CullStore } from './cull.ts';
import type { HistoryStore } from './history.ts';
import type { NoticesStore } from './notices.ts';
import type { ViewStore } from './view.ts';

export interface ProposalState {
  readonly wish: Wish;
  readonly part: ProposalPart;
  readonly proposal: Proposal | null;
  /** Frames that are left as they are when it is applied. */
  readonly except: ReadonlySet<number>;
  readonly problem: string | null;
}

export interface ProposalStore {
  proposal: StoreApi<ProposalState>;
  /** Asks by the wish as it stands; a newer question ends an older one. */
  askProposal(): Promise<void>;
  setWish(change: Partial<Wish>): void;
  showPart(part: ProposalPart): void;
  /** Leaves a frame out of what is applied, or takes it in again. */
  leaveOut(id: number): void;
  /** Marks it as one step and goes back. */
  applyProposal(only: 'both' | 'picks'): Promise<void>;
  photosChanged(columns: readonly PhotoColumn[] | null): void;
}

export interface ProposalRoom
  extends Pick<ConnectionStore, 'api' | 'sentenceOf'>,
    Pick<CullStore, 'cull'>,
    Pick<HistoryStore, 'inTurn' | 'undo'>,
    Pick<NoticesStore, 'notify' | 'notifyProblem'>,
    Pick<ViewStore, 'viewState' | 'showView'> {}

/** Frames listed of a part other than the border. */
const LISTED = 60;
const BORDER = 16;

export function createProposalStore(room: ProposalRoom): ProposalStore {
  const { api, sentenceOf, cull, notify, notifyProblem, viewState } = room;
  const proposal = createStore<ProposalState>(() => ({
    wish: { keep: { unit: 'percent', amount: 20 }, perMoment: 2, above: null, by: 'blend', genre: null },
    part: 'border',
    proposal: null,
    except: new Set(),
    problem: null,
  }));
  let asking: AbortController | null = null;

  async function askProposal(): Promise<void> {
    const { shoot } = cull.getState();
    if (shoot === null) return;
    asking?.abort();
    const own = new AbortController();
    asking = own;
    const { wish, part } = proposal.getState();
    try {
      const answer = await api.culling.propose(
        { shoot, wish, part, limit: part === 'border' ? BORDER : LISTED },
        { signal: own.signal },
      );
      if (!own.signal.aborted) proposal.setState({ proposal: answer, problem: null });
    } catch (error) {
      if (own.signal.aborted || wasAborted(error)) return;
      proposal.setState({ proposal: null, problem: sentenceOf(error) });
    }
  }

  return {
    proposal,
    askProposal,
    setWish(change) {
      proposal.setState(({ wish }) => ({ wish: { ...wish, ...change } }));
      void askProposal();
    },
    showPart(part) {
      proposal.setState({ part });
      void askProposal();
    },
    leaveOut(id) {
      const except = new Set(proposal.getState().except);
      if (!except.delete(id)) except.add(id);
      proposal.setState({ except });
    },
    async applyProposal(only) {
      const { shoot } = cull.getState();
      const { wish, except } = proposal.getState();
      if (shoot === null) return;
      try {
        const { picked, rejected } = await room.inTurn(() =>
          api.culling.apply({ shoot, wish, only, except: [...except] }),
        );
        proposal.setState({ except: new Set() });
        const many = (count: number) => count.toLocaleString('en');
        notify(`${many(picked)} picked${only === 'picks' ? '' : `, ${many(rejected)} rejected`}`, {
          label: 'Undo',
          run: () => void room.undo(),
        });
        room.showView('cull');
      } catch (error) {
        notifyProblem(error);
      }
    },
    photosChanged(columns) {
      if (viewState.getState().view !== 'propose') return;
      if (
        columns === null ||
        columns.some((one) => ['flag', 'stars', 'color', 'answer', 'grade', 'taste'].includes(one))
      )
        void askProposal();
    },
  };
}
