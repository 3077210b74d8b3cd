/**
 * The client of a model's process, and the only way in which the rest of Keeplight reaches a model: starts it, speaks to
 * it, and says in one sentence why it died.
 */

import type { ChildProcess } from 'node:child_process';
import { basename } from 'node:path';
import type { z } from 'zod';
import { messageOf } from '../../shared/error-message.ts';
import { forkBeside } from '../fork-node.ts';
import {
  type ChatRequest,
  type ExplainRequest,
  type Glimpse,
  type GradeResult,
  type LocalSession,
  type MemoryReport,
  ModelError,
  type ModelEvent,
  type ModelImage,
  type ModelInfo,
  type OpenOptions,
} from '../model-api.ts';
import { type Answer, answerSchema, type Request } from './protocol.ts';

/**
 * Starts the model's process and loads the model.
 * @throws ModelError; the signal's reason when aborted.
 */
export async function openModel(options: OpenOptions, signal?: AbortSignal): Promise<LocalSession> {
  if (gpuDeaths >= GPU_PATIENCE && options.gpu !== 'off') {
    const session = await Session.open({ ...options, gpu: 'off' }, signal);
    session.info.notes.push('The GPU failed more than once, so the model runs on the processor until the next start.');
    return session;
  }
  try {
    return await Session.open(options, signal);
  } catch (error) {
    if (!(error instanceof RetryWithoutGpuError)) throw error;
    const session = await Session.open({ ...options, gpu: 'off' }, signal);
    session.info.notes.push(`The GPU failed (${error.message}), so the model runs on the processor.`);
    return session;
  }
}

class RetryWithoutGpuError extends Error {}

/** A slow drive moves on all the time; a driver that compiles for a new GPU is silent for a minute. */
const PATIENCE_MILLISECONDS = 120_000;

/** Several times what a slow processor takes for the longest step, a photo read by a large model. */
const ANSWER_MILLISECONDS = 600_000;
/** The engine looks between two layers whether it shall stop. */
const STOP_MILLISECONDS = 30_000;

/** Deaths that the GPU's driver is to blame for, since this program started. */
let gpuDeaths = 0;
const GPU_PATIENCE = 2;

interface Pending {
  image: ModelImage | null;
  signal: AbortSignal | undefined;
  /** Whether the process has begun with it. */
  working: boolean;
  take(answer: Answer): void;
  fail(error: unknown): void;
}

class Session implements LocalSession {
  readonly info: LocalSession['info'];
  readonly exited: Promise<ModelError | null>;
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #closing = false;
  /** Set once the process is gone. */
  #gone: ModelError | null = null;
  /** Runs out where the process says nothing about its work. */
  readonly #watch: NodeJS.Timeout;
  readonly #patience: number;
  /** Photos that are being read for the process: it waits for us then. */
  #supplying = 0;
  /** Why the process was ended by us. */
  #hung: string | null = null;

  static async open(options: OpenOptions, signal?: AbortSignal): Promise<Session> {
    signal?.throwIfAborted();
    const { onProgress, patience = PATIENCE_MILLISECONDS, answerPatience = ANSWER_MILLISECONDS, ...plain } = options;
    const child = forkBeside('model-process', import.meta.url, 'advanced');
    const said = tailOf(child);
    const stop = () => child.kill('SIGKILL');
    signal?.addEventListener('abort', stop, { once: true });
    let watch: NodeJS.Timeout | undefined;
    try {
      const info = await new Promise<ModelInfo>((resolve, reject) => {
        let reached = 0;
        watch = setTimeout(() => reject(stalled(options, patience)), patience);
        child.once('error', (error) =>
          reject(new ModelError('no-bridge', `The model's process cannot be started: ${error.message}`)),
        );
        child.on('message', (message) => {
          const answer = answerSchema.safeParse(message);
          if (!answer.success) {
            reject(new ModelError('bad-file', `${basename(options.model)} cannot be used: ${nonsense(answer.error)}.`));
            return;
          }
          if (answer.data.kind === 'progress') {
            if (answer.data.share > reached) watch?.refresh();
            reached = Math.max(reached, answer.data.share);
            onProgress?.(answer.data.share);
          } else if (answer.data.kind === 'opened') resolve(answer.data.info);
          else if (answer.data.kind === 'not-opened') {
            const { code, message: text, withoutGpu } = answer.data;
            reject(withoutGpu ? new RetryWithoutGpuError(text) : new ModelError(code, text));
          }
        });
        child.once('exit', (code, killed) => {
          if (signal?.aborted) reject(signal.reason);
          else if ((options.gpu ?? 'auto') !== 'off' && killed !== 'SIGKILL' && mentionsGpu(said()))
            reject(new RetryWithoutGpuError(reasonOf(said(), code, killed)));
          else
            reject(
              new ModelError(
                'bad-file',
                `${basename(options.model)} cannot be loaded: the engine died over it (${reasonOf(said(), code, killed)}).`,
              ),
            );
        });
        send(child, { kind: 'open', options: plain });
      });
      child.removeAllListeners('message');
      child.removeAllListeners('exit');
      return new Session(child, info, said, answerPatience);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    } finally {
      clearTimeout(watch);
      signal?.removeEventListener('abort', stop);
    }
  }

