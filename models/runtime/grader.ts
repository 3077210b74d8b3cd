/**
 * Grades the photo in front of the model without writing a word: the question is read once, the beginnings of the nine
 * answers branch from it, and each is read as probabilities of the five level words.
 */
import type { Eyes } from '../bridge/eyes.ts';
import type { Pixels, TraceQuestion } from '../model-api.ts';
import type { HeldPhoto, ImageContext } from './image-context.ts';
import { plainProbabilities, type Reading } from './level-scores.ts';
import { GRADE_QUESTION, JUDGEMENTS, type Judgement, LEVEL_WORDS, STEMS, type Style } from './prompts.ts';

/** One answer's beginning, in tokens. */
interface Stem {
  judgement: Judgement;
  /** From the photo to the last of the stem. */
  tokens: number[];
  /** Tokens of each level word, as they follow this stem. */
  words: number[][];
}

export type Readings = Record<Judgement, Reading>;

export class Grader {
  readonly #context: ImageContext;
  readonly #stems: readonly Stem[];
  /** Tokens that all nine begin with. */
  readonly #shared: number;
  /** Every level word is one token after every stem. */
  readonly #single: boolean;

  constructor(context: ImageContext, style: Style) {
    this.#context = context;
    this.#stems = JUDGEMENTS.map((judgement) => {
      const text = style.ask(GRADE_QUESTION) + style.gap + STEMS[judgement];
      const tokens = cut(context.eyes, text);
      return { judgement, tokens, words: LEVEL_WORDS.map((word) => continuation(context.eyes, text, tokens, word)) };
    });
    const [first, ...others] = this.#stems.map((stem) => stem.tokens);
    let shared = 0;
    while (others.every((tokens) => shared < tokens.length - 1 && tokens[shared] === first![shared])) shared++;
    this.#shared = Math.min(shared, first!.length - 1);
    this.#single = this.#stems.every(({ words }) => words.every((word) => word.length === 1));
  }

  /** Tokens from the photo to the last of each stem, and how many they share; for measurements. */
  get plan(): { stems: readonly (readonly number[])[]; shared: number } {
    return { stems: this.#stems.map((stem) => stem.tokens), shared: this.#shared };
  }

  /** Tokens read for the nine judgements together. */
  get questionTokens(): number {
    return this.#shared + this.#stems.reduce((sum, stem) => sum + stem.tokens.length - this.#shared, 0);
  }

  /** Reads the five words after each stem. @param count only the first so many judgements; for measurements. */
  async read(count = JUDGEMENTS.length): Promise<Readings> {
    const stems = this.#stems.slice(0, count);
    if (!this.#single) return this.#readWordForWord(stems);
    // Where the context is short, as many at a time as it has places for.
    const longest = Math.max(...stems.map((stem) => stem.tokens.length - this.#shared));
    const fitting = Math.max(1, Math.floor((this.#context.room - this.#shared) / longest));
    const readings = {} as Readings;
    for (let start = 0; start < stems.length; start += fitting)
      Object.assign(readings, await this.#readTogether(stems.slice(start, start + fitting)));
    return readings;
  }

  /**
   * All stems in one go, each in a sequence of its own, which shares the photo and the question with the others. The
   * first is in the photo's own sequence and stays there: an explanation goes on from it.
   */
  async #readTogether(stems: readonly Stem[]): Promise<Readings> {
    const words = this.#stems[0]!.words.map((word) => word[0]!);
    const first = stems[0]!.tokens;
    const rows = await this.#context.branch(stems.length - 1, first, (end) => {
      const batch = new Batch();
      const everyone = 2 ** stems.length - 1; // a bit for each of the sequences 0…n-1
      for (const [index, token] of first.slice(0, this.#shared).entries()) batch.add(token, end + index, everyone);
      for (const [index, stem] of stems.entries())
        for (let at = this.#shared; at < stem.tokens.length; at++)
          batch.add(stem.tokens[at]!, end + at, 2 ** index, at === stem.tokens.length - 1);
      return batch.run(this.#context.eyes, words);
    });
    const readings = {} as Readings;
    for (const [index, { judgement }] of stems.entries()) {
      const [total, ...logits] = rows.subarray(index * 6, (index + 1) * 6);
      const mass = logits.reduce((sum, logit) => sum + Math.exp(logit - total!), 0);
      readings[judgement] = { logits, mass: Math.min(1, mass) };
    }
    return readings;
  }

  /** Where a level word has several tokens: the full log-probability of each word, read token for token. */
  async #readWordForWord(stems: readonly Stem[]): Promise<Readings> {
    const readings = {} as Readings;
    for (const { judgement, tokens, words } of stems) {
      const wanted = [...new Set(words.flat())];
      const rows = await this.#context.branch(words.length, [], (end) => {
        const batch = new Batch();
        const everyone = 2 ** (words.length + 1) - 2;
        for (const [index, token] of tokens.entries())
          batch.add(token, end + index, everyone, index === tokens.length - 1);
        for (const [index, word] of words.entries())
          for (const [at, token] of word.slice(0, -1).entries())
            batch.add(token, end + tokens.length + at, 2 ** (index + 1), true);
        return batch.run(this.#context.eyes, wanted);
      });
      const width = wanted.length + 1;
      const logProbability = (row: number, token: number) =>
        rows[row * width + 1 + wanted.indexOf(token)]! - rows[row * width]!;
      let row = 1;
      const logits = words.map((word) => {
        let sum = logProbability(0, word[0]!);
        for (const token of word.slice(1)) sum += logProbability(row++, token);
        return sum;
      });
      readings[judgement] = {
        logits,
        mass: Math.min(
          1,
          logits.reduce((sum, value) => sum + Math.exp(value), 0),
        ),
      };
    }
    return readings;
  }

  /** What was asked and heard, token for token. */
  trace(photo: HeldPhoto, readings: Readings): TraceQuestion[] {
    return this.#stems.map(({ judgement, tokens, words }) => {
      const { logits } = readings[judgement];
      return {
        name: judgement,
        before: [...this.#context.prefix, ...photo.before],
        after: [...photo.after, ...tokens],
        words: words.map((word) => word[0]!),
        logits: [...logits],
        probabilities: [...plainProbabilities(logits)],
      };
    });
  }
}

/** Tokens of what follows the picture. */
function cut(eyes: Eyes, text: string): number[] {
  return [...eyes.tokenize(text, false, true)];
}

/** Tokens that a word adds to a text. */
function continuation(eyes: Eyes, text: string, tokens: readonly number[], word: string): number[] {
  const whole = cut(eyes, `${text} ${word}`);
  if (tokens.every((token, index) => whole[index] === token)) return whole.slice(tokens.length);
  // The tokenizer cuts the stem otherwise when the word follows; read the word by itself.
  return cut(eyes, word);
}

/** Tokens with positions and sequences, gathered for one decode. */
class Batch {
  readonly #tokens: number[] = [];
  readonly #positions: number[] = [];
  readonly #sequences: number[] = [];
  readonly #outputs: number[] = [];

  add(token: number, position: number, sequences: number, output = false): void {
    this.#tokens.push(token);
    this.#positions.push(position);
    this.#sequences.push(sequences);
    this.#outputs.push(output ? 1 : 0);
  }
  run(eyes: Eyes, words: readonly number[]): Promise<Float32Array> {
    return eyes.decode(
      Int32Array.from(this.#tokens),
      Int32Array.from(this.#positions),
      Uint32Array.from(this.#sequences),
      Uint8Array.from(this.#outputs),
      Int32Array.from(words),
    );
  }
}

/**
 * Pictures that show nothing, for the model's bias: mean grey, and two smooth gradients as a photo is when it is
 * blurred beyond recognition (bright above, dark below; light in the middle).
 */
export function nullPictures(size: number): Pixels[] {
  const paint = (color: (x: number, y: number) => readonly [number, number, number]): Pixels => {
    const data = new Uint8Array(size * size * 3);
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++) data.set(color(x / (size - 1), y / (size - 1)), (y * size + x) * 3);
    return { width: size, height: size, data };
  };
  return [
    paint(() => [122, 116, 104]),
    paint((_, y) => [170 - 90 * y, 180 - 95 * y, 190 - 130 * y]),
    paint((x, y) => {
      const light = Math.exp(-6 * ((x - 0.5) ** 2 + (y - 0.5) ** 2));
      return [60 + 120 * light, 58 + 110 * light, 52 + 95 * light];
    }),
  ];
}
