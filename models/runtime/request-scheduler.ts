/**
 * The scheduler of requests in the model's process: they are worked off one after the other. What a person waits for
 * (explanations, conversation) goes before grading, and a grading that is in its way is put back and begun again.
 */

import { messageOf } from '../../shared/error-message.ts';
import type { Level } from '../../shared/grade.ts';
import { type Glimpse, type GradeMilliseconds, type GradeResult, ModelError, type Pixels } from '../model-api.ts';
import { Grader, nullPictures, type Readings } from './grader.ts';
import { ImageContext, wasStopped } from './image-context.ts';
import { keepBias, keptBias } from './kept-bias.ts';
import { type Bias, biasFrom, scoreReadings } from './level-scores.ts';
import type { Loaded } from './load-model.ts';
import { prepare } from './preprocess.ts';
import type { Answer, Request } from './protocol.ts';
import { Writer } from './writer.ts';

type Work = Extract<Request, { kind: 'grade' | 'glimpse' | 'explain' | 'chat' }>;

/** Nobody waits for it: it gives way to what a person waits for. */
const isPatient = ({ kind }: Work): boolean => kind === 'grade' || kind === 'glimpse';

interface Item {
  work: Work;
  stop: AbortController;
  /** Put back because a person waits for something else. */
  preempted: boolean;
  /** As the vision tower takes them. */
  pixels: Promise<Pixels> | null;
  /** Milliseconds that preparing them took. */
  preprocess: number;
  deliver: ((pixels: Pixels) => void) | null;
  refuse: ((error: Error) => void) | null;
}

export class RequestScheduler {
  readonly #loaded: Loaded;
  readonly #send: (answer: Answer) => void;
  readonly #cacheDirectory: string | null;
  readonly #context: ImageContext;
  readonly #grader: Grader;
  readonly #writer: Writer;
  readonly #waiting: Item[] = [];
  #current: Item | null = null;
  #bias: Bias | null = null;
  readonly #nullReadings: Readings[] = [];
  /** Readings of the photo in front of the model. */
  #readings: { key: string; readings: Readings; milliseconds: number } | null = null;