  private constructor(child: ChildProcess, info: ModelInfo, said: () => string, patience: number) {
    this.#child = child;
    this.info = { ...info, grades: true, atOnce: null };
    this.#patience = patience;
    this.#watch = setTimeout(() => this.#look(), patience);
    this.#watch.unref();
    child.on('message', (message) => this.#receive(message));
    child.on('error', () => {}); // such as a message to a process that has just died; `exit` follows
    this.exited = new Promise((resolve) => {
      const end = (code: number | null, killed: NodeJS.Signals | null) => {
        clearTimeout(this.#watch);
        const reason = this.#hung ?? reasonOf(said(), code, killed);
        const error = this.#closing
          ? new ModelError('closed', 'The model was closed.')
          : new ModelError('died', `The model's process died (${reason}).`);
        this.#gone = error;
        if (!this.#closing && info.backend !== 'cpu' && mentionsGpu(said())) gpuDeaths += 1;
        for (const pending of this.#pending.values())
          pending.fail(
            this.#closing || !pending.working
              ? new ModelError(
                  'closed',
                  `The model's process ended before this photo's turn${this.#closing ? '' : ` (${reason})`}.`,
                )
              : new ModelError('died', `The model's process died while it worked on this photo (${reason}).`),
          );
        this.#pending.clear();
        resolve(this.#closing ? null : error);
      };
      // What it said last is read before its end counts.
      const settle = (code: number | null, killed: NodeJS.Signals | null) => {
        if (child.connected) child.once('disconnect', () => end(code, killed));
        else end(code, killed);
      };
      if (child.exitCode !== null || child.signalCode !== null) settle(child.exitCode, child.signalCode);
      else child.once('exit', settle);
    });
  }

  grade(
    image: ModelImage,
    { trace = false, signal }: { trace?: boolean; signal?: AbortSignal } = {},
  ): Promise<GradeResult> {
    return new Promise((resolve, reject) => {
      const id = this.#begin(image, signal, {
        take: (answer) => {
          if (answer.kind === 'graded') resolve(answer.result as GradeResult);
          else if (answer.kind === 'stopped')
            reject(signal?.reason ?? new ModelError('closed', 'The work was stopped.'));
        },
        fail: reject,
      });
      if (id !== null) send(this.#child, { kind: 'grade', id, key: image.key, trace });
    });
  }

  glimpse(image: ModelImage, signal?: AbortSignal): Promise<Glimpse> {
    return new Promise((resolve, reject) => {
      const id = this.#begin(image, signal, {
        take: (answer) => {
          if (answer.kind === 'glimpsed') resolve(answer.result);
          else if (answer.kind === 'stopped')
            reject(signal?.reason ?? new ModelError('closed', 'The work was stopped.'));
        },
        fail: reject,
      });
      if (id !== null) send(this.#child, { kind: 'glimpse', id, key: image.key });
    });
  }

  explain(image: ModelImage, request: ExplainRequest = {}, signal?: AbortSignal): AsyncIterable<ModelEvent> {
    return this.#stream(image, signal, (id) => ({
      kind: 'explain',
      id,
      key: image.key,
      request: plainRequest(request),
    }));
  }

