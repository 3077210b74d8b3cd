/**
 * The context (key-value cache) around one image: the words before the photo, read once for the whole queue; the photo;
 * and what was said about it since. All later work starts from one of these three points, and what is already read is never
 * read again. Positions count the context's places; everything is in sequence 0 but for branches of questions.
 */
import { type Eyes, explain } from '../bridge/eyes.ts';
import { ModelError, type Pixels } from '../model-api.ts';

export interface HeldPhoto {
  key: string;
  /** Position after the photo. */
  end: number;
  /** Places that the photo takes; more than positions for some models. */
  tokens: number;
  features: Float32Array;
  /** Special tokens that the model wants around a picture. */
  before: number[];
  after: number[];
  milliseconds: { encode: number; prefill: number };
}

export class ImageContext {
  readonly eyes: Eyes;
  readonly contextSize: number;
  /** Last position that the model was trained for. */
  readonly #trained: number;
  /** Whether everything can be forgotten from any place on; else only back to the photo or the words before it. */
  readonly #rewindsAnywhere: boolean;
  /** Tokens from the beginning of the text to the photo. */
  readonly prefix: readonly number[];
  #prefixRead = false;
  #photo: HeldPhoto | null = null;
  /** Tokens read after the photo, in order. */
  #tail: number[] = [];

  constructor(eyes: Eyes, before: string, contextSize: number, trained: number, rewindsAnywhere = true) {
    this.eyes = eyes;
    this.contextSize = contextSize;
    this.#trained = trained;
    this.#rewindsAnywhere = rewindsAnywhere;
    this.prefix = [...eyes.tokenize(before, true, true)];
  }

  get photo(): HeldPhoto | null {
    return this.#photo;
  }

  holds(key: string): boolean {
    return this.#photo?.key === key;
  }

