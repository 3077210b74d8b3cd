/** A person's own views: the photo that is asked about, the round it belongs to, and how far they agree with critics. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { DatasetOptions, DatasetReport } from '../../shared/dataset.ts';
import type { FeedbackAgreement, GivenView, PersonView, Round } from '../../shared/feedback.ts';
import type { ConnectionStore } from './connection.ts';
import type { JobsStore } from './jobs.ts';
import type { NoticesStore } from './notices.ts';

export interface Feedback {
  /** Whose view is asked for; null while nobody is asked. */
  readonly photo: number | null;
  /** Views that were given of it before; shown only after the new one was given. */
  readonly earlier: readonly GivenView[];
  readonly round: Round | null;
  /** All photos of the round were seen. */
  readonly isOver: boolean;
  readonly problem: string | null;
  readonly agreement: FeedbackAgreement | null;
}

export interface FeedbackStore {
  feedback: StoreApi<Feedback>;
  askView(photo: number): void;
  /** Shows the photos that teach most, one after the other. @param fresh begins anew */
  askRound(fresh?: boolean): Promise<void>;
  /** @returns whether it was kept; in a round the next photo is shown then. */
  giveView(view: PersonView): Promise<boolean>;
  /** Goes on without saying anything of this photo. */
  skipView(): void;
  closeView(): void;
  readAgreement(): Promise<void>;
  /** @returns what the job made, or null where it was stopped or failed, which was said. */
  exportDataset(folder: string, options: DatasetOptions): Promise<DatasetReport | null>;
}

const NOBODY: Omit<Feedback, 'agreement'> = { photo: null, earlier: [], round: null, isOver: false, problem: null };

export function createFeedbackStore({
  api,
  sentenceOf,
  notify,
  notifyProblem,
  jobEnded,
  sayEnded,
  rowsOf,
}: Pick<ConnectionStore, 'api' | 'sentenceOf'> &
  Pick<JobsStore, 'jobEnded' | 'sayEnded'> &
  Pick<NoticesStore, 'notify' | 'notifyProblem'> & {
    rowsOf: (ids: readonly number[]) => Promise<unknown>;
  }): FeedbackStore {
  const feedback = createStore<Feedback>(() => ({ ...NOBODY, agreement: null }));

  async function readAgreement(): Promise<void> {
    try {
      feedback.setState({ agreement: await api.feedback.agreement({}) });
    } catch (error) {
      notifyProblem(error);
    }
  }

  /** @param after the photo that was just left */
  function next(round: Round, after: number | null): void {
    const at = round.photos.findIndex(({ photo }) => photo === after);
    const order = [...round.photos.slice(at + 1), ...round.photos.slice(0, at + 1)];
    const left = order.find(({ done, photo }) => !done && photo !== after);
    if (left) feedback.setState({ photo: left.photo, round, earlier: [], problem: null, isOver: false });
    else {
      feedback.setState({ photo: null, round, earlier: [], problem: null, isOver: true });
      void readAgreement();
    }
  }

  return {
    feedback,
    readAgreement,
    askView(photo) {
      feedback.setState({ ...NOBODY, photo });
    },
    async askRound(fresh = false) {
      try {
        const round = await api.feedback.round({ fresh });
        if (round === null) {
          notify('There is nothing to ask: every photo has your view.');
          feedback.setState(NOBODY);
          return;
        }
        void rowsOf(round.photos.map(({ photo }) => photo));
        next(round, null);
      } catch (error) {
        notifyProblem(error);
      }
    },
    async giveView(view) {
      const { photo, round } = feedback.getState();
      if (photo === null) return false;
      try {
        await api.feedback.give({ photo, view, round: round?.id ?? null });
      } catch (error) {
        feedback.setState({ problem: sentenceOf(error) });
        return false;
      }
      if (round === null) {
        feedback.setState(NOBODY);
        notify('Your view was kept');
        return true;
      }
      const photos = round.photos.map((one) => (one.photo === photo ? { ...one, done: true } : one));
      next({ ...round, photos }, photo);
      return true;
    },
    skipView() {
      const { round, photo } = feedback.getState();
      if (round === null) return;
      const photos = round.photos.filter((one) => one.photo !== photo);
      next({ ...round, photos }, null);
    },
    closeView() {
      feedback.setState(NOBODY);
    },
    async exportDataset(folder, options) {
      try {
        const { job } = await api.dataset.start({ folder, options });
        const ended = await jobEnded(job);
        if (ended?.state === 'done') return await api.dataset.report({ job });
        sayEnded(ended);
        return null;
      } catch (error) {
        notifyProblem(error);
        return null;
      }
    },
  };
}
