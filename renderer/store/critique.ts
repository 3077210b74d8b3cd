/**
 * What the critic writes about photos: the explanation and the talk, streamed by the core. A text that is being
 * written goes on when another photo is looked at; it ends with its stop, or with the page.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Message, Writing } from '../../shared/contract.ts';
import type { ConnectionStore } from './connection.ts';
import type { DetailsStore } from './details.ts';
import type { NoticesStore } from './notices.ts';
import { continued, NOTHING_WRITTEN, type WrittenText } from './writing.ts';

export interface Conversation {
  /** The explanation, null when none was asked for in this visit. */
  readonly explanation: WrittenText | null;
  /** The explanation of an earlier visit with its evidence, null until it is read. */
  readonly recalled: WrittenText | null;
  /** The talk so far, null until it is read. */
  readonly messages: readonly Message[] | null;
  /** The answer that is being written, with the question that it answers. */
  readonly answer: { readonly question: string; readonly retried: boolean; readonly written: WrittenText } | null;
}

export const NO_CONVERSATION: Conversation = { explanation: null, recalled: null, messages: null, answer: null };

export interface CritiqueStore {
  conversations: StoreApi<{ byPhoto: ReadonlyMap<number, Conversation> }>;
  /** Asks the critic why. @param again writes a new explanation over the stored one */
  explain(id: number, again?: boolean): Promise<void>;
  /**
   * Reads the kept explanation with the evidence that its references mean. Never has a new one written: what the
   * active critic would have to think about first stays unread.
   */
  recallExplanation(id: number, signal: AbortSignal): Promise<void>;
  readMessages(id: number): Promise<void>;
  /** Asks a free question about the photo. @param retry writes the last answer again */
  ask(id: number, question: string, retry?: boolean): Promise<void>;
  /** Stops what is being written about the photo. What is there stays. */
  stopWriting(id: number, what: 'explain' | 'ask'): void;
  /** Deletes one message with its answer, or the whole talk. */
  forget(id: number, message: number | null): Promise<void>;
  /** Closes an answer that failed. */
  dropAnswer(id: number): void;
}

export interface CritiqueRoom
  extends Pick<ConnectionStore, 'api' | 'sentenceOf'>,
    Pick<DetailsStore, 'readDetailsAgain'>,
    Pick<NoticesStore, 'notifyProblem'> {
  /** Runs a drawing with the next frame. @returns gives it up */
  nextFrame: (draw: () => void) => () => void;
}

export function createCritiqueStore({
  api,
  sentenceOf,
  readDetailsAgain,
  notifyProblem,
  nextFrame,
}: CritiqueRoom): CritiqueStore {
  const conversations = createStore<{ byPhoto: ReadonlyMap<number, Conversation> }>(() => ({ byPhoto: new Map() }));
  const stops = new Map<string, AbortController>();

  const conversationOf = (id: number): Conversation => conversations.getState().byPhoto.get(id) ?? NO_CONVERSATION;

  function change(id: number, next: Partial<Conversation>): void {
    conversations.setState(({ byPhoto }) => ({
      byPhoto: new Map(byPhoto).set(id, { ...(byPhoto.get(id) ?? NO_CONVERSATION), ...next }),
    }));
  }

  /** Reads a stream into a text. Tokens of one frame are drawn together. */
  async function write(
    key: string,
    open: (signal: AbortSignal) => Promise<AsyncIterable<Writing>>,
    show: (text: WrittenText) => void,
  ): Promise<WrittenText> {
    stops.get(key)?.abort();
    const own = new AbortController();
    stops.set(key, own);
    let text = NOTHING_WRITTEN;
    let giveUpFrame: (() => void) | null = null;
    const draw = (): void => {
      giveUpFrame = null;
      show(text);
    };
    show(text);
    try {
      for await (const event of await open(own.signal)) {
        text = continued(text, event);
        giveUpFrame ??= nextFrame(draw);
        if (event.kind === 'end') break;
      }
      if (text.state === 'writing')
        text = { ...text, state: own.signal.aborted ? 'stopped' : 'complete', status: null };
    } catch (error) {
      text = own.signal.aborted
        ? { ...text, state: 'stopped', status: null }
        : { ...text, state: 'failed', status: null, problem: sentenceOf(error) };
    } finally {
      giveUpFrame?.();
      if (stops.get(key) === own) stops.delete(key);
    }
    show(text);
    return text;
  }

  async function readMessages(id: number): Promise<void> {
    try {
      change(id, { messages: await api.critic.messages({ id }) });
    } catch (error) {
      notifyProblem(error);
    }
  }

  return {
    conversations,
    async explain(id, again = false) {
      if (conversationOf(id).explanation?.state === 'writing') return;
      await write(
        `explain ${id}`,
        (signal) => api.critic.explain({ id, again }, { signal }),
        (explanation) => change(id, { explanation }),
      );
      readDetailsAgain([id]);
    },
    async recallExplanation(id, signal) {
      const own = new AbortController();
      let text = NOTHING_WRITTEN;
      try {
        for await (const event of await api.critic.explain({ id }, { signal: AbortSignal.any([signal, own.signal]) })) {
          if (event.kind === 'status') {
            own.abort();
            return;
          }
          text = continued(text, event);
        }
        if (text.state === 'complete') change(id, { recalled: text });
      } catch {
        // The text alone is on screen already.
      }
    },
    readMessages,
    async ask(id, question, retry = false) {
      if (conversationOf(id).answer?.written.state === 'writing') return;
      const text = await write(
        `ask ${id}`,
        (signal) => api.critic.ask({ id, question, retry }, { signal }),
        (written) => change(id, { answer: { question, retried: retry, written } }),
      );
      if (text.state === 'failed') return;
      await readMessages(id);
      change(id, { answer: null });
    },
    stopWriting: (id, what) => stops.get(`${what} ${id}`)?.abort(),
    async forget(id, message) {
      try {
        await api.critic.forget({ id, message });
        change(id, { answer: null });
        await readMessages(id);
      } catch (error) {
        notifyProblem(error);
      }
    },
    dropAnswer: (id) => change(id, { answer: null }),
  };
}
