/**
 * The desktop shell's side of its core process: starts it, asks it, starts it again when it dies, ends it in peace.
 * Knows Electron only by the two functions that it is given.
 */
import type { Mending, MendingChoice } from '../../core/base/core-error.ts';
import type { CoreQuestions, FromCore, QuestionName, ToCore, UndoState } from './core-messages.ts';

/** Deaths in a row, each within a minute of its start, after which the core is given up. */
const DEATH_LIMIT = 3;
const LIVED_MILLISECONDS = 60_000;
const CLOSE_MILLISECONDS = 10_000;

/** What is used of Electron's UtilityProcess. */
export interface CoreChild<Port> {
  postMessage(message: ToCore, ports?: Port[]): void;
  onMessage(listener: (message: FromCore) => void): void;
  onExit(listener: (code: number) => void): void;
  kill(): boolean;
}

export interface CoreLinkOptions<Port> {
  dataDirectory: string;
  fork(): CoreChild<Port>;
  /** The core is open, for the first time or again after it died: pages need new ports. */
  onReady(): void;
  /** Undo and redo would do something else now. */
  onHistory(state: UndoState): void;
  /** Seals a key by the system's keychain, or opens a sealed one; null where it cannot. */
  keychain(what: 'seal' | 'open', text: string): string | null;
  /** It cannot be opened or keeps dying. @param choices for `mend`; none where nothing can be done from here. */
  onFailed(sentence: string, choices: readonly MendingChoice[]): void;
}

export class CoreRefusal extends Error {
  readonly notFound: boolean;
  constructor(sentence: string, notFound: boolean) {
    super(sentence);
    this.notFound = notFound;
  }
}

type Waiting = { resolve: (answer: never) => void; reject: (reason: Error) => void };

export class CoreLink<Port> {
  readonly #options: CoreLinkOptions<Port>;
  readonly #waiting = new Map<number, Waiting>();
  #child: CoreChild<Port> | null = null;
  #ready = false;
  #closing: (() => void) | null = null;
  #deaths = 0;
  #next = 1;

  constructor(options: CoreLinkOptions<Port>) {
    this.#options = options;
    this.#start();
  }

  #start(): void {
    const child = this.#options.fork();
    const startedAt = Date.now();
    this.#child = child;
    child.onMessage((message) => this.#receive(message));
    child.onExit((code) => this.#died(code, Date.now() - startedAt));
    child.postMessage({ kind: 'start', dataDirectory: this.#options.dataDirectory });
  }

  #receive(message: FromCore): void {
    switch (message.kind) {
      case 'ready':
        this.#ready = true;
        this.#options.onReady();
        break;
      case 'history':
        this.#options.onHistory({ undo: message.undo, redo: message.redo });
        break;
      case 'failed':
        this.#options.onFailed(message.sentence, message.choices);
        break;
      case 'answer':
        this.#take(message.id)?.resolve(message.answer as never);
        break;
      case 'refusal':
        this.#take(message.id)?.reject(new CoreRefusal(message.sentence, message.notFound));
        break;
      case 'keychain': {
        const text = this.#options.keychain(message.what, message.text);
        this.#child?.postMessage({ kind: 'keychain', id: message.id, text });
        break;
      }
      case 'closed':
        this.#child?.kill();
        break;
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #died(code: number, livedMilliseconds: number): void {
    this.#child = null;
    this.#ready = false;
    for (const { reject } of this.#waiting.values()) reject(new CoreRefusal('The library was interrupted.', false));
    this.#waiting.clear();
    if (this.#closing) {
      this.#closing();
      return;
    }
    this.#deaths = livedMilliseconds > LIVED_MILLISECONDS ? 1 : this.#deaths + 1;
    if (this.#deaths > DEATH_LIMIT) {
      this.#options.onFailed(`The library's process ended unexpectedly ${this.#deaths} times (code ${code}).`, []);
    } else this.#start();
  }

  /** Opens a catalog that could not be opened, in the way that a person chose. Answered by onReady or onFailed. */
  mend(choice: Mending): void {
    this.#child?.postMessage({ kind: 'start', dataDirectory: this.#options.dataDirectory, mend: choice });
  }

  /** Gives a page's port to the core. @returns false while the core is not open: `onReady` comes later. */
  connect(port: () => Port): boolean {
    if (!this.#ready || !this.#child) return false;
    this.#child.postMessage({ kind: 'connect' }, [port()]);
    return true;
  }

  /** @throws CoreRefusal with a sentence. */
  ask<Name extends QuestionName>(
    name: Name,
    ask: CoreQuestions[Name]['ask'],
    signal?: AbortSignal,
  ): Promise<CoreQuestions[Name]['answer']> {
    const child = this.#child;
    if (!child) return Promise.reject(new CoreRefusal('The library is not open.', false));
    const id = this.#next++;
    const cancel = () => child.postMessage({ kind: 'cancel', id });
    signal?.addEventListener('abort', cancel, { once: true });
    return new Promise<CoreQuestions[Name]['answer']>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      child.postMessage({ kind: 'ask', id, name, ask } as ToCore);
    }).finally(() => signal?.removeEventListener('abort', cancel));
  }

  /** Lets the core finish what it is writing; after ten seconds it is ended. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      const child = this.#child;
      if (!child) return resolve();
      const timer = setTimeout(() => child.kill(), CLOSE_MILLISECONDS);
      this.#closing = () => {
        clearTimeout(timer);
        resolve();
      };
      child.postMessage({ kind: 'close' });
    });
  }
}