  constructor(loaded: Loaded, cacheDirectory: string | null, send: (answer: Answer) => void) {
    this.#loaded = loaded;
    this.#send = send;
    this.#cacheDirectory = cacheDirectory;
    const { eyes, style, facts, info } = loaded;
    this.#context = new ImageContext(
      eyes,
      style.before,
      info.contextSize,
      facts.trainedContext,
      this.#loaded.rewindsAnywhere,
    );
    this.#grader = new Grader(this.#context, style);
    this.#writer = new Writer(this.#context, style);
  }

  get tokensPerSecond(): number | null {
    return this.#writer.tokensPerSecond;
  }

  put(work: Work): void {
    const item: Item = {
      work,
      stop: new AbortController(),
      preempted: false,
      pixels: null,
      preprocess: 0,
      deliver: null,
      refuse: null,
    };
    this.#waiting.push(item);
    // Pixels are read and prepared while the photo before is still being worked on, but not when they will hardly be
    // needed.
    const before = this.#waiting.at(-2) ?? this.#current;
    const key = before ? before.work.key : this.#context.photo?.key;
    if (key !== work.key) this.#pixelsOf(item).catch(() => {});
    const current = this.#current;
    if (!isPatient(work) && current && isPatient(current.work) && !current.stop.signal.aborted) {
      current.preempted = true;
      this.#loaded.eyes.stop();
    }
    void this.#run();
  }

  deliver(id: number, pixels: Pixels): void {
    this.#find(id)?.deliver?.(pixels);
  }
  refuse(id: number, message: string): void {
    this.#find(id)?.refuse?.(new ModelError('bad-input', message));
  }

  stop(id: number): void {
    const index = this.#waiting.findIndex((item) => item.work.id === id);
    if (index >= 0) {
      this.#waiting.splice(index, 1);
      this.#send({ kind: 'stopped', id });
    } else if (this.#current?.work.id === id) {
      this.#current.stop.abort();
      this.#current.refuse?.(new Error('stopped: stopped'));
      this.#loaded.eyes.stop();
    } else {
      // It was answered, and whoever asked may not have taken the answer.
      this.#send({ kind: 'stopped', id });
    }
  }

  #find(id: number): Item | undefined {
    return this.#current?.work.id === id ? this.#current : this.#waiting.find((item) => item.work.id === id);
  }

  #pixelsOf(item: Item): Promise<Pixels> {
    item.pixels ??= new Promise<Pixels>((resolve, reject) => {
      item.deliver = resolve;
      item.refuse = reject;
      this.#send({ kind: 'need', id: item.work.id });
    }).then((pixels) => {
      const started = performance.now();
      const prepared = prepare(pixels, this.#loaded.facts.imageSize, this.#loaded.facts.grid);
      item.preprocess = performance.now() - started;
      return prepared;
    });
    return item.pixels;
  }

  async #run(): Promise<void> {
    if (this.#current) return;
    for (;;) {
      const urgent = this.#waiting.findIndex((item) => !isPatient(item.work));
      const item = this.#waiting.splice(Math.max(urgent, 0), 1)[0];
      if (!item) return;
      this.#current = item;
      this.#loaded.eyes.resume();
      try {
        await this.#do(item);
      } catch (error) {
        if (item.preempted && !item.stop.signal.aborted && wasStopped(error)) {
          item.preempted = false;
          this.#waiting.unshift(item);
        } else if (item.stop.signal.aborted) this.#send({ kind: 'stopped', id: item.work.id });
        else this.#send(failureOf(item.work.id, error));
      } finally {
        this.#current = null;
      }
    }
  }

  async #do(item: Item): Promise<void> {
    const { work } = item;
    const { id } = work;
    const signal = item.stop.signal;
    if (work.kind === 'grade') {
      const bias = await this.#biasOfModel(id);
      const result = await this.#grade(item, bias, work.trace);
      this.#send({ kind: 'graded', id, result });
      return;
    }
    if (work.kind === 'glimpse') {
      this.#send({ kind: 'glimpsed', id, result: await this.#glimpse(item) });
      return;
    }
    const known = this.#context.holds(work.key);
    if (!known) this.#send({ kind: 'event', id, event: { kind: 'looking' } });
    await this.#look(item);
    const events =
      work.kind === 'chat'
        ? this.#writer.chat(work.request, signal)
        : this.#writer.explain(work.request.level ?? (await this.#level(work.key)), work.request, signal);
    for await (const event of events) this.#send({ kind: 'event', id, event });
  }

  async #look(item: Item) {
    const { id, key } = item.work;
    const pixels = this.#context.holds(key) ? null : await this.#pixelsOf(item);
    this.#send({ kind: 'working', id });
    return this.#context.look(key, () => pixels ?? this.#pixelsOf(item));
  }

  async #glimpse(item: Item): Promise<Glimpse> {
    const { id, key } = item.work;
    const pixels = this.#context.holds(key) ? null : await this.#pixelsOf(item);
    this.#send({ kind: 'working', id });
    const { features, encode } = await this.#context.glimpse(key, () => pixels ?? this.#pixelsOf(item));
    return { features, milliseconds: { preprocess: item.preprocess, encode } };
  }

  async #grade(item: Item, bias: Bias | null, trace: boolean): Promise<GradeResult & { features: Float32Array }> {
    const known = this.#context.holds(item.work.key);
    const photo = await this.#look(item);
    const { readings, milliseconds: questions } = await this.#read(item.work.key);
    const { encode, prefill } = known ? { encode: 0, prefill: 0 } : photo.milliseconds;
    const { preprocess } = item;
    const load = this.#loaded.info.loadMilliseconds;
    const milliseconds: GradeMilliseconds = { load, preprocess, encode, prefill, questions };
    return {
      ...scoreReadings(readings, bias),
      features: photo.features,
      milliseconds,
      trace: trace ? { questions: this.#grader.trace(photo, readings), milliseconds } : null,
    };
  }

  /** The level that grading gives the photo in front of the model. */
  async #level(key: string): Promise<Level> {
    const { readings } = await this.#read(key);
    return scoreReadings(readings, await this.#knownBias()).level;
  }

  /** Nine judgements of the photo in front of the model, asked once. */
  async #read(key: string): Promise<{ readings: Readings; milliseconds: number }> {
    if (this.#readings?.key === key) return { readings: this.#readings.readings, milliseconds: 0 };
    const started = performance.now();
    const readings = await this.#grader.read();
    const milliseconds = performance.now() - started;
    this.#readings = { key, readings, milliseconds };
    return { readings, milliseconds };
  }

  /** What the model says of pictures that show nothing: measured once, kept beside the catalog. */
  async #biasOfModel(id: number): Promise<Bias | null> {
    if (this.#loaded.calibrated) return null;
    const known = await this.#knownBias();
    if (known) return known;
    const { imageSize, grid } = this.#loaded.facts;
    for (const [index, picture] of nullPictures(imageSize ?? 336).entries()) {
      if (this.#nullReadings[index]) continue; // begun before, and put back
      this.#send({ kind: 'working', id }); // a sign of life for each
      await this.#context.look(`null picture ${index}`, () => (grid ? prepare(picture, null, grid) : picture));
      this.#nullReadings[index] = await this.#grader.read();
    }
    this.#bias = biasFrom(this.#nullReadings);
    await keepBias(this.#cacheDirectory, this.#biasIdentity(), this.#bias);
    return this.#bias;
  }

  /** The bias where it was measured before; measuring it takes as long as three photos. */
  async #knownBias(): Promise<Bias | null> {
    if (this.#loaded.calibrated) return null;
    if (this.#bias) return this.#bias;
    this.#bias = await keptBias(this.#cacheDirectory, this.#biasIdentity());
    return this.#bias;
  }

  #biasIdentity(): readonly unknown[] {
    const { info, fingerprint } = this.#loaded;
    return [info.promptVersion, fingerprint, info.family, this.#context.prefix];
  }
}

function failureOf(id: number, error: unknown): Answer {
  if (error instanceof ModelError) return { kind: 'failed', id, code: error.code, message: error.message };
  const message = messageOf(error);
  return { kind: 'failed', id, code: 'bad-input', message: `The photo could not be looked at: ${message}` };
}
