/**
 * The one job runner. A job's row says what it was asked to do; what is left of it is a query over the catalog, so that
 * pausing is stopping, and resuming (also after a kill) is starting again. Rows are kept by a JobStore (catalog/jobs.ts).
 */
import type { Job } from '../../../shared/job.ts';
import { CoreError } from './core-error.ts';

export type JobKind = Job['kind'];

export type JobProgress = { done?: number; total?: number | null; failed?: number; description?: string };

export type JobContext = {
  readonly id: number;
  readonly payload: unknown;
  /** Units done, without those that failed, when it was paused or left: 0 at the first start. */
  readonly before: number;
  /** Aborted by pause, cancel and close. */
  readonly signal: AbortSignal;
  report(progress: JobProgress): void;
};

export type JobDefinition = {
  /** What one unit is called, plural. */
  unit: string;
  canPause: boolean;
  /** Begins, or begins again where the catalog says it stopped. @returns `forget`: the row is not worth keeping. */
  run(context: JobContext): Promise<'forget' | undefined>;
};

/** A job as it is kept; `payload` is JSON. */
export type JobRow = Omit<Job, 'rate' | 'secondsLeft' | 'canPause'> & { payload: string };

/** Where jobs outlive the process. */
export interface JobStore {
  /** All rows, oldest first. */
  read(): JobRow[];
  /** Keeps a new queued job. @returns its id. */
  add(job: Pick<JobRow, 'kind' | 'title' | 'unit' | 'payload' | 'createdAt'>): number;
  save(job: JobRow): void;
  remove(id: number): void;
}

type Running = { controller: AbortController; finished: Promise<void>; intent: 'none' | 'pause' | 'cancel' | 'close' };

/** Rates are taken over this time. */
const RATE_SECONDS = 30;
const EVENT_MILLISECONDS = 250;
const SAVE_MILLISECONDS = 1000;
/** Ended jobs that stay in the list. */
const KEPT_ENDED = 20;

const isEnded = (state: Job['state']): boolean => state === 'done' || state === 'failed' || state === 'cancelled';

export class JobRunner {
  readonly #store: JobStore;
  readonly #onJobs: (jobs: Job[]) => void;
  readonly #onFailure: (title: string, error: unknown) => void;
  readonly #sentence: (error: unknown) => string;
  readonly #definitions = new Map<JobKind, JobDefinition>();
  readonly #rows = new Map<number, JobRow>();
  readonly #running = new Map<number, Running>();
  readonly #samples = new Map<number, { at: number; done: number }[]>();
  readonly #waiting = new Map<number, ((job: Job) => void)[]>();
  #event: NodeJS.Timeout | null = null;
  #save: NodeJS.Timeout | null = null;
  readonly #unsaved = new Set<number>();
  #closed = false;

  constructor(
    store: JobStore,
    options: {
      onJobs: (jobs: Job[]) => void;
      onFailure: (title: string, error: unknown) => void;
      /** What a person is told of an error that ended a job. */
      sentence: (error: unknown) => string;
    },
  ) {
    this.#store = store;
    this.#onJobs = options.onJobs;
    this.#onFailure = options.onFailure;
    this.#sentence = options.sentence;
    for (const row of store.read()) this.#rows.set(row.id, row);
  }

  define(kind: JobKind, definition: JobDefinition): void {
    this.#definitions.set(kind, definition);
  }

  /** Puts what a kill or a close left unfinished back into the queue; paused jobs stay paused. */
  continueUnfinished(): void {
    const ended = [...this.#rows.values()].filter((row) => isEnded(row.state));
    for (const row of ended.slice(0, Math.max(0, ended.length - KEPT_ENDED))) this.#forget(row.id);
    for (const row of this.#rows.values()) {
      if (row.state === 'running') this.#set(row, { state: 'queued' });
    }
    this.#startNext();
  }

  /** Queues a job; one of the same kind and payload that has not begun yet is taken instead. @returns its id. */
  start(kind: JobKind, title: string, payload: unknown): number {
    const definition = this.#definitionOf(kind);
    const text = JSON.stringify(payload);
    for (const row of this.#rows.values()) {
      if (row.kind !== kind || row.payload !== text || isEnded(row.state) || this.#running.has(row.id)) continue;
      // Left by a process that is gone, or waiting already.
      this.#set(row, { state: 'queued' });
      this.#startNext();
      return row.id;
    }
    const createdAt = Date.now();
    const id = this.#store.add({ kind, title, unit: definition.unit, payload: text, createdAt });
    this.#rows.set(id, {
      id,
      kind,
      title,
      description: '',
      state: 'queued',
      done: 0,
      total: null,
      failed: 0,
      unit: definition.unit,
      error: null,
      createdAt,
      payload: text,
    });
    this.#announce();
    this.#startNext();
    return id;
  }

