/** What can go wrong with an engine elsewhere, and whom it is held against: the engine, or one photo. */
import { ModelError } from '../model-api.ts';

export type EngineTrouble =
  /** No connection: nothing was sent. */
  | 'unreachable'
  /** It says that it has too much to do, or is still loading. */
  | 'busy'
  /** It failed over what it was sent, or died. */
  | 'broken'
  /** Key, model or address are wrong: waiting does not help. */
  | 'refused';

/** The engine rests, the work goes to another one. The message is a sentence for people. */
export class EngineFailure extends ModelError {
  override name = 'EngineFailure';
  readonly trouble: EngineTrouble;
  /** Milliseconds that the engine asked for; null where it said nothing. */
  readonly wait: number | null;
  /** What its answers lack; null where it gave none. */
  readonly lacks: 'probabilities' | null;
  constructor(
    trouble: EngineTrouble,
    message: string,
    { wait = null, lacks = null }: { wait?: number | null; lacks?: 'probabilities' | null } = {},
  ) {
    super('unreachable', message);
    this.trouble = trouble;
    this.wait = wait;
    this.lacks = lacks;
  }
}

/** This piece of work cannot be done, here or elsewhere; the engine is well, and nothing is held against the photo. */
export class PhotoRefused extends ModelError {
  override name = 'PhotoRefused';
  constructor(message: string) {
    super('refused', message);
  }
}