  /** Looks at a photo, or finds it still there. @param read gives its prepared pixels when they are needed. */
  async look(key: string, read: () => Pixels | Promise<Pixels>): Promise<HeldPhoto> {
    if (this.#photo?.key === key) return this.#photo;
    const pixels = await read();
    const started = performance.now();
    return this.#guard(async () => {
      await this.#readPrefix();
      const look = await this.eyes.look(pixels.data, pixels.width, pixels.height, false);
      const encoded = performance.now();
      if (this.contextSize - this.prefix.length - look.tokens < 64)
        throw new ModelError(
          'bad-input',
          `The photo takes ${look.tokens} tokens and the context has ${this.contextSize}.`,
        );
      const end = await this.eyes.placeImage(this.prefix.length);
      this.eyes.mark(1);
      this.#photo = {
        key,
        end,
        tokens: look.tokens + look.before.length + look.after.length,
        features: look.features,
        before: [...look.before],
        after: [...look.after],
        milliseconds: {
          encode: encoded - started,
          prefill: performance.now() - encoded,
        },
      };
      this.#tail = [];
      return this.#photo;
    });
  }

  /** Lets only the tower look: the photo that the language model holds stays. @returns milliseconds of the tower, 0 where it held the photo. */
  async glimpse(
    key: string,
    read: () => Pixels | Promise<Pixels>,
  ): Promise<{ features: Float32Array; encode: number }> {
    if (this.#photo?.key === key) return { features: this.#photo.features, encode: 0 };
    const pixels = await read();
    const started = performance.now();
    return this.#guard(async () => {
      const { features } = await this.eyes.look(pixels.data, pixels.width, pixels.height, false);
      return { features, encode: performance.now() - started };
    });
  }

  /**
   * Runs work that reads something right after the photo, in branches that are forgotten afterwards.
   * @param others branches beside sequence 0, which takes part. @param kept what the work reads into sequence 0: it
   * stays behind the photo, so that a conversation that begins in the same way goes on from there.
   */
  async branch<T>(others: number, kept: readonly number[], work: (end: number) => Promise<T>): Promise<T> {
    const photo = this.#photo;
    if (!photo) throw new ModelError('bad-input', 'No photo has been looked at.');
    return this.#guard(async () => {
      this.#rewind(photo.end);
      this.#tail = [];
      this.eyes.branch(others);
      const result = await work(photo.end);
      this.#rewind(photo.end + kept.length);
      this.#tail = [...kept];
      return result;
    });
  }

  /** Forgets what of the words after the photo is not in `tokens`. @returns those that are still to be read, one at least. */
  missing(tokens: readonly number[]): number[] {
    let common = 0;
    while (common < this.#tail.length && this.#tail[common] === tokens[common]) common++;
    common = Math.min(common, tokens.length - 1);
    if (common < this.#tail.length && !this.#rewindsAnywhere) common = 0;
    if (common < this.#tail.length) this.#rewind((this.#photo?.end ?? 0) + common);
    this.#tail.length = common;
    return tokens.slice(common);
  }

  /** Reads tokens behind what was read since the photo, all in one go, and takes the next one. */
  async next(tokens: readonly number[]): Promise<{ token: number; end: boolean; piece: Buffer }> {
    const photo = this.#photo;
    if (!photo) throw new ModelError('bad-input', 'No photo has been looked at.');
    return this.#guard(async () => {
      const taken = await this.eyes.next(Int32Array.from(tokens), photo.end + this.#tail.length);
      this.#tail.push(...tokens);
      return taken;
    });
  }

  /** Places that are free behind the photo. */
  get room(): number {
    const { end, tokens } = this.#photo ?? { end: this.prefix.length, tokens: 0 };
    return this.contextSize - Math.max(end, this.prefix.length + tokens);
  }

  /** Tokens that can still be said after `count` tokens behind the photo. */
  roomAfter(count: number): number {
    const end = this.#photo?.end ?? this.prefix.length;
    return Math.min(this.room, this.#trained - end) - count;
  }

  async #readPrefix(): Promise<void> {
    if (this.#prefixRead && this.eyes.keep(this.prefix.length)) {
      this.#photo = null;
      return;
    }
    this.#photo = null;
    this.eyes.keep(0);
    await this.#read(this.prefix, 0);
    this.eyes.mark(0);
    this.#prefixRead = true;
  }

  #read(tokens: readonly number[], position: number): Promise<Float32Array> {
    return this.eyes.decode(
      Int32Array.from(tokens),
      Int32Array.from(tokens, (_, index) => position + index),
      new Uint32Array(tokens.length).fill(1),
      new Uint8Array(tokens.length),
      new Int32Array(0),
    );
  }

  #rewind(position: number): void {
    if (!this.eyes.keep(position))
      throw new ModelError(
        'bad-file',
        'This model cannot forget a part of what it read, so it cannot answer questions here.',
      );
  }

  /** Work that was stopped leaves what was read before it; after a failure nothing that was read is relied on. */
  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const whole = this.#photo ? this.#photo.end + this.#tail.length : this.#prefixRead ? this.prefix.length : 0;
      if (wasStopped(error) && this.eyes.keep(whole)) throw error;
      if (wasStopped(error) && this.#photo && this.eyes.keep(this.#photo.end)) {
        this.#tail = [];
        throw error;
      }
      this.#photo = null;
      this.#tail = [];
      this.#prefixRead = false;
      if (error instanceof ModelError) throw error;
      const { kind, what } = explain(error);
      if (kind === 'stopped') throw error;
      if (kind === 'full')
        throw new ModelError('bad-input', 'The conversation no longer fits the model’s context.', { cause: error });
      const code = kind === 'closed' ? 'closed' : 'bad-input';
      throw new ModelError(code, `The model could not go on: ${what}`, { cause: error });
    }
  }
}

/** Whether an error only says that the work was stopped. */
export function wasStopped(error: unknown): boolean {
  return !(error instanceof ModelError) && explain(error).kind === 'stopped';
}