  list(): Job[] {
    return [...this.#rows.values()].map((row) => this.#jobOf(row));
  }

  /** Payloads of the jobs of a kind that have not ended. */
  unfinished(kind: JobKind): { id: number; state: Job['state']; payload: unknown }[] {
    return [...this.#rows.values()]
      .filter((row) => row.kind === kind && !isEnded(row.state))
      .map((row) => ({ id: row.id, state: row.state, payload: JSON.parse(row.payload) as unknown }));
  }

  async pause(id: number): Promise<void> {
    const row = this.#require(id);
    if (isEnded(row.state)) throw new CoreError('CONFLICT', `"${row.title}" has ended already.`);
    if (!this.#definitionOf(row.kind).canPause) throw new CoreError('INVALID', `"${row.title}" cannot be paused.`);
    const running = this.#running.get(id);
    if (running) await this.#stop(running, 'pause');
    else this.#set(row, { state: 'paused' });
    this.#announce();
  }

  resume(id: number): void {
    const row = this.#require(id);
    if (row.state !== 'paused' && row.state !== 'failed') return;
    this.#set(row, { state: 'queued', error: null });
    this.#announce();
    this.#startNext();
  }

  async cancel(id: number): Promise<void> {
    const row = this.#require(id);
    if (isEnded(row.state)) return;
    const running = this.#running.get(id);
    if (running) await this.#stop(running, 'cancel');
    else this.#end(row, 'cancelled', null);
  }

  dismiss(id: number): void {
    const row = this.#require(id);
    if (!isEnded(row.state)) throw new CoreError('CONFLICT', `"${row.title}" is still at work. Cancel it first.`);
    this.#forget(id);
    this.#announce();
  }

  /** The job when it has ended, been paused, or been left for the next start by close(). */
  settled(id: number): Promise<Job> {
    const row = this.#require(id);
    if (isEnded(row.state)) return Promise.resolve(this.#jobOf(row));
    return new Promise((resolve) => {
      this.#waiting.set(id, [...(this.#waiting.get(id) ?? []), resolve]);
    });
  }

  /** Stops what runs; it continues at the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#running.values()].map((running) => this.#stop(running, 'close')));
    if (this.#event) clearTimeout(this.#event);
    if (this.#save) clearTimeout(this.#save);
    this.#saveProgress();
    for (const [id, listeners] of this.#waiting) {
      const row = this.#rows.get(id);
      if (row) for (const listener of listeners) listener(this.#jobOf(row));
    }
    this.#waiting.clear();
  }

  #definitionOf(kind: JobKind): JobDefinition {
    const definition = this.#definitions.get(kind);
    if (!definition) throw new CoreError('UNAVAILABLE', `This Keeplight has nothing that could ${kind}.`);
    return definition;
  }

  #require(id: number): JobRow {
    const row = this.#rows.get(id);
    if (!row) throw new CoreError('NOT_FOUND', `There is no job ${id}.`);
    return row;
  }

  /** One job of a kind at a time, oldest first. */
  #startNext(): void {
    if (this.#closed) return;
    const busy = new Set([...this.#running.keys()].map((id) => this.#rows.get(id)?.kind));
    for (const row of this.#rows.values()) {
      const definition = this.#definitions.get(row.kind);
      if (row.state !== 'queued' || busy.has(row.kind) || !definition) continue;
      busy.add(row.kind);
      this.#begin(row, definition);
    }
  }

  #begin(row: JobRow, definition: JobDefinition): void {
    const controller = new AbortController();
    const running: Running = { controller, finished: Promise.resolve(), intent: 'none' };
    this.#running.set(row.id, running);
    this.#samples.set(row.id, []);
    this.#set(row, { state: 'running', error: null });
    this.#announce();
    running.finished = this.#work(row, definition, running);
  }

  async #work(row: JobRow, definition: JobDefinition, running: Running): Promise<void> {
    const { signal } = running.controller;
    let outcome: 'forget' | undefined;
    let failure: unknown = null;
    try {
      // Not within the caller's turn, so that a start() returns before its job does anything.
      await Promise.resolve();
      signal.throwIfAborted();
      outcome = await definition.run({
        id: row.id,
        payload: JSON.parse(row.payload) as unknown,
        before: Math.max(0, row.done - row.failed),
        signal,
        report: (progress) => this.#report(row, progress),
      });
    } catch (error) {
      failure = error ?? new Error('Stopped.');
    }
    this.#running.delete(row.id);
    this.#samples.delete(row.id);
    if (failure !== null && signal.aborted && running.intent !== 'none') {
      if (running.intent === 'cancel') this.#end(row, 'cancelled', null);
      else if (running.intent === 'pause') {
        this.#set(row, { state: 'paused' });
        this.#settle(row);
      }
      // Closing leaves the row as it is: it says "running", and the next start goes on with it.
    } else if (failure !== null) {
      this.#onFailure(row.title, failure);
      this.#end(row, 'failed', this.#sentence(failure));
    } else {
      this.#end(row, 'done', null);
      if (outcome === 'forget') this.#forget(row.id);
    }
    this.#announce();
    this.#startNext();
  }

  async #stop(running: Running, intent: Running['intent']): Promise<void> {
    running.intent = intent;
    running.controller.abort(new DOMException('The job was stopped.', 'AbortError'));
    await running.finished;
  }

  #report(row: JobRow, progress: JobProgress): void {
    Object.assign(row, progress);
    const samples = this.#samples.get(row.id);
    const now = performance.now();
    if (samples && progress.done !== undefined) {
      samples.push({ at: now, done: row.done });
      while (samples.length > 2 && now - samples[0]!.at > RATE_SECONDS * 1000) samples.shift();
    }
    this.#unsaved.add(row.id);
    this.#save ??= setTimeout(() => {
      this.#save = null;
      this.#saveProgress();
    }, SAVE_MILLISECONDS);
    this.#announce();
  }