  chat(image: ModelImage, request: ChatRequest, signal?: AbortSignal): AsyncIterable<ModelEvent> {
    const { history, question } = request;
    return this.#stream(image, signal, (id) => ({
      kind: 'chat',
      id,
      key: image.key,
      request: {
        ...plainRequest(request),
        question,
        ...(history ? { history: history.map(({ role, text }) => ({ role, text })) } : {}),
      },
    }));
  }

  memory(): Promise<MemoryReport> {
    return new Promise((resolve, reject) => {
      const id = this.#begin(null, undefined, {
        take: (answer) => {
          if (answer.kind === 'memory') resolve(answer.report);
        },
        fail: reject,
      });
      if (id !== null) send(this.#child, { kind: 'memory', id });
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#child.kill('SIGKILL'); // it owns nothing that needs a farewell
    await this.exited;
  }

  #begin(
    image: ModelImage | null,
    signal: AbortSignal | undefined,
    handlers: Pick<Pending, 'take' | 'fail'>,
  ): number | null {
    if (this.#gone) {
      handlers.fail(this.#gone);
      return null;
    }
    if (signal?.aborted) {
      handlers.fail(signal.reason);
      return null;
    }
    const id = this.#nextId++;
    let answered: NodeJS.Timeout | undefined;
    const stop = () => {
      send(this.#child, { kind: 'stop', id });
      // Whoever stops gets an answer, from the process or without it.
      const patience = Math.min(this.#patience, STOP_MILLISECONDS);
      answered = setTimeout(() => {
        this.#end(`it did not stop within ${Math.ceil(patience / 1000)} s`);
        this.#pending.get(id)?.fail(signal?.reason);
      }, patience);
    };
    const done = () => {
      clearTimeout(answered);
      this.#pending.delete(id);
      signal?.removeEventListener('abort', stop);
    };
    signal?.addEventListener('abort', stop, { once: true });
    if (this.#pending.size === 0) this.#watch.refresh();
    this.#pending.set(id, {
      image,
      signal,
      working: false,
      take: (answer) => {
        const last = ['graded', 'glimpsed', 'stopped', 'memory'].includes(answer.kind);
        if (last || (answer.kind === 'event' && answer.event.kind === 'end')) done();
        handlers.take(answer);
      },
      fail: (error) => {
        done();
        handlers.fail(error);
      },
    });
    return id;
  }

  async *#stream(
    image: ModelImage,
    signal: AbortSignal | undefined,
    request: (id: number) => Request,
  ): AsyncGenerator<ModelEvent> {
    const events: ModelEvent[] = [];
    let ended = false;
    let failure: unknown = null;
    let wake: () => void = () => {};
    const abandoned = new AbortController();
    const both = signal ? AbortSignal.any([signal, abandoned.signal]) : abandoned.signal;
    const started = performance.now();
    const stopped = (): ModelEvent => {
      const all = performance.now() - started;
      return { kind: 'end', reason: 'stopped', tokens: 0, milliseconds: { first: all, all } };
    };
    if (signal?.aborted) {
      yield stopped();
      return;
    }
    const id = this.#begin(image, both, {
      take: (answer) => {
        if (answer.kind === 'event') events.push(answer.event);
        else if (answer.kind === 'stopped') events.push(stopped());
        ended ||= events.at(-1)?.kind === 'end';
        wake();
      },
      fail: (error) => {
        failure = error;
        wake();
      },
    });
    if (id !== null) send(this.#child, request(id));
    try {
      for (;;) {
        const event = events.shift();
        if (event) yield event;
        else if (failure) throw failure;
        else if (ended) return;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      // The reader left early: what is being written is of no use to anyone.
      if (!ended && !failure) abandoned.abort();
    }
  }

  #receive(message: unknown): void {
    const parsed = answerSchema.safeParse(message);
    if (!parsed.success) {
      // Whoever waits for it would wait for good.
      const { id } = (message ?? {}) as { id?: unknown };
      const text = `The model answers nonsense about this photo: ${nonsense(parsed.error)}.`;
      if (typeof id === 'number') this.#pending.get(id)?.fail(new ModelError('bad-input', text));
      return;
    }
    if (!('id' in parsed.data)) return;
    const answer = parsed.data;
    const pending = this.#pending.get(answer.id);
    // Its memory is told by a thread that lives on while another hangs.
    if (answer.kind !== 'memory') this.#watch.refresh();
    if (!pending) return;
    if (answer.kind === 'working') pending.working = true;
    else if (answer.kind === 'need') void this.#supply(answer.id, pending);
    else if (answer.kind === 'failed') pending.fail(new ModelError(answer.code, answer.message));
    else pending.take(answer);
  }

  /** Nothing was heard for a long time: is there anything to hear of? */
  #look(): void {
    if (this.#gone) return;
    const waits = [...this.#pending.values()].some(({ image }) => image !== null);
    if (waits && this.#supplying === 0) {
      const seconds = Math.ceil(this.#patience / 1000);
      this.#end(`it said nothing for ${seconds >= 120 ? `${Math.round(seconds / 60)} minutes` : `${seconds} s`}`);
    } else this.#watch.refresh();
  }

  #end(reason: string): void {
    this.#hung ??= reason;
    this.#child.kill('SIGKILL');
  }

  async #supply(id: number, pending: Pending): Promise<void> {
    this.#supplying += 1;
    try {
      if (!pending.image) throw new Error('There is no photo.');
      const { width, height, data } = await pending.image.read(pending.signal);
      send(this.#child, { kind: 'pixels', id, width, height, data });
    } catch (error) {
      send(this.#child, { kind: 'no-pixels', id, message: messageOf(error) });
    } finally {
      this.#supplying -= 1;
      this.#watch.refresh();
    }
  }
}

function stalled({ model, gpu = 'auto' }: OpenOptions, patience: number): ModelError {
  const way = gpu === 'off' ? '' : ', or choose the processor in the settings in case the graphics driver hangs';
  const time = patience >= 60_000 ? `${Math.round(patience / 60_000)} minutes` : `${Math.round(patience / 1000)} s`;
  const text = `${basename(model)} cannot be loaded: nothing has moved for ${time}. Try again${way}.`;
  return new ModelError('bad-file', text);
}

function send(child: ChildProcess, request: Request): void {
  if (child.connected) child.send(request, () => {}); // a failure shows as the process's end
}

/** What is wrong with an answer, in a few words. */
function nonsense(error: z.ZodError): string {
  const [issue] = error.issues;
  const place = issue?.path.join('.');
  return `${place ? `${place} is not what it should be` : 'its answer is malformed'}; its weights may be damaged`;
}

/** The end of what the process says on its error stream: an assertion's text is there when it dies. */
function tailOf(child: ChildProcess): () => string {
  let tail = '';
  child.stderr?.on('data', (piece: Buffer) => {
    tail = (tail + piece.toString('utf8')).slice(-8000);
  });
  return () => tail;
}

/** Why a process died, in a few words. */
function reasonOf(said: string, code: number | null, killed: NodeJS.Signals | null): string {
  const assertion =
    /(GGML_ASSERT\([^\n]*\) failed|GGML_ABORT[^\n]*|CUDA error[^\n]*|ggml_[a-z_]+: [^\n]*|bad_alloc|out of memory[^\n]*)/i.exec(
      said,
    );
  if (assertion) return assertion[1]!.slice(0, 160);
  if (killed === 'SIGKILL') return 'it was killed, perhaps for want of memory';
  return killed ? `signal ${killed}` : `exit code ${code}`;
}

function mentionsGpu(said: string): boolean {
  return /cuda|vulkan|metal|cublas|device lost/i.test(said);
}

function plainRequest({ evidence, maximumTokens, temperature, seed }: ExplainRequest) {
  return { ...(evidence ? { evidence: [...evidence] } : {}), maximumTokens, temperature, seed };
}
