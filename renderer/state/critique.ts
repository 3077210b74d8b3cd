/**
 * What the critic writes about photos: the explanation and the talk, streamed by the core. A text that is being
 * written goes on when another photo is looked at; it ends with its stop, or with the page.
 */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Message, Writing } from '../../shared/contract.ts';
import { api, sentenceOf } from './client.ts';
import { readDetailAgain } from './details.ts';
import { notifyProblem } from './notices.ts';
import { continued, EMPTY_SCRIPT, type Script } from './script.ts';

export interface Conversation {
  /** The explanation, null when none was asked for in this visit. */
  readonly explanation: Script | null;
  /** The explanation of an earlier visit with its evidence, null until it is read. */
  readonly recalled: Script | null;
  /** The talk so far, null until it is read. */
  readonly messages: readonly Message[] | null;
  /** The answer that is being written, with the question that it answers. */
  readonly answer: { readonly question: string; readonly retried: boolean; readonly script: Script } | null;
}

const EMPTY: Conversation = { explanation: null, recalled: null, messages: null, answer: null };

const conversations = createStore<{ byPhoto: ReadonlyMap<number, Conversation> }>(() => ({ byPhoto: new Map() }));

const stops = new Map<string, AbortController>();

export function useConversation(id: number): Conversation {
  return useStore(conversations, (state) => state.byPhoto.get(id) ?? EMPTY);
}

function conversationOf(id: number): Conversation {
  return conversations.getState().byPhoto.get(id) ?? EMPTY;
}

function change(id: number, next: Partial<Conversation>): void {
  conversations.setState(({ byPhoto }) => ({
    byPhoto: new Map(byPhoto).set(id, { ...(byPhoto.get(id) ?? EMPTY), ...next }),
  }));
}

/** Reads a stream into a script. Tokens of one frame are drawn together. */
async function write(
  key: string,
  open: (signal: AbortSignal) => Promise<AsyncIterable<Writing>>,
  show: (script: Script) => void,
): Promise<Script> {
  stops.get(key)?.abort();
  const own = new AbortController();
  stops.set(key, own);
  let script = EMPTY_SCRIPT;
  let frame = 0;
  const draw = (): void => {
    frame = 0;
    show(script);
  };
  show(script);
  try {
    for await (const event of await open(own.signal)) {
      script = continued(script, event);
      if (frame === 0) frame = requestAnimationFrame(draw);
      if (event.kind === 'end') break;
    }
    if (script.state === 'writing')
      script = { ...script, state: own.signal.aborted ? 'stopped' : 'complete', status: null };
  } catch (error) {
    script = own.signal.aborted
      ? { ...script, state: 'stopped', status: null }
      : { ...script, state: 'failed', status: null, problem: sentenceOf(error) };
  } finally {
    if (frame !== 0) cancelAnimationFrame(frame);
    if (stops.get(key) === own) stops.delete(key);
  }
  show(script);
  return script;
}

/** Asks the critic why. @param again writes a new explanation over the stored one */
export async function explain(id: number, again = false): Promise<void> {
  if (conversationOf(id).explanation?.state === 'writing') return;
  await write(
    `explain ${id}`,
    (signal) => api.critic.explain({ id, again }, { signal }),
    (explanation) => change(id, { explanation }),
  );
  readDetailAgain(id);
}

/**
 * Reads the kept explanation with the evidence that its references mean. Never has a new one written: what the active
 * critic would have to think about first stays unread.
 */
export async function recall(id: number, signal: AbortSignal): Promise<void> {
  const own = new AbortController();
  let script = EMPTY_SCRIPT;
  try {
    for await (const event of await api.critic.explain({ id }, { signal: AbortSignal.any([signal, own.signal]) })) {
      if (event.kind === 'status') {
        own.abort();
        return;
      }
      script = continued(script, event);
    }
    if (script.state === 'complete') change(id, { recalled: script });
  } catch {
    // The text alone is on screen already.
  }
}

export async function readMessages(id: number): Promise<void> {
  try {
    change(id, { messages: await api.critic.messages({ id }) });
  } catch (error) {
    notifyProblem(error);
  }
}

/** Asks a free question about the photo. @param retry writes the last answer again */
export async function ask(id: number, question: string, retry = false): Promise<void> {
  if (conversationOf(id).answer?.script.state === 'writing') return;
  const script = await write(
    `ask ${id}`,
    (signal) => api.critic.ask({ id, question, retry }, { signal }),
    (now) => change(id, { answer: { question, retried: retry, script: now } }),
  );
  if (script.state === 'failed') return;
  await readMessages(id);
  change(id, { answer: null });
}

/** Stops what is being written about the photo. What is there stays. */
export function stopWriting(id: number, what: 'explain' | 'ask'): void {
  stops.get(`${what} ${id}`)?.abort();
}

/** Deletes one message with its answer, or the whole talk. */
export async function forget(id: number, message: number | null): Promise<void> {
  try {
    await api.critic.forget({ id, message });
    change(id, { answer: null });
    await readMessages(id);
  } catch (error) {
    notifyProblem(error);
  }
}

/** Closes an answer that failed. */
export function dropAnswer(id: number): void {
  change(id, { answer: null });
}