  #end(row: JobRow, state: Job['state'], error: string | null): void {
    this.#set(row, { state, error });
    this.#settle(row);
    this.#announce();
  }

  #settle(row: JobRow): void {
    const listeners = this.#waiting.get(row.id) ?? [];
    this.#waiting.delete(row.id);
    for (const listener of listeners) listener(this.#jobOf(row));
  }

  #set(row: JobRow, change: Partial<Pick<JobRow, 'state' | 'error'>>): void {
    Object.assign(row, change);
    this.#unsaved.add(row.id);
    this.#saveProgress();
  }

  #saveProgress(): void {
    try {
      for (const id of this.#unsaved) {
        const row = this.#rows.get(id);
        if (row) this.#store.save(row);
      }
      this.#unsaved.clear();
    } catch (error) {
      // A full disk must not end the process; the job itself will fail at its own writing, with a sentence.
      this.#onFailure('Keeping the progress of jobs', error);
    }
  }

  #forget(id: number): void {
    this.#rows.delete(id);
    this.#unsaved.delete(id);
    this.#store.remove(id);
  }

  #announce(): void {
    if (this.#closed) return;
    this.#event ??= setTimeout(() => {
      this.#event = null;
      this.#onJobs(this.list());
    }, EVENT_MILLISECONDS);
  }

  #jobOf(row: JobRow): Job {
    const { payload: _, ...job } = row;
    const rate = this.#rateOf(row.id);
    const left = row.total === null ? null : Math.max(0, row.total - row.done);
    return {
      ...job,
      rate,
      secondsLeft: rate !== null && rate > 0 && left !== null && row.state === 'running' ? left / rate : null,
      canPause: this.#definitions.get(row.kind)?.canPause ?? false,
    };
  }

  #rateOf(id: number): number | null {
    const samples = this.#samples.get(id);
    const first = samples?.[0];
    const last = samples?.at(-1);
    if (!first || !last || last.at - first.at < 500 || last.done < first.done) return null;
    return ((last.done - first.done) * 1000) / (last.at - first.at);
  }
}
